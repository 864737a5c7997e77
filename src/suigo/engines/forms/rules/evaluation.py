"""What a form shows and computes for given answers. In the order of the form, once through."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from suigo.engines.forms.rules.answers import Answers, is_empty, value_at
from suigo.engines.forms.rules.compiling import (
    ACCOUNT_PARTS,
    ADDRESS_PARTS,
    NAME_PARTS,
    CompiledForm,
    Node,
)
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    ComputedField,
    DateField,
    FileField,
    GroupField,
    MyNumberField,
    NameField,
    NoticeField,
    RepeatField,
)

PARTS: dict[type, tuple[str, ...]] = {
    NameField: NAME_PARTS,
    AddressField: ADDRESS_PARTS,
    BankAccountField: ACCOUNT_PARTS,
}


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed value with its reason. Not determined while an answer it needs is missing."""

    value: Any
    determined: bool
    because: str
    article: str | None


@dataclass(slots=True)
class Evaluation:
    """Pages and fields to show, in order, and computed values by path."""

    pages: list[str] = field(default_factory=list)
    shown: dict[str, Node] = field(default_factory=dict)
    computed: dict[str, Computed] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def shows(self, path: str) -> bool:
        """Whether the field at a concrete path is asked."""
        return path in self.shown

    def shown_on(self, page_id: str) -> list[tuple[str, Node]]:
        """The concrete paths and fields of one page, in order."""
        return [(path, node) for path, node in self.shown.items() if node.page == page_id]


def evaluate(compiled: CompiledForm, answers: Answers, *, today: date) -> Evaluation:
    """Decide what is shown and compute what is computed.

    An answer that a condition hides counts as absent for everything after it. Never raises on
    answers: what can't be decided yet is hidden, what can't be computed yet is undetermined.
    """
    result = Evaluation(values={"today": today})
    for page in compiled.pages:
        if page.show is not None and not page.show.evaluate(result.values).holds:
            continue
        before = len(result.shown)
        for node in page.nodes:
            _visit(node, node.path, value_at(answers, node.path), result.values, result)
        if len(result.shown) > before:
            result.pages.append(page.id)
    return result


def final_answers(
    compiled: CompiledForm,
    answers: Answers,
    *,
    today: date,
    evaluation: Evaluation | None = None,
) -> Answers:
    """The answers that reach a case: only what is shown, with the computed values.

    ``evaluation`` is that of the same answers, for a caller who has it already.
    """
    evaluation = evaluation or evaluate(compiled, answers, today=today)
    final: Answers = {}
    for page in compiled.pages:
        if page.id in evaluation.pages:
            for node in page.nodes:
                _collect(node, node.path, answers, final, evaluation)
    return final


def _visit(
    node: Node, path: str, answer: Any, values: dict[str, Any], result: Evaluation, name: str = ""
) -> None:
    """Show ``node`` at ``path`` if its condition holds; ``name`` is what expressions call it."""
    if node.show is not None and not node.show.evaluate(values).holds:
        return
    name = name or path
    spec = node.field
    result.shown[path] = node
    if isinstance(spec, GroupField):
        for child in node.children:
            key = child.field.id
            inner = answer.get(key) if isinstance(answer, dict) else None
            _visit(child, f"{path}.{key}", inner, values, result, f"{name}.{key}")
    elif isinstance(spec, RepeatField):
        # one more than allowed is enough to see that there are too many
        rows = answer[: spec.at_most + 1] if isinstance(answer, list) else []
        flat = [_row(node, path, i, row, values, result) for i, row in enumerate(rows)]
        values[name] = [_nested(row) for row in flat]
        for column in {key for row in flat for key in row}:
            values[f"{name}.{column}"] = [row[column] for row in flat if column in row]
    elif isinstance(spec, ComputedField):
        assert node.value is not None
        outcome = node.value.evaluate(values)
        result.computed[path] = Computed(
            outcome.value, outcome.determined, spec.because.ja, spec.article
        )
        if outcome.determined:
            values[name] = outcome.value
    else:
        values.update(_named(spec, name, answer))


def _row(
    node: Node, path: str, index: int, row: Any, values: dict[str, Any], result: Evaluation
) -> dict[str, Any]:
    """Visit one row; returns its values by the names they have inside the row."""
    own: dict[str, Any] = dict(values)
    for child in node.children:
        key = child.field.id
        answer = row.get(key) if isinstance(row, dict) else None
        _visit(child, f"{path}.{index}.{key}", answer, own, result, f"row.{key}")
    return {key[4:]: value for key, value in own.items() if key.startswith("row.")}


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        *parents, last = name.split(".")
        target = tree
        for parent in parents:
            target = target.setdefault(parent, {})
        target[last] = value
    return tree


def _named(spec: Any, name: str, answer: Any) -> dict[str, Any]:
    """The values an answer gives to the names that expressions use."""
    if isinstance(spec, NoticeField):
        return {}
    if isinstance(spec, FileField):
        return {f"{name}.count": len(answer) if isinstance(answer, list) else 0}
    if is_empty(answer):
        return {}
    if isinstance(spec, MyNumberField):
        return {f"{name}.entered": True}
    parts = PARTS.get(type(spec))
    if parts is not None:
        if not isinstance(answer, dict):
            return {}
        return {f"{name}.{p}": answer[p] for p in parts if isinstance(answer.get(p), str)}
    if isinstance(spec, DateField):
        day = iso_day(answer)
        return {} if day is None else {name: day}
    return {name: answer}


def iso_day(value: Any) -> date | None:
    """The day written ``2026-11-24``, None for anything else."""
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _collect(node: Node, path: str, answers: Any, final: Answers, evaluation: Evaluation) -> None:
    """Copy the shown answers below ``node`` into ``final`` under the field's own id."""
    if path not in evaluation.shown or isinstance(node.field, NoticeField):
        return
    key = node.field.id
    if isinstance(node.field, ComputedField):
        computed = evaluation.computed[path]
        if computed.determined:
            value = computed.value
            final[key] = value.isoformat() if isinstance(value, date) else value
        return
    answer = value_at(answers, key)
    if isinstance(node.field, GroupField):
        inner: Answers = {}
        for child in node.children:
            _collect(child, f"{path}.{child.field.id}", answer or {}, inner, evaluation)
        if inner:
            final[key] = inner
    elif isinstance(node.field, RepeatField):
        rows = []
        for index, row in enumerate(answer if isinstance(answer, list) else []):
            kept: Answers = {}
            for child in node.children:
                _collect(child, f"{path}.{index}.{child.field.id}", row, kept, evaluation)
            rows.append(kept)
        if rows:
            final[key] = rows
    elif not is_empty(answer):
        final[key] = answer
