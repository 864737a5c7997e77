"""From a draft to exactly one case."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from engines.cases.world import (
    ANSWERS,
    CARD,
    NOW,
    TOKEN,
    answers,
    draft_of,
    name,
    received,
    resident,
)
from suigo.engines.cases import actions
from suigo.engines.cases.actions import submission
from suigo.engines.cases.models import Case, CaseCounter, Draft
from suigo.engines.cases.queries import procedures
from suigo.engines.cases.queries.drafts import draft_for, drafts_of
from suigo.engines.notices.models import Message
from suigo.kernel.access import ANONYMOUS, Assurance
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.queries import history_of, sentence_of, verify_chain
from suigo.kernel.errors import Conflict, Gone, Invalid, NotFound, NotSignedIn, Refused


def send(draft: UUID, **changes: object) -> actions.Receipt:
    arguments = {"actor": ANONYMOUS, "now": NOW, "language": "ja", "owner_token": TOKEN}
    return actions.submit_application(draft, **(arguments | changes))  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_draft_becomes_a_numbered_case_with_a_due_date() -> None:
    receipt = send(draft_of(ANONYMOUS))

    case = Case.objects.get(public_id=receipt.case_id)
    assert (receipt.number, receipt.created) == ("R8-S01-0001", True)
    # three business days after Tuesday the 24th
    assert receipt.due_date.isoformat() == "2026-11-27"
    assert (case.state, case.phase, case.department) == ("received", "waiting", "library")
    assert (case.applicant_name, case.applicant_kana) == ("水野 葉子", "ミズノ ヨウコ")
    assert case.answers == ANSWERS
    assert case.contact_email == "yoko@example.jp"
    assert not Draft.objects.exists()


@pytest.mark.django_db
def test_the_ledger_says_so_and_stays_whole() -> None:
    case = received()

    lines = history_of(subject_kind="case", subject_id=str(case.public_id))
    assert [line.sentence for line in lines] == ["R8-S01-0001 図書館カードの申込みを受け付けました"]
    assert verify_chain().broken is None


@pytest.mark.django_db
def test_sending_again_gives_the_same_receipt() -> None:
    draft = draft_of(ANONYMOUS)
    first, second = send(draft), send(draft)

    assert (second.case_id, second.number) == (first.case_id, first.number)
    assert (first.created, second.created) == (True, False)
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_somebody_else_learns_nothing_from_a_sent_draft() -> None:
    draft = draft_of(ANONYMOUS)
    send(draft)

    with pytest.raises(NotFound):
        send(draft, owner_token="another browser")
    with pytest.raises(NotFound):
        send(draft, actor=resident("他人", "other@example.jp"), owner_token="")
    with pytest.raises(NotFound):
        send(uuid4())


@pytest.mark.django_db
def test_somebody_elses_draft_is_neither_sent_nor_lost() -> None:
    draft = draft_of(ANONYMOUS)

    with pytest.raises(NotFound):
        send(draft, owner_token="another browser")
    assert draft_for(ANONYMOUS, draft, now=NOW, owner_token=TOKEN).answers == ANSWERS


@pytest.mark.django_db
def test_what_is_missing_is_named_and_the_draft_is_kept() -> None:
    draft = draft_of(ANONYMOUS, answers(branch=None, rules=False))

    with pytest.raises(Invalid) as refused:
        send(draft)
    assert sorted(refused.value.field_errors) == ["branch", "rules"]
    assert Draft.objects.count() == 1
    assert not CaseCounter.objects.exists()


@pytest.mark.django_db
def test_numbers_have_no_gaps_when_sending_fails() -> None:
    send(draft_of(ANONYMOUS))
    with pytest.raises(Invalid):
        send(draft_of(ANONYMOUS, answers(branch=None)))

    assert send(draft_of(ANONYMOUS)).number == "R8-S01-0002"


@pytest.mark.django_db
def test_numbers_begin_anew_in_april() -> None:
    april = NOW.replace(year=2027, month=4, day=1)
    numbers = [send(draft_of(ANONYMOUS, now=day), now=day).number for day in (NOW, april)]
    assert numbers == ["R8-S01-0001", "R9-S01-0001"]


@pytest.mark.django_db
def test_whoever_applies_at_night_has_the_receipt_at_once() -> None:
    night = NOW.replace(hour=13)  # 22:00 in Japan
    send(draft_of(ANONYMOUS), now=night)
    assert Message.objects.get().not_before_at == night


@pytest.mark.django_db
def test_hidden_answers_do_not_reach_the_case() -> None:
    case = received(workplace="みほん工場", commutes=False, guardian=name("水", "守", "ミ", "マ"))
    assert "workplace" not in case.answers
    assert "guardian" not in case.answers


@pytest.mark.django_db
def test_an_expired_draft_is_refused_kindly() -> None:
    draft = draft_of(ANONYMOUS)
    with pytest.raises(Gone):
        send(draft, now=NOW + timedelta(days=31))
    assert Draft.objects.count() == 1


@pytest.mark.django_db
def test_a_closed_procedure_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = draft_of(ANONYMOUS)
    monkeypatch.setattr(submission, "is_open", lambda service, today: False)
    with pytest.raises(Refused):
        send(draft)
    assert Draft.objects.count() == 1


@pytest.mark.django_db
def test_sending_costs_a_fixed_number_of_statements() -> None:
    send(draft_of(ANONYMOUS))
    draft = draft_of(ANONYMOUS)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        send(draft)
    verbs = [q["sql"].split()[0] for q in seen.captured_queries]
    # inside the test's own transaction the action is a savepoint; notices add their own two
    assert verbs[:4] == ["SAVEPOINT", "DELETE", "INSERT", "INSERT"]
    assert verbs[-2:] == ["INSERT", "RELEASE"]
    assert "audit_entry" in seen.captured_queries[-2]["sql"]


# --- from a program


def post(key: str, given: dict[str, object], **changes: object) -> actions.Receipt:
    return actions.submit_answers(
        CARD,
        given,
        idempotency_key=key,
        **({"now": NOW, "language": "ja"} | changes),  # type: ignore[arg-type]
    )


@pytest.mark.django_db
def test_a_program_that_sends_at_night_wakes_nobody() -> None:
    night = NOW.replace(hour=13)
    post("k1", answers(), actor=resident(), now=night)
    assert Message.objects.get().not_before_at == NOW.replace(hour=22)


@pytest.mark.django_db
def test_the_same_key_and_body_give_the_same_receipt() -> None:
    who = resident()
    first, again = post("k1", answers(), actor=who), post("k1", answers(), actor=who)
    assert (again.number, again.created) == (first.number, False)
    assert Case.objects.get().channel == "api"


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_a_conflict() -> None:
    who = resident()
    post("k1", answers(), actor=who)
    with pytest.raises(Conflict):
        post("k1", answers(per_month=11), actor=who)
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_two_callers_do_not_meet() -> None:
    one, other = resident(), resident("他人", "other@example.jp")
    assert post("k", answers(), actor=one).number == "R8-S01-0001"
    assert post("k", answers(), actor=other).number == "R8-S01-0002"


@pytest.mark.django_db
def test_answers_that_are_not_asked_for_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        post("k", answers(is_admin=True), actor=resident())
    assert list(refused.value.field_errors) == ["is_admin"]


@pytest.mark.django_db
def test_files_of_others_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        post("k", answers(proof=[str(uuid4())]), actor=resident())
    assert list(refused.value.field_errors) == ["proof"]


# --- drafts


@pytest.mark.django_db
def test_a_page_is_saved_and_leads_to_the_next() -> None:
    draft = draft_of(ANONYMOUS, answers(branch=None, per_month=None))
    saved = actions.save_page(
        draft,
        page="card",
        posted={"branch": ["bus"], "card_kinds": ["books"], "large_print": ["no"]},
        actor=ANONYMOUS,
        owner_token=TOKEN,
        now=NOW,
    )
    assert (saved.errors, saved.next_page) == ({}, "consent")
    assert saved.draft.answers["branch"] == "bus"
    assert draft_for(ANONYMOUS, draft, now=NOW, owner_token=TOKEN).page == "consent"


@pytest.mark.django_db
def test_readable_answers_stay_when_others_need_mending() -> None:
    draft = draft_of(ANONYMOUS, answers(branch=None))
    saved = actions.save_page(
        draft,
        page="card",
        posted={"branch": ["bus"], "per_month": ["たくさん"], "large_print": ["no"]},
        actor=ANONYMOUS,
        owner_token=TOKEN,
        now=NOW,
    )
    assert (list(saved.errors), saved.next_page) == (["per_month"], None)
    kept = draft_for(ANONYMOUS, draft, now=NOW, owner_token=TOKEN)
    assert (kept.answers["branch"], kept.page) == ("bus", "card")


@pytest.mark.django_db
def test_saving_lets_the_draft_live_on() -> None:
    draft = draft_of(ANONYMOUS)
    later = NOW + timedelta(days=20)
    actions.save_page(draft, page="card", posted={}, actor=ANONYMOUS, owner_token=TOKEN, now=later)
    assert send(draft, now=NOW + timedelta(days=45)).created


@pytest.mark.django_db
def test_signing_in_brings_the_drafts_along() -> None:
    draft, who = draft_of(ANONYMOUS), resident()
    assert actions.adopt_drafts(actor=who, owner_token=TOKEN, now=NOW) == 1
    assert [d.public_id for d in drafts_of(who, now=NOW)] == [draft]
    with pytest.raises(NotFound):
        draft_for(ANONYMOUS, draft, now=NOW, owner_token=TOKEN)


@pytest.mark.django_db
def test_a_discarded_draft_is_gone() -> None:
    draft = draft_of(ANONYMOUS)
    actions.discard_draft(draft, actor=ANONYMOUS, now=NOW, owner_token=TOKEN)
    assert drafts_of(ANONYMOUS, now=NOW, owner_token=TOKEN) == []


@pytest.mark.django_db
def test_the_ledger_does_not_say_who_discarded_a_draft() -> None:
    who = resident()
    actions.discard_draft(draft_of(who), actor=who, now=NOW)
    entry = AuditEntry.objects.get(action="draft.discarded")
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("resident", None, "")
    assert entry.personal is None
    assert sentence_of(entry) == "申請者が下書きを破棄しました"


@pytest.fixture
def change_the_city(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the library card be something else from now on, or be no more."""

    def change(**update: object) -> None:
        spec = procedures.procedure(CARD).spec
        service = spec.service.model_copy(update=update)
        changed = procedures.as_procedure(spec.model_copy(update={"service": service}))
        use(procedures.Catalogue({CARD: changed}, {changed.hash: changed}))

    def use(catalogue: procedures.Catalogue) -> None:
        monkeypatch.setattr(procedures._catalogue, "get", lambda: catalogue)

    change.withdraw = lambda: use(procedures.Catalogue({}, {}))  # type: ignore[attr-defined]
    return change


@pytest.mark.django_db
def test_a_procedure_that_has_closed_takes_no_older_drafts(
    change_the_city: Callable[..., None],
) -> None:
    draft = draft_of(ANONYMOUS)
    period = procedures.procedure(CARD).spec.service.open
    change_the_city(open=period.model_copy(update={"open_now": False}))
    with pytest.raises(Refused, match="受付は終わりました"):
        send(draft)
    change_the_city.withdraw()  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="受付は終わりました"):
        send(draft)
    assert (Draft.objects.count(), Case.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_an_older_draft_is_judged_by_its_own_definition(
    change_the_city: Callable[..., None],
) -> None:
    draft = draft_of(ANONYMOUS)
    before = procedures.procedure(CARD)
    change_the_city(assurance="identity", minutes=99)
    receipt = send(draft)
    assert (receipt.definition, receipt.created) == (before.hash, True)


@pytest.mark.django_db
def test_sending_asks_again_who_is_acting(change_the_city: Callable[..., None]) -> None:
    change_the_city(assurance="identity")
    who = resident()
    surely = replace(who, assurance=Assurance.IDENTITY)
    draft = draft_of(surely)
    with pytest.raises(NotSignedIn, match="より確かな本人確認"):
        send(draft, actor=who, owner_token="")
    assert send(draft, actor=surely, owner_token="").created


# --- several at once, each on a connection of its own


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together; each result is a value or an exception."""
    results: list[object] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(index: int, call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[index] = call()
        except Exception as failed:
            results[index] = failed
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.usefixtures("really_committed")
def test_five_clicks_at_once_make_one_case() -> None:
    draft = draft_of(ANONYMOUS)
    receipts = at_once(*[lambda: send(draft)] * 5)

    assert all(isinstance(r, actions.Receipt) for r in receipts), receipts
    assert len({r.number for r in receipts}) == 1  # type: ignore[attr-defined]
    assert sorted(r.created for r in receipts) == [False] * 4 + [True]  # type: ignore[attr-defined]
    assert Case.objects.count() == 1


@pytest.mark.usefixtures("really_committed")
def test_without_the_drafts_lock_the_key_still_makes_one_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the lock taken away, two senders collide, and only the unique key holds."""
    reading = "SELECT definition_id, owner_id, owner_token, channel, answers, expires_at, known"
    reading += ", active_seconds, updated_at, arrival, grant_id"
    monkeypatch.setattr(
        submission, "TAKE_DRAFT", f"{reading} FROM cases_draft WHERE public_id = %s"
    )
    draft = draft_of(ANONYMOUS)
    results = at_once(*[lambda: send(draft)] * 5)

    assert Case.objects.count() == 1
    assert sum(isinstance(r, IntegrityError) for r in results) == 4


@pytest.mark.usefixtures("really_committed")
def test_twins_of_an_api_request_get_one_receipt() -> None:
    who = resident()
    receipts = at_once(*[lambda: post("twin", answers(), actor=who)] * 5)

    assert all(isinstance(r, actions.Receipt) for r in receipts), receipts
    assert {r.number for r in receipts} == {"R8-S01-0001"}  # type: ignore[attr-defined]


@pytest.mark.usefixtures("really_committed")
def test_twenty_senders_get_twenty_numbers_without_gaps() -> None:
    drafts = [draft_of(ANONYMOUS) for _ in range(20)]
    receipts = at_once(*[lambda d=d: send(d) for d in drafts])  # type: ignore[misc]

    numbers = sorted(r.number for r in receipts)  # type: ignore[attr-defined]
    assert numbers == [f"R8-S01-{n:04d}" for n in range(1, 21)]
    assert verify_chain().broken is None


@pytest.mark.usefixtures("really_committed")
def test_without_the_counters_lock_numbers_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: reading the last number without locking it must be seen to fail."""
    meeting = threading.Barrier(2, timeout=10)

    def unlocked(procedure_id: str, *, fiscal_year: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(sequence), 0) + 1 FROM cases_case")
            row = cursor.fetchone()
        meeting.wait()
        return int(row[0])

    monkeypatch.setattr(submission, "next_sequence", unlocked)
    drafts = [draft_of(ANONYMOUS) for _ in range(2)]
    results = at_once(*[lambda d=d: send(d) for d in drafts])  # type: ignore[misc]

    assert sum(isinstance(r, IntegrityError) for r in results) == 1
    assert Case.objects.count() == 1
