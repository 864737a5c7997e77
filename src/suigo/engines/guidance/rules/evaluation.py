"""What follows from the answers: which questions are asked, what is listed, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from suigo.engines.guidance.rules.compiling import Guide, Row, question_of
from suigo.engines.guidance.spec import UNKNOWN, Question
from suigo.kernel.content import Text
from suigo.kernel.language import _

Answer = str | tuple[str, ...] | date
"""``yes``, ``no``, ``unknown`` or an option; the chosen options; a day."""
Answers = Mapping[str, Answer]
Values = dict[str, bool | str]


@dataclass(frozen=True, slots=True)
class Reason:
    """An answer that decided: the question, and the chosen option (None for yes, no, unknown)."""

    question: Question
    answer: str
    option: Text | None

    @classmethod
    def of(cls, question: Question, answer: str) -> "Reason":
        """The reason that ``answer``, an option's id or yes, no or unknown, gives."""
        title = next((o.title for o in question.options if o.id == answer), None)
        return cls(question, answer, title)

    @property
    def words(self) -> str:
        """The answer as people read it."""
        words = {"yes": _("はい"), "no": _("いいえ"), UNKNOWN: _("わからない")}
        return str(self.option) if self.option is not None else words[self.answer]


@dataclass(frozen=True, slots=True)
class Listed:
    """A row that applies. ``certain`` is false where an answer was わからない."""

    row: Row
    certain: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``asked``: the questions that the answers call for, in order; ``missing`` of them have no
    answer yet. ``listed`` is complete only when nothing is missing.
    """

    asked: tuple[Question, ...]
    missing: tuple[Question, ...]
    listed: tuple[Listed, ...]


def evaluate(guide: Guide, answers: Answers) -> Outcome:
    """Everything that follows from ``answers``. Answers to questions that are not asked are
    ignored; a day may stay open, and nothing ticked is an answer too.
    """
    values: Values = {}
    asked: list[Question] = []
    missing: list[Question] = []
    for question in guide.spec.questions:
        if not _asked(guide, question, values, missing):
            values |= values_of(question, None)
            continue
        asked.append(question)
        answer = answers.get(question.id)
        if answer is None and question.kind in ("yes_no", "choice"):
            missing.append(question)
        elif answer != UNKNOWN:
            values |= values_of(question, answer if answer is not None else ())
    listed = tuple(
        found for row in guide.rows if (found := _listed(guide, row, values, asked, answers))
    )
    return Outcome(tuple(asked), tuple(missing), listed)


def values_of(question: Question, answer: Answer | None) -> Values:
    """What conditions see. A question that is not asked (None) counts as no, and as ''."""
    match question.kind:
        case "yes_no":
            return {question.id: answer == "yes"}
        case "choice":
            return {question.id: answer if isinstance(answer, str) else ""}
        case "several":
            chosen = answer if isinstance(answer, tuple) else ()
            return {f"{question.id}.{o.id}": o.id in chosen for o in question.options}
        case _:
            return {}


def _asked(guide: Guide, question: Question, values: Values, missing: list[Question]) -> bool:
    show = guide.shows.get(question.id)
    if show is None:
        return True
    outcome = show.evaluate(values)
    if outcome.determined:
        return outcome.holds
    # asked after わからない, but not before an earlier question has an answer
    waiting = {q.id for q in missing}
    return not any(question_of(name) in waiting for name in show.names)


def _listed(
    guide: Guide, row: Row, values: Values, asked: list[Question], answers: Answers
) -> Listed | None:
    if row.when is None:
        return Listed(row, certain=True, reasons=())
    outcome = row.when.evaluate(values)
    if outcome.determined and not outcome.holds:
        return None
    reasons = []
    for name in row.when.names:
        question = next((q for q in asked if q.id == question_of(name)), None)
        if question is not None and (reason := _reason(question, name, answers)) is not None:
            reasons.append(reason)
    return Listed(row, certain=outcome.determined, reasons=tuple(reasons))


def _reason(question: Question, name: str, answers: Answers) -> Reason | None:
    answer = answers.get(question.id)
    if question.kind == "several":
        option_id = name.split(".", 1)[1]
        chosen = answer if isinstance(answer, tuple) else ()
        if option_id not in chosen:
            return None
    elif isinstance(answer, str):
        option_id = answer
    else:
        return None
    return Reason.of(question, option_id)
