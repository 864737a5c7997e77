"""Starting a form from what is already known, so that it is not asked again.

Where an answer came from is not written down beside it: it came from a known fact exactly while
it equals it. Rows can move and answers can change without any bookkeeping.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from suigo.engines.forms.rules.answers import Answers, is_empty, replace_at, value_at
from suigo.engines.forms.rules.checking import acceptable
from suigo.engines.forms.rules.compiling import CompiledForm, Node, fact_of
from suigo.engines.forms.rules.evaluation import Evaluation, evaluate
from suigo.engines.forms.spec import RepeatField
from suigo.engines.forms.spec.fields import AnswerField


@dataclass(frozen=True, slots=True)
class Known:
    """A fact about the applicant, where it comes from and since when (an ISO day).

    ``firm`` facts were confirmed by the city or read from a card: where a form says ``locked``
    they can't be changed.
    """

    value: Any
    source: str
    date: str
    firm: bool = False


KnownFacts = Mapping[str, Known]


def uses_facts(compiled: CompiledForm) -> bool:
    """Whether anything of this form can be known beforehand."""
    return any(True for _ in _asking(compiled))


def prefilled(
    compiled: CompiledForm, known: KnownFacts, *, today: date, answers: Answers | None = None
) -> Answers:
    """``answers`` with what is known put in wherever nothing was answered yet.

    They are a start, not a decision: the person sees them and may change them, or take a row of a
    list away. What somebody emptied is not filled in again. A field whose ``fact_when`` does not
    hold (yet) is left alone: it may be about somebody else.
    """
    filled: Answers = dict(answers or {})
    if not known:
        return filled
    # first what is always the applicant's: whose the rest is may follow from that
    for conditional in (False, True):
        evaluation = evaluate(compiled, filled, today=today)
        for key, node in _asking(compiled):
            if (node.takes is not None) is not conditional or key not in known:
                continue
            if _absent(filled, node.path) and _is_own(node, evaluation):
                filled = replace_at(filled, node.path, _as_answer(node, known[key].value))
    return filled


def followed(
    compiled: CompiledForm,
    answers: Answers,
    known: KnownFacts,
    *,
    before: Evaluation,
    after: Evaluation,
) -> Answers:
    """``answers`` after a question turned out to be about the applicant, or about somebody else.

    It then starts from what is known, or forgets it; what was typed stays.
    """
    for key, node in _asking(compiled):
        if node.takes is None or key not in known:
            continue
        was, is_now = _is_own(node, before), _is_own(node, after)
        value, fact = value_at(answers, node.path), _as_answer(node, known[key].value)
        if is_now and not was and is_empty(value):
            answers = replace_at(answers, node.path, fact)
        elif was and not is_now and value == fact:
            answers = replace_at(answers, node.path, None)
    return answers


def origins(
    compiled: CompiledForm, answers: Answers, known: KnownFacts, evaluation: Evaluation
) -> dict[str, Known]:
    """By path, the facts that the shown answers come from."""
    found: dict[str, Known] = {}
    if not known:
        return found
    for path, node in evaluation.shown.items():
        key, value = fact_of(node.field), value_at(answers, path)
        if key is None or isinstance(node.field, RepeatField) or is_empty(value):
            continue
        above, star, _inside = node.path.partition(".*.")
        if star:
            fact = known.get(fact_of(compiled.nodes[above].field) or "")
            if fact is not None and any(row.get(key) == value for row in fact.value):
                found[path] = fact
        elif key in known and known[key].value == value and _is_own(node, evaluation):
            found[path] = known[key]
    return found


def held(
    compiled: CompiledForm, known: KnownFacts, evaluation: Evaluation, *, today: date
) -> dict[str, Any]:
    """The shown paths that can't be changed here, with the value each must have.

    A confirmed fact that this form can't take (it asks for a reading that is not known, say)
    holds nothing: nobody may be shut out by what the city knows.
    """
    return {
        node.path: known[key].value
        for key, node in _asking(compiled)
        if isinstance(node.field, AnswerField)
        and node.field.locked
        and key in known
        and known[key].firm
        and evaluation.shows(node.path)
        and _is_own(node, evaluation)
        and acceptable(node, node.path, known[key].value, evaluation=evaluation, today=today)
    }


def enforced(
    compiled: CompiledForm,
    answers: Answers,
    known: KnownFacts,
    evaluation: Evaluation,
    *,
    today: date,
) -> Answers:
    """``answers`` in which whatever ``held`` holds has its value, whoever sent what."""
    for path, value in held(compiled, known, evaluation, today=today).items():
        answers = replace_at(answers, path, value)
    return answers


@dataclass(frozen=True, slots=True)
class Told:
    """What an application says about its applicant, and whether the clerk checks it."""

    value: Any
    checked_by_city: bool


def facts_in(compiled: CompiledForm, answers: Answers, evaluation: Evaluation) -> dict[str, Told]:
    """The facts among the shown answers by their keys; the first place that asks for one counts."""
    found: dict[str, Told] = {}
    for key, node in _asking(compiled):
        value = value_at(answers, node.path)
        if key in found or not evaluation.shows(node.path) or not _is_own(node, evaluation):
            continue
        if isinstance(node.field, RepeatField):
            value = _list(node, value)
        if not is_empty(value):
            checked = isinstance(node.field, AnswerField) and node.field.checked_by_city
            found[key] = Told(value, checked)
    return found


def name_fact(name: str, kana: str) -> dict[str, str] | None:
    """A name kept as one text, as the answer to a name field; None unless it has two parts."""
    parts, readings = name.split(), kana.split()
    if len(parts) != 2:
        return None
    fact = {"family": parts[0], "given": parts[1]}
    if len(readings) == 2:
        fact |= {"family_kana": readings[0], "given_kana": readings[1]}
    return fact


def _asking(compiled: CompiledForm) -> Iterator[tuple[str, Node]]:
    """Everything outside rows that asks for a fact, in the order of the form."""
    for path, node in compiled.nodes.items():
        key = fact_of(node.field)
        if key is not None and "*" not in path:
            yield key, node


def _is_own(node: Node, evaluation: Evaluation) -> bool:
    """Whether the question is about the applicant."""
    return node.takes is None or node.takes.evaluate(evaluation.values).holds


def _absent(answers: Any, path: str) -> bool:
    """Whether nobody has answered, not even with nothing."""
    for part in path.split("."):
        if not isinstance(answers, dict) or part not in answers:
            return True
        answers = answers[part]
    return False


def _parts(node: Node) -> dict[str, str]:
    """The fields of a repeat by the part of each row that they ask for."""
    keys = ((fact_of(child.field), child.field.id) for child in node.children)
    return {key: field_id for key, field_id in keys if key is not None}


def _as_answer(node: Node, fact: Any) -> Any:
    """A known fact as the answer to the field; a list becomes rows."""
    if not isinstance(node.field, RepeatField):
        return fact
    parts = _parts(node)
    return [
        {parts[part]: value for part, value in member.items() if part in parts}
        for member in fact[: node.field.at_most]
    ]


def _list(node: Node, rows: Any) -> list[Answers]:
    """The rows as members of a list of facts; a row that says nothing about one is left out."""
    parts = _parts(node)
    members = [
        {part: row[field_id] for part, field_id in parts.items() if not is_empty(row.get(field_id))}
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    ]
    return [member for member in members if member]
