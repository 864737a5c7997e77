"""What a procedure is: catalog record, form, workflow, checklist and letters. Content only."""

from suigo.engines.cases.spec.procedure import (
    CountedDeadline,
    Evidence,
    Fee,
    LegalBasis,
    OpenPeriod,
    ProcedureSpec,
    Retention,
    ServiceSpec,
    SharedWith,
    StandardPeriod,
    ToConfirm,
)
from suigo.engines.cases.spec.workflow import (
    Action,
    ChecklistItem,
    LetterColumn,
    LetterRow,
    LetterSpec,
    LetterTable,
    State,
    WorkflowSpec,
)

__all__ = [
    "Action",
    "ChecklistItem",
    "CountedDeadline",
    "Evidence",
    "Fee",
    "LegalBasis",
    "LetterColumn",
    "LetterRow",
    "LetterSpec",
    "LetterTable",
    "OpenPeriod",
    "ProcedureSpec",
    "Retention",
    "ServiceSpec",
    "SharedWith",
    "StandardPeriod",
    "State",
    "ToConfirm",
    "WorkflowSpec",
]
