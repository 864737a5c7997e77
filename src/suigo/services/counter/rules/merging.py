"""Asking once what several forms ask: which questions mean the same, and where an answer goes.

Two questions mean the same when

1. both ask for the same fact about the person who came (``fact: person.phone``), each while it is
   the applicant's own (``fact_when``); or
2. they stand at the same path (``spouse.has``), are of the same kind, and ask in the same words
   with the same choices; or
3. they are parts of two lists that mean the same (``fact: household.children``, or the same path
   and the same word for a row), and name the same part or ask in the same words.

Never the same are consents (each is given to one procedure), files (each case keeps its own) and
個人番号 (番号法 allows each use on its own). Whether a form shows a question stays its own
business: its conditions decide, with everything that is known put in. An answer that a form can't
take as it is (it asks for a reading, say) is put in and asked again there.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from suigo.engines.forms.rules import CompiledForm, Evaluation, check, compile_form, evaluate
from suigo.engines.forms.rules.answers import Answers, is_empty, replace_at, value_at
from suigo.engines.forms.rules.compiling import Node, fact_of
from suigo.engines.forms.spec import (
    ConsentField,
    FileField,
    FormSpec,
    GroupField,
    MyNumberField,
    Page,
    RepeatField,
)
from suigo.engines.forms.spec.fields import AnswerField
from suigo.kernel.content import Text

COMMON = "common"
NEVER = (ConsentField, FileField, MyNumberField)
# what makes two questions different beside their words
ASKING = {
    *("show_when", "require_when", "required", "hint", "open_data"),
    *("prefill", "fact", "fact_when", "locked", "checked_by_city"),
}
ROUNDS = 8  # an answer can show another question, whose answer shows a third


def meaning(node: Node) -> str | None:
    """The name of what a question means; None when its answer is this application's alone.

    A list's own meaning is that of its rows; the parts of a row have none.
    """
    field = node.field
    if "*" in node.path or isinstance(field, NEVER):
        return None
    fact = fact_of(field)
    if isinstance(field, RepeatField):
        return f"list:{fact or f'{node.path}:{field.item.ja}'}"
    if not isinstance(field, AnswerField):
        return None
    return fact or f"same:{node.path}:{words(field)}"


def part_of(node: Node) -> str:
    """What a part of a row means within its list."""
    assert isinstance(node.field, AnswerField)
    return fact_of(node.field) or f"{node.field.id}:{words(node.field)}"


def _own(node: Node, evaluation: Evaluation) -> str | None:
    """The meaning of a shown question, None while it is about somebody else."""
    if node.takes is not None and not node.takes.evaluate(evaluation.values).holds:
        return None
    return meaning(node)


def words(field: AnswerField) -> str:
    """Everything of a question that a person reads or that limits the answer, as one text."""
    asked = field.model_dump(mode="json", exclude=ASKING)
    asked["label"] = field.label.ja
    for option in asked.get("options", ()):
        option["label"] = option["label"]["ja"] if isinstance(option["label"], dict) else None
        option.pop("hint", None)
    return "|".join(f"{key}={asked[key]}" for key in sorted(asked) if asked[key] is not None)


Known = Mapping[str, Mapping[str, Any]]
"""By meaning, the ``value`` that was said, and ``by`` which form, or ``common``, it was asked."""


def known_to(form_id: str, known: Known) -> dict[str, Any]:
    """What a form need not ask: everything that was said elsewhere. What it asked itself it asks
    again when somebody comes back to it, so that it can be corrected where it was said."""
    return {key: said["value"] for key, said in known.items() if said["by"] != form_id}


def remembered(
    known: Known, news: Mapping[str, Any], *, by: str, elsewhere: Collection[str]
) -> dict[str, dict[str, Any]]:
    """``known`` after a form was saved: its own answers replace what it said before, and what
    anybody else said about the same; what was settled ``elsewhere`` stays where it was said."""
    kept = {k: dict(said) for k, said in known.items() if said["by"] != by}
    return kept | {k: {"value": v, "by": by} for k, v in news.items() if k not in elsewhere}


def told(
    form: CompiledForm, answers: Answers, evaluation: Evaluation, *, today: date
) -> dict[str, Any]:
    """By meaning, everything that the shown and acceptable answers say."""
    wrong = check(form, answers, today=today, evaluation=evaluation).errors
    found: dict[str, Any] = {}
    for path, node in evaluation.shown.items():
        key, value = _own(node, evaluation), value_at(answers, path)
        if key is None or is_empty(value):
            continue
        if isinstance(node.field, RepeatField):
            found[key] = [_parts(node, row, wrong, f"{path}.{i}") for i, row in enumerate(value)]
        elif not _is_wrong(path, wrong):
            found[key] = value
    return found


def _parts(node: Node, row: Any, wrong: Mapping[str, str], path: str) -> dict[str, Any]:
    """What a row says, by the words of its questions."""
    if not isinstance(row, dict):
        return {}
    return {
        part_of(child): row[child.field.id]
        for child in _shared_parts(node)
        if not is_empty(row.get(child.field.id))
        and not _is_wrong(f"{path}.{child.field.id}", wrong)
        and isinstance(child.field, AnswerField)
    }


def _shared_parts(node: Node) -> Iterator[Node]:
    for child in node.children:
        if isinstance(child.field, AnswerField) and not isinstance(child.field, NEVER):
            yield child


def carried(
    form: CompiledForm, answers: Answers, known: Mapping[str, Any], *, today: date
) -> Answers:
    """``answers`` with what is known put in wherever the form shows the question.

    A newer answer replaces an older one; one that this form can't take never replaces one that
    it could. Nothing is put into a question that the form does not show.
    """
    for _round in range(ROUNDS):
        evaluation = evaluate(form, answers, today=today)
        changed = answers
        for path, node in evaluation.shown.items():
            key = _own(node, evaluation)
            if key is None or key not in known:
                continue
            if isinstance(node.field, RepeatField):
                changed = _with_rows(node, changed, known[key])
            else:
                changed = _with_value(form, changed, path, known[key], today)
        if changed == answers:
            break
        answers = changed
    return answers


def _with_value(
    form: CompiledForm, answers: Answers, path: str, value: Any, today: date
) -> Answers:
    before = value_at(answers, path)
    if before == value:
        return answers
    after = replace_at(answers, path, value)
    if is_empty(before) or not _refuses(form, after, path, today):
        return after
    return answers


def _refuses(form: CompiledForm, answers: Answers, path: str, today: date) -> bool:
    return _is_wrong(path, check(form, answers, today=today).errors)


def _with_rows(node: Node, answers: Answers, rows: Sequence[Mapping[str, Any]]) -> Answers:
    """The list with what is known of its rows; what this form alone asks of them stays."""
    field = node.field
    assert isinstance(field, RepeatField)
    own = {part_of(c): c.field.id for c in _shared_parts(node) if isinstance(c.field, AnswerField)}
    if not any(part in own for row in rows for part in row):
        return answers
    present = value_at(answers, node.path)
    mine: list[Any] = list(present) if isinstance(present, list) else []
    merged = []
    for index, row in enumerate(rows[: field.at_most]):
        before = mine[index] if index < len(mine) and isinstance(mine[index], dict) else {}
        merged.append({**before, **{own[p]: v for p, v in row.items() if p in own}})
    return replace_at(answers, node.path, merged)


def settled(
    form: CompiledForm,
    answers: Answers,
    known: Mapping[str, Any],
    evaluation: Evaluation,
    *,
    today: date,
) -> frozenset[str]:
    """The shown paths that need not be asked: known, put in, and acceptable to this form."""
    wrong = check(form, answers, today=today, evaluation=evaluation).errors
    paths = set()
    for path, node in evaluation.shown.items():
        key, value = _own(node, evaluation), value_at(answers, path)
        if key is None or key not in known:
            continue
        if isinstance(node.field, RepeatField):
            for index, row in enumerate(value if isinstance(value, list) else ()):
                paths |= _settled_parts(node, known[key], index, row, f"{path}.{index}", wrong)
        elif value == known[key] and not is_empty(value) and not _is_wrong(path, wrong):
            paths.add(path)
    return frozenset(paths)


def _settled_parts(
    node: Node,
    rows: Sequence[Mapping[str, Any]],
    index: int,
    row: Any,
    path: str,
    wrong: Mapping[str, str],
) -> set[str]:
    if index >= len(rows) or not isinstance(row, dict):
        return set()
    return {
        f"{path}.{child.field.id}"
        for child in _shared_parts(node)
        if isinstance(child.field, AnswerField)
        and part_of(child) in rows[index]
        and row.get(child.field.id) == rows[index][part_of(child)]
        and not _is_wrong(f"{path}.{child.field.id}", wrong)
    }


def meanings_at(form: CompiledForm, paths: Collection[str]) -> set[str]:
    """The meanings of questions at concrete paths; of a part of a row, that of its list."""
    found = set()
    for path in paths:
        node = form.node_at(path)
        above, star, _inside = node.path.partition(".*.") if node is not None else ("", "", "")
        key = meaning(form.nodes[above]) if star else node and meaning(node)
        if key:
            found.add(key)
    return found


def asked(evaluation: Evaluation, done: frozenset[str]) -> tuple[str, ...]:
    """The shown paths that somebody still has to answer or may leave open, in order."""
    return tuple(
        path
        for path, node in evaluation.shown.items()
        if isinstance(node.field, AnswerField) and path not in done
    )


@dataclass(frozen=True, slots=True)
class Common:
    """The questions that several forms share, as one form; ``meanings`` by its field ids."""

    form: CompiledForm
    meanings: Mapping[str, str]


def common(forms: Sequence[CompiledForm], *, without: frozenset[str], title: Text) -> Common | None:
    """What can be asked once before any single form: every fact about the person that one of the
    forms asks of everybody, and every other question that two of them ask of everybody.

    ``without`` are meanings known already. None when nothing is left.
    """
    first: dict[str, AnswerField] = {}
    times: dict[str, int] = {}
    required: dict[str, bool] = {}
    for form in forms:
        for node in _of_everybody(form):
            key, field = meaning(node), node.field
            if (
                key is None
                or node.takes is not None
                or key in without
                or not isinstance(field, AnswerField)
            ):
                continue
            first.setdefault(key, field)
            times[key] = times.get(key, 0) + 1
            required[key] = required.get(key, False) or field.required
    fields: list[Any] = []
    meanings: dict[str, str] = {}
    for key, asking in first.items():
        if key.startswith("same:") and times[key] < 2:
            continue
        name = f"q{len(fields)}"
        meanings[name] = key
        plain: dict[str, Any] = {"id": name, "required": required[key], "locked": False}
        plain |= dict.fromkeys(("show_when", "require_when", "fact_when"))
        fields.append(asking.model_copy(update=plain))
    if not fields:
        return None
    page = Page(id=COMMON, title=title, fields=tuple(fields))
    return Common(compile_form(FormSpec(pages=(page,))), meanings)


def _of_everybody(form: CompiledForm) -> Iterator[Node]:
    """The questions that no condition hides."""

    def walk(nodes: Sequence[Node]) -> Iterator[Node]:
        for node in nodes:
            if node.show is None and not isinstance(node.field, RepeatField):
                if isinstance(node.field, GroupField):
                    yield from walk(node.children)
                else:
                    yield node

    for page in form.pages:
        if page.show is None:
            yield from walk(page.nodes)


def common_answers(shared: Common, known: Mapping[str, Any]) -> Answers:
    """What is known, as answers to the common questions."""
    return {name: known[key] for name, key in shared.meanings.items() if key in known}


def common_told(shared: Common, answers: Answers) -> dict[str, Any]:
    """The answers to the common questions by their meaning."""
    return {
        key: answers[name]
        for name, key in shared.meanings.items()
        if not is_empty(answers.get(name))
    }


def _is_wrong(path: str, errors: Mapping[str, str]) -> bool:
    inside = f"{path}."
    return any(one == path or one.startswith(inside) for one in errors)
