"""Starting a form from what is already known, so that it is not asked again.

Where an answer came from is not written down beside it: it came from a known fact exactly while
it equals it. Rows can move and answers can change without any bookkeeping.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from suigo.engines.forms.rules.answers import Answers, is_empty, replace_at, value_at
from suigo.engines.forms.rules.checking import acceptable
from suigo.engines.forms.rules.compiling import CompiledForm, Node, fact_of, list_of, parts_of
from suigo.engines.forms.rules.evaluation import Evaluation, evaluate
from suigo.engines.forms.rules.members import (
    Choice,
    Lists,
    begun,
    choices,
    completed,
    groups,
    joined,
    member_in,
    reappeared,
    told_members,
)
from suigo.engines.forms.spec import ChoiceField, ChoicesField, Field, RepeatField
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


def facts_asked(compiled: CompiledForm) -> frozenset[str]:
    """The words of everything in this form that can be known beforehand."""
    return frozenset([key for key, _ in _asking(compiled)] + [word for word, _ in groups(compiled)])


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
            answer = _as_answer(node, known[key].value)
            if answer is not None and _absent(filled, node.path) and _is_own(node, evaluation):
                filled = replace_at(filled, node.path, answer)
    return begun(compiled, filled, lists_in(known), evaluate(compiled, filled, today=today))


def lists_in(known: KnownFacts) -> Lists:
    """The known lists, of which a group may be about one member."""
    return {key: fact.value for key, fact in known.items() if isinstance(fact.value, list)}


def about_whom(
    compiled: CompiledForm, answers: Answers, known: KnownFacts, evaluation: Evaluation
) -> dict[str, Choice]:
    """By path, whom each shown group may be about, and whom it is about now."""
    return choices(compiled, answers, lists_in(known), evaluation)


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
    return reappeared(compiled, answers, lists_in(known), before=before, after=after)


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
        above = compiled.nodes.get(node.path.rpartition(".")[0].removesuffix(".*"))
        if "." not in key and above is not None:
            fact = known.get(fact_of(above.field) or list_of(above.field) or "")
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
    """What an application says about its applicant, and whether the clerk checks it.

    ``adds`` is a list whose members are told one by one: it says nothing about anybody else in it.
    ``parts`` are those that were asked about the members of a list.
    """

    value: Any
    checked_by_city: bool = False
    adds: bool = False
    parts: frozenset[str] = frozenset()

    def after(self, before: Any) -> Any:
        """What is known once this was told to somebody who knew ``before`` (None for nothing)."""
        if self.adds:
            return joined(before or (), self.value)
        if not self.parts or not before:
            return self.value
        return completed(self.value, before, asked=self.parts)


def facts_in(compiled: CompiledForm, answers: Answers, evaluation: Evaluation) -> dict[str, Told]:
    """The facts among the shown answers by their keys; the first place that asks for one counts."""
    found: dict[str, Told] = {}
    for key, node in _asking(compiled):
        value = value_at(answers, node.path)
        if key in found or not evaluation.shows(node.path) or not _is_own(node, evaluation):
            continue
        if isinstance(node.field, RepeatField):
            told = Told(_list(node, value, evaluation), parts=frozenset(parts_of(node)))
        else:
            checked = isinstance(node.field, AnswerField) and node.field.checked_by_city
            told = Told(value, checked)
        if not is_empty(told.value):
            found[key] = told
    for word, members in told_members(compiled, answers, evaluation).items():
        listed = found.get(word)
        value = joined(listed.value if listed else (), members)
        found[word] = Told(value, adds=True) if listed is None else replace(listed, value=value)
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
        if key is not None and "." in key and "*" not in path:
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


def _as_answer(node: Node, fact: Any) -> Any:
    """A known fact as the answer to the field; a list becomes rows."""
    if not isinstance(node.field, RepeatField):
        return _offered(node.field, fact)
    fields = {part: child for child in node.children if (part := fact_of(child.field)) is not None}
    return [
        {
            fields[part].field.id: answer
            for part, value in member.items()
            if part in fields and (answer := _offered(fields[part].field, value)) is not None
        }
        for member in fact[: node.field.at_most]
    ]


def _offered(field: Field, value: Any) -> Any:
    """A known choice, as far as this form offers it: others may ask with more to choose from."""
    if isinstance(field, ChoiceField):
        return value if any(option.id == value for option in field.options) else None
    if isinstance(field, ChoicesField):
        ids = [option.id for option in field.options if option.id in value]
        return ids or None
    return value


def _list(node: Node, rows: Any, evaluation: Evaluation) -> list[Answers]:
    """The rows as members of a list of facts; a row that says nothing about one is left out."""
    members = [
        member_in(node, row, shown=evaluation, path=f"{node.path}.{index}")
        for index, row in enumerate(rows if isinstance(rows, list) else [])
    ]
    return [member for member in members if member]
