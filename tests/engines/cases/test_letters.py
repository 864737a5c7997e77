"""Letters of a case: printed once, announced once, kept as long as the case."""

import threading
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest
from django.db import connection, transaction

from engines.cases.world import (
    NOW,
    Desk,
    act,
    desk,
    received,
    tick_all,
)
from suigo.engines.cases import actions
from suigo.engines.cases.actions.telling import letter_message
from suigo.engines.cases.models import (
    Case,
    CaseLetter,
)
from suigo.engines.cases.spec import ProcedureSpec
from suigo.engines.documents.queries import briefs
from suigo.engines.notices.models import Message
from suigo.kernel import crypto
from suigo.kernel.audit.queries import history_of


@pytest.fixture
def people(db: None) -> Desk:
    return desk()


def sent() -> list[str]:
    return list(Message.objects.order_by("id").values_list("template", flat=True))


def sentences(case: Case) -> list[str]:
    lines = history_of(subject_kind="case", subject_id=str(case.public_id))
    return [line.sentence for line in reversed(lines)]


def test_the_letter_is_printed_once_and_then_announced(people: Desk) -> None:
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    tick_all(case, people.clerk)
    act(case, "approve", people.head)
    letter = CaseLetter.objects.get()
    for _time in range(2):
        actions.issue_letter(letter.public_id, now=NOW)

    letter.refresh_from_db()
    assert letter.issued_at == NOW
    assert letter.file_id is not None
    assert sent() == ["case-received", "case-decided"]
    assert sentences(case)[-1] == "R8-S01-0001の「図書館カード交付決定通知書」を発行しました"
    actions.issue_letter(uuid4(), now=NOW)
    announced = Message.objects.get(template="case-decided")
    assert f"/my/applications/{case.public_id}/" in crypto.open_sealed(
        announced.sealed_body, purpose="notices.body"
    )


def test_one_event_gives_one_message() -> None:
    """A letter is announced unless the action that wrote it told the applicant itself."""
    actions_of_letters = [
        {"id": "ask", "kind": "request_correction", "who": "staff", "letter": "correction"},
        {"id": "write", "kind": "move", "who": "staff", "letter": "delay"},
    ]
    workflow = SimpleNamespace(actions=[SimpleNamespace(**a) for a in actions_of_letters])
    spec = cast("ProcedureSpec", SimpleNamespace(workflow=workflow))
    assert letter_message("correction", "correction", spec=spec) is None
    assert letter_message("notice", "delay", spec=spec) == "letter-issued"
    assert letter_message("notice", "left the workflow", spec=spec) == "letter-issued"
    assert letter_message("decision", "approval", spec=spec) == "case-decided"


def test_two_letters_of_one_version_are_both_announced(people: Desk) -> None:
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    tick_all(case, people.clerk)
    act(case, "approve", people.head)
    letter = CaseLetter.objects.get()
    second = CaseLetter.objects.create(
        case=case,
        kind=letter.kind,
        letter_id=letter.letter_id,
        title="納付のご案内",
        content=letter.content,
        created_at=NOW,
    )
    for one in (letter, second):
        actions.issue_letter(one.public_id, now=NOW)
    assert sent() == ["case-received", "case-decided", "case-decided"]


@pytest.mark.usefixtures("really_committed")
def test_a_letter_waits_for_an_action_that_closes_its_case() -> None:
    people = desk()
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    tick_all(case, people.clerk)
    given = actions.Given()
    filled = actions.preview_letter(
        case.public_id, "approve", actor=people.head, now=NOW, given=given
    )
    letter = CaseLetter.objects.create(
        case=case,
        kind="notice",
        letter_id=filled.id,
        title=filled.title,
        content=filled.content(),
        created_at=NOW,
    )
    failed: list[Exception] = []

    def issue() -> None:
        try:
            actions.issue_letter(letter.public_id, now=NOW)
        except Exception as why:
            failed.append(why)
        finally:
            connection.close()

    printing = threading.Thread(target=issue)
    with transaction.atomic():
        act(case, "withdraw", people.resident)
        printing.start()
        printing.join(timeout=2)
        assert printing.is_alive()  # it waits for the case
    printing.join()
    assert failed == []
    letter.refresh_from_db()
    assert letter.file_id is not None
    file = briefs([letter.file_id])[letter.file_id]
    assert (file.held, file.retention_date) == (False, case.keep_until_date)
