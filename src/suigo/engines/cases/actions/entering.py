"""What is entered with an action that decides nothing: by a clerk, or later by the applicant."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.actions.given import Given, decision_of
from suigo.engines.cases.rules.attachments import files_of
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.spec import Action
from suigo.engines.documents.queries import own_files
from suigo.engines.forms.rules.answers import Answers
from suigo.kernel.access import Actor
from suigo.kernel.errors import Invalid, NotFound


def entered_with(
    chosen: Procedure,
    action: Action,
    given: Given,
    *,
    actor: Actor,
    owner_token: str,
    today: date,
) -> Answers | None:
    """The checked inputs of the action; None for one that asks for nothing.

    Files have to be the actor's own. A clerk who stands in for an applicant has the papers at
    hand and need not send them. Raises ``Invalid`` with messages by path.
    """
    inputs = chosen.inputs(action)
    if inputs is None and not given.decision:
        return None
    stands_in = action.who == "applicant" and actor.is_staff
    entered = decision_of(chosen, action, given, today=today, files_required=not stands_in)
    for path, file_id in files_of(inputs, entered, today) if inputs is not None else ():
        try:
            own_files(actor, [UUID(file_id)], owner_token=owner_token)
        except (NotFound, ValueError) as foreign:
            message = _("このファイルは見つかりませんでした。もう一度選んでください。")
            raise Invalid(field_errors={path: message}) from foreign
    return entered


def files_entered(
    chosen: Procedure, action: Action, entered: Answers | None, *, today: date
) -> dict[UUID, str]:
    """The files that came with the action, each with its place: the action's id and the path."""
    inputs = chosen.inputs(action)
    if inputs is None or entered is None:
        return {}
    found = files_of(inputs, entered, today)
    return {UUID(file_id): f"{action.id}.{path}" for path, file_id in found}
