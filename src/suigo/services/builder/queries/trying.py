"""A draft as if it were live: its pages, sample answers, and the case and letters they would make.

Nothing is stored: no draft of an application, no number, no letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from suigo.engines.cases.queries.letters import letter_facts
from suigo.engines.cases.queries.procedures import as_procedure
from suigo.engines.cases.rules.deadlines import due_date
from suigo.engines.cases.rules.letters import FilledLetter, fill
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.numbering import case_number
from suigo.engines.cases.spec import Action
from suigo.engines.forms.rules import (
    Evaluation,
    ReviewPage,
    check,
    evaluate,
    final_answers,
    review,
)
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.examples import NoExample, example_answers
from suigo.kernel.content import ContentErrors
from suigo.kernel.content.calendar import working_days
from suigo.kernel.japanese.fiscal import fiscal_year
from suigo.services.builder.queries.checking import known, read_spec
from suigo.services.builder.queries.designs import DesignView

Sample = Literal["", "min", "max"]
TRIES = 8  # made-up answers among which those with the fewest or most questions are taken


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of some answers."""

    answers: Answers
    errors: Mapping[str, str]
    warnings: Mapping[str, str]
    pages: tuple[ReviewPage, ...]
    number: str
    due: date
    letters: tuple[tuple[str, FilledLetter], ...]


def runnable(design: DesignView) -> Procedure | None:
    """The draft as a procedure that can be shown and tried; None while it has a fault."""
    try:
        return as_procedure(read_spec(design.procedure_id, design.files, known=known()))
    except ContentErrors:
        return None


def sample_answers(procedure: Procedure, sample: Sample, *, today: date) -> Answers | None:
    """Made-up answers, with as few or as many questions as some tries give; None without any."""
    if not sample:
        return {}
    found: list[tuple[int, Answers]] = []
    for seed in range(TRIES):
        try:
            answers = example_answers(
                procedure.form, today=today, seed=seed, maximal=sample == "max"
            )
        except NoExample:
            continue
        asked = len(evaluate(procedure.form, answers, today=today).shown)
        found.append((asked, answers))
    if not found:
        return None
    choose = max if sample == "max" else min
    return choose(found, key=lambda one: one[0])[1]


def trial(
    procedure: Procedure, answers: Answers, *, today: date, language: str, unread: Mapping[str, str]
) -> Trial:
    """The case that ``answers`` would make today, and every letter its workflow can send."""
    form, service = procedure.form, procedure.spec.service
    evaluation: Evaluation = evaluate(form, answers, today=today)
    found = check(form, answers, today=today, evaluation=evaluation)
    errors = {**found.errors, **unread}
    number = case_number(prefix=service.number_prefix, fiscal_year=fiscal_year(today), sequence=1)
    due = due_date(service.standard_period, received=today, calendar=working_days())
    letters: list[tuple[str, FilledLetter]] = []
    if not errors:
        final = final_answers(form, answers, today=today, evaluation=evaluation)
        letters = [
            (
                action.title.in_language(language),
                _letter(procedure, action, final, number, today, due),
            )
            for action in procedure.spec.workflow.actions
            if action.letter is not None
        ]
    return Trial(
        answers=answers,
        errors=errors,
        warnings=found.warnings,
        pages=review(form, answers, language=language, today=today, evaluation=evaluation),
        number=number,
        due=due,
        letters=tuple(letters),
    )


def _letter(
    procedure: Procedure, action: Action, answers: Answers, number: str, today: date, due: date
) -> FilledLetter:
    assert action.letter is not None
    letter = procedure.spec.letter(action.letter)
    inputs = procedure.inputs(action)
    decision: dict[str, Any] = {}
    if inputs is not None:
        try:
            decision = example_answers(inputs, today=today, seed=1, maximal=True)
        except NoExample:
            decision = {}
    reason = "（ここに職員の書いた理由が入ります）"
    facts = letter_facts(
        procedure,
        action,
        number=number,
        department=procedure.spec.service.department,
        received=today,
        issued=today,
        due=due,
        reason=reason,
        message=reason,
        correction_due=today + timedelta(days=14),
        language=letter.language,
        signature="（ここに電子署名について確かめたことが入ります）",
    )
    return fill(
        letter,
        form=procedure.form,
        answers=answers,
        inputs=inputs,
        decision={**decision, **({"reason": reason} if action.reason else {})},
        facts=facts,
        issued=today,
        corrections=({"label": "氏名", "message": reason},),
    )
