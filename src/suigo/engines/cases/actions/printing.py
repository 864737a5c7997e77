"""A letter as a PDF, kept by documents."""

from datetime import datetime
from uuid import UUID

from suigo.engines.cases.models import Case, CaseLetter


def print_letter(letter: CaseLetter, *, case: Case, now: datetime) -> UUID:
    """Render and store a letter; returns the id of its file."""
    raise NotImplementedError
