"""The four items, and whether they are the applicant's."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.signing.rules.person import (
    BadItem,
    accepted_item,
    address_agreement,
    agreement,
    birth_agreement,
    birth_date,
    name_agreement,
    worst,
)
from suigo.engines.signing.spec import Claimed, FourItems
from suigo.engines.signing.testing import Person
from suigo.kernel.japanese.characters import accepted


def holder(
    name: str = "水野　葉子",
    address: str = "見本県みほん市川辺町１番地２",
    born: date | None = date(1990, 4, 1),
    substituted: tuple[str, ...] = (),
) -> FourItems:
    return FourItems(name, "2", born, address, frozenset(substituted))


@pytest.mark.parametrize(
    ("written", "how"),
    [
        ("水野 葉子", "exact"),
        ("水野葉子", "exact"),
        ("", "missing"),
        ("水野 洋子", "different"),
        ("水野", "different"),
    ],
)
def test_names(written: str, how: str) -> None:
    assert name_agreement(holder(), written) == how


@pytest.mark.parametrize(
    ("card", "written"),
    [
        ("髙橋 一郎", "高橋一郎"),
        ("渡邉 花", "渡辺 花"),
        ("山﨑 實", "山崎 実"),
        ("ＡＮＮ ＬＥＥ", "Ann Lee"),
    ],
)
def test_variants_of_a_name_are_near(card: str, written: str) -> None:
    assert name_agreement(holder(card), written) == "near"


def test_a_substituted_character_is_near_only_when_the_card_says_so() -> None:
    said = holder("辻〓 一郎", substituted=("name",))
    assert name_agreement(said, "辻本 一郎") == "near"
    assert name_agreement(holder("辻〓 一郎"), "辻本 一郎") == "different"
    assert name_agreement(said, "森本 二郎") == "different"


@pytest.mark.parametrize(
    ("card", "written", "how"),
    [
        ("見本県みほん市川辺町１番地２", "見本県みほん市川辺町1番地2", "near"),
        ("見本県みほん市川辺町１番地２", "見本県みほん市川辺町1-2", "near"),
        ("見本県みほん市辻626番地", "見本県みほん市辻626", "near"),
        ("見本県みほん市あやめ一丁目2番3号", "見本県みほん市あやめ1-2-3", "near"),
        ("見本県みほん市あやめ十二丁目2番3号", "見本県みほん市あやめ12-2-3", "near"),
        ("見本県みほん市辻626番地　見本荘101", "見本県みほん市辻626", "near"),
        ("見本県みほん市辻62番地", "見本県みほん市辻626", "different"),
        ("見本県みほん市辻626番地", "見本県みほん市辻626番地", "exact"),
        ("見本県みほん市辻626番地", "見本県となり市辻626番地", "different"),
        ("見本県みほん市", "見本県みほん市辻626", "different"),
        ("見本県みほん市辻626番地", "", "missing"),
    ],
)
def test_addresses(card: str, written: str, how: str) -> None:
    assert address_agreement(holder(address=card), written) == how


def test_birthdays() -> None:
    assert birth_agreement(holder(), "1990-04-01") == "exact"
    assert birth_agreement(holder(), "1990-04-02") == "different"
    assert birth_agreement(holder(), "") == "missing"
    assert birth_agreement(holder(born=None), "1990-04-01") == "different"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 11, 24)))
def test_every_birthday_is_read_back(day: date) -> None:
    assert birth_date(Person.born("a", day, "b").birth_date) == day


@given(st.text(max_size=12))
def test_whatever_stands_there_is_a_day_unknown_or_refused(text: str) -> None:
    with contextlib.suppress(BadItem):
        assert birth_date(text) is None or isinstance(birth_date(text), date)


@pytest.mark.parametrize("text", ["41990040", "4199004011", "４19900401", "019900401", "599999999"])
def test_a_birthday_that_is_none(text: str) -> None:
    with pytest.raises(BadItem):
        birth_date(text)


@given(st.text(max_size=30))
def test_no_item_holds_what_no_text_may(text: str) -> None:
    try:
        kept = accepted_item(text)
    except BadItem:
        return
    assert accepted(kept) == kept == text


@given(st.text(alphabet="水野葉子 　ミズノ髙高", max_size=8))
def test_the_same_name_always_agrees(text: str) -> None:
    assert name_agreement(holder(text), text) in ("exact", "missing")


def test_together() -> None:
    claimed = Claimed("水野葉子", "1990-04-01", "見本県みほん市川辺町1-2")
    found = agreement(holder(), claimed)
    assert found == {"name": "exact", "birth_date": "exact", "address": "near"}
    assert worst(found) == "near"
    assert worst(agreement(holder(), Claimed("水野葉子"))) == "exact"
    assert worst(agreement(holder(), Claimed("", "1990-04-01"))) == "missing"
    assert worst(agreement(holder(), Claimed("水野葉子", "1990-04-02"))) == "different"


def test_markup_in_a_name_is_only_text() -> None:
    """It is kept as it is; pages escape it (see ``test_review.py``)."""
    assert accepted_item("<script>alert(1)</script>") == "<script>alert(1)</script>"
