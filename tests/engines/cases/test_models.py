"""What must always hold is held by the database, not only by the code."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, models, transaction

from engines.cases.world import NOW, TODAY, draft_of, received, staff
from suigo.engines.cases.models import (
    Case,
    CaseCounter,
    CaseFile,
    CaseLetter,
    CaseNote,
    ChecklistMark,
    CorrectionItem,
    CorrectionRequest,
    Draft,
    SavedView,
    Tally,
)
from suigo.kernel.access import ANONYMOUS

pytestmark = pytest.mark.django_db


def refused(constraint: str, change: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        change()
    assert constraint in str(broken.value)


def with_values(row: models.Model, **values: Any) -> Callable[[], object]:
    return lambda: type(row)._base_manager.filter(pk=row.pk).update(**values)


CASE = [
    ("cases_case_positive", {"sequence": 0}),
    ("cases_case_positive", {"version": 0}),
    ("cases_case_known_words", {"phase": "lost"}),
    ("cases_case_known_words", {"channel": "pigeon"}),
    ("cases_case_known_words", {"outcome": "perhaps", "decided_at": NOW}),
    ("cases_case_decided", {"decided_at": NOW}),
    ("cases_case_decided", {"outcome": "approved"}),
    ("cases_case_closed", {"phase": "done"}),
    ("cases_case_closed", {"closed_at": NOW, "keep_until_date": TODAY}),
    ("cases_case_closed", {"phase": "done", "closed_at": NOW}),
    ("cases_case_paused", {"paused_date": TODAY}),
    ("cases_case_paused", {"phase": "with_applicant"}),
    (
        "cases_case_origins_erased",
        {
            "erased_at": NOW,
            "phase": "done",
            "closed_at": NOW,
            "keep_until_date": TODAY,
            "answers": {},
            "decision": {},
            "applicant_id": None,
            "applicant_name": "",
            "applicant_kana": "",
            "search_text": "",
            "contact_email": "",
            "origins": {"phone": {}},
        },
    ),
    (
        "cases_case_erased",
        {"erased_at": NOW, "phase": "done", "closed_at": NOW, "keep_until_date": TODAY},
    ),
    (
        "cases_case_erased_arrival",
        {
            **dict.fromkeys(("applicant_name", "applicant_kana", "search_text"), ""),
            "contact_email": "",
            "answers": {},
            "arrival": {"caller": "水野 一葉"},
            "erased_at": NOW,
            "phase": "done",
            "closed_at": NOW,
            "keep_until_date": TODAY,
        },
    ),
    (
        "cases_case_erased_grant",
        {
            **dict.fromkeys(("applicant_name", "applicant_kana", "search_text"), ""),
            "contact_email": "",
            "answers": {},
            "grant_id": 1,
            "erased_at": NOW,
            "phase": "done",
            "closed_at": NOW,
            "keep_until_date": TODAY,
        },
    ),
]


@pytest.mark.parametrize(("constraint", "values"), CASE)
def test_a_case_that_contradicts_itself_is_refused(constraint: str, values: dict[str, Any]) -> None:
    refused(constraint, with_values(received(), **values))


def test_numbers_keys_and_sequences_are_given_once() -> None:
    one, other = received(), received()
    refused("number", with_values(other, number=one.number))
    refused("submit_key", with_values(other, submit_key=one.submit_key))
    refused("cases_case_sequence", with_values(other, sequence=one.sequence))
    counter = CaseCounter.objects.get()
    refused("cases_counter_positive", with_values(counter, last=0))
    refused(
        "cases_counter_once",
        lambda: CaseCounter.objects.create(
            procedure_id=counter.procedure_id, fiscal_year=counter.fiscal_year, last=1
        ),
    )


def test_a_draft_has_exactly_one_owner_and_an_end() -> None:
    draft_of(ANONYMOUS)
    draft = Draft.objects.get()
    clerk = staff("library-officer", "司書")
    refused("cases_draft_one_owner", with_values(draft, owner_token=""))
    refused("cases_draft_one_owner", with_values(draft, owner_id=clerk.account_id))
    refused("cases_draft_expires_later", with_values(draft, expires_at=NOW))
    refused("cases_draft_version", with_values(draft, version=0))
    refused("cases_draft_grant_of_account", with_values(draft, grant_id=1))


def correction(case: Case, **values: Any) -> CorrectionRequest:
    return CorrectionRequest.objects.create(
        case=case, due_date=TODAY + timedelta(days=7), requested_at=NOW, **values
    )


def test_corrections() -> None:
    case = received()
    request = correction(case)
    refused("cases_correction_one_open", lambda: correction(case))
    refused("cases_correction_cancelled_by", with_values(request, cancelled_at=NOW))
    refused("cases_correction_cancelled_by", with_values(request, cancelled_by_name="司書"))
    refused(
        "cases_correction_one_end",
        with_values(request, answered_at=NOW, cancelled_at=NOW, cancelled_by_name="司書"),
    )
    item = CorrectionItem.objects.create(request=request, path="phone", message="直す")
    refused("cases_correction_says_why", with_values(item, message=""))
    refused(
        "cases_correction_path_once",
        lambda: CorrectionItem.objects.create(request=request, path="phone", message="また"),
    )
    with_values(request, answered_at=NOW)()
    correction(case)


def test_notes_marks_files_and_letters() -> None:
    case = received()
    refused(
        "cases_note_not_empty",
        lambda: CaseNote.objects.create(case=case, author_name="司書", text="", created_at=NOW),
    )
    mark = ChecklistMark.objects.create(
        case=case, item_id="identity", marked_at=NOW, marked_by_name="司書"
    )
    refused("cases_mark_by_somebody", with_values(mark, marked_by_name=""))
    refused(
        "cases_mark_once",
        lambda: ChecklistMark.objects.create(
            case=case, item_id="identity", marked_at=NOW, marked_by_name="司書"
        ),
    )
    file = CaseFile.objects.create(case=case, file_id=uuid4(), path="proof")
    refused(
        "cases_file_once",
        lambda: CaseFile.objects.create(case=case, file_id=file.file_id, path="other"),
    )
    letter = CaseLetter.objects.create(
        case=case, kind="decision", letter_id="approval", title="通知", content={}, created_at=NOW
    )
    refused("cases_letter_issued", with_values(letter, issued_at=NOW))
    refused("cases_letter_issued", with_values(letter, file_id=uuid4()))
    refused("cases_letter_kind", with_values(letter, kind="postcard"))


def test_saved_views() -> None:
    clerk = staff("library-officer", "司書")
    view = SavedView.objects.create(
        owner_id=clerk.account_id, name="期限切れ", query="view=overdue", created_at=NOW
    )
    refused("cases_view_named", with_values(view, name=""))
    refused(
        "cases_view_name_once",
        lambda: SavedView.objects.create(
            owner_id=clerk.account_id, name="期限切れ", query="", created_at=NOW
        ),
    )


def test_a_tally_is_one_row_of_known_words() -> None:
    row = {"day": TODAY, "procedure_id": "a", "kind": "step", "step": "b", "channel": "web"}
    Tally.objects.create(**row, count=1)
    refused("cases_tally_once", lambda: Tally.objects.create(**row, count=1))
    tally = Tally.objects.get()
    refused("cases_tally_positive", with_values(tally, count=0))
    for wrong in ({"kind": "view"}, {"step": ""}, {"channel": "pigeon"}, {"kind": "rumour"}):
        refused("cases_tally_known_words", with_values(tally, **wrong))


def test_every_constraint_has_a_test() -> None:
    """A new constraint without a test is noticed here."""
    names = {
        c.name
        for model in (
            Case,
            CaseCounter,
            CaseFile,
            CaseLetter,
            CaseNote,
            ChecklistMark,
            CorrectionItem,
            CorrectionRequest,
            Draft,
            SavedView,
            Tally,
        )
        for c in model._meta.constraints
    }
    with open(__file__, encoding="utf-8") as source:
        text = source.read()
    assert {name for name in names if f'"{name}"' not in text} == set()
