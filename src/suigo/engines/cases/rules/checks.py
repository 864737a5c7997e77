"""What has to agree between the files of one procedure. Every fault names its file and line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from suigo.engines.cases.rules.letters import (
    CASE_NAMES,
    CITY_NAMES,
    CORRECTION_COLUMNS,
    CORRECTIONS,
    compile_inputs,
    environment,
    knows,
    names_in,
    texts_of,
)
from suigo.engines.cases.rules.wording import unknown_placeholders
from suigo.engines.cases.spec import Action, LetterSpec, LetterTable, ProcedureSpec
from suigo.engines.facts.rules import misused
from suigo.engines.forms.rules import CompiledForm, FormErrors, compile_form
from suigo.engines.forms.spec import (
    DateField,
    EmailField,
    Field,
    FormSpec,
    GroupField,
    MyNumberField,
    NameField,
    RepeatField,
    TextField,
)
from suigo.engines.forms.spec.fields import AnswerField
from suigo.kernel.content import ContentError
from suigo.kernel.content.loader import Document
from suigo.kernel.expressions import ExpressionError, ValueType

Where = tuple[str | int, ...]
Part = Literal["service", "form", "workflow", "checklist"]


@dataclass(frozen=True, slots=True)
class Known:
    """What else exists in the city and in the program. None means: not checked here."""

    departments: frozenset[str] | None = None
    capabilities: frozenset[str] | None = None
    measures: frozenset[str] | None = None
    procedures: frozenset[str] | None = None
    handling: bool | None = None  # whether city.yaml says purpose and recipients for all


@dataclass(frozen=True, slots=True)
class Sources:
    """The documents one procedure was read from."""

    service: Document
    form: Document
    workflow: Document
    letters: tuple[Document, ...]


def faults(spec: ProcedureSpec, sources: Sources, known: Known) -> Iterator[ContentError]:
    """Everything that does not agree."""
    yield from _references(spec, sources, known)
    yield from _lines(spec, sources)
    try:
        form = compile_form(spec.form)
    except FormErrors as wrong:
        for path, message in wrong.faults:
            where = where_of(spec.form, path)
            note = message if where else f"{path}: {message}"
            yield sources.form.error(where, note)
        return
    for path, message in misused(form):
        yield sources.form.error(where_of(spec.form, path), f"{path}: {message}")
    yield from _paths(spec, sources, form)
    inputs: dict[str, CompiledForm] = {}
    for index, action in enumerate(spec.workflow.actions):
        try:
            if action.inputs:
                inputs[action.id] = compile_inputs(action.inputs)
        except FormErrors as wrong:
            for path, message in wrong.faults:
                yield sources.workflow.error(("actions", index, "inputs"), f"{path}: {message}")
            return
    for letter, document in zip(spec.letters, sources.letters, strict=True):
        yield from _letter(spec, letter, document, form, inputs)


def _references(spec: ProcedureSpec, sources: Sources, known: Known) -> Iterator[ContentError]:
    service = spec.service
    if known.departments is not None and service.department not in known.departments:
        yield sources.service.error(
            ("department",), f"org.yaml has no department {service.department!r}"
        )
    for index, shared in enumerate(service.shared_with):
        if known.departments is not None and shared.department not in known.departments:
            yield sources.service.error(
                ("shared_with", index), f"org.yaml has no department {shared.department!r}"
            )
    if known.handling is False and service.handling is None:
        yield sources.service.error(
            (), "handling: say purpose and recipients (利用目的・提供先), here or in city.yaml"
        )
    for index, measure in enumerate(service.measures):
        if known.measures is not None and measure not in known.measures:
            yield sources.service.error(
                ("measures", index), f"plan.yaml has no measure {measure!r}"
            )
    for index, other in enumerate(service.related):
        if known.procedures is not None and other not in known.procedures:
            yield sources.service.error(("related", index), f"no procedure {other!r}")
    letters = {letter.id: letter for letter in spec.letters}
    for index, action in enumerate(spec.workflow.actions):
        where: Where = ("actions", index)
        if action.letter is not None and action.letter not in letters:
            yield sources.workflow.error((*where, "letter"), f"no letter {action.letter!r}")
        unknown = known.capabilities is not None and action.capability not in known.capabilities
        if action.capability is not None and unknown:
            yield sources.workflow.error(
                (*where, "capability"), f"no capability {action.capability!r}"
            )
    for letter, document in zip(spec.letters, sources.letters, strict=True):
        if letter.id != document.file.stem:
            yield document.error(("id",), f"the id must be the file's name, {document.file.stem!r}")
    ids = [item.id for item in spec.checklist]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        yield sources.service.error((), f"the checklist has {twice!r} twice")


def _lines(spec: ProcedureSpec, sources: Sources) -> Iterator[ContentError]:
    for index, state in enumerate(spec.workflow.states):
        for language, text in state.line.root.items():
            for name in sorted(unknown_placeholders(text)):
                yield sources.workflow.error(
                    ("states", index, "line"), f"nothing fills {{{name}}} ({language})"
                )


def _paths(spec: ProcedureSpec, sources: Sources, form: CompiledForm) -> Iterator[ContentError]:
    service, document = spec.service, sources.service
    name = form.nodes.get(service.applicant_name)
    if name is None or not isinstance(name.field, NameField | TextField) or "*" in name.path:
        yield document.error(
            ("applicant_name",),
            f"{service.applicant_name!r} is not a name or text field of the form",
        )
    for index, path in enumerate(service.duplicate_by):
        if "*" in path or not knows(form, path):
            yield document.error(
                ("duplicate_by", index), f"no single answer {path!r} in the form to compare"
            )
    for index, path in enumerate(service.open_data_columns):
        node = form.nodes.get(path)
        if node is None or isinstance(node.field, GroupField | RepeatField):
            yield document.error(("open_data_columns", index), f"no answer {path!r} in the form")
        elif isinstance(node.field, NameField | EmailField | MyNumberField):
            yield document.error(("open_data_columns", index), f"{path!r} is personal")
        elif isinstance(node.field, AnswerField) and not node.field.open_data:
            yield document.error(
                ("open_data_columns", index), f"{path!r} is not marked open_data in the form"
            )
    counted = service.counted_deadline
    if counted is not None and counted.from_field is not None:
        node = form.nodes.get(counted.from_field)
        if node is None or not isinstance(node.field, DateField) or "*" in node.path:
            yield document.error(
                ("counted_deadline", "from_field"),
                f"{counted.from_field!r} is not a date of the form",
            )


def _letter(
    spec: ProcedureSpec,
    letter: LetterSpec,
    document: Document,
    form: CompiledForm,
    inputs: dict[str, CompiledForm],
) -> Iterator[ContentError]:
    senders = [a for a in spec.workflow.actions if a.letter == letter.id]
    for where, text in texts_of(letter):
        for name in names_in(text):
            yield from _placeholder(name, where, document, form, senders, inputs)
    for index, row in enumerate(letter.rows):
        if row.show_when is None:
            continue
        for decided in [inputs.get(a.id) for a in senders] or [None]:
            try:
                environment(form, decided).compile(row.show_when, expects=ValueType.BOOLEAN)
            except ExpressionError as wrong:
                yield document.error(("rows", index, "show_when"), str(wrong))
                break
    if letter.table is not None:
        yield from _table(letter.table, document, form, senders, inputs)


def _table(
    table: LetterTable,
    document: Document,
    form: CompiledForm,
    senders: list[Action],
    inputs: dict[str, CompiledForm],
) -> Iterator[ContentError]:
    corrections = table.for_each == CORRECTIONS
    repeat = form.nodes.get(table.for_each)
    if not corrections and (repeat is None or not isinstance(repeat.field, RepeatField)):
        yield document.error(
            ("table", "for_each"), f"{table.for_each!r} is not a repeating group of the form"
        )
        return
    for index, column in enumerate(table.columns):
        where = ("table", "columns", index, "value")
        for name in names_in(column.value):
            inside = name.removeprefix("row.")
            if inside == name:
                yield from _placeholder(name, where, document, form, senders, inputs)
            elif not (
                inside in CORRECTION_COLUMNS
                if corrections
                else knows(form, f"{table.for_each}.*.{inside}")
            ):
                yield document.error(where, f"{table.for_each} has no {name!r}")


def _placeholder(
    name: str,
    where: Where,
    document: Document,
    form: CompiledForm,
    senders: list[Action],
    inputs: dict[str, CompiledForm],
) -> Iterator[ContentError]:
    head, _, rest = name.partition(".")
    if head == "case":
        if rest not in CASE_NAMES:
            yield document.error(where, f"case has no {rest!r}; it has {_list(CASE_NAMES)}")
    elif head == "city":
        if rest not in CITY_NAMES:
            yield document.error(where, f"city has no {rest!r}; it has {_list(CITY_NAMES)}")
    elif head == "decision":
        for action in senders:
            if rest == "reason" and action.reason:
                continue
            if action.id not in inputs or not knows(inputs[action.id], rest):
                yield document.error(where, f"the action {action.id!r} has no input {rest!r}")
        if not senders:
            yield document.error(where, "no action sends this letter, so nothing is decided")
    elif "*" in name or not knows(form, name):
        yield document.error(where, f"the form has no printable answer {name!r}")


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def where_of(form: FormSpec, path: str) -> Where:
    """Where the field ``path`` (``children.*.name``), ``page x`` or ``check x`` is in the file."""
    kind, _, name = path.partition(" ")
    if kind == "page":
        return next((("pages", i) for i, p in enumerate(form.pages) if p.id == name), ())
    if kind == "check":
        return next((("checks", i) for i, c in enumerate(form.checks) if c.id == name), ())
    keys = [part for part in path.split(".") if part != "*"]
    for index, page in enumerate(form.pages):
        found = _inside(page.fields, keys)
        if found:
            return ("pages", index, *found)
    return ()


def _inside(fields: tuple[Field, ...], keys: list[str]) -> Where:
    for index, field in enumerate(fields):
        if field.id != keys[0]:
            continue
        here: Where = ("fields", index)
        if len(keys) > 1 and isinstance(field, GroupField | RepeatField):
            return (*here, *_inside(field.fields, keys[1:]))
        return here
    return ()
