"""A case as it travels to another node: everything on the way in, only what its applicant may see
on the way out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from suigo.engines.cases.models import Case, CaseFile, CaseLetter, CorrectionRequest
from suigo.engines.cases.models.case import OPEN
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.cases.rules.mirroring import MY_NUMBER_PURPOSE, hidden, opened
from suigo.engines.documents.queries import briefs
from suigo.engines.signing.queries import evidence_for
from suigo.kernel.crypto import open_sealed

# what a case is made of; the other node works out state, department and search words by itself
SUBMITTED = (
    "number",
    "procedure_id",
    "fiscal_year",
    "sequence",
    "contact_email",
    "language",
    "answers",
    "origins",
    "active_seconds",
    "channel",
    "arrival",
    "received_at",
    "due_date",
    "submit_key",
    "submit_digest",
)
# where a case stands, without who works on it and what only they know
STANDING = (
    "state",
    "phase",
    "outcome",
    "answers",
    "applicant_name",
    "applicant_kana",
    "search_text",
    "contact_email",
    "due_date",
    "paused_date",
    "decided_at",
    "closed_at",
    "keep_until_date",
)


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A document that another node understands, and the files that it names. 個人番号 on the way in
    are in clear: it must be sealed at once."""

    document: dict[str, Any]
    files: tuple[UUID, ...]


def submission_of(case_id: UUID) -> Mirrored:
    """The whole of a case that was just made."""
    case = Case.objects.get(public_id=case_id)
    files = _files(case)
    document = {name: plain(getattr(case, name)) for name in SUBMITTED}
    document |= {"definition": case.definition_id, "files": files}
    document |= {"signature": _signature(case)}
    return Mirrored(_opened(document), tuple(UUID(f["id"]) for f in files))


def _signature(case: Case) -> dict[str, str] | None:
    kind, _colon, key = case.submit_key.partition(":")
    return evidence_for(UUID(key)) if kind == "draft" else None


def standing_of(case_id: UUID) -> Mirrored:
    """What the applicant of a case may see of it now. Nothing of a case that was erased."""
    case = Case.objects.get(public_id=case_id)
    workflow = defined(case.definition_id).spec.workflow
    theirs = {action.id for action in workflow.actions if action.who == "applicant"}
    letters = list(case.letters.filter(issued_at__isnull=False).order_by("id"))
    document = {name: plain(getattr(case, name)) for name in STANDING}
    document |= {
        "entries": {key: value for key, value in case.entries.items() if key in theirs},
        "corrections": [_correction(request) for request in case.corrections.order_by("id")],
        "letters": [_letter(letter) for letter in letters],
        "erased": case.erased_at is not None,
    }
    files = tuple(letter.file_id for letter in letters if letter.file_id is not None)
    return Mirrored(hidden(document), files)


def step_of(document: dict[str, Any], case_id: UUID) -> Mirrored:
    """What an applicant gave, with the files that the case has by now."""
    case = Case.objects.get(public_id=case_id)
    files = _files(case)
    told = {**document, "language": case.language, "files": files}
    return Mirrored(_opened(told), tuple(UUID(f["id"]) for f in files))


def open_among(case_ids: Sequence[UUID]) -> list[UUID]:
    """Those of some cases that are not closed, in the order of their ids."""
    rows = Case.objects.filter(OPEN, public_id__in=case_ids).order_by("public_id")
    return list(rows.values_list("public_id", flat=True))


def plain(value: Any) -> Any:
    """A field's value in JSON."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _opened(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = opened(
        document, lambda token: open_sealed(token, purpose=MY_NUMBER_PURPOSE)
    )
    return found


def _files(case: Case) -> list[dict[str, str]]:
    rows = CaseFile.objects.filter(case=case).order_by("id").values_list("file_id", "path")
    there = briefs(file_id for file_id, _path in rows)
    return [{"id": str(f), "path": path} for f, path in rows if f in there]


def _correction(request: CorrectionRequest) -> dict[str, Any]:
    names = ("message", "due_date", "requested_at", "answered_at", "cancelled_at")
    return {
        **{name: plain(getattr(request, name)) for name in names},
        "cancelled_by_name": request.cancelled_by_name,
        "items": [
            {"path": i.path, "message": i.message, "before": i.before, "after": i.after}
            for i in request.items.order_by("id")
        ],
    }


def _letter(letter: CaseLetter) -> dict[str, Any]:
    names = ("kind", "letter_id", "title", "created_at", "issued_at")  # the rest is in its file
    return {
        **{name: plain(getattr(letter, name)) for name in names},
        "id": str(letter.public_id),
        "file": str(letter.file_id),
    }
