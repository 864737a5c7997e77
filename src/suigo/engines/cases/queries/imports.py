"""What an importer asks about cases before and after it brings something in."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from suigo.engines.cases.models import Case
from suigo.engines.cases.rules.arrival import import_key


@dataclass(frozen=True, slots=True)
class ImportedCase:
    """A case that was made of an imported application. Only for importers: no actor is asked."""

    public_id: UUID
    number: str
    digest: str
    phase: str


def imported_cases(keys: Iterable[str]) -> dict[str, ImportedCase]:
    """The cases of these imported applications by key; one query."""
    by_submit_key = {import_key(key): key for key in keys}
    if not by_submit_key:
        return {}
    cases = Case.objects.filter(submit_key__in=list(by_submit_key))
    return {
        by_submit_key[case.submit_key]: ImportedCase(
            case.public_id, case.number, case.submit_digest, case.phase
        )
        for case in cases.only("submit_key", "public_id", "number", "submit_digest", "phase")
    }


def kept_cases(case_ids: Iterable[UUID]) -> set[UUID]:
    """Those of ``case_ids`` whose personal content is still kept."""
    kept = Case.objects.filter(public_id__in=list(case_ids), erased_at__isnull=True)
    return set(kept.values_list("public_id", flat=True))
