"""All applications of a visit or none, once; what was signed is what is received."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from engines.cases.test_submission import at_once
from engines.cases.world import NOW, received
from services.counter.world import CARD, CARD_REST, WASTE, begun, drafts, filled, row
from suigo.engines.cases import actions as cases
from suigo.engines.cases.models import Case, Draft
from suigo.engines.cases.queries.drafts import draft_for
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refused
from suigo.services.counter import policy
from suigo.services.counter.actions import entering, receiving, visits
from suigo.services.counter.actions import tickets as numbers
from suigo.services.counter.actions.upkeep import erase_visits
from suigo.services.counter.models import Item, Memo, Phase, Screen, Ticket, Visit
from suigo.services.counter.queries.visits import digest_of, entered, visit_for

SignIn = Callable[[Actor], Client]


def sign(visit: Any, clerk: Actor) -> str:
    view = visit_for(clerk, visit)
    digest = digest_of(view, entered(view, clerk, now=NOW))
    receiving.sign_on_paper(visit, digest=digest, actor=clerk, now=NOW)
    return digest


def test_receiving_twice_gives_the_same_numbers(clerk: Actor) -> None:
    visit = filled(clerk)
    sign(visit, clerk)
    first = receiving.receive_visit(visit, actor=clerk, now=NOW)
    second = receiving.receive_visit(visit, actor=clerk, now=NOW)
    assert (first.created, second.created) == (True, False)
    assert (
        first.numbers == second.numbers == dict(Case.objects.values_list("procedure_id", "number"))
    )
    assert sorted(first.numbers) == [WASTE, CARD]


@pytest.mark.usefixtures("really_committed")
def test_a_double_click_makes_each_case_once(clerk: Actor) -> None:
    visit = filled(clerk)
    sign(visit, clerk)
    results = at_once(*[lambda: receiving.receive_visit(visit, actor=clerk, now=NOW)] * 4)
    assert [type(r) for r in results] == [receiving.Received] * 4
    assert Case.objects.count() == 2
    assert AuditEntry.objects.filter(action="counter.received").count() == 1


@pytest.mark.usefixtures("really_committed")
def test_the_control_without_the_visits_lock_the_drafts_still_hold(
    clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several pass the visit when its row is not locked; each draft is one case all the same."""
    visit = filled(clerk)
    sign(visit, clerk)
    monkeypatch.setattr(receiving, "locked", lambda actor, key: Visit.objects.get(public_id=key))
    at_once(*[lambda: receiving.receive_visit(visit, actor=clerk, now=NOW)] * 3)
    assert sorted(Case.objects.values_list("procedure_id", flat=True)) == [WASTE, CARD]


def test_one_wrong_answer_and_nothing_is_received(clerk: Actor) -> None:
    visit = filled(clerk)
    cards = [d for d in drafts(visit) if draft_for(clerk, d, now=NOW).procedure.id == CARD]
    answers = draft_for(clerk, cards[0], now=NOW).answers
    cases.keep_answers(cards[0], answers | {"branch": "nowhere"}, actor=clerk, now=NOW)
    sign(visit, clerk)
    with pytest.raises(Invalid) as invalid:
        receiving.receive_visit(visit, actor=clerk, now=NOW)
    assert list(invalid.value.field_errors) == [f"{CARD}.branch"]
    assert Case.objects.count() == 0
    assert Draft.objects.count() == 2
    assert Item.objects.filter(number="").count() == 3


@pytest.mark.usefixtures("really_committed")
def test_two_visits_and_the_web_at_once_never_wait_in_a_circle(
    clerk: Actor, neighbour: Actor
) -> None:
    """Each numbers both procedures; the web numbers one of them, then waits for the ledger."""
    first, second = filled(clerk), filled(neighbour)
    sign(first, clerk)
    sign(second, neighbour)
    results = at_once(
        lambda: receiving.receive_visit(first, actor=clerk, now=NOW),
        lambda: receiving.receive_visit(second, actor=neighbour, now=NOW),
        *[received] * 3,
    )
    assert [r for r in results if isinstance(r, Exception)] == []
    assert Case.objects.count() == 7


def test_what_is_received_is_what_was_signed(clerk: Actor) -> None:
    visit = filled(clerk)
    with pytest.raises(Refused):
        receiving.receive_visit(visit, actor=clerk, now=NOW)
    old = sign(visit, clerk)
    changed = CARD_REST | {"large_print": ["yes"]}
    entering.save_entry(visit, CARD, changed, actor=clerk, now=NOW)
    with pytest.raises(Refused):
        receiving.receive_visit(visit, actor=clerk, now=NOW)
    with pytest.raises(Conflict):
        receiving.sign_on_paper(visit, digest=old, actor=clerk, now=NOW)
    sign(visit, clerk)
    assert receiving.receive_visit(visit, actor=clerk, now=NOW).created


def test_a_correction_on_the_common_page_reaches_every_form(clerk: Actor) -> None:
    visit = filled(clerk)
    said = {"person_phone": ["0299-99-9999"], "person_email": ["yoko@example.jp"]}
    entering.save_common(visit, said, actor=clerk, now=NOW)
    phones = set()
    for draft in drafts(visit):
        answers = draft_for(clerk, draft, now=NOW).answers
        phones.add(answers.get("phone") or answers["applicant"]["phone"])
    assert phones == {"0299-99-9999"}


def test_what_was_settled_can_not_be_changed_by_posting_it(clerk: Actor) -> None:
    visit = filled(clerk)
    posted = CARD_REST | {"applicant.family": ["別人"], "phone": ["0299-11-1111"]}
    entering.save_entry(visit, CARD, posted, actor=clerk, now=NOW)
    view = visit_for(clerk, visit)
    card = next(e.draft for e in entered(view, clerk, now=NOW) if e.item.procedure_id == CARD)
    assert card.answers["applicant"]["family"] == "水野"
    assert card.answers["phone"] == "0299-00-0000"


def test_a_procedure_that_is_not_wanted_after_all(clerk: Actor) -> None:
    visit = begun(clerk)
    visits.choose_items(visit, ["library-card"], actor=clerk, now=NOW)
    assert [d.procedure.id for d in [draft_for(clerk, i, now=NOW) for i in drafts(visit)]] == [CARD]
    with pytest.raises(Refused):
        visits.choose_items(visit, [], actor=clerk, now=NOW)


def test_a_colleague_takes_over_with_the_memo_and_the_drafts(
    clerk: Actor, neighbour: Actor, browser: SignIn
) -> None:
    given = numbers.issue_ticket("moving", actor=clerk, now=NOW).public_id
    numbers.call_next(1, actor=clerk, now=NOW)
    visit = filled(clerk, ticket=given)
    receiving.hand_over(visit, "welfare", "転入届は済み。", actor=clerk, now=NOW)
    assert Ticket.objects.get().at_desk == "welfare"
    with pytest.raises(Conflict):
        visits.end_visit(visit, actor=neighbour, now=NOW)
    client = browser(neighbour)
    client.post("/staff/counter/window/", {"window": "3"})
    client.post("/staff/counter/next/")
    assert "申し送りあり" in client.get("/staff/counter/").content.decode()
    served = client.post(f"/staff/counter/numbers/{given}/serve/", follow=True)
    assert "転入届は済み。" in served.content.decode()
    client.post(f"/staff/counter/visits/{visit}/mine/")
    sign(visit, neighbour)
    assert receiving.receive_visit(visit, actor=neighbour, now=NOW).created
    assert row(visit).desk == "welfare"


def test_the_end_of_a_visit(clerk: Actor) -> None:
    visit = filled(clerk)
    visits.end_visit(visit, actor=clerk, now=NOW + timedelta(minutes=12))
    assert (row(visit).state, row(visit).events) == ("ended", ["moving-in"])
    assert Draft.objects.count() == 0
    assert Phase.objects.filter(ended_at=None).count() == 0
    with pytest.raises(Conflict):
        visits.end_visit(visit, actor=clerk, now=NOW)


def test_what_a_visit_says_about_people_goes(clerk: Actor) -> None:
    visit = filled(clerk)
    sign(visit, clerk)
    receiving.receive_visit(visit, actor=clerk, now=NOW)
    receiving.hand_over(visit, "welfare", "水野さん", actor=clerk, now=NOW)
    assert erase_visits(keep_days=1, now=NOW + timedelta(days=1)) == 0
    assert erase_visits(keep_days=1, now=NOW + timedelta(days=2)) == 1
    gone = row(visit)
    assert (gone.person, gone.known, gone.guides, gone.state) == ({}, {}, [], "ended")
    assert gone.events == ["moving-in"]
    assert Memo.objects.count() + Item.objects.count() + Screen.objects.count() == 0
    assert Case.objects.count() == 2
    with pytest.raises(Gone):
        visit_for(clerk, visit)
    assert list(policy.visible_visits(clerk)) == []
    assert erase_visits(keep_days=1, now=NOW + timedelta(days=3)) == 0


def test_the_database_refuses_an_erased_visit_that_still_says_something(clerk: Actor) -> None:
    visit = begun(clerk)
    with pytest.raises(Exception, match="counter_visit_erased"), transaction.atomic():
        Visit.objects.filter(public_id=visit).update(erased_at=NOW, state="ended", ended_at=NOW)


def test_who_may_see_is_who_may_open(clerk: Actor, neighbour: Actor, manager: Actor) -> None:
    visit = row(begun(clerk))
    for actor in (clerk, neighbour, manager):
        listed = visit in policy.visible_visits(actor)
        assert listed is policy.can_serve(actor, visit)
    assert policy.can_serve(neighbour, visit)
    assert not policy.can_serve(manager, visit)
    with pytest.raises(NotFound):
        visit_for(manager, visit.public_id)
    with pytest.raises(Forbidden):
        visits.begin_visit(actor=manager, now=NOW)


def test_only_a_clerk_s_desk_drafts_can_be_taken_over(clerk: Actor, neighbour: Actor) -> None:
    own = drafts(begun(clerk))
    cases.take_over_drafts(own, actor=neighbour, now=NOW)
    assert draft_for(neighbour, own[0], now=NOW).procedure.id in {CARD, WASTE}
    web = cases.start_draft(CARD, actor=clerk, now=NOW, channel="paper")
    Draft.objects.filter(public_id=web).update(channel="web")
    with pytest.raises(NotFound):
        cases.take_over_drafts([web], actor=neighbour, now=NOW)
