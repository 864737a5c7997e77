"""Daily work with cases, and what happens to them by itself."""

from datetime import timedelta
from uuid import uuid4

import pytest

from engines.cases.world import (
    NOW,
    Desk,
    act,
    desk,
    draft_of,
    received,
)
from suigo.engines.cases import actions
from suigo.engines.cases.actions import upkeep
from suigo.engines.cases.models import (
    Case,
    CaseNote,
    ChecklistMark,
)
from suigo.engines.notices.models import Message
from suigo.kernel.access import ANONYMOUS, Actor
from suigo.kernel.audit.queries import history_of, verify_chain
from suigo.kernel.errors import Forbidden, Invalid, NotFound, Refused


@pytest.fixture
def people(db: None) -> Desk:
    return desk()


def sentences(case: Case) -> list[str]:
    lines = history_of(subject_kind="case", subject_id=str(case.public_id))
    return [line.sentence for line in reversed(lines)]


def sent() -> list[str]:
    return list(Message.objects.order_by("id").values_list("template", flat=True))


# --- daily work


def test_cases_are_assigned_within_the_department(people: Desk) -> None:
    case = received(people.resident)
    chief, clerk = people.chief, people.clerk

    def assign(actor: Actor, to: int | None) -> None:
        case.refresh_from_db()
        actions.assign(case.public_id, to_account_id=to, actor=actor, version=case.version, now=NOW)
        case.refresh_from_db()

    assign(clerk, clerk.account_id)
    assert case.assignee_id == clerk.account_id
    with pytest.raises(Forbidden):
        assign(clerk, chief.account_id)
    assign(chief, people.head.account_id)
    with pytest.raises(Refused):
        assign(chief, people.other.account_id)
    assign(chief, None)
    assert case.assignee_id is None
    assert sentences(case)[1:] == [
        "司書 一郎がR8-S01-0001の担当を司書 一郎にしました",
        "係長 花子がR8-S01-0001の担当を館長 次郎にしました",
        "係長 花子がR8-S01-0001の担当を（担当なし）にしました",
    ]


def test_many_are_assigned_at_once_and_the_rest_is_named(people: Desk) -> None:
    cases = [received(people.resident) for _ in range(3)]
    act(cases[2], "withdraw", people.resident)
    done = actions.bulk_assign(
        [c.public_id for c in cases] + [uuid4()],
        to_account_id=people.clerk.account_id,
        actor=people.chief,
        now=NOW,
    )
    assert done.numbers == ("R8-S01-0001", "R8-S01-0002")
    assert done.left == (("R8-S01-0003", "終わった申請です。"),)
    with pytest.raises(Forbidden):
        actions.bulk_assign([], to_account_id=people.head.account_id, actor=people.clerk, now=NOW)
    with pytest.raises(Invalid):
        actions.bulk_assign([uuid4()] * 201, to_account_id=None, actor=people.chief, now=NOW)


def test_notes_and_checks(people: Desk) -> None:
    case = received(people.resident)
    actions.add_note(case.public_id, text=" 電話で確認済み ", actor=people.clerk, now=NOW)
    assert CaseNote.objects.get().text == "電話で確認済み"
    for text in ("", " ", "x" * 4001, "\x00"):
        with pytest.raises(Invalid):
            actions.add_note(case.public_id, text=text, actor=people.clerk, now=NOW)
    with pytest.raises(NotFound):
        actions.add_note(case.public_id, text="x", actor=people.other, now=NOW)
    with pytest.raises(Forbidden):
        actions.add_note(case.public_id, text="x", actor=people.resident, now=NOW)

    for ticked in (True, True, False, False):
        actions.mark_checklist(
            case.public_id, "identity", ticked=ticked, actor=people.clerk, now=NOW
        )
    assert not ChecklistMark.objects.exists()
    assert len(sentences(case)) == 4
    with pytest.raises(NotFound):
        actions.mark_checklist(case.public_id, "nothing", ticked=True, actor=people.clerk, now=NOW)


# --- by itself


def test_drafts_are_announced_and_then_removed(people: Desk) -> None:
    draft_of(people.resident)
    draft_of(ANONYMOUS)
    soon = NOW + timedelta(days=26)
    assert actions.expire_drafts(now=soon) == actions.DraftsExpired(reminded=1, removed=0)
    assert actions.expire_drafts(now=soon) == actions.DraftsExpired(reminded=0, removed=0)
    assert actions.expire_drafts(now=NOW + timedelta(days=31)).removed == 2
    assert sent() == ["draft-expiring"]


def test_a_night_s_work_is_done_however_much_there_is(
    people: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)
    for _ in range(5):
        draft_of(people.resident)
        act(received(people.resident), "withdraw", people.resident)
    assert actions.expire_drafts(now=NOW + timedelta(days=26)).reminded == 5
    assert actions.apply_retention(now=NOW + timedelta(days=800)) == 5


def test_what_was_kept_long_enough_is_erased_and_the_ledger_stays_whole(people: Desk) -> None:
    case = received(people.resident)
    other = received(people.resident)
    act(case, "start_check", people.clerk)
    act(case, "reject", people.head, decision={"reason": "理由"})
    actions.add_note(case.public_id, text="メモ", actor=people.clerk, now=NOW)
    last_day = NOW.replace(year=2028, month=3, day=30)
    assert actions.apply_retention(now=last_day) == 0
    assert actions.apply_retention(now=last_day + timedelta(days=2)) == 1
    assert actions.apply_retention(now=last_day + timedelta(days=2)) == 0

    case.refresh_from_db()
    assert (case.answers, case.decision, case.applicant_name) == ({}, {}, "")
    assert (case.applicant_id, case.search_text, case.contact_email) == (None, "", "")
    assert (case.number, case.outcome) == ("R8-S01-0001", "rejected")
    assert not CaseNote.objects.filter(case=case).exists()
    other.refresh_from_db()
    assert other.applicant_name == "水野 葉子"
    assert verify_chain().broken is None
