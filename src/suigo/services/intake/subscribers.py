"""Reactions of intake."""

from uuid import UUID

from suigo.engines.cases.events import CaseReceived, DraftDiscarded
from suigo.kernel.clock import now
from suigo.kernel.jobs import job
from suigo.services.intake import actions

NOTE_RECEIVED = "intake.note-received"
NOTE_DISCARDED = "intake.note-discarded"


def from_paper(event: CaseReceived | DraftDiscarded) -> bool:
    """Only what came on paper can have been typed from a sheet."""
    return event.channel == "paper"


@job(NOTE_RECEIVED)
def note_received(case_id: str, procedure_id: str, channel: str) -> None:
    """A case was received: the sheets it was typed from are done."""
    actions.note_received(UUID(case_id), now=now())


@job(NOTE_DISCARDED)
def note_discarded(draft_id: str, procedure_id: str, channel: str) -> None:
    """A draft was thrown away: the sheet it was typed from waits again."""
    actions.note_discarded(UUID(draft_id), now=now())
