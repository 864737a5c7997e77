"""What facts asks of packages above it: which procedures use a fact, and where a case is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from suigo.kernel.content import Text


@dataclass(frozen=True, slots=True)
class UsedBy:
    """A procedure whose form asks for a fact."""

    title: Text
    url: str


Usage = Mapping[str, Sequence[UsedBy]]
"""The word of a fact to the procedures that ask for it."""


def _nowhere(case_id: UUID) -> str:
    return ""


_usage: Callable[[], Usage] = dict
_case_url: Callable[[UUID], str] = _nowhere


def use(usage: Callable[[], Usage], *, case_url: Callable[[UUID], str]) -> None:
    """Take these as the sources from now on."""
    global _usage, _case_url
    _usage, _case_url = usage, case_url


def usage() -> Usage:
    """Which procedures use which fact at present."""
    return _usage()


def case_url(case_id: UUID) -> str:
    """Where the applicant reads their application, '' when nowhere."""
    return _case_url(case_id)
