"""From a draft to a live procedure, and to its end: two people, dates, and cases under way."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from engines.cases import world
from suigo.engines.cases.actions import start_draft
from suigo.engines.cases.queries.procedures import procedure, procedures
from suigo.kernel.access import Actor
from suigo.kernel.audit.queries import history_of
from suigo.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from suigo.services.builder import actions
from suigo.services.builder.models import Design, Publication
from suigo.services.builder.queries.beginnings import copied_files, new_files
from suigo.services.builder.rules.package import parsed, replaced

pytestmark = pytest.mark.django_db
NOW, TODAY = world.NOW, world.TODAY
DOG = "dog-registration"
Commit = Any


def dog_files(title: str = "犬の登録") -> dict[str, str]:
    return new_files(
        title=title, number_prefix="A02", department="general-affairs", workflow="standard"
    )


def begun(maker: Actor, procedure_id: str = DOG) -> UUID:
    return actions.start_design(
        procedure_id, dog_files(), note="新しく作った", actor=maker, now=NOW
    )


def approved(maker: Actor, approver: Actor, design: UUID) -> None:
    version = Design.objects.get(public_id=design).version
    actions.request_approval(design, message="", version=version, actor=maker, now=NOW)
    actions.approve_design(design, comment="", version=version, actor=approver, now=NOW)


def publish(
    maker: Actor, approver: Actor, design: UUID, commits: Commit, *, day: date = TODAY
) -> Publication:
    approved(maker, approver, design)
    with commits(execute=True):
        return actions.publish_design(design, valid_from=day, actor=maker, now=NOW)


def ids() -> set[str]:
    return {one.id for one in procedures()}


@pytest.fixture
def commits(
    django_capture_on_commit_callbacks: Commit, browser: Callable[[Actor], Client]
) -> Commit:
    """Lets what waits for the commit happen; ``browser`` stops the clock at NOW."""
    return django_capture_on_commit_callbacks


def test_a_draft_disturbs_nothing(maker: Actor) -> None:
    before = ids()
    begun(maker)
    assert ids() == before


def test_an_approved_draft_is_live_at_once(maker: Actor, approver: Actor, commits: Commit) -> None:
    before = ids()
    publish(maker, approver, begun(maker), commits)
    assert ids() == before | {DOG}
    assert procedure(DOG).spec.service.title.ja == "犬の登録"


def test_it_begins_on_its_day_without_any_job(
    maker: Actor, approver: Actor, commits: Commit
) -> None:
    import time_machine  # noqa: PLC0415

    publish(maker, approver, begun(maker), commits, day=TODAY + timedelta(days=1))
    assert DOG not in ids()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert DOG in ids()


def test_nobody_approves_what_they_made(maker: Actor, approver: Actor) -> None:
    design = begun(approver)
    actions.request_approval(design, message="", version=1, actor=approver, now=NOW)
    with pytest.raises(Forbidden):
        actions.approve_design(design, comment="", version=1, actor=approver, now=NOW)
    with pytest.raises(Forbidden):  # may make, but not approve
        actions.approve_design(design, comment="", version=1, actor=maker, now=NOW)


def test_whoever_changed_a_draft_can_not_approve_it(maker: Actor, approver: Actor) -> None:
    design = begun(maker)
    actions.save_design(
        design, lambda f: retitled(f, "犬"), version=1, note="", actor=approver, now=NOW
    )
    actions.request_approval(design, message="", version=2, actor=maker, now=NOW)
    with pytest.raises(Forbidden):
        actions.approve_design(design, comment="", version=2, actor=approver, now=NOW)


def retitled(files: Any, title: str) -> dict[str, str]:
    service = parsed(files, "service.yaml")
    service["title"] = {"ja": title}
    return replaced(files, "service.yaml", service)


def test_the_database_refuses_one_person_for_both(
    maker: Actor, approver: Actor, commits: Commit
) -> None:
    row = publish(maker, approver, begun(maker), commits)
    row.pk, row.number, row.approved_by_id = None, 2, row.made_by_id
    with pytest.raises(IntegrityError, match="builder_published_by_two"), transaction.atomic():
        row.save(force_insert=True)


def test_what_was_published_never_changes(maker: Actor, approver: Actor, commits: Commit) -> None:
    row = publish(maker, approver, begun(maker), commits)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Publication.objects.filter(pk=row.pk).update(title="別の名前")
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM builder_version")


def test_a_case_keeps_the_definition_it_was_made_with(
    maker: Actor, approver: Actor, commits: Commit
) -> None:
    publish(maker, approver, begun(maker), commits)
    resident = world.resident()
    draft = start_draft(DOG, actor=resident, now=NOW, owner_token="")
    again = actions.start_design(DOG, copied_files(DOG), note="", actor=maker, now=NOW)
    actions.save_design(
        again, lambda f: retitled(f, "犬の届出"), version=1, note="", actor=maker, now=NOW
    )
    publish(maker, approver, again, commits)
    assert procedure(DOG).spec.service.title.ja == "犬の届出"
    from suigo.engines.cases.models import Draft  # noqa: PLC0415
    from suigo.engines.cases.queries.procedures import defined  # noqa: PLC0415

    kept = defined(Draft.objects.get(public_id=draft).definition_id)
    assert kept.spec.service.title.ja == "犬の登録"


def test_a_procedure_of_the_folder_is_replaced_and_closed(
    maker: Actor, approver: Actor, commits: Commit
) -> None:
    card = world.CARD
    design = actions.start_design(card, copied_files(card), note="", actor=maker, now=NOW)
    actions.save_design(
        design, lambda f: retitled(f, "新しいカード"), version=1, note="", actor=maker, now=NOW
    )
    publish(maker, approver, design, commits)
    assert procedure(card).spec.service.title.ja == "新しいカード"
    with commits(execute=True):
        actions.close_procedure(
            card, sentence="終わりました。", closes_on=TODAY, actor=approver, now=NOW
        )
    service = procedure(card).spec.service
    assert (service.title.ja, service.open.open_now) == ("新しいカード", False)
    page = Client().get(f"/procedures/{card}/").content.decode()
    assert "終わりました。" in page
    with pytest.raises(Refused):
        start_draft(card, actor=world.resident(), now=NOW, owner_token="")


def test_a_plan_can_be_taken_back_until_it_begins(
    maker: Actor, approver: Actor, commits: Commit
) -> None:
    row = publish(maker, approver, begun(maker), commits, day=TODAY + timedelta(days=3))
    actions.withdraw_publication(DOG, row.number, actor=approver, now=NOW)
    with pytest.raises(Conflict):
        actions.withdraw_publication(DOG, row.number, actor=approver, now=NOW)
    later = NOW + timedelta(days=3)
    with pytest.raises(Refused):
        actions.withdraw_publication(DOG, row.number, actor=approver, now=later)
    with pytest.raises(NotFound):
        actions.withdraw_publication(DOG, 99, actor=approver, now=NOW)


def test_yesterday_is_no_day_to_publish(maker: Actor, approver: Actor) -> None:
    design = begun(maker)
    approved(maker, approver, design)
    with pytest.raises(Invalid):
        actions.publish_design(design, valid_from=TODAY - timedelta(days=1), actor=maker, now=NOW)


def test_without_approval_nothing_is_published(maker: Actor) -> None:
    design = begun(maker)
    with pytest.raises(Conflict):
        actions.publish_design(design, valid_from=TODAY, actor=maker, now=NOW)


def test_a_fault_stands_in_the_way_of_approval(maker: Actor) -> None:
    design = begun(maker)
    broken = replaced({}, "form.yaml", {"pages": [{"id": "a", "title": {"ja": "a"}}]})
    actions.save_design(design, lambda f: {**f, **broken}, version=1, note="", actor=maker, now=NOW)
    with pytest.raises(Refused):
        actions.request_approval(design, message="", version=2, actor=maker, now=NOW)


def test_an_approved_draft_can_not_be_changed(maker: Actor, approver: Actor) -> None:
    design = begun(maker)
    approved(maker, approver, design)
    with pytest.raises(Refused):
        actions.save_design(
            design, lambda f: retitled(f, "犬"), version=1, note="", actor=maker, now=NOW
        )
    actions.take_back(design, actor=maker, now=NOW)
    actions.save_design(
        design, lambda f: retitled(f, "犬"), version=1, note="", actor=maker, now=NOW
    )
    # what was approved was version 1: version 2 needs an approval of its own
    actions.request_approval(design, message="", version=2, actor=maker, now=NOW)
    with pytest.raises(Conflict):
        actions.publish_design(design, valid_from=TODAY, actor=maker, now=NOW)


def test_the_ledger_tells_it_in_sentences(maker: Actor, approver: Actor, commits: Commit) -> None:
    design = begun(maker)
    publish(maker, approver, design, commits)
    said = [one.sentence for one in history_of(subject_kind="design", subject_id=str(design))]
    assert sorted(said) == sorted(
        [
            "係長 花子が「犬の登録」の下書きを作りました（新しく作った）",
            "係長 花子が「犬の登録」の版1の承認を求めました",
            "課長 四郎が「犬の登録」の版1を承認しました",
        ]
    )
