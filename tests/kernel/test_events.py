"""Events are as durable as the change that published them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction

from suigo.kernel import events

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Happened:
    case_id: str


@pytest.fixture(autouse=True)
def _subscribed() -> Iterator[None]:
    before = dict(events._subscribers)
    seldom = events.Reaction("test.seldom", lambda event: event.case_id == "8")
    reactions = (events.Reaction("test.first"), events.Reaction("test.second"), seldom)
    events.connect({Happened: reactions})
    yield
    events.connect(before)


def waiting() -> list[tuple[str, dict[str, str]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, args FROM procrastinate_jobs"
            " WHERE task_name LIKE 'test.%%' ORDER BY id"
        )
        return [(name, args) for name, args in cursor.fetchall()]


def test_every_subscriber_gets_a_job() -> None:
    events.publish(Happened(case_id="7"))
    names = [name for name, _args in waiting()]
    assert names == ["test.first", "test.second"]


def test_who_cares_for_some_gets_a_job_for_those_alone() -> None:
    events.publish(Happened(case_id="8"))
    names = [name for name, _args in waiting()]
    assert names == ["test.first", "test.second", "test.seldom"]


def test_a_change_rolled_back_leaves_no_reaction() -> None:
    with transaction.atomic():
        events.publish(Happened(case_id="7"))
        transaction.set_rollback(True)
    assert waiting() == []


def test_only_dataclass_instances_are_events() -> None:
    with pytest.raises(TypeError):
        events.publish(Happened)
    with pytest.raises(TypeError):
        events.publish({"case_id": "7"})
