"""Letters: which placeholders exist, and a letter with its values filled in.

``{{ applicant.name }}`` is a path of the form, ``{{ decision.amount }}`` an input of the action
that sends the letter, ``{{ case.number }}`` a fact of the case, ``{{ city.name }}`` of the city.
The reason that an action asks for is ``{{ case.reason }}`` and, because it belongs to what was
decided, also ``{{ decision.reason }}``. Inside the table, ``{{ row.name }}`` is a field of the row.
What the clerk says about a correction as a whole is ``{{ case.message }}``, what was found about
the application's electronic signature ``{{ case.signature }}``. A paragraph that comes out empty is
left out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from suigo.engines.cases.spec import LetterSpec
from suigo.engines.forms.rules import (
    CompiledForm,
    Node,
    compile_form,
    display,
    evaluate,
    value_at,
)
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.compiling import ACCOUNT_PARTS, ADDRESS_PARTS, NAME_PARTS
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    Field,
    FormSpec,
    GroupField,
    MyNumberField,
    NameField,
    NoticeField,
    Page,
    RepeatField,
)
from suigo.kernel.content import Text
from suigo.kernel.expressions import Environment, Expression, ValueType

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_.*]+)\s*\}\}")
CASE_NAMES = frozenset(
    {
        "number",
        "title",
        "received_date",
        "decided_date",
        "due_date",
        "correction_due_date",
        "outcome",
        "department",
        "reason",
        "message",
        "signature",
    }
)
SIGNATURE = "case.signature"
# a table may list the answers to correct: {{ row.label }} and {{ row.message }}
CORRECTIONS = "case.corrections"
CORRECTION_COLUMNS = frozenset({"label", "message"})
CITY_NAMES = frozenset(
    {"name", "prefecture", "postal_code", "address", "phone", "mayor_title", "mayor_name"}
)
_PARTS: dict[type, tuple[str, ...]] = {
    NameField: NAME_PARTS,
    AddressField: ADDRESS_PARTS,
    BankAccountField: ACCOUNT_PARTS,
}


@dataclass(frozen=True, slots=True)
class LetterTableFilled:
    title: str | None
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FilledLetter:
    """A letter as it will be printed: no placeholders left."""

    id: str
    kind: str
    title: str
    language: str
    reference: str
    issued: date
    addressee: str
    sender: str | None
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    table: LetterTableFilled | None
    after: tuple[str, ...]
    appeal: str | None
    contact: bool
    sample: bool

    def content(self) -> dict[str, Any]:
        """The letter as plain data, to be kept."""
        return {**asdict(self), "issued": self.issued.isoformat()}

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> "FilledLetter":
        """The letter that ``content`` gave."""
        table = content["table"]
        return cls(
            **{
                **content,
                "issued": date.fromisoformat(content["issued"]),
                "paragraphs": tuple(content["paragraphs"]),
                "rows": tuple((label, value) for label, value in content["rows"]),
                "after": tuple(content["after"]),
                "table": None
                if table is None
                else LetterTableFilled(
                    title=table["title"],
                    columns=tuple(table["columns"]),
                    rows=tuple(tuple(row) for row in table["rows"]),
                ),
            }
        )


@lru_cache(maxsize=1024)
def compile_inputs(inputs: tuple[Field, ...]) -> CompiledForm:
    """An action's inputs as a form of one page. Raises ``FormErrors``."""
    title = Text.model_validate("決定の内容")
    return compile_form(FormSpec(pages=(Page(id="decision", title=title, fields=inputs),)))


def texts_of(letter: LetterSpec) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a letter that may hold placeholders, outside its table, and where it is."""
    for name in ("title", "reference", "addressee", "sender", "appeal"):
        text = getattr(letter, name)
        if text is not None:
            yield (name,), text
    for name in ("paragraphs", "after"):
        for index, text in enumerate(getattr(letter, name)):
            yield (name, index), text
    for index, row in enumerate(letter.rows):
        yield ("rows", index, "value"), row.value


def names_signature(letter: LetterSpec) -> bool:
    """Whether a letter says what was found about the electronic signature."""
    return any(SIGNATURE in names_in(text) for _where, text in texts_of(letter))


def names_in(text: str) -> list[str]:
    """The placeholders of a text, in order."""
    return PLACEHOLDER.findall(text)


def knows(form: CompiledForm, path: str) -> bool:
    """Whether ``path`` is an answer of the form that may be printed, or a part of one."""
    node, part = _split(form, path)
    if node is None or isinstance(
        node.field, GroupField | RepeatField | NoticeField | MyNumberField
    ):
        return False
    return part == "" or part in _PARTS.get(type(node.field), ())


def _split(form: CompiledForm, path: str) -> tuple[Node | None, str]:
    node = form.nodes.get(path)
    if node is not None:
        return node, ""
    head, _, part = path.rpartition(".")
    return form.nodes.get(head), part


def environment(form: CompiledForm, inputs: CompiledForm | None) -> Environment:
    """The names that a row's ``show_when`` may use: the form's, and ``decision.…``."""
    names: dict[str, ValueType] = dict(form.environment.names)
    if inputs is not None:
        names |= {f"decision.{n}": k for n, k in inputs.environment.names.items() if n != "today"}
    return Environment(names)


@lru_cache(maxsize=1024)
def _condition(source: str, names: tuple[tuple[str, ValueType], ...]) -> Expression:
    return Environment(dict(names)).compile(source, expects=ValueType.BOOLEAN)


def fill(
    letter: LetterSpec,
    *,
    form: CompiledForm,
    answers: Answers,
    inputs: CompiledForm | None,
    decision: Answers,
    facts: Mapping[str, str],
    issued: date,
    corrections: Sequence[Mapping[str, str]] = (),
) -> FilledLetter:
    """The letter for one case.

    ``facts`` holds ``case.…`` and ``city.…`` as text; ``corrections`` the label and message of
    each answer to correct. What was not answered prints as nothing.
    """
    language = letter.language

    def value_of(name: str) -> str:
        if name.startswith(("case.", "city.")):
            return facts.get(name, "")
        if name.startswith("decision."):
            path = name.removeprefix("decision.")
            if inputs is not None and knows(inputs, path):
                return _answer(inputs, decision, path, language)
            return facts.get(f"case.{path}", "")
        return _answer(form, answers, name, language)

    def filled(text: str) -> str:
        return _filled(text, value_of)

    values = dict(evaluate(form, answers, today=issued).values)
    if inputs is not None:
        known = evaluate(inputs, decision, today=issued).values
        values |= {f"decision.{name}": value for name, value in known.items()}
    names = tuple(environment(form, inputs).names.items())
    rows = tuple(
        (row.label, filled(row.value))
        for row in letter.rows
        if row.show_when is None or _condition(row.show_when, names).evaluate(values).holds
    )
    return FilledLetter(
        id=letter.id,
        kind=letter.kind,
        title=filled(letter.title),
        language=language,
        reference=filled(letter.reference or ""),
        issued=issued,
        addressee=filled(letter.addressee),
        sender=filled(letter.sender) if letter.sender else None,
        paragraphs=tuple(t for p in letter.paragraphs if (t := filled(p))),
        rows=rows,
        table=_table(letter, form, answers, value_of, corrections),
        after=tuple(t for p in letter.after if (t := filled(p))),
        appeal=filled(letter.appeal) if letter.appeal else None,
        contact=letter.contact,
        sample=letter.sample,
    )


def _filled(text: str, value_of: Callable[[str], str]) -> str:
    return PLACEHOLDER.sub(lambda found: value_of(found.group(1)), text)


def _table(
    letter: LetterSpec,
    form: CompiledForm,
    answers: Answers,
    value_of: Callable[[str], str],
    corrections: Sequence[Mapping[str, str]],
) -> LetterTableFilled | None:
    table = letter.table
    if table is None:
        return None
    listed: Any = corrections
    if table.for_each != CORRECTIONS:
        listed = value_at(answers, table.for_each)

    def in_row(index: int) -> Callable[[str], str]:
        def value(name: str) -> str:
            column = name.removeprefix("row.")
            if column == name:
                return value_of(name)
            if table.for_each == CORRECTIONS:
                return corrections[index].get(column, "")
            path = f"{table.for_each}.*.{column}"
            at = f"{table.for_each}.{index}.{column}"
            return _answer(form, answers, path, letter.language, at=at)

        return value

    return LetterTableFilled(
        title=table.title,
        columns=tuple(column.label for column in table.columns),
        rows=tuple(
            tuple(_filled(column.value, in_row(index)) for column in table.columns)
            for index in range(len(listed) if isinstance(listed, list | tuple) else 0)
        ),
    )


def _answer(
    form: CompiledForm, answers: Answers, path: str, language: str, at: str | None = None
) -> str:
    node, part = _split(form, path)
    if node is None:
        return ""
    value: Any = value_at(answers, at or path)
    if part:
        return "" if value is None else str(value)
    if isinstance(node.field, NameField) and isinstance(value, dict):
        # a letter is addressed to the name alone; the reading is for the file
        return f"{value.get('family', '')}　{value.get('given', '')}".strip("　")
    return display(node.field, value, language)
