"""Tables of cases. What must always hold is a constraint, each with a test."""

from suigo.engines.cases.models.case import Case, CaseCounter, Draft, answers_read, answers_stored
from suigo.engines.cases.models.sharing import CaseDisclosure
from suigo.engines.cases.models.tally import Tally
from suigo.engines.cases.models.work import (
    CaseFile,
    CaseLetter,
    CaseNote,
    ChecklistMark,
    CorrectionItem,
    CorrectionRequest,
    RefusedStep,
    SavedView,
)

__all__ = [
    "Case",
    "CaseCounter",
    "CaseDisclosure",
    "CaseFile",
    "CaseLetter",
    "CaseNote",
    "ChecklistMark",
    "CorrectionItem",
    "CorrectionRequest",
    "Draft",
    "RefusedStep",
    "SavedView",
    "Tally",
    "answers_read",
    "answers_stored",
]
