"""What people do with applications: one function per verb, each one transaction."""

from suigo.engines.cases.actions.drafts import (
    PageSaved,
    adopt_drafts,
    discard_draft,
    save_page,
    start_draft,
)
from suigo.engines.cases.actions.submission import Receipt, submit_answers, submit_application

__all__ = [
    "PageSaved",
    "Receipt",
    "adopt_drafts",
    "discard_draft",
    "save_page",
    "start_draft",
    "submit_answers",
    "submit_application",
]
