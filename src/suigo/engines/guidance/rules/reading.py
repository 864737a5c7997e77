"""Answers as a page or a program sends them."""

from collections.abc import Callable, Sequence
from datetime import date

from suigo.engines.guidance.rules.coding import DAYS, FIRST_DAY
from suigo.engines.guidance.rules.compiling import Guide
from suigo.engines.guidance.rules.evaluation import Answer
from suigo.engines.guidance.spec import UNKNOWN, Question
from suigo.kernel.japanese.eras import parse_date
from suigo.kernel.japanese.problems import UnreadableDate
from suigo.kernel.language import _, said

Faults = dict[str, str]
MOST_TYPED = 40  # characters of a date


def read_answers(
    guide: Guide, values_of: Callable[[str], Sequence[str]]
) -> tuple[dict[str, Answer], Faults]:
    """The answers, and what could not be read, by question. Never raises on what was typed.

    ``values_of`` gives the values sent under a question's id. A day is read as people write it.
    """
    answers: dict[str, Answer] = {}
    faults: Faults = {}
    for question in guide.spec.questions:
        values = [value.strip() for value in values_of(question.id) if value.strip()]
        if not values:
            continue
        try:
            answers[question.id] = _answer(question, values)
        except UnreadableDate as wrong:
            faults[question.id] = said(wrong)
        except ValueError:
            faults[question.id] = _("選択肢の中から選んでください。")
    return answers, faults


def _answer(question: Question, values: list[str]) -> Answer:
    """Raises ``ValueError``."""
    ids = [option.id for option in question.options]
    if question.kind == "several":
        if unknown := set(values) - set(ids):
            raise ValueError(unknown)
        return tuple(one for one in ids if one in values)
    if question.kind == "date":
        return _day(values[-1])
    allowed = (ids if question.kind == "choice" else ["yes", "no"]) + [UNKNOWN]
    if values[-1] not in allowed:
        raise ValueError(values[-1])
    return values[-1]


def _day(typed: str) -> date:
    found = parse_date(typed[:MOST_TYPED])
    if not 0 <= (found - FIRST_DAY).days < DAYS:
        raise UnreadableDate(_("2000年から2109年までの日付を入力してください。"))
    return found
