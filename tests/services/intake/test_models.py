"""What must always hold is held by the database."""

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, models, transaction

from engines.cases.world import NOW
from suigo.services.intake.models import Delivery, Entry, PaperEntry, PaperFile

pytestmark = pytest.mark.django_db

DELIVERY: dict[str, Any] = {
    "kind": "csv",
    "name": "x.csv",
    "sha256": "0" * 64,
    "size": 1,
    "content": b"x",
    "state": "checked",
    "arrived_at": NOW,
}
PAPER: dict[str, Any] = {"state": "unknown", "arrived_at": NOW, "brought_by_name": "-"}

WRONG: list[tuple[str, type[models.Model], dict[str, Any]]] = [
    ("intake_delivery_known_words", Delivery, DELIVERY | {"kind": "fax"}),
    ("intake_delivery_says_why", Delivery, DELIVERY | {"state": "quarantined", "finished_at": NOW}),
    ("intake_delivery_forgotten", Delivery, DELIVERY | {"content": None}),
    ("intake_delivery_forgotten", Delivery, DELIVERY | {"forgotten_at": NOW}),
    ("intake_delivery_finished", Delivery, DELIVERY | {"state": "done"}),
    ("intake_delivery_finished", Delivery, DELIVERY | {"finished_at": NOW}),
    # a state that nobody knows breaks both; the database names the first
    ("intake_paper_done", PaperEntry, PAPER | {"state": "lost", "done_at": NOW}),
    ("intake_paper_knows_its_form", PaperEntry, PAPER | {"state": "waiting"}),
    ("intake_paper_typing", PaperEntry, PAPER | {"state": "typing", "procedure_id": "x"}),
    ("intake_paper_done", PaperEntry, PAPER | {"state": "done"}),
    ("intake_paper_done", PaperEntry, PAPER | {"done_at": NOW}),
]


def refused(constraint: str, model: type[models.Model], values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        model._default_manager.create(**values)
    assert constraint in str(error.value)


@pytest.mark.parametrize(("constraint", "model", "values"), WRONG)
def test_a_row_that_contradicts_itself_is_refused(
    constraint: str, model: type[models.Model], values: dict[str, Any]
) -> None:
    refused(constraint, model, values)


def test_a_row_of_a_file_ends_once_and_with_a_case_unless_it_is_bad() -> None:
    delivery = Delivery.objects.create(**DELIVERY)
    entry: dict[str, Any] = {"delivery": delivery, "number": 2, "done_at": NOW}
    refused("intake_entry_has_a_case", Entry, entry | {"outcome": "created"})
    refused("intake_entry_has_a_case", Entry, entry | {"outcome": "bad", "case_id": UUID(int=1)})
    refused("intake_entry_known_words", Entry, entry | {"outcome": "?", "case_id": UUID(int=1)})
    Entry.objects.create(**entry, outcome="bad")
    refused("intake_entry_once", Entry, entry | {"outcome": "bad"})


def test_a_file_is_in_an_entry_once() -> None:
    entry = PaperEntry.objects.create(**PAPER)
    file: dict[str, Any] = {"entry": entry, "file_id": UUID(int=1), "sha256": "0" * 64}
    PaperFile.objects.create(**file)
    refused("intake_paper_file_once", PaperFile, file)


def test_every_constraint_has_a_test() -> None:
    named = {name for name, _model, _values in WRONG} | {
        "intake_entry_has_a_case",
        "intake_entry_known_words",
        "intake_entry_once",
        "intake_paper_file_once",
        "intake_paper_known_words",
    }
    found = {
        constraint.name
        for model in (Delivery, Entry, PaperEntry, PaperFile)
        for constraint in model._meta.constraints
    }
    assert found == named
