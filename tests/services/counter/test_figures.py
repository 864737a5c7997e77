"""Times per life event and desk, without anybody in them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from engines.cases.world import NOW, TODAY
from services.counter.world import filled
from suigo.kernel.access import Actor
from suigo.kernel.errors import Forbidden
from suigo.services.counter.actions import tickets, visits
from suigo.services.counter.actions.receiving import start_checking
from suigo.services.counter.actions.upkeep import erase_visits
from suigo.services.counter.queries.figures import figures

SignIn = Callable[[Actor], Client]


def served(clerk: Actor, *, minutes: int) -> None:
    """Ten minutes of waiting, five of asking, the rest of checking."""
    ticket = tickets.issue_ticket("moving", actor=clerk, now=NOW).public_id
    called = NOW + timedelta(minutes=10)
    tickets.call_next(1, actor=clerk, now=called)
    visit = filled(clerk, ticket=ticket, now=called)
    start_checking(visit, actor=clerk, now=called + timedelta(minutes=5))
    visits.end_visit(visit, actor=clerk, now=called + timedelta(minutes=minutes))


def test_the_times_of_the_phases(clerk: Actor, manager: Actor) -> None:
    for minutes in (10, 20, 60):
        served(clerk, minutes=minutes)
    (row,) = figures(manager, since=TODAY, until=TODAY).rows
    assert (row.event, row.desk, row.visits) == ("見本市に引っ越してきた", "総合窓口", 3)
    found = {phase: (s.median, s.p90) for phase, s in row.phases.items() if s is not None}
    assert found["waiting"] == (10.0, 10.0)
    assert found["entry"] == (5.0, 5.0)
    assert found["check"] == (15.0, 55.0)
    assert found["all"] == (20.0, 60.0)


def test_they_stay_when_the_people_are_gone(clerk: Actor, manager: Actor) -> None:
    served(clerk, minutes=20)
    before = figures(manager, since=TODAY, until=TODAY)
    erase_visits(keep_days=0, now=NOW + timedelta(days=2))
    assert figures(manager, since=TODAY, until=TODAY) == before


def test_a_visit_that_somebody_forgot_counts_for_nothing(clerk: Actor, manager: Actor) -> None:
    filled(clerk)
    erase_visits(keep_days=0, now=NOW + timedelta(days=2))
    assert figures(manager, since=TODAY, until=TODAY).rows == ()


def test_a_table_without_anybody_in_it(clerk: Actor, manager: Actor, browser: SignIn) -> None:
    served(clerk, minutes=20)
    with pytest.raises(Forbidden):
        figures(clerk, since=TODAY, until=TODAY)
    client = browser(manager)
    text = client.get("/staff/counter/figures.csv").content.decode()
    assert text.splitlines()[1] == "見本市に引っ越してきた,総合窓口,待ち,1,10.0,10.0"
    page = client.get("/staff/counter/figures/").content.decode()
    for words in ("水野", "葉子", "0299-00-0000"):
        assert words not in text
        assert words not in page
