"""Texts, quiet hours and pauses: pure rules."""

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from suigo.engines.identity.organisation import load_organisation
from suigo.engines.notices import policy, rules
from suigo.engines.notices.library import load_library
from suigo.engines.notices.spec import FooterSpec, NoticeSpec
from suigo.kernel.content import ContentErrors, Text

CITIES = Path(__file__).parents[3] / "cities"
GIVEN = {"city": "見本市", "site": "https://mihon.example"}

NIGHT = rules.QuietHours(time(21), time(7))

moments = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)
)


def spec(**changes: Any) -> NoticeSpec:
    return NoticeSpec.model_validate(
        {
            "variables": ["number"],
            "about": "番号だけ",
            "subject": {"ja": "受付 {number}", "en": "Received {number}"},
            "body": {"ja": "{city} {number}\n{site}", "en": "{number} {city}\n{site}"},
            **changes,
        }
    )


FOOTER = FooterSpec(body=Text({"ja": "{city}", "en": "{city} city hall"}))


def test_a_message_is_filled_in_its_language() -> None:
    letter = rules.fill(spec(), FOOTER, {**GIVEN, "number": "R8-1"}, language="en")
    assert letter == rules.Letter(
        subject="Received R8-1",
        body="R8-1 見本市\nhttps://mihon.example\n\n-- \n見本市 city hall\n",
    )


def test_a_language_the_city_has_not_is_japanese() -> None:
    values = {**GIVEN, "number": "1"}
    assert rules.fill(spec(), FOOTER, values, language="pt") == rules.fill(
        spec(), FOOTER, values, language="ja"
    )


def test_what_the_message_does_not_ask_for_stays_out() -> None:
    letter = rules.fill(
        spec(), FOOTER, {**GIVEN, "number": "1", "name": "見本 太郎"}, language="ja"
    )
    assert "見本 太郎" not in letter.subject + letter.body


def test_a_value_is_never_filled_itself() -> None:
    letter = rules.fill(spec(), FOOTER, {**GIVEN, "number": "{site}{number}"}, language="ja")
    assert letter.subject == "受付 {site}{number}"


def test_a_value_cannot_add_a_line_to_the_subject() -> None:
    values = {**GIVEN, "number": "1\r\nBcc: evil@example.jp"}
    letter = rules.fill(spec(), FOOTER, values, language="ja")
    assert letter.subject == "受付 1 Bcc: evil@example.jp"


def test_a_missing_value_is_the_programs_mistake() -> None:
    with pytest.raises(rules.MissingValue, match="number"):
        rules.fill(spec(), FOOTER, GIVEN, language="ja")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"variables": []}, "ja: ['number'] not declared"),
        ({"variables": ["number", "x"]}, "ja: ['x'] declared but not used"),
        ({"body": {"ja": "{city}", "en": "{nubmer}"}}, "en: ['nubmer'] not declared"),
        ({"subject": {"ja": "受付", "en": "Received {number}"}, "body": {"ja": "a", "en": "b"}},
         "ja: ['number'] declared but not used"),
        ({"body": {"ja": "{number}"}}, "subject and body must be in the same languages"),
        ({"subject": {"ja": "a\nb{number}", "en": "a"}}, "the subject (ja) must be one line"),
        ({"body": {"ja": "{ number }", "en": "a"}}, "a brace that belongs to no placeholder"),
        ({"variables": ["number", "city"]}, "['city'] are always there"),
        ({"channel": "pigeon"}, "Input should be 'email'"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_faults_of_a_template_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)):
        spec(**changes)


@pytest.mark.parametrize("city", sorted(p.parent.name for p in CITIES.glob("*/notices")))
def test_every_message_of_every_city_reads_in_every_language(city: str) -> None:
    found = load_library(CITIES / city)
    for name, notice in found.notices.items():
        assert set(notice.body.root) == {"ja", "easy", "en"}, name
        values = {**GIVEN, **{v: f"<{v}>" for v in notice.variables}}
        for language in ("ja", "ja-easy", "en"):
            letter = rules.fill(notice, found.footer, values, language=language)
            assert not re.search(r"[{}]", letter.subject + letter.body), name
            assert all(f"<{v}>" in letter.subject + letter.body for v in notice.variables), name
            assert len(letter.subject) <= 100, name


@pytest.mark.parametrize("city", sorted(p.parent.name for p in CITIES.glob("*/notices")))
def test_somebody_in_every_city_sees_what_could_not_be_delivered(city: str) -> None:
    org = load_organisation(CITIES / city)
    assert any(policy.VIEW in org.capabilities_of(post) for post in org.posts)


def test_a_city_without_the_needed_messages_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "notices").mkdir()
    with pytest.raises(ContentErrors) as found:
        load_library(tmp_path)
    assert sorted(error.file.name for error in found.value.errors) == [
        "footer.yaml",
        "recovery-asked.yaml",
        "recovery-done.yaml",
        "sign-in-code.yaml",
        "ways-in-changed.yaml",
    ]


def test_all_faults_of_a_city_are_told_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text("about: x\nsubject: '{x}'\nbody: y\n")
    with pytest.raises(ContentErrors) as found:
        load_library(tmp_path)
    assert [error.file.name for error in found.value.errors] == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        ("2026-11-24T20:59:59+09:00", "2026-11-24T20:59:59+09:00"),
        ("2026-11-24T21:00:00+09:00", "2026-11-25T07:00:00+09:00"),
        ("2026-11-24T23:59:59+09:00", "2026-11-25T07:00:00+09:00"),
        ("2026-12-31T23:00:00+09:00", "2027-01-01T07:00:00+09:00"),
        ("2026-11-24T00:00:00+09:00", "2026-11-24T07:00:00+09:00"),
        ("2026-11-24T06:59:59+09:00", "2026-11-24T07:00:00+09:00"),
        ("2026-11-24T07:00:00+09:00", "2026-11-24T07:00:00+09:00"),
    ],
)
def test_the_night_is_quiet(now: str, goes: str) -> None:
    moment = datetime.fromisoformat(now).astimezone(UTC)
    assert rules.earliest(moment, quiet=NIGHT) == datetime.fromisoformat(goes)
    assert rules.earliest(moment, quiet=None) == moment


@given(moment=moments)
def test_nobody_is_ever_woken_and_nothing_waits_longer_than_the_night(moment: datetime) -> None:
    goes = rules.earliest(moment, quiet=NIGHT)
    assert not NIGHT.include(goes)
    assert timedelta(0) <= goes - moment <= timedelta(hours=10)
    assert rules.earliest(goes, quiet=NIGHT) == goes
    assert (goes == moment) is not NIGHT.include(moment)


@given(now=moments, attempts=st.integers(min_value=1, max_value=8))
def test_tries_come_later_and_later_and_never_at_night(now: datetime, attempts: int) -> None:
    at = rules.next_try(attempts, now=now, urgent=False, quiet=NIGHT)
    assert at is not None
    assert at >= now + rules.PAUSES[attempts - 1]
    assert not NIGHT.include(at)
    assert list(rules.PAUSES) == sorted(rules.PAUSES)


def test_tries_end() -> None:
    now = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert rules.next_try(9, now=now, urgent=False, quiet=NIGHT) is None
    assert rules.next_try(8, now=now, urgent=True, quiet=NIGHT) is None


def test_what_is_urgent_is_tried_again_at_night() -> None:
    now = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    assert rules.next_try(1, now=now, urgent=True, quiet=NIGHT) == now + timedelta(seconds=5)


def test_a_noon_of_rest_is_quiet_too() -> None:
    """Hours within one day: 12:00 to 13:30."""
    rest = rules.QuietHours.parse("12:00-13:30")
    assert rest is not None
    for at, goes in (
        ("11:59", "11:59"),
        ("12:00", "13:30"),
        ("13:29", "13:30"),
        ("13:30", "13:30"),
    ):
        moment = datetime.fromisoformat(f"2026-11-24T{at}:00+09:00")
        assert rules.earliest(moment, quiet=rest).isoformat()[11:16] == goes


def test_no_hours_are_quiet_when_none_are_named() -> None:
    assert rules.QuietHours.parse("") is None


@pytest.mark.parametrize("text", ["21:00", "-", "21-7", "21:00-25:00", "7:00-7:00", "21:00-21:00"])
def test_hours_that_nobody_could_mean_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        rules.QuietHours.parse(text)


def test_the_servers_words_are_kept_without_the_address() -> None:
    words = "550 5.1.1 <taro@example.jp>:\n Recipient taro unknown"
    assert (
        rules.without_address(words, "taro@example.jp") == "550 5.1.1 <***>: Recipient *** unknown"
    )
    assert len(rules.without_address("x" * 999, "a@b.jp")) == 300


def test_nothing_starts_with_hours_that_nobody_could_mean(settings: Any) -> None:
    settings.SUIGO_QUIET_HOURS = "nine to seven"
    with pytest.raises(ImproperlyConfigured, match="SUIGO_QUIET_HOURS must be two times"):
        apps.get_app_config("notices").ready()
