"""Somebody withdraws while an application is being sent."""

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection, transaction

from engines.delegation.test_whole_path import begun
from engines.delegation.world import NOW, daughter, granted, mother
from suigo.engines.cases import actions as cases
from suigo.engines.cases.actions import submission
from suigo.engines.cases.models import Case, Draft
from suigo.engines.delegation import actions
from suigo.engines.delegation.models import Grant
from suigo.engines.delegation.queries import GrantOver, require
from suigo.kernel.access import Actor


def in_a_thread(work: Callable[[], None], gate: Barrier | None = None) -> Thread:
    def run() -> None:
        try:
            if gate is not None:
                gate.wait()
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def send(holder: Actor, draft: UUID, outcomes: list[str]) -> None:
    try:
        cases.submit_application(draft, actor=holder, now=NOW, language="ja")
    except GrantOver:
        outcomes.append("over")
    else:
        outcomes.append("sent")


@pytest.mark.usefixtures("really_committed")
def test_either_the_application_came_first_or_there_is_none() -> None:
    person, holder = mother(), daughter()
    for _round in range(4):
        grant = granted(person, holder)
        draft, before = begun(holder, grant), Case.objects.count()
        gate, outcomes = Barrier(2), list[str]()
        threads = [
            in_a_thread(lambda d=draft, o=outcomes: send(holder, d, o), gate),  # type: ignore[misc]
            in_a_thread(lambda g=grant: actions.end(person, g.public_id, now=NOW), gate),  # type: ignore[misc]
        ]
        for thread in threads:
            thread.join()
        made, left = Case.objects.count() - before, Draft.objects.filter(public_id=draft).count()
        assert Grant.objects.get(pk=grant.pk).ending == "withdrawn"
        assert (outcomes, made, left) in [(["sent"], 1, 0), (["over"], 0, 1)]


def withdrawn_while_sending(person: Actor, holder: Actor) -> bool:
    """Whether a withdrawal gets through between the check of the grant and the commit."""
    grant = granted(person, holder)
    draft = begun(holder, grant)
    with transaction.atomic():
        submission.take_draft(draft, actor=holder, now=NOW)
        thread = in_a_thread(lambda: actions.end(person, grant.public_id, now=NOW))
        thread.join(timeout=1.5)
        through = not thread.is_alive()
    thread.join()
    assert Grant.objects.get(pk=grant.pk).ending == "withdrawn"
    return through


@pytest.mark.usefixtures("really_committed")
def test_a_withdrawal_waits_for_who_is_sending() -> None:
    assert not withdrawn_while_sending(mother(), daughter())


@pytest.mark.usefixtures("really_committed")
def test_without_the_lock_it_would_get_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same check without the lock."""
    monkeypatch.setattr(submission, "use_grant", require)
    assert withdrawn_while_sending(mother(), daughter())
