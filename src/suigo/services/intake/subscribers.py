"""Reactions of intake."""

from uuid import UUID

from suigo.engines.cases.events import CaseReceived
from suigo.kernel.clock import now
from suigo.kernel.jobs import job
from suigo.services.intake import actions

NOTE_RECEIVED = "intake.note-received"


def from_paper(event: CaseReceived) -> bool:
    """Only what came on paper can have been typed from a sheet."""
    return event.channel == "paper"


@job(NOTE_RECEIVED)
def note_received(case_id: str, procedure_id: str, channel: str) -> None:
    """A case was received: the sheets it was typed from are done."""
    actions.note_received(UUID(case_id), now=now())
