"""Applications that another service received become cases once, as of the day they arrived."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError

from engines.cases import world
from engines.cases.test_submission import at_once
from engines.cases.world import NOW, answers
from suigo.engines.cases import actions
from suigo.engines.cases.actions import Imported, importing
from suigo.engines.cases.models import Case, CaseFile
from suigo.engines.cases.queries.detail import case_detail
from suigo.engines.cases.queries.imports import imported_cases, kept_cases
from suigo.engines.cases.rules.arrival import Arrival
from suigo.kernel.access import SYSTEM
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Conflict, Forbidden, Invalid, NotFound

# the last evening of a fiscal year
ARRIVED = datetime(2026, 3, 31, 14, 50, tzinfo=UTC)
IMPORTED = Imported(
    key="logo:0001", digest="a" * 64, arrived_at=ARRIVED, arrival=Arrival(source="見本フォーム")
)


def bring_in(imported: Imported = IMPORTED, **changes: object) -> actions.Receipt:
    return actions.receive_import(
        world.CARD, answers(**changes), imported=imported, actor=SYSTEM, now=NOW
    )


@pytest.mark.django_db
def test_twice_makes_one_case_as_of_the_day_it_arrived() -> None:
    first, second = bring_in(), bring_in()
    case = Case.objects.get()
    assert (first.created, second.created, second.number) == (True, False, case.number)
    assert (case.channel, case.received_at, case.fiscal_year) == ("import", ARRIVED, 2026)
    assert case.arrival == {"source": "見本フォーム"}
    assert case.due_date < NOW.date()  # the deadline ran from the day it arrived
    found = imported_cases(["logo:0001", "logo:0002"])
    assert {key: (c.number, c.digest) for key, c in found.items()} == {
        "logo:0001": (case.number, "a" * 64)
    }


@pytest.mark.django_db
def test_the_same_key_with_other_content_is_told() -> None:
    bring_in()
    with pytest.raises(Conflict, match="別の内容で"):
        bring_in(replace(IMPORTED, digest="b" * 64), per_month=3)
    assert Case.objects.get().answers["per_month"] == 10


@pytest.mark.django_db
def test_what_the_form_does_not_take_is_refused_and_nothing_is_kept() -> None:
    with pytest.raises(Invalid) as refused:
        bring_in(per_month=-1, unheard_of="x")
    assert "unheard_of" in refused.value.field_errors
    with pytest.raises(Invalid) as tried:
        actions.try_import(world.CARD, answers(per_month=-1), arrived_at=ARRIVED)
    assert set(tried.value.field_errors) == {"per_month"}
    actions.try_import(world.CARD, answers(), arrived_at=ARRIVED)
    assert (Case.objects.count(), AuditEntry.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_only_the_program_imports() -> None:
    with pytest.raises(Forbidden):
        actions.receive_import(
            world.CARD, answers(), imported=IMPORTED, actor=world.desk().chief, now=NOW
        )


@pytest.mark.usefixtures("really_committed")
def test_five_imports_at_once_make_one_case() -> None:
    receipts = at_once(*[bring_in] * 5)
    assert {getattr(r, "number", r) for r in receipts} == {Case.objects.get().number}


@pytest.mark.usefixtures("really_committed")
def test_without_looking_again_the_key_still_makes_one_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: without the look for an earlier case, only the unique key holds."""
    monkeypatch.setattr(importing, "_earlier", lambda _key, _digest: None)
    receipts = at_once(*[bring_in] * 5)
    assert sum(isinstance(r, IntegrityError) for r in receipts) == 4
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_papers_that_come_later_are_enclosed_once() -> None:
    people = world.desk()
    case = world.received()
    sheets = [UUID(int=1), UUID(int=2)]
    for ids in (sheets, [*sheets, UUID(int=3)], sheets):
        actions.enclose_files(case.public_id, ids, actor=people.clerk, now=NOW)
    assert CaseFile.objects.filter(case=case, path="").count() == 3
    counts = [
        json.loads(e.facts)["count"] for e in AuditEntry.objects.filter(action="case.enclosed")
    ]
    assert sorted(counts) == [1, 2]
    detail = case_detail(people.clerk, case.public_id, today=world.TODAY)
    assert detail.enclosed == (UUID(int=1), UUID(int=2), UUID(int=3))
    with pytest.raises(NotFound):
        actions.enclose_files(case.public_id, sheets, actor=people.other, now=NOW)


@pytest.mark.django_db
def test_a_case_that_was_erased_is_kept_no_more() -> None:
    case = world.received()
    assert kept_cases([case.public_id]) == {case.public_id}
    later = NOW + timedelta(days=1)
    Case.objects.filter(pk=case.pk).update(
        erased_at=later,
        phase="done",
        closed_at=NOW,
        keep_until_date=world.TODAY,
        answers={},
        applicant_name="",
        applicant_kana="",
        search_text="",
        contact_email="",
    )
    assert kept_cases([case.public_id]) == set()
