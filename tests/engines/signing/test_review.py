"""The clerk's queue, the page of one signature, and what it holds back."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from engines.cases import world
from engines.cases.world import Desk
from engines.signing.cards import NOW, YOKO, card, kept_signature, waiting_signature
from engines.signing.test_arriving import believe, paper, signed
from suigo.engines.cases.actions import enclose_files
from suigo.engines.cases.models import Case
from suigo.engines.documents.actions import store_file
from suigo.engines.signing import actions, vault
from suigo.engines.signing.models import Signature
from suigo.engines.signing.queries import signatures_of, verdict_of
from suigo.engines.signing.testing import Person
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refused

pytestmark = pytest.mark.django_db
Browser = Callable[[Actor], Client]


@pytest.fixture
def people(db: None) -> Desk:
    return world.desk()


@pytest.fixture
def case(people: Desk) -> Case:
    return world.received(people.resident)


def ready(case: Case, people: Desk) -> Case:
    world.act(case, "start_check", people.clerk)
    world.tick_all(case, people.clerk)
    return case


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_at_any_length(browser: Browser, people: Desk, count: int) -> None:
    for number in range(count):
        kept_signature(uuid4(), f"R8-S01-{number:04d}", "library")
    kept_signature(uuid4(), "R8-X01-0001", "welfare")
    client = browser(people.head)
    client.get("/staff/signatures/")  # the first page of a session notes that it is used
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/staff/signatures/").content.decode()
    assert len(asked) == 5
    assert page.count("R8-S01-") == count
    assert "R8-X01" not in page


def test_the_page_shows_what_was_found_and_nobody_s_name(
    browser: Browser, people: Desk, case: Case
) -> None:
    signature = waiting_signature(case)
    page = browser(people.head).get(f"/staff/signatures/{signature}/").content.decode()
    assert "失効しているかどうかを確かめられませんでした" in page
    assert "水野" not in page
    assert case.number in page


def test_who_signed_is_shown_for_a_reason_that_is_kept(
    browser: Browser, people: Desk, case: Case
) -> None:
    signature = waiting_signature(case)
    client, address = browser(people.head), f"/staff/signatures/{signature}/person/"
    assert client.post(address, {"why": " "}).status_code == 422
    assert AuditEntry.objects.filter(action="signing.person-seen").count() == 0
    page = client.post(address, {"why": "氏名を確かめるため"})
    assert "水野　葉子" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="signing.person-seen")
    assert (entry.actor_name, json.loads(entry.personal or "{}")["reason"]) == (
        "館長 次郎",
        "氏名を確かめるため",
    )
    assert "水野" not in str(entry.facts)


def test_markup_in_a_certificate_is_only_text(browser: Browser, people: Desk, case: Case) -> None:
    row = Signature.objects.get(public_id=waiting_signature(case))
    hostile = Person('<script>alert("x")</script>', YOKO.birth_date, "<img src=x onerror=alert(1)>")
    holder = card(hostile)
    vault.keep(row, proof=vault.Proof(b"s", holder.der))
    row.save()
    address = f"/staff/signatures/{row.public_id}/person/"
    page = browser(people.head).post(address, {"why": "見る"}).content.decode()
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_case_waits_for_its_signature(browser: Browser, people: Desk, case: Case) -> None:
    signature = waiting_signature(case)
    ready(case, people)
    page = browser(people.head).get(f"/staff/cases/{case.public_id}/").content.decode()
    assert "電子署名の確認が終わるまで、決定できません" in page
    with pytest.raises(Refused, match="電子署名の確認"):
        world.act(case, "approve", people.head)
    case.refresh_from_db()
    assert case.decided_at is None
    actions.decide(
        signature, "accepted", reason="窓口で確認", expected="waiting", actor=people.head, now=NOW
    )
    world.act(case, "approve", people.head)
    assert case.outcome == "approved"


def test_what_was_not_accepted_can_only_be_turned_down(people: Desk, case: Case) -> None:
    signature = waiting_signature(case)
    ready(case, people)
    actions.decide(
        signature, "rejected", reason="別人", expected="waiting", actor=people.head, now=NOW
    )
    with pytest.raises(Refused, match="認めていない"):
        world.act(case, "approve", people.head)
    world.act(case, "reject", people.head, decision={"reason": "署名を確認できないため"})
    assert case.outcome == "rejected"


def test_deciding(browser: Browser, people: Desk, case: Case) -> None:
    signature = waiting_signature(case)
    client, address = browser(people.head), f"/staff/signatures/{signature}/"
    assert client.post(f"{address}decide/", {}).status_code == 422
    sent = {"verdict": "accepted", "expected": "waiting", "reason": "電話で本人に確認"}
    assert client.post(f"{address}decide/", sent | {"reason": ""}).status_code == 422
    assert client.post(f"{address}decide/", sent)["Location"] == address
    assert client.post(f"{address}decide/", sent).status_code == 409
    row = Signature.objects.get()
    assert (row.verdict, row.decided_by, row.reason) == ("accepted", "館長 次郎", sent["reason"])
    entry = AuditEntry.objects.get(action="signing.accepted")
    assert json.loads(entry.personal or "{}")["reason"] == sent["reason"]
    assert "電話で本人に確認" in client.get(address).content.decode()
    decided = client.get("/staff/signatures/?state=decided").content.decode()
    assert case.number in decided


def test_who_may_not(people: Desk, case: Case) -> None:
    signature = waiting_signature(case)
    verdict = {"reason": "x", "expected": "waiting", "now": NOW}
    with pytest.raises(Forbidden):  # sees the case, decides nothing
        actions.decide(signature, "accepted", actor=people.clerk, **verdict)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        actions.decide(signature, "accepted", actor=people.other, **verdict)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        actions.try_again(signature, actor=people.clerk, now=NOW)
    with pytest.raises(Forbidden):
        actions.see_person(signature, reason="x", actor=people.clerk, now=NOW)
    with pytest.raises(NotFound):
        actions.note_export(signature, "p7s", actor=people.other, now=NOW)
    with pytest.raises(Invalid):
        actions.decide(signature, "accepted", actor=people.head, **(verdict | {"reason": ""}))  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        actions.decide(signature, "accepted", actor=people.head, **(verdict | {"expected": "x"}))  # type: ignore[arg-type]


@pytest.fixture
def believed(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The authority of these tests is believed, and nobody was revoked."""
    believe(settings, tmp_path_factory.mktemp("authority"))
    return settings


def test_trying_again_accepts_what_is_good_now(
    people: Desk, case: Case, believed: Settings
) -> None:
    signature = waiting_signature(case)
    assert actions.retry_unknown(now=NOW + timedelta(hours=1)) == 1
    row = Signature.objects.get(public_id=signature)
    assert (row.result, row.verdict, row.decided_by) == ("OK", "accepted", "")
    assert row.reports.count() == 1
    assert verdict_of(case.public_id) == "accepted"
    assert actions.retry_unknown(now=NOW) == 0


def test_a_later_look_throws_nothing_out(people: Desk, case: Case, believed: Settings) -> None:
    """Accepted once; found revoked before it served: somebody looks at it."""
    row = Signature.objects.get(public_id=waiting_signature(case))
    actions.try_again(row.public_id, actor=people.head, now=NOW)
    believed.SUIGO_REVOCATION = "disabled-dev:?state=revoked"
    assert actions.try_again(row.public_id, actor=people.head, now=NOW) == "REVOKED"
    row.refresh_from_db()
    assert row.verdict == "waiting"


def test_one_altered_byte_in_what_is_kept_is_found(
    people: Desk, case: Case, believed: Settings
) -> None:
    row = Signature.objects.get(public_id=waiting_signature(case))
    actions.try_again(row.public_id, actor=people.head, now=NOW)
    assert actions.verify_all(now=NOW).faults == ()
    vault.keep(row, document=b"another document")
    row.save(update_fields=["document"])
    assert actions.verify_all(now=NOW).faults == ((case.number, "SIGNATURE_MISMATCH"),)


def test_the_evidence_can_be_taken_along(browser: Browser, people: Desk, case: Case) -> None:
    signature = waiting_signature(case)
    client, address = browser(people.head), f"/staff/signatures/{signature}/evidence/"
    assert client.get(f"{address}p7s/").content[:1] == b"0"
    assert client.get(f"{address}document/").content == vault.document_of(Signature.objects.get())
    assert client.get(f"{address}report/")["Content-Type"] == "application/json"
    assert client.get(f"{address}everything/").status_code == 404
    assert AuditEntry.objects.filter(action="signing.exported").count() == 2


def test_when_the_case_ends_so_does_the_evidence(people: Desk, case: Case) -> None:
    signature = waiting_signature(case)
    assert actions.erase(case.public_id, now=NOW) == 1
    assert actions.erase(case.public_id, now=NOW) == 0
    row = Signature.objects.get(public_id=signature)
    assert (row.document, row.proof, row.agreements) == (None, None, {})
    with pytest.raises(Gone):
        vault.proof_of(row)
    assert signatures_of(case.public_id)[0].result == "UNKNOWN"


def test_documents_that_were_never_sent_are_removed(db: None) -> None:
    draft = uuid4()
    actions.begin(draft, b"{}", title="見本", now=NOW)
    assert actions.tidy(now=NOW + timedelta(days=39)) == 0
    assert actions.tidy(now=NOW + timedelta(days=41)) == 1
    assert Signature.objects.count() == 0


def test_the_applicant_reads_how_it_stands(browser: Browser, people: Desk, case: Case) -> None:
    waiting_signature(case)
    page = browser(people.resident).get(f"/my/applications/{case.public_id}/").content.decode()
    assert "市で確認しています" in page


def test_a_signed_pdf_is_told_beside_the_file(
    browser: Browser, people: Desk, case: Case, believed: Settings
) -> None:
    files = [
        store_file(
            SYSTEM,
            name=name,
            content_type_claimed="application/pdf",
            stream=io.BytesIO(content),
            accept=("pdf",),
            owner_token="",
            now=NOW,
        )
        for name, content in (("signed.pdf", signed(paper())), ("plain.pdf", paper()))
    ]
    enclose_files(case.public_id, [f.public_id for f in files], actor=SYSTEM, now=NOW)
    client, page = browser(people.clerk), f"/staff/cases/{case.public_id}/"
    told = []
    for file in files:
        shown = client.get(f"{page}?file={file.public_id}").content.decode()
        assert "電子署名を確かめる" in shown
        answer = client.post(f"{page}files/{file.public_id}/signatures/", follow=True)
        told.append("電子署名はありません" in answer.content.decode())
    assert told == [False, True]
    found = signatures_of(case.public_id)
    assert [(f.origin, f.subject) for f in found] == [("file", files[0].public_id)]
    client.post(f"{page}files/{files[0].public_id}/signatures/")
    assert len(signatures_of(case.public_id)) == 1
