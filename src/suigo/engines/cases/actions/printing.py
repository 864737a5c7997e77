"""A letter as a PDF, kept by documents."""

from datetime import datetime, timedelta
from uuid import UUID

from suigo.engines.cases.models import Case, CaseLetter
from suigo.engines.cases.queries.printouts import letter_pdf
from suigo.engines.cases.rules.letters import FilledLetter
from suigo.engines.documents.actions import store_letter
from suigo.engines.documents.rendering import page_count
from suigo.kernel.access import SYSTEM
from suigo.kernel.clock import local_date

# a letter of a case that is still open lives until the case ends, whatever this says
OPEN_DAYS = 365


def print_letter(letter: CaseLetter, *, case: Case, now: datetime) -> UUID:
    """Render and store a letter for its applicant; returns the id of its file."""
    pdf = letter_pdf(
        FilledLetter.of_content(letter.content), department=case.department, case_id=case.public_id
    )
    kept = store_letter(
        SYSTEM,
        name=f"{case.number} {letter.title}.pdf",
        content=pdf,
        owner_account_id=case.applicant_id,
        retention_date=case.keep_until_date or local_date(now) + timedelta(days=OPEN_DAYS),
        held=case.closed_at is None,
        now=now,
        pages=page_count(pdf),
    )
    return kept.public_id
