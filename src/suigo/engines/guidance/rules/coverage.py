"""The proof that every question can be asked and every result can occur.

A condition depends on the questions it names and on those that decide whether these are asked;
nothing else can change it. So each condition is tried with every combination of just those
answers: exact, and small. A condition that would need more than ``MOST_COMBINATIONS`` is refused
instead of believed.
"""

from collections.abc import Iterator
from itertools import product
from math import prod

from suigo.engines.guidance.rules.compiling import Guide, Where, names_of, question_of
from suigo.engines.guidance.rules.evaluation import Values, values_of
from suigo.engines.guidance.spec import Question
from suigo.kernel.expressions import Expression

MOST_COMBINATIONS = 4096


def faults(guide: Guide) -> Iterator[tuple[Where, str]]:
    """Questions that are never asked or decide nothing, results that never occur."""
    if not _nobody_is_left_out(guide):
        message = "somebody could get an empty list: add a result for everybody, or one for"
        yield ("results",), f"{message} each answer to one question"
    used = {question_of(n) for row in guide.rows if row.when for n in row.when.names}
    used |= {question_of(n) for show in guide.shows.values() for n in show.names}
    used |= {r.listing.deadline.from_question or "" for r in guide.rows if r.listing.deadline}
    named = {n for row in guide.rows if row.when for n in row.when.names}
    named |= {n for show in guide.shows.values() for n in show.names}
    for index, question in enumerate(guide.spec.questions):
        where: Where = ("questions", index)
        if question.id not in used:
            yield where, f"nothing depends on the answer to {question.id!r}: don't ask"
        elif question.kind == "several":
            for place, option in enumerate(question.options):
                if f"{question.id}.{option.id}" not in named:
                    yield (*where, "options", place), f"nothing depends on {option.id!r}"
        if (show := guide.shows.get(question.id)) is not None:
            yield from _impossible(guide, show, (*where, "show"), "this question is never asked")
    seen: dict[str, list[str | None]] = {}
    for index, row in enumerate(guide.rows):
        where = ("results", index)
        if row.listing.when in seen.setdefault(row.listing.id, []):
            yield where, f"{row.listing.id!r} is listed twice under the same condition"
        seen[row.listing.id].append(row.listing.when)
        if row.when is not None:
            yield from _impossible(guide, row.when, (*where, "when"), "this result never occurs")


def _nobody_is_left_out(guide: Guide) -> bool:
    """Whether a row is for everybody, or rows answer every possible answer to one question."""
    if any(row.when is None for row in guide.rows):
        return True
    for question in guide.spec.questions:
        if question.id in guide.shows or question.kind == "date":
            continue
        names = set(names_of(question))
        alone = [row.when for row in guide.rows if row.when and set(row.when.names) <= names]
        if question.kind != "several" and all(
            any(when.evaluate(values).holds for when in alone)
            for values in _values(question, names)
        ):
            return True
    return False


def _impossible(
    guide: Guide, condition: Expression, where: Where, message: str
) -> Iterator[tuple[Where, str]]:
    """A fault unless the condition holds for some answers, and is decided for all."""
    domains = _domains(guide, condition)
    combinations = prod(len(domain) for _question, domain in domains)
    if combinations > MOST_COMBINATIONS:
        yield (
            where,
            f"depends on {combinations} combinations of answers; more than {MOST_COMBINATIONS}"
            " can't be checked: ask in another way",
        )
        return
    possible = False
    for chosen in product(*(domain for _question, domain in domains)):
        values: Values = {}
        for (question, _domain), own in zip(domains, chosen, strict=True):
            show = guide.shows.get(question.id)
            hidden = show is not None and not show.evaluate(values).holds
            values |= {n: v for n, v in values_of(question, None).items() if n in own}
            values |= {} if hidden else own
        outcome = condition.evaluate(values)
        if not outcome.determined:
            yield where, f"can't be decided for {values}"
            return
        possible = possible or outcome.holds
    if not possible:
        yield where, message


def _domains(guide: Guide, condition: Expression) -> list[tuple[Question, list[Values]]]:
    """The questions a condition depends on, in order, each with all its possible values."""
    needed: dict[str, set[str]] = {}
    waiting = list(condition.names)
    while waiting:
        name = waiting.pop()
        names = needed.setdefault(question_of(name), set())
        if name not in names:
            names.add(name)
            show = guide.shows.get(question_of(name))
            waiting += show.names if show is not None else ()
    return [
        (question, _values(question, needed[question.id]))
        for question in guide.spec.questions
        if question.id in needed
    ]


def _values(question: Question, names: set[str]) -> list[Values]:
    if question.kind == "choice":
        return [{question.id: option.id} for option in question.options]
    ordered = [name for name in names_of(question) if name in names]
    return [
        dict(zip(ordered, truths, strict=True))
        for truths in product((True, False), repeat=len(ordered))
    ]
