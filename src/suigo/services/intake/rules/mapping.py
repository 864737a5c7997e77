"""A row of another service as answers, and back: which column a fault belongs to."""

from collections.abc import Mapping as Cells
from dataclasses import dataclass, field
from typing import Any

from suigo.engines.forms.rules import CompiledForm, Node
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.spec import RepeatField
from suigo.kernel.language import _
from suigo.services.intake.rules.converting import CanNotConvert, answer_of
from suigo.services.intake.spec import FieldMap, Mapping


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. ``column`` is the source's word, or the question where it has none."""

    column: str
    reason: str


@dataclass(slots=True)
class Mapped:
    """The answers of one application, what could not be read, and which columns fed which path."""

    answers: Answers = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)


def target(form: CompiledForm, to: str) -> tuple[Node, str] | None:
    """The question that ``to`` names, and the part of its answer ('' for the whole)."""
    path, part = to, ""
    while path:
        node = form.nodes.get(path)
        if node is not None:
            return node, part
        path, _dot, last = path.rpartition(".")
        part = f"{last}.{part}" if part else last
    return None


def mapped_answers(mapping: Mapping, form: CompiledForm, cells: Cells[str, str]) -> Mapped:
    """What one application says, by the mapping. A column that is not there is an empty one."""
    result = Mapped()
    repeats: dict[str, list[FieldMap]] = {}
    for item in mapping.fields:
        prefix, star, _rest = item.to.partition(".*.")
        if star:
            repeats.setdefault(prefix, []).append(item)
        else:
            _answer(result, form, item, item.to, item.columns, cells)
    for prefix, items in repeats.items():
        _rows(result, form, prefix, items, cells)
    return result


def _rows(
    result: Mapped, form: CompiledForm, prefix: str, items: list[FieldMap], cells: Cells[str, str]
) -> None:
    """One row for each number of which anything is filled in."""
    repeat = form.nodes[prefix].field
    assert isinstance(repeat, RepeatField)
    index = 0
    for number in range(1, repeat.at_most + 1):
        named = {
            item.to: tuple(column.replace("{n}", str(number)) for column in item.columns)
            for item in items
        }
        if not any(cells.get(column) for columns in named.values() for column in columns):
            continue
        for item in items:
            path = item.to.replace(".*.", f".{index}.", 1)
            _answer(result, form, item, path, named[item.to], cells)
        index += 1


def _answer(
    result: Mapped,
    form: CompiledForm,
    item: FieldMap,
    path: str,
    columns: tuple[str, ...],
    cells: Cells[str, str],
) -> None:
    found = target(form, item.to)
    assert found is not None, item.to  # the content check has seen to it
    node, part = found
    result.columns[path] = "・".join(columns) or node.field.label.ja
    given = [cells.get(column, "") for column in columns]
    if not any(given) and item.default is not None:
        given = [item.default]
    try:
        value = answer_of(node.field, part, given, item)
    except CanNotConvert as wrong:
        result.faults.append(Fault(result.columns[path], str(wrong)))
        return
    if value is not None:
        _put(result.answers, path.split("."), value)


def _put(answers: Any, path: list[str], value: Any) -> None:
    """Set a value, making the objects and rows on the way. Rows come in their order."""
    head, *rest = path
    if isinstance(answers, list):
        index = int(head)
        while len(answers) <= index:
            answers.append({})
        _put(answers[index], rest, value)
    elif not rest:
        answers[head] = value
    else:
        empty: Any = [] if rest[0].isdecimal() else {}
        _put(answers.setdefault(head, empty), rest, value)


def faults_of(
    errors: Cells[str, str], mapped: Mapped, form: CompiledForm, header: frozenset[str]
) -> list[Fault]:
    """What the form finds wrong, in the source's words."""
    faults = []
    for path, message in errors.items():
        column = column_of(path, mapped)
        node = form.node_at(path) or form.node_at(path.rpartition(".")[0])
        name = column or (node.field.label.ja if node is not None else path)
        lacking = [c for c in column.split("・") if c and c not in header]
        if lacking:
            message = _("列「%(column)s」がファイルにありません。%(message)s") % {
                "column": "・".join(lacking),
                "message": message,
            }
        faults.append(Fault(name, str(message)))
    return faults


def column_of(path: str, mapped: Mapped) -> str:
    """The column that feeds the answer at ``path``, a part of it or the whole around it."""
    for fed, column in mapped.columns.items():
        if fed == path or path.startswith(f"{fed}.") or fed.startswith(f"{path}."):
            return column
    return ""


def named_columns(mapping: Mapping) -> list[str]:
    """The columns that a file should have. Of those with ``{n}`` only the first."""
    names = [c.replace("{n}", "1") for item in mapping.fields for c in item.columns]
    return list(dict.fromkeys(names))
