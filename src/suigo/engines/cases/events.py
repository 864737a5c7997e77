"""What higher packages may react to. Only ids: whoever needs more asks with their own rights."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseReceived:
    """An application arrived. ``case_id`` is the case's public id as text, ``channel`` how it came
    (``web``, ``paper`` …)."""

    case_id: str
    procedure_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class DraftDiscarded:
    """Whoever was writing an application threw it away. ``channel`` is how it would have come."""

    draft_id: str
    procedure_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class CorrectionRequested:
    """Some answers went back to the applicant (補正)."""

    case_id: str
    procedure_id: str


@dataclass(frozen=True, slots=True)
class CaseDecided:
    """The city decided. ``outcome`` is one of the outcomes of the workflow's decisions."""

    case_id: str
    procedure_id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """The case came to its end, decided or not."""

    case_id: str
    procedure_id: str
