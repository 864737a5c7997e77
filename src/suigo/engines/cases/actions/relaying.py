"""Telling another node what an applicant did."""

from datetime import datetime

from suigo.engines.cases import providers
from suigo.engines.cases.actions.given import Given
from suigo.engines.cases.models import Case
from suigo.engines.cases.spec import Action


def relay_move(
    case: Case, action: Action, given: Given, *, answered: datetime | None, now: datetime
) -> None:
    """Have another node hear of a move, inside its transaction; ``answered`` is when the correction
    was asked for that the move answers."""
    for relay in providers.relays():
        step = None
        if action.who == "applicant" and not case.applicant_elsewhere:
            corrects = action.kind == "answer_correction"
            step = providers.Step(
                action=action.id,
                answers=case.answers if corrects else None,
                decision=given.decision,
                reason=given.reason,
                correction=answered,
            )
        relay.moved(case.public_id, step, now=now)
