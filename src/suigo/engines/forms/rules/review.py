"""A filled-in form as people read it back: check your answers, the clerk's view, the PDF."""

from dataclasses import dataclass
from datetime import date

from suigo.engines.forms.rules.answers import Answers, is_empty, value_at
from suigo.engines.forms.rules.compiling import CompiledForm, Node
from suigo.engines.forms.rules.display import display_lines
from suigo.engines.forms.rules.evaluation import Evaluation, evaluate
from suigo.engines.forms.spec import (
    ComputedField,
    FileField,
    GroupField,
    MyNumberField,
    NoticeField,
    RepeatField,
)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One answer. ``heading`` is the group or the row of a repeat it stands under."""

    path: str
    label: str
    kind: str
    lines: tuple[str, ...]
    file_ids: tuple[str, ...] = ()
    sealed: bool = False
    because: str | None = None
    article: str | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    id: str
    title: str
    rows: tuple[ReviewRow, ...]


def review(
    compiled: CompiledForm,
    answers: Answers,
    *,
    language: str,
    today: date,
    evaluation: Evaluation | None = None,
) -> tuple[ReviewPage, ...]:
    """Every shown question with its answer, page by page, in ``language``."""
    evaluation = evaluation or evaluate(compiled, answers, today=today)
    titles = {p.id: p.title.in_language(language) for p in compiled.spec.pages}
    pages = []
    for page_id in evaluation.pages:
        rows = [
            _row(path, node, answers, evaluation, compiled, language)
            for path, node in evaluation.shown_on(page_id)
            if not isinstance(node.field, GroupField | RepeatField | NoticeField)
        ]
        pages.append(ReviewPage(page_id, titles[page_id], tuple(rows)))
    return tuple(pages)


def _row(
    path: str,
    node: Node,
    answers: Answers,
    evaluation: Evaluation,
    compiled: CompiledForm,
    language: str,
) -> ReviewRow:
    field = node.field
    label = field.label.in_language(language)
    heading = _heading(path, compiled, language)
    if isinstance(field, ComputedField):
        computed = evaluation.computed[path]
        return ReviewRow(
            path=path,
            label=label,
            kind=field.kind,
            lines=display_lines(field, computed.value, language) if computed.determined else (),
            because=field.because.in_language(language),
            article=field.article,
            heading=heading,
        )
    value = value_at(answers, path)
    is_file = isinstance(field, FileField)
    return ReviewRow(
        path=path,
        label=label,
        kind=field.kind,
        lines=() if is_file else display_lines(field, value, language),
        file_ids=tuple(str(v) for v in value) if is_file and isinstance(value, list) else (),
        sealed=isinstance(field, MyNumberField) and not is_empty(value),
        heading=heading,
    )


def whole_label(compiled: CompiledForm, path: str, *, language: str) -> str:
    """A question's label where no heading stands above it: 「お子さん 2 住所」.

    The row or the group comes first unless the page says it already. The path itself for a
    question that is gone.
    """
    node = compiled.node_at(path)
    if node is None:
        return path
    label = node.field.label.in_language(language)
    heading = _heading(path, compiled, language)
    pages = {p.id: p.title.in_language(language) for p in compiled.spec.pages}
    return label if heading in {"", pages.get(node.page)} else f"{heading} {label}"


def _heading(path: str, compiled: CompiledForm, language: str) -> str:
    """「お子さん 2」 for a row of a repeat, the group's label inside a group."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        node = compiled.node_at(".".join(parts[:length]))
        if node is None:
            continue
        if isinstance(node.field, RepeatField):
            return f"{node.field.item.in_language(language)} {int(parts[length]) + 1}"
        if isinstance(node.field, GroupField):
            return node.field.label.in_language(language)
    return ""
