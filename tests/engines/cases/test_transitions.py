"""What happens to a case between its arrival and its end."""

import threading
from datetime import date, timedelta
from types import SimpleNamespace
from typing import cast
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from engines.cases.world import (
    NOW,
    TOKEN,
    Desk,
    act,
    answers,
    desk,
    name,
    received,
    resident,
    staff,
    tick_all,
)
from suigo.engines.cases import actions
from suigo.engines.cases.actions import locking
from suigo.engines.cases.actions.telling import letter_message
from suigo.engines.cases.models import (
    Case,
    CaseLetter,
    CorrectionItem,
    CorrectionRequest,
)
from suigo.engines.cases.spec import ProcedureSpec
from suigo.engines.documents.queries import briefs
from suigo.engines.notices.models import Message
from suigo.kernel import crypto
from suigo.kernel.access import ANONYMOUS, Actor
from suigo.kernel.audit.queries import history_of, verify_chain
from suigo.kernel.errors import Conflict, Forbidden, Invalid, NotFound

LATER = NOW + timedelta(days=7)  # Tuesday 2026-12-01
ITEMS = {"address": "番地を入力してください。", "phone": "つながる番号にしてください。"}


@pytest.fixture
def people(db: None) -> Desk:
    return desk()


def sentences(case: Case) -> list[str]:
    lines = history_of(subject_kind="case", subject_id=str(case.public_id))
    return [line.sentence for line in reversed(lines)]


def sent() -> list[str]:
    return list(Message.objects.order_by("id").values_list("template", flat=True))


def test_a_case_is_checked_approved_and_its_letter_promised(people: Desk) -> None:
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    tick_all(case, people.clerk)
    act(case, "approve", people.head, decision={"note": "開館は9時です。"})

    assert (case.state, case.phase, case.outcome) == ("approved", "done", "approved")
    assert (case.decided_at, case.closed_at) == (NOW, NOW)
    # one year, counted from the April after the closing
    assert case.keep_until_date == date(2028, 3, 31)
    assert case.decision == {"note": "開館は9時です。"}
    assert case.assignee_id == people.clerk.account_id
    letter = CaseLetter.objects.get()
    assert letter.content["rows"] == [
        ["申込番号", "R8-S01-0001"],
        ["お名前", "水野　葉子"],
        ["生年月日", "平成2年4月1日"],
        ["受け取る図書館", "中央図書館"],
        ["備考", "開館は9時です。"],
    ]
    assert (letter.file_id, letter.issued_at) == (None, None)
    assert sentences(case) == [
        "R8-S01-0001 図書館カードの申込みを受け付けました",
        "司書 一郎がR8-S01-0001に「確認を始める」を行い、「確認中」になりました",
        "司書 一郎がR8-S01-0001の「氏名・生年月日を確かめた」を確認しました",
        "司書 一郎がR8-S01-0001の「住所または通勤・通学先を確かめた」を確認しました",
        "館長 次郎がR8-S01-0001を「承認する」と決定しました",
    ]
    assert verify_chain().broken is None


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


def test_a_decision_needs_its_checks_inputs_and_capability(people: Desk) -> None:
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    with pytest.raises(Forbidden):
        act(case, "reject", people.clerk, decision={"reason": "同じ方のカードがあります。"})
    with pytest.raises(Invalid) as unticked:
        act(case, "approve", people.head)
    assert sorted(unticked.value.field_errors) == ["checklist.address", "checklist.identity"]
    with pytest.raises(Invalid) as empty:
        act(case, "reject", people.head)
    assert list(empty.value.field_errors) == ["reason"]
    with pytest.raises(Invalid) as unknown:
        act(case, "reject", people.head, decision={"reason": "理由", "amount": 1})
    assert list(unknown.value.field_errors) == ["amount"]
    case.refresh_from_db()
    assert (case.state, case.version) == ("checking", 2)


def test_states_and_unknown_actions(people: Desk) -> None:
    case = received(people.resident)
    with pytest.raises(Conflict):
        act(case, "approve", people.head)
    with pytest.raises(NotFound):
        act(case, "grant", people.head)
    with pytest.raises(NotFound):
        actions.take_action(uuid4(), "approve", actor=people.head, version=1, now=NOW)


def test_other_departments_and_other_residents_see_nothing(people: Desk) -> None:
    case = received(people.resident)
    stranger = resident("他人", "other@example.jp")
    for actor in (people.other, stranger, ANONYMOUS):
        with pytest.raises(NotFound):
            act(case, "start_check", actor)
    with pytest.raises(Forbidden):
        act(case, "start_check", people.resident)


# --- 補正


def test_a_correction_goes_out_and_comes_back(people: Desk) -> None:
    case = received(people.resident)
    act(case, "request_correction", people.clerk, items=ITEMS, message="お願いします。")

    assert (case.state, case.phase, case.paused_date) == (
        "correcting",
        "with_applicant",
        date(2026, 11, 24),
    )
    request = CorrectionRequest.objects.get()
    assert request.due_date == date(2026, 12, 8)
    assert list(request.items.order_by("id").values_list("path", "message")) == list(ITEMS.items())

    fixed = answers(phone="0299-11-1111")
    fixed["address"] = {**fixed["address"], "block": "3-4"}
    act(case, "answer_correction", people.resident, now=LATER, answers=fixed)

    assert (case.state, case.answers["phone"]) == ("checking", "0299-11-1111")
    # five business days with the applicant (one week) move the 27th to the 4th
    assert (case.due_date, case.paused_date) == (date(2026, 12, 4), None)
    before_after = CorrectionItem.objects.filter(path="phone").values_list("before", "after")
    assert list(before_after) == [("0299-00-0000", "0299-11-1111")]
    assert sent() == ["case-received", "correction-requested", "correction-answered"]
    assert sentences(case)[1:] == [
        "司書 一郎がR8-S01-0001の2項目の補正を求めました（期限 令和8年12月8日）",
        "水野 葉子がR8-S01-0001の2項目を直して送りました",
    ]


def test_only_flagged_answers_may_change(people: Desk) -> None:
    case = received(people.resident)
    act(case, "request_correction", people.clerk, items={"phone": "直してください。"})
    with pytest.raises(Invalid) as refused:
        act(
            case,
            "answer_correction",
            people.resident,
            answers=answers(phone="0299-11-1111", branch="bus"),
        )
    assert list(refused.value.field_errors) == ["branch"]
    assert case.answers["branch"] == "central"


def test_a_question_that_a_correction_brings_up_may_be_answered(people: Desk) -> None:
    case = received(people.resident)
    act(case, "request_correction", people.clerk, items={"commutes": "通勤ですか。"})
    with pytest.raises(Invalid) as asked:
        act(case, "answer_correction", people.resident, answers=answers(commutes=True))
    assert list(asked.value.field_errors) == ["workplace"]
    act(
        case,
        "answer_correction",
        people.resident,
        answers=answers(commutes=True, workplace="みほん工場"),
    )
    assert case.answers["workplace"] == "みほん工場"


def test_a_corrected_address_is_where_the_city_writes_from_then_on(people: Desk) -> None:
    case = received(people.resident)
    act(case, "request_correction", people.clerk, items={"email": "届きませんでした。"})
    right = answers(email="right@example.jp")
    act(case, "answer_correction", people.resident, answers=right)
    assert case.contact_email == "right@example.jp"
    blank = answers(email=None)  # without one the account's own address is left
    act(case, "request_correction", people.clerk, items={"email": "届きませんでした。"})
    act(case, "answer_correction", people.resident, answers=blank)
    assert case.contact_email == people.resident.email


def test_a_corrected_name_is_found_by_its_new_reading(people: Desk) -> None:
    case = received(people.resident)
    act(case, "request_correction", people.clerk, items={"applicant": "漢字を確かめてください。"})
    act(
        case,
        "answer_correction",
        people.resident,
        answers=answers(applicant=name("美豆野", "葉子", "ミズノ", "ハコ")),
    )
    assert (case.applicant_name, case.applicant_kana) == ("美豆野 葉子", "ミズノ ハコ")
    assert "はこ" in case.search_text


def test_the_page_reads_only_what_was_flagged(people: Desk) -> None:
    case = received(people.resident)
    act(case, "request_correction", people.clerk, items={"phone": "直してください。"})
    posted = {"phone": ["0299-11-1111"], "branch": ["bus"], "applicant.family": ["偽"]}
    read = actions.answer_correction(
        case.public_id, posted=posted, actor=people.resident, version=case.version, now=LATER
    )
    case.refresh_from_db()
    assert read.moved is not None
    assert (case.answers["phone"], case.answers["branch"]) == ("0299-11-1111", "central")
    assert case.answers["applicant"]["family"] == "水野"


def test_what_still_has_to_be_mended_is_said_and_nothing_moves(people: Desk) -> None:
    case = received(people.resident)
    act(case, "request_correction", people.clerk, items={"commutes": "通勤ですか。"})
    read = actions.answer_correction(
        case.public_id,
        posted={"commutes": ["yes"]},
        actor=people.resident,
        version=case.version,
        now=LATER,
    )
    assert (read.moved, list(read.errors)) == (None, ["workplace"])
    assert read.paths == {"commutes", "workplace"}
    case.refresh_from_db()
    assert case.state == "correcting"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"items": {}}, ["items"]),
        ({"items": {"phone": "  "}}, ["items.phone"]),
        ({"items": {"workplace": "書いてください。"}}, ["items.workplace"]),
        ({"items": {"nothing": "x"}}, ["items.nothing"]),
        (
            {"items": {"phone": "x"}, "correction_due_date": date(2026, 11, 24)},
            ["correction_due_date"],
        ),
    ],
)
def test_a_correction_request_says_what_is_wrong_with_it(
    people: Desk, given: dict[str, object], wrong: list[str]
) -> None:
    case = received(people.resident)
    with pytest.raises(Invalid) as refused:
        act(case, "request_correction", people.clerk, **given)
    assert sorted(refused.value.field_errors) == wrong


def test_a_cancelled_correction_can_not_be_answered(people: Desk) -> None:
    case = received(people.resident)
    act(case, "request_correction", people.clerk, items=ITEMS)
    seen = case.version
    act(case, "cancel_correction", people.clerk)

    assert (case.state, case.paused_date) == ("checking", None)
    assert CorrectionRequest.objects.get().cancelled_by_name == "司書 一郎"
    with pytest.raises(Conflict):
        actions.take_action(
            case.public_id,
            "answer_correction",
            actor=people.resident,
            version=seen,
            now=NOW,
            given=actions.Given(answers=answers()),
        )


def test_an_anonymous_applicant_corrects_from_the_same_browser(people: Desk) -> None:
    case = received(ANONYMOUS)
    act(case, "request_correction", people.clerk, items={"phone": "直してください。"})
    with pytest.raises(NotFound):
        actions.take_action(
            case.public_id,
            "answer_correction",
            actor=ANONYMOUS,
            version=case.version,
            now=NOW,
            given=actions.Given(answers=answers()),
            owner_token="another",
        )
    act(case, "answer_correction", ANONYMOUS, answers=answers(phone="0299-22-2222"))
    assert case.answers["phone"] == "0299-22-2222"


# --- other ends


def test_the_applicant_withdraws_while_correcting(people: Desk) -> None:
    case = received(people.resident)
    act(case, "request_correction", people.clerk, items=ITEMS)
    act(case, "withdraw", people.resident)
    assert (case.state, case.outcome, case.decided_at) == ("withdrawn", "", None)
    assert CorrectionRequest.objects.get().cancelled_at == NOW


def test_a_closed_case_is_reopened_with_a_reason(people: Desk) -> None:
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    act(case, "reject", people.head, decision={"reason": "同じ方のカードがあります。"})
    with pytest.raises(Invalid) as refused:
        act(case, "reopen", people.head)
    assert list(refused.value.field_errors) == ["reason"]
    act(case, "reopen", people.head, now=LATER, reason="別の方と分かりました。")

    assert (case.state, case.outcome, case.decision) == ("checking", "", {})
    assert (case.decided_at, case.closed_at, case.keep_until_date) == (None, None, None)
    assert case.due_date == date(2026, 12, 4)
    assert sentences(case)[-1] == (
        "館長 次郎がR8-S01-0001を再開しました（理由: 別の方と分かりました。）"
    )


# --- two at once


def test_the_slower_clerk_is_told_who_was_faster(people: Desk) -> None:
    case = received(people.resident)
    seen = case.version
    act(case, "start_check", people.clerk)
    with pytest.raises(Conflict) as late:
        actions.take_action(
            case.public_id, "request_correction", actor=people.chief, version=seen, now=NOW
        )
    assert str(late.value) == (
        "先に更新されています。「司書 一郎がR8-S01-0001に「確認を始める」を行い、"
        "「確認中」になりました」。最新の内容を確かめて、もう一度操作してください。"
    )


def deciding(case_id: UUID, version: int, actor: Actor, reason: str) -> object:
    return actions.take_action(
        case_id,
        "reject",
        actor=actor,
        version=version,
        now=NOW,
        given=actions.Given(decision={"reason": reason}),
    )


def both_decide(case: Case, one: Actor, other: Actor) -> list[object]:
    results: list[object] = []
    barrier = threading.Barrier(2)

    def run(actor: Actor) -> None:
        barrier.wait()
        try:
            results.append(deciding(case.public_id, case.version, actor, f"{actor.name}の理由"))
        except Exception as failed:
            results.append(failed)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(actor,)) for actor in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.usefixtures("really_committed")
def test_two_deciders_at_once_one_wins_and_the_other_is_told() -> None:
    people = desk()
    second = staff("library-head", "代理 四郎")
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    results = both_decide(case, people.head, second)

    assert sorted(type(r).__name__ for r in results) == ["CaseMoved", "Conflict"]
    assert CaseLetter.objects.count() == 1
    assert verify_chain().broken is None


@pytest.mark.usefixtures("really_committed")
def test_without_the_version_a_note_of_the_state_is_all_that_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: without the version check a stale screen overwrites a newer answer."""
    monkeypatch.setattr(locking, "require_version", lambda case, version, actor: None)
    people = desk()
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    stale = case.version
    act(case, "request_correction", people.clerk, items=ITEMS)
    act(case, "answer_correction", people.resident, answers=answers())
    deciding(case.public_id, stale, people.head, "古い画面で決めました。")
    case.refresh_from_db()
    assert case.outcome == "rejected"


def test_the_browser_of_an_anonymous_applicant_is_not_staff(people: Desk) -> None:
    case = received(ANONYMOUS)
    with pytest.raises(NotFound):
        actions.take_action(
            case.public_id,
            "withdraw",
            actor=people.other,
            version=1,
            now=NOW,
            owner_token=TOKEN,
        )
