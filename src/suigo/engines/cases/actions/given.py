"""What somebody gives with an action, and the checks on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.spec import Action
from suigo.engines.forms.rules import (
    CompiledForm,
    check,
    final_answers,
    unknown_paths,
    value_at,
)
from suigo.engines.forms.rules.answers import Answers, is_empty
from suigo.engines.forms.spec import FileField
from suigo.kernel.errors import Invalid, Refused

LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gives with an action; each kind of action uses its own part.

    ``decision`` are the action's inputs: what is decided, or entered with another action;
    ``reason`` the reason it asks for, ``items`` the answers to correct with what to do about each,
    ``answers`` the whole of the corrected answers.
    """

    decision: Answers = field(default_factory=dict)
    reason: str = ""
    items: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    correction_due_date: date | None = None
    answers: Answers | None = None


NOTHING = Given()


def decision_of(
    chosen: Procedure,
    action: Action,
    given: Given,
    *,
    today: date,
    files_required: bool = True,
) -> Answers:
    """The checked inputs of an action, with its reason. Raises ``Invalid``.

    ``files_required`` is false for a clerk who stands in for an applicant and has the papers.
    """
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
        errors = check(inputs, given.decision, today=today).errors
        if not files_required:
            errors = {p: m for p, m in errors.items() if not _missing_file(inputs, given, p)}
        if errors:
            raise Invalid(field_errors=dict(errors))
        decided = final_answers(inputs, given.decision, today=today)
    if action.reason:
        decided = {"reason": given.reason.strip(), **decided}
    return decided


def _missing_file(inputs: CompiledForm, given: Given, path: str) -> bool:
    node = inputs.node_at(path)
    return (
        node is not None
        and isinstance(node.field, FileField)
        and is_empty(value_at(given.decision, path))
    )


def short(text: str, path: str) -> None:
    """Raises ``Invalid`` for a text that is too long, ``Refused`` for one nobody typed."""
    if len(text) > LONGEST_TEXT:
        message = _("%(max)d文字以内で入力してください。") % {"max": LONGEST_TEXT}
        raise Invalid(field_errors={path: message})
    if "\x00" in text:
        raise Refused(_("使えない文字が含まれています。"))
