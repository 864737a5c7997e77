"""What somebody gives with an action, and the checks on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.spec import Action
from suigo.engines.forms.rules import check, final_answers, unknown_paths
from suigo.engines.forms.rules.answers import Answers
from suigo.kernel.errors import Invalid, Refused

LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gives with an action; each kind of action uses its own part.

    ``decision`` are the action's inputs, ``reason`` the reason it asks for, ``items`` the answers
    to correct with what to do about each, ``answers`` the whole of the corrected answers.
    """

    decision: Answers = field(default_factory=dict)
    reason: str = ""
    items: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    correction_due_date: date | None = None
    answers: Answers | None = None


NOTHING = Given()


def decision_of(chosen: Procedure, action: Action, given: Given, *, today: date) -> Answers:
    """The checked inputs of a decision, with its reason. Raises ``Invalid``."""
    inputs = chosen.inputs(action)
    decided: Answers = {}
    if inputs is None:
        if given.decision:
            raise Invalid(
                field_errors={path: _("この項目はありません。") for path in given.decision}
            )
    else:
        unknown = unknown_paths(inputs, given.decision)
        if unknown:
            raise Invalid(field_errors={path: _("この項目はありません。") for path in unknown})
        found = check(inputs, given.decision, today=today)
        if found.errors:
            raise Invalid(field_errors=dict(found.errors))
        decided = final_answers(inputs, given.decision, today=today)
    if action.reason:
        decided = {"reason": given.reason.strip(), **decided}
    return decided


def short(text: str, path: str) -> None:
    """Raises ``Invalid`` for a text that is too long, ``Refused`` for one nobody typed."""
    if len(text) > LONGEST_TEXT:
        message = _("%(max)d文字以内で入力してください。") % {"max": LONGEST_TEXT}
        raise Invalid(field_errors={path: message})
    if "\x00" in text:
        raise Refused(_("使えない文字が含まれています。"))
