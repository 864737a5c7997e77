"""Sensitive cases: a reason before the look, a record of it, and the applicant who reads it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from uuid import UUID

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engines.cases.world import CARD, NOW, TODAY, Desk, act, desk, received, staff, tick_all
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case, CaseFile, CaseLetter
from suigo.engines.cases.queries.detail import case_detail
from suigo.engines.cases.queries.files import may_open
from suigo.engines.cases.queries.inbox import found_by_name, inbox
from suigo.engines.cases.queries.looking import LOOKS, looks_at
from suigo.engines.cases.queries.printouts import application_pdf
from suigo.engines.cases.queries.residents import looks_at_mine
from suigo.engines.cases.rules.filtering import InboxFilters
from suigo.engines.identity.actions import create_api_token
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.queries import recorded, verify_chain
from suigo.kernel.errors import Invalid, NotFound, ReasonNeeded

pytestmark = pytest.mark.django_db
SignIn = Callable[[Actor], Client]


@pytest.fixture
def people(db: None) -> Desk:
    return desk()


@pytest.fixture
def sensitive(settings: LazySettings, tmp_path: Path) -> None:
    """The library card as a sensitive procedure."""
    city = tmp_path / "city"
    copytree(settings.SUIGO_CITY, city)
    service = city / "services" / CARD / "service.yaml"
    service.write_text(f"sensitive: true\n{service.read_text(encoding='utf-8')}", "utf-8")
    settings.SUIGO_CITY = city


def looked(case: Case) -> list[tuple[str, str, str]]:
    """Who looked at a case, at what, and why, the newest first."""
    return [(look.who, look.what, look.reason) for look in looks_at([case.public_id])]


def explain(case: Case, actor: Actor, reason: str = "inquiry", note: str = "") -> None:
    actions.give_reason(case.public_id, reason=reason, note=note, actor=actor, now=NOW)


def with_letter(people: Desk) -> tuple[Case, UUID]:
    """A decided case and the file of its letter."""
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    tick_all(case, people.clerk)
    act(case, "approve", people.head)
    letter = CaseLetter.objects.get(case=case)
    actions.issue_letter(letter.public_id, now=NOW)
    letter.refresh_from_db()
    assert letter.file_id is not None
    Case.objects.filter(pk=case.pk).update(assignee=None)
    case.refresh_from_db()
    return case, letter.file_id


def test_an_ordinary_case_asks_for_no_reason_and_keeps_no_look(
    people: Desk, browser: SignIn
) -> None:
    case = received(people.resident)
    assert browser(people.clerk).get(reverse("case", args=[case.public_id])).status_code == 200
    assert looked(case) == []
    assert not AuditEntry.objects.filter(subject_kind=LOOKS).exists()


def test_without_a_reason_no_address_shows_a_sensitive_case(
    people: Desk, browser: SignIn, sensitive: None
) -> None:
    case, letter_file = with_letter(people)
    CaseFile.objects.create(case=case, file_id=letter_file, path="proof")
    letter = CaseLetter.objects.get(case=case)
    client = browser(people.clerk)
    ask = reverse("case-reason", args=[case.public_id])
    direct = [
        reverse("case", args=[case.public_id]),
        reverse("case-application", args=[case.public_id]),
        reverse("case-letter", args=[case.public_id, letter.public_id]),
        reverse("case-action", args=[case.public_id, "start_check"]),
        reverse("application-receipt", args=[case.public_id]),
        reverse("documents-staff-file", args=[letter_file]),
        reverse("documents-staff-page", args=[letter_file, 1]),
    ]
    for address in direct:
        answer = client.get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, ask), address
    posted = {
        reverse("case-action", args=[case.public_id, "start_check"]): {},
        reverse("case-letter-preview", args=[case.public_id, "approve"]): {},
        reverse("case-checklist", args=[case.public_id]): {"item": "identity"},
    }
    for address, body in posted.items():
        answer = client.post(address, body)
        assert answer.status_code == 403, address
        assert "水野" not in answer.content.decode()
    numbers = browser(people.chief).post(
        reverse("case-my-number", args=[case.public_id]), {"path": "phone", "reason": "x"}
    )
    assert numbers.status_code == 403
    assert looked(case) == []


def test_a_reason_opens_the_case_for_the_day_and_every_look_is_kept(
    people: Desk, browser: SignIn, sensitive: None
) -> None:
    case, letter_file = with_letter(people)
    client = browser(people.clerk)
    page = reverse("case", args=[case.public_id])
    asked = client.get(page)["Location"]
    assert "見る理由" in client.get(asked).content.decode()
    assert "水野" not in client.get(asked).content.decode()
    ask = reverse("case-reason", args=[case.public_id])
    assert client.post(ask, {"next": page}).status_code == 422
    assert client.post(ask, {"reason": "other", "next": page}).status_code == 422
    assert client.post(ask, {"reason": "gossip", "next": page}).status_code == 422
    given = client.post(ask, {"reason": "inquiry", "note": "電話があった", "next": page})
    assert (given.status_code, given["Location"]) == (302, page)
    assert "水野" in client.get(page).content.decode()
    assert client.get(reverse("case-application", args=[case.public_id])).status_code == 200
    assert client.get(reverse("documents-staff-file", args=[letter_file])).status_code == 200
    who, why = "図書館 司書", "ご本人・ご家族からの問い合わせに答えるため"
    assert looked(case) == [
        (who, "添付された書類", why),
        (who, "申請書（PDF）", why),
        (who, "申請の内容", why),
    ]
    # a colleague gives a reason of their own, and tomorrow everybody does again
    assert browser(people.chief).get(page).status_code == 302
    tomorrow = replace(people.clerk, today=TODAY + timedelta(days=1))
    with pytest.raises(ReasonNeeded):
        case_detail(tomorrow, case.public_id, today=TODAY + timedelta(days=1))
    assert verify_chain().broken is None


def test_after_the_reason_nobody_is_sent_to_another_site(
    people: Desk, browser: SignIn, sensitive: None
) -> None:
    case = received(people.resident)
    ask = reverse("case-reason", args=[case.public_id])
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        given = browser(people.clerk).post(ask, {"reason": "inquiry", "next": target})
        assert given["Location"] == reverse("case", args=[case.public_id])


def test_the_assignee_gives_no_reason_but_is_recorded(
    people: Desk, browser: SignIn, sensitive: None
) -> None:
    case = received(people.resident)
    Case.objects.filter(pk=case.pk).update(assignee_id=people.clerk.account_id)
    assert browser(people.clerk).get(reverse("case", args=[case.public_id])).status_code == 200
    assert looked(case) == [("図書館 司書", "申請の内容", "担当者の事務のため")]


def test_nobody_becomes_the_assignee_to_get_around_the_reason(
    people: Desk, sensitive: None
) -> None:
    case = received(people.resident)
    mine = people.clerk.account_id
    with pytest.raises(ReasonNeeded):
        actions.assign(case.public_id, to_account_id=mine, actor=people.clerk, version=1, now=NOW)
    left = actions.bulk_assign([case.public_id], to_account_id=mine, actor=people.clerk, now=NOW)
    assert (left.numbers, [number for number, _why in left.left]) == ((), [case.number])
    explain(case, people.clerk, "processing")
    actions.assign(case.public_id, to_account_id=mine, actor=people.clerk, version=1, now=NOW)
    other = received(people.resident)
    actions.assign(other.public_id, to_account_id=mine, actor=people.chief, version=1, now=NOW)
    assert set(Case.objects.values_list("assignee_id", flat=True)) == {mine}


def test_a_reason_is_for_one_case_one_person_and_only_for_who_may_see_it(
    people: Desk, sensitive: None
) -> None:
    one, two = received(people.resident), received(people.resident)
    explain(one, people.clerk)
    case_detail(people.clerk, one.public_id, today=TODAY)
    for actor, case in ((people.clerk, two), (people.chief, one)):
        with pytest.raises(ReasonNeeded):
            case_detail(actor, case.public_id, today=TODAY)
    for actor in (people.other, people.resident):
        with pytest.raises(NotFound):
            explain(one, actor)
    with pytest.raises(Invalid):
        explain(one, people.chief, "inquiry", "字" * 301)
    with pytest.raises(ReasonNeeded):
        application_pdf(people.chief, one.public_id, language="ja")


def test_lists_leave_out_names_and_searching_for_one_is_a_look(
    people: Desk, browser: SignIn, sensitive: None
) -> None:
    case = received(people.resident)
    mine = received(people.resident)
    Case.objects.filter(pk=mine.pk).update(assignee_id=people.chief.account_id)
    client = browser(people.chief)
    listed = client.get(reverse("inbox")).content.decode()
    assert (listed.count("水野 葉子"), listed.count("非表示")) == (2, 1)  # title, text
    exported = b"".join(client.get(reverse("inbox-export")).streaming_content).decode()
    assert (exported.count("水野 葉子"), exported.count("（伏せています）")) == (1, 2)
    assert looked(case) == []
    client.get(reverse("inbox"), {"q": case.number})
    assert looked(case) == []
    client.get(reverse("inbox"), {"q": "水野"})
    b"".join(client.get(reverse("inbox-export"), {"q": "水野"}).streaming_content)
    assert looked(case) == [
        ("図書館 係長", "氏名でさがして書き出した一覧", "氏名で申請をさがすため"),
        ("図書館 係長", "氏名でさがした結果", "氏名で申請をさがすため"),
    ]
    assert found_by_name(people.other, InboxFilters(q="水野"), today=TODAY) == []


def test_programs_give_a_reason_too(people: Desk, sensitive: None) -> None:
    case = received(people.resident)
    administrator = staff("general-affairs-head", "総務 四郎")
    token = create_api_token(
        replace(people.chief, capabilities=people.chief.capabilities | {"api.tokens"}),
        title="見本",
        scopes=["cases.view"],
        expires_at=NOW + timedelta(days=1),
        now=NOW,
    )
    assert administrator.can("api.tokens")
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    with time_machine.travel(NOW, tick=False):
        client = Client()
        refused = client.get(f"/api/v1/cases/{case.number}", **headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "reason-needed")
        listed = client.get("/api/v1/cases", **headers).json()["items"][0]
        assert (listed["applicant"], listed["veiled"]) == ("", True)
        client.get("/api/v1/cases?q=水野", **headers)
        given = client.post(
            f"/api/v1/cases/{case.number}/reason",
            {"reason": "processing"},
            content_type="application/json",
            **headers,
        )
        assert given.status_code == 200
        read = client.get(f"/api/v1/cases/{case.number}", **headers)
        assert read.json()["applicant"] == "水野 葉子"
    assert [what for _who, what, _why in looked(case)] == [
        "申請の内容（ほかのプログラムから）",
        "氏名でさがした結果",
    ]


def test_the_applicant_reads_who_looked_and_nobody_else_does(
    people: Desk, browser: SignIn, sensitive: None
) -> None:
    case = received(people.resident)
    explain(case, people.clerk, "other", "窓口で聞かれた")
    browser(people.clerk).get(reverse("case", args=[case.public_id]))
    own = browser(people.resident)
    for address in (reverse("my-looks"), reverse("my-application", args=[case.public_id])):
        shown = own.get(address).content.decode()
        assert ("図書館 司書" in shown, "窓口で聞かれた" in shown) == (True, True)
        assert "司書 一郎" not in shown  # the office looked, not a person
    stranger = staff("welfare-head", "福祉 課長")
    assert looks_at_mine(stranger) == []
    assert looks_at_mine(people.clerk) == []


@pytest.mark.parametrize("count", [1, 3])
def test_looking_costs_little(people: Desk, browser: SignIn, sensitive: None, count: int) -> None:
    cases = [received(people.resident) for _ in range(count)]
    for case in cases:
        explain(case, people.clerk)
    with CaptureQueriesContext(connection) as seen:
        case_detail(people.clerk, cases[0].public_id, today=TODAY)
    assert len(seen) == 11  # ten of any such case, and the reason
    with CaptureQueriesContext(connection) as seen:
        page = inbox(people.clerk, InboxFilters(), cursor=None, today=TODAY)
    assert (len(seen), len(page.rows)) == (1, count)
    with CaptureQueriesContext(connection) as seen:
        looks_at_mine(people.resident)
    assert len(seen) == 2


def test_the_words_of_a_reason_end_with_the_case(people: Desk, sensitive: None) -> None:
    case, _file = with_letter(people)
    explain(case, people.clerk, "other", "ことば")
    later = NOW + timedelta(days=366 * 12)
    assert actions.apply_retention(now=later) == 1
    about = recorded(
        ("case.reason_given",), subject_kind=LOOKS, subject_ids=[str(case.public_id)], limit=9
    )
    assert ["note" in entry.values for entry in about] == [False]
    assert not may_open(people.other, _file)
    assert verify_chain().broken is None
