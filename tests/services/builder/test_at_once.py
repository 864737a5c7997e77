"""Two people at the same moment, and what other processes learn of a publication."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from engines.cases import world
from engines.cases.test_submission import at_once
from suigo.kernel.access import Actor
from suigo.kernel.errors import Conflict
from suigo.services.builder import actions
from suigo.services.builder.actions.designing import ChangedMeanwhile
from suigo.services.builder.models import Design, DesignVersion, Publication
from suigo.services.builder.published import PublishedInBrowser
from suigo.services.builder.queries.beginnings import copied_files

CARD, NOW, TODAY = world.CARD, world.NOW, world.TODAY


def people() -> tuple[Actor, Actor]:
    return world.staff("library-chief", "係長 花子"), world.staff(
        "general-affairs-head", "課長 四郎"
    )


def begun(maker: Actor) -> UUID:
    return actions.start_design(CARD, copied_files(CARD), note="", actor=maker, now=NOW)


def approved(maker: Actor, approver: Actor) -> UUID:
    design = begun(maker)
    actions.request_approval(design, message="", version=1, actor=maker, now=NOW)
    actions.approve_design(design, comment="", version=1, actor=approver, now=NOW)
    return design


@pytest.mark.usefixtures("really_committed")
def test_of_two_saves_at_once_one_wins_and_the_other_is_told() -> None:
    maker, other = people()
    design = begun(maker)

    def save(actor: Actor) -> Callable[[], object]:
        def change(files: Any) -> dict[str, str]:
            return {**files, "checklist.yaml": f"# {actor.name}\n{files['checklist.yaml']}"}

        return lambda: actions.save_design(design, change, version=1, note="", actor=actor, now=NOW)

    results = at_once(save(maker), save(other))
    assert sorted(type(one) for one in results if isinstance(one, Exception)) == [ChangedMeanwhile]
    assert [one for one in results if not isinstance(one, Exception)] == [2]
    assert DesignVersion.objects.count() == 2


@pytest.mark.usefixtures("really_committed")
def test_published_twice_at_once_it_is_published_once() -> None:
    maker, approver = people()
    design = approved(maker, approver)

    def publish() -> object:
        return actions.publish_design(design, valid_from=TODAY, actor=maker, now=NOW)

    results = at_once(publish, publish)
    assert [type(one) for one in results if isinstance(one, Exception)] == [Conflict]
    assert Publication.objects.count() == 1


@pytest.mark.usefixtures("really_committed")
def test_two_drafts_of_one_procedure_at_once_become_one() -> None:
    maker, other = people()
    results = at_once(lambda: begun(maker), lambda: begun(other))
    assert sum(isinstance(one, Conflict) for one in results) == 1
    assert Design.objects.count() == 1


@pytest.mark.django_db
def test_another_process_learns_of_it_within_its_seconds(
    settings: Any, django_assert_num_queries: Callable[[int], Any]
) -> None:
    settings.SUIGO_PUBLISHED_SECONDS = 60.0
    maker, approver = people()
    elsewhere = PublishedInBrowser()
    with time_machine.travel(NOW, tick=False):
        with django_assert_num_queries(1):
            assert dict(elsewhere.current()) == {}
        design = approved(maker, approver)
        row = actions.publish_design(
            design, valid_from=TODAY + timedelta(days=1), actor=maker, now=NOW
        )
        with django_assert_num_queries(0):  # too soon to ask again
            assert dict(elsewhere.current()) == {}
        settings.SUIGO_PUBLISHED_SECONDS = 0.0
        with django_assert_num_queries(2):  # the highest id, and the rows because it grew
            assert dict(elsewhere.current()) == {}
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        with django_assert_num_queries(1):
            found = elsewhere.current()
        assert found[CARD].definition == row.definition
        assert elsewhere.current() is found
