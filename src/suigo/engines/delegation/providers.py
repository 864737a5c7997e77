"""What delegation asks of packages above it: which procedures take agents, and where a case is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from suigo.kernel.content import Text

Agents = Literal["allowed", "statutory", "none"]


@dataclass(frozen=True, slots=True)
class OfferedProcedure:
    """A procedure that may be done by somebody else."""

    id: str
    title: Text
    agents: Agents


def _none() -> Sequence[OfferedProcedure]:
    return ()


def _nowhere(case_id: UUID) -> str:
    return ""


_offered: Callable[[], Sequence[OfferedProcedure]] = _none
_case_url: Callable[[UUID], str] = _nowhere


def use(
    offered: Callable[[], Sequence[OfferedProcedure]], *, case_url: Callable[[UUID], str]
) -> None:
    """Take these as the sources from now on."""
    global _offered, _case_url
    _offered, _case_url = offered, case_url


def offered() -> Sequence[OfferedProcedure]:
    """The procedures that take applications from agents of some kind."""
    return _offered()


def case_url(case_id: UUID) -> str:
    """Where a case is read by its applicant and by an agent."""
    return _case_url(case_id)
