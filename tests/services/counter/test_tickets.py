"""Numbers: without gaps, none twice, called once; the machine, the wait and the display."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from engines.cases.test_submission import at_once
from engines.cases.world import NOW, TODAY
from suigo.kernel.access import ANONYMOUS, Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Conflict, Forbidden, NotFound, Refused, TooMany
from suigo.services.counter.actions import tickets
from suigo.services.counter.models import Kiosk, Ticket
from suigo.services.counter.queries.content import counters
from suigo.services.counter.queries.tickets import desk_board, display, wait_of
from suigo.services.counter.web.public import KIOSK

SignIn = Callable[[Actor], Client]


def issue(clerk: Actor, purpose: str = "moving", minutes: int = 0) -> UUID:
    moment = NOW + timedelta(minutes=minutes)
    return tickets.issue_ticket(purpose, actor=clerk, now=moment).public_id


def state(ticket: UUID) -> tuple[str, int | None, str]:
    row = Ticket.objects.get(public_id=ticket)
    return row.state, row.window, row.at_desk


def test_each_desk_counts_for_itself_and_each_day_anew(clerk: Actor) -> None:
    labels = [
        tickets.issue_ticket(purpose, actor=clerk, now=NOW + timedelta(days=day)).label
        for purpose, day in (("moving", 0), ("birth", 0), ("welfare", 0), ("moving", 1))
    ]
    assert labels == ["A1", "A2", "B1", "A1"]


@pytest.mark.usefixtures("really_committed")
def test_many_at_once_get_numbers_without_gaps(clerk: Actor) -> None:
    results = at_once(*[lambda: tickets.issue_ticket("moving", actor=clerk, now=NOW)] * 8)
    labels = {r.label for r in results if isinstance(r, tickets.Issued)}
    assert labels == {f"A{n}" for n in range(1, 9)}


@pytest.mark.usefixtures("really_committed")
def test_the_control_without_the_locked_series_numbers_collide(
    clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the constraint is for: where each counts for itself, only it stops the second."""
    together = threading.Barrier(4)

    def counted(day: date, desk: str) -> int:
        number = Ticket.objects.filter(day=day, desk=desk).count() + 1
        together.wait()
        return number

    monkeypatch.setattr(tickets, "_next_number", counted)
    results = at_once(*[lambda: tickets.issue_ticket("moving", actor=clerk, now=NOW)] * 4)
    assert sum(isinstance(result, IntegrityError) for result in results) == 3
    assert list(Ticket.objects.values_list("number", flat=True)) == [1]


@pytest.mark.usefixtures("really_committed")
def test_two_windows_never_call_the_same_number(clerk: Actor) -> None:
    first, second = issue(clerk), issue(clerk, minutes=1)
    results = at_once(
        lambda: tickets.call_next(1, actor=clerk, now=NOW),
        lambda: tickets.call_next(2, actor=clerk, now=NOW),
    )
    called = {r.public_id for r in results if isinstance(r, tickets.Issued)}
    assert called == {first, second}


def test_the_database_keeps_a_window_to_one_number(clerk: Actor) -> None:
    issue(clerk)
    tickets.call_next(1, actor=clerk, now=NOW)
    second = issue(clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(public_id=second).update(state="called", window=1, called_at=NOW)
    with pytest.raises(Conflict):
        tickets.call_next(1, actor=clerk, now=NOW)


def test_called_absent_called_again_sent_on_finished(clerk: Actor, neighbour: Actor) -> None:
    ticket = issue(clerk)
    called = tickets.call_next(1, actor=clerk, now=NOW)
    assert called is not None
    assert state(ticket) == ("called", 1, "front")
    tickets.mark_absent(ticket, actor=clerk, now=NOW)
    assert state(ticket) == ("absent", None, "front")
    assert tickets.call_next(1, actor=clerk, now=NOW) is None
    tickets.call_again(ticket, 2, actor=clerk, now=NOW + timedelta(minutes=5))
    assert state(ticket) == ("called", 2, "front")
    row = Ticket.objects.get(public_id=ticket)
    assert (row.calls, row.first_called_at) == (2, NOW)
    with pytest.raises(Conflict):
        tickets.call_again(ticket, 1, actor=clerk, now=NOW)
    tickets.transfer_ticket(ticket, "welfare", actor=clerk, now=NOW)
    assert state(ticket) == ("waiting", None, "welfare")
    # whoever came earlier goes first, also at the next desk
    issue(clerk, "welfare", minutes=1)
    next_there = tickets.call_next(3, actor=neighbour, now=NOW)
    assert next_there is not None
    assert next_there.public_id == ticket
    tickets.finish_ticket(ticket, actor=neighbour, now=NOW)
    assert state(ticket) == ("done", None, "welfare")
    for verb in (tickets.finish_ticket, tickets.mark_absent):
        with pytest.raises(Conflict):
            verb(ticket, actor=clerk, now=NOW)
    said = AuditEntry.objects.filter(action__startswith="counter.ticket").values_list("action")
    assert len(said) == 8


def test_what_is_refused(clerk: Actor) -> None:
    ticket = issue(clerk)
    with pytest.raises(NotFound):
        tickets.call_next(77, actor=clerk, now=NOW)
    with pytest.raises(NotFound):
        tickets.issue_ticket("nothing", actor=clerk, now=NOW)
    with pytest.raises(NotFound):
        tickets.finish_ticket(ticket, actor=clerk, now=NOW + timedelta(days=1))
    tickets.call_next(1, actor=clerk, now=NOW)
    with pytest.raises(Refused):
        tickets.transfer_ticket(ticket, "nowhere", actor=clerk, now=NOW)
    with pytest.raises(Forbidden):
        tickets.issue_ticket("moving", actor=ANONYMOUS, now=NOW)
    with pytest.raises(Forbidden):
        tickets.issue_ticket("moving", actor=ANONYMOUS, now=NOW, kiosk="guessed")


def test_a_machine_gives_numbers_until_it_is_removed(manager: Actor, browser: SignIn) -> None:
    device = browser(manager)
    assert device.post("/staff/counter/machines/", {"title": "玄関"}).status_code == 302
    cookie = device.cookies[KIOSK]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (
        "/counter/tickets/",
        True,
        "Strict",
    )
    machine = Client()
    machine.cookies[KIOSK] = cookie.value
    assert "引っ越し" in machine.get("/counter/tickets/").content.decode()
    given = machine.post("/counter/tickets/", {"purpose": "moving"}, follow=True)
    assert "A1" in given.content.decode()
    kiosk = Kiosk.objects.get()
    assert cookie.value not in kiosk.token_digest
    device.post(f"/staff/counter/machines/{kiosk.public_id}/remove/")
    assert machine.post("/counter/tickets/", {"purpose": "moving"}).status_code == 403
    assert Ticket.objects.count() == 1


def test_a_machine_that_runs_wild_is_stopped(manager: Actor) -> None:
    token = tickets.register_kiosk("玄関", actor=manager, now=NOW)
    for _number in range(tickets.TICKETS_PER_MINUTE):
        tickets.issue_ticket("moving", actor=ANONYMOUS, now=NOW, kiosk=token)
    with pytest.raises(TooMany):
        tickets.issue_ticket("moving", actor=ANONYMOUS, now=NOW, kiosk=token)


def test_everybody_sees_the_wait_and_nobody_a_name(clerk: Actor, browser: SignIn) -> None:
    browser(clerk)  # the day of the tests
    tickets_given = [issue(clerk) for _n in range(3)]
    tickets.call_next(1, actor=clerk, now=NOW)
    last = wait_of(tickets_given[2], now=NOW)
    assert (last.label, last.state, last.ahead) == ("A3", "waiting", 1)
    assert last.estimate is not None
    assert (last.estimate.minutes, last.estimate.measured) == (15, False)
    page = Client().get(f"/counter/tickets/{tickets_given[2]}/").content.decode()
    assert "前に1人います" in page
    assert "あと約15分" in page
    assert (
        "1番の窓口へお越しください"
        in Client().get(f"/counter/tickets/{tickets_given[0]}/").content.decode()
    )
    hall = Client().get("/counter/display/").content.decode()
    assert "A1" in hall
    assert "1番窓口" in hall
    assert clerk.name not in hall


def test_the_estimate_rests_on_times_of_the_day(clerk: Actor) -> None:
    for minute in range(4):
        issue(clerk, minutes=minute)
    for number in range(3):
        called = tickets.call_next(1, actor=clerk, now=NOW + timedelta(minutes=10 * number))
        assert called is not None
        end = NOW + timedelta(minutes=10 * number + 6)
        tickets.finish_ticket(called.public_id, actor=clerk, now=end)
    front = display(now=NOW).desks[0]
    assert front.desk.id == "front"
    assert (front.waiting, front.estimate.minutes, front.estimate.measured) == (1, 6, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_at_any_length(
    clerk: Actor, count: int, django_assert_num_queries: Callable[[int], object]
) -> None:
    for _number in range(count):
        issue(clerk)
    desk = counters().desk("front")
    assert desk is not None
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        board = desk_board(desk, 1, now=NOW)
    assert board.count == count
    assert [t.label for t in board.waiting] == [f"A{n}" for n in range(1, count + 1)]


def test_a_gap_is_given_back(clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ticket that can't be written takes no number."""

    def broken(*_given: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(tickets, "_note", broken)
        with pytest.raises(RuntimeError):
            tickets.issue_ticket("moving", actor=clerk, now=NOW)
    assert tickets.issue_ticket("moving", actor=clerk, now=NOW).label == "A1"
    assert Ticket.objects.get().day == TODAY
