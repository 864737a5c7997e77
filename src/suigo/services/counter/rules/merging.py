"""Asking once what several forms ask: where an answer goes, and what need not be asked again.

Which questions mean the same, ``meanings`` says. Whether a form shows a question stays its own
business: its conditions decide, with everything that is known put in. An answer that a form can't
take as it is (it asks for a reading, say) is put in and asked again there.

What is known is a plain mapping from meanings to values; ``remembering`` makes it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from suigo.engines.forms.rules import CompiledForm, Evaluation, check, evaluate
from suigo.engines.forms.rules.answers import Answers, is_empty, replace_at, value_at
from suigo.engines.forms.rules.compiling import Node, list_of, parts_of
from suigo.engines.forms.rules.members import Member, is_same, member_in
from suigo.engines.forms.spec import RepeatField
from suigo.engines.forms.spec.fields import AnswerField
from suigo.services.counter.rules.meanings import (
    LIST,
    ONE,
    OWN,
    START,
    own_meaning,
    part_of,
    shared_parts,
)

ROUNDS = 8  # an answer can show another question, whose answer shows a third


def told(
    form: CompiledForm, answers: Answers, evaluation: Evaluation, *, today: date
) -> dict[str, Any]:
    """By meaning, everything that the shown and acceptable answers say."""
    wrong = check(form, answers, today=today, evaluation=evaluation).errors
    found: dict[str, Any] = {}
    for path, node in evaluation.shown.items():
        key, value = own_meaning(form, node, evaluation), value_at(answers, path)
        if key is None or is_empty(value):
            continue
        if isinstance(node.field, RepeatField):
            found[key] = [_parts(node, row, wrong, f"{path}.{i}") for i, row in enumerate(value)]
        elif key.startswith(ONE):
            member = _member(node, value, wrong)
            if "name" in member:
                found[key] = member
        elif not _is_wrong(path, wrong):
            found[key] = value
    return found


def _parts(node: Node, row: Any, wrong: Mapping[str, str], path: str) -> dict[str, Any]:
    """What a row says, by the words of its questions."""
    if not isinstance(row, dict):
        return {}
    return {
        part_of(child): row[child.field.id]
        for child in shared_parts(node)
        if not is_empty(row.get(child.field.id))
        and not _is_wrong(f"{path}.{child.field.id}", wrong)
        and isinstance(child.field, AnswerField)
    }


def _member(node: Node, group: Any, wrong: Mapping[str, str]) -> dict[str, Any]:
    """What a group says about its member, as far as the form takes it."""
    fields = parts_of(node)
    return {
        part: value
        for part, value in member_in(node, group).items()
        if not _is_wrong(f"{node.path}.{fields[part]}", wrong)
    }


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
            key = own_meaning(form, node, evaluation)
            if key is None:
                continue
            if isinstance(node.field, RepeatField):
                changed = _with_list(node, changed, key, known)
            elif key.startswith(ONE):
                changed = _with_member(form, node, changed, known, today)
            elif key in known:
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


def _with_member(
    form: CompiledForm, node: Node, answers: Answers, known: Mapping[str, Any], today: date
) -> Answers:
    """The group with what is known of its member. What was said about somebody else goes, what
    this form alone asks about the same one stays, also when a name was corrected."""
    word = list_of(node.field)
    member = known.get(f"{ONE}{word}") or known.get(f"{OWN}{word}")
    if not member:
        return answers
    fields = parts_of(node)
    wanted = {part: member[part] for part in fields if part in member}
    before = member_in(node, value_at(answers, node.path))
    if _is_other(before, wanted, known.get(f"{LIST}{word}", ())):
        fresh = {fields[part]: value for part, value in wanted.items()}
        return replace_at(answers, node.path, fresh)
    for part, value in wanted.items():
        answers = _with_value(form, answers, f"{node.path}.{fields[part]}", value, today)
    return answers


def _is_other(before: Member, wanted: Member, rows: Sequence[Member]) -> bool:
    """Whether a group was about another member: one who still stands in the list, or one of whom
    neither name nor date of birth is the same."""
    if any(is_same(row, before) and not is_same(row, wanted) for row in rows):
        return True
    return all(before.get(p) not in (None, wanted.get(p)) for p in ("name", "birth_date"))


def _with_list(node: Node, answers: Answers, key: str, known: Mapping[str, Any]) -> Answers:
    if key in known:
        return _with_rows(node, answers, known[key])
    if is_empty(value_at(answers, node.path)):
        return _with_rows(node, answers, _rows(key, known))
    return answers


def _rows(key: str, known: Mapping[str, Any]) -> Sequence[Member]:
    """What is known of a list: said as such, or how it surely begins."""
    rows: Sequence[Member] = known.get(key) or known.get(key.replace(LIST, START, 1)) or ()
    return rows


def _with_rows(node: Node, answers: Answers, rows: Sequence[Mapping[str, Any]]) -> Answers:
    """The list with what is known of its rows; what this form alone asks of them stays."""
    field = node.field
    assert isinstance(field, RepeatField)
    own = {part_of(c): c.field.id for c in shared_parts(node) if isinstance(c.field, AnswerField)}
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
        key, value = own_meaning(form, node, evaluation), value_at(answers, path)
        if key is None:
            continue
        if isinstance(node.field, RepeatField):
            rows = _rows(key, known)
            for index, row in enumerate(value if isinstance(value, list) else ()):
                paths |= _settled_parts(node, rows, index, row, f"{path}.{index}", wrong)
        elif key not in known:
            continue
        elif key.startswith(ONE):
            fields, told_here = parts_of(node), _member(node, value, wrong)
            same = [part for part, said in told_here.items() if known[key].get(part) == said]
            paths |= {f"{path}.{fields[part]}" for part in same}
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
        for child in shared_parts(node)
        if isinstance(child.field, AnswerField)
        and part_of(child) in rows[index]
        and row.get(child.field.id) == rows[index][part_of(child)]
        and not _is_wrong(f"{path}.{child.field.id}", wrong)
    }


def asked(evaluation: Evaluation, done: frozenset[str]) -> tuple[str, ...]:
    """The shown paths that somebody still has to answer or may leave open, in order."""
    return tuple(
        path
        for path, node in evaluation.shown.items()
        if isinstance(node.field, AnswerField) and path not in done
    )


def _is_wrong(path: str, errors: Mapping[str, str]) -> bool:
    inside = f"{path}."
    return any(one == path or one.startswith(inside) for one in errors)
