"""The code on a printed sheet: which definition, and which page of it. Nothing personal."""

import re
from dataclasses import dataclass
from uuid import UUID

SHORT = 16  # of the definition's hash: enough to tell a city's forms apart, small enough to print
_SHEET = re.compile(r"/p/([0-9a-f]{16})/([0-9]{1,3})/?\Z")
_CASE = re.compile(r"/my/applications/([0-9a-f-]{36})/?\Z")


def sheet_path(definition: str) -> str:
    """The path that the sheets of a definition hold, with ``{page}`` for the number."""
    return f"/p/{definition[:SHORT]}/{{page}}/"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a code says: a page of a printed form, or a case that a letter is about."""

    definition: str = ""
    page: int = 0
    case_id: UUID | None = None


def sheet_of(code: str) -> Sheet | None:
    """What a code says, None for any other code. The address's host does not matter: sheets
    outlive a city's domain."""
    found = _SHEET.search(code)
    if found is not None:
        return Sheet(definition=found[1], page=int(found[2]))
    found = _CASE.search(code)
    if found is None:
        return None
    try:
        return Sheet(case_id=UUID(found[1]))
    except ValueError:
        return None
