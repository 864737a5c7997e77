"""From a definition to something that runs: every expression type-checked, every name known."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from suigo.engines.forms.rules.answers import is_row
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    Check,
    ChoiceField,
    ChoicesField,
    ComputedField,
    Condition,
    ConsentField,
    DateField,
    EmailField,
    Field,
    FileField,
    FormSpec,
    GroupField,
    KanaField,
    MoneyField,
    MultilineField,
    MyNumberField,
    NameField,
    NoticeField,
    NumberField,
    PhoneField,
    RepeatField,
    TextField,
    YesNoField,
)
from suigo.engines.forms.spec.fields import AnswerField, BaseField
from suigo.kernel.expressions import Environment, Expression, ExpressionError, ValueType

NAME_PARTS = ("family", "given", "family_kana", "given_kana")
ADDRESS_PARTS = ("postal_code", "prefecture", "city", "town", "block", "building")
ACCOUNT_PARTS = (
    "bank_code",
    "bank_name",
    "branch_code",
    "branch_name",
    "account_type",
    "number",
    "holder_kana",
)
NESTED_REPEAT = re.compile(r"\([^()]*[*+}][^()]*\)[*+{]")
COMPUTED_TYPES = {
    "money": ValueType.INTEGER,
    "integer": ValueType.INTEGER,
    "text": ValueType.TEXT,
    "date": ValueType.DATE,
    "boolean": ValueType.BOOLEAN,
}


class FormErrors(ValueError):
    """What is wrong with a form. Each fault is ``(path, message)``."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {message}" for path, message in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Node:
    """A field in its place. In a repeat, ``path`` has ``*`` for the number of the row."""

    field: Field
    path: str
    page: str
    show: Expression | None
    require: Expression | None
    value: Expression | None
    children: tuple["Node", ...] = ()
    takes: Expression | None = None

    def walk(self) -> Iterator["Node"]:
        """This node and every one below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class CompiledPage:
    id: str
    show: Expression | None
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    check: Check
    when: Expression


@dataclass(frozen=True, slots=True)
class CompiledForm:
    """A form ready to use. Made once per definition and shared by all threads."""

    spec: FormSpec
    pages: tuple[CompiledPage, ...]
    checks: tuple[CompiledCheck, ...]
    environment: Environment
    nodes: dict[str, Node]
    affecting: frozenset[str]

    def page(self, page_id: str) -> CompiledPage:
        """The page with this id. Raises ``KeyError``."""
        for page in self.pages:
            if page.id == page_id:
                return page
        raise KeyError(page_id)

    def node_at(self, path: str) -> Node | None:
        """The field at a concrete path (``children.0.name``), None when the form has none."""
        return self.nodes.get(template_path(path))


def fact_of(field: BaseField) -> str | None:
    """The fact that a field asks for, None when its answer is this application's alone."""
    if isinstance(field, RepeatField):
        return field.fact
    if not isinstance(field, AnswerField):
        return None
    if field.fact is None and field.prefill is not None:
        return field.prefill.replace("profile.", "person.", 1)
    return field.fact


def list_of(field: BaseField) -> str | None:
    """The known list of which a group is about one member, None for any other field."""
    if not isinstance(field, GroupField) or field.fact is None:
        return None
    return field.fact.removesuffix("[]")


def parts_of(node: Node) -> dict[str, str]:
    """The fields of a repeat, or of a group about one of a list, by the part they ask for."""
    keys = ((fact_of(child.field), child.field.id) for child in node.children)
    return {key: field_id for key, field_id in keys if key is not None and "." not in key}


def template_path(path: str) -> str:
    """``children.0.name`` is ``children.*.name`` in the definition."""
    return ".".join("*" if is_row(part) else part for part in path.split("."))


def names_of(field: Field, path: str) -> dict[str, ValueType]:
    """The names that an expression can use for ``field``, with their types."""
    match field:
        case NameField():
            return {f"{path}.{part}": ValueType.TEXT for part in NAME_PARTS}
        case AddressField():
            return {f"{path}.{part}": ValueType.TEXT for part in ADDRESS_PARTS}
        case BankAccountField():
            return {f"{path}.{part}": ValueType.TEXT for part in ACCOUNT_PARTS}
        case TextField() | MultilineField() | KanaField() | PhoneField() | EmailField():
            return {path: ValueType.TEXT}
        case ChoiceField():
            return {path: ValueType.TEXT}
        case DateField():
            return {path: ValueType.DATE}
        case MoneyField() | NumberField():
            return {path: ValueType.INTEGER}
        case YesNoField() | ConsentField():
            return {path: ValueType.BOOLEAN}
        case ChoicesField():
            return {path: ValueType.TEXTS}
        case MyNumberField():
            return {f"{path}.entered": ValueType.BOOLEAN}
        case FileField():
            return {f"{path}.count": ValueType.INTEGER}
        case ComputedField():
            return {path: COMPUTED_TYPES[field.type]}
        case RepeatField():
            return {path: ValueType.RECORDS} | {
                f"{path}.{name}": kind.listed
                for name, kind in row_names(field).items()
                if kind.listed is not None
            }
        case GroupField():
            return {
                name: kind
                for child in field.fields
                for name, kind in names_of(child, f"{path}.{child.id}").items()
            }
        case NoticeField():
            return {}


def row_names(field: RepeatField) -> dict[str, ValueType]:
    """The names inside one row, without the ``row.`` in front."""
    return {
        name: kind for child in field.fields for name, kind in names_of(child, child.id).items()
    }


def compile_form(spec: FormSpec) -> CompiledForm:
    """Check and prepare a form. Raises ``FormErrors`` naming every fault at once."""
    return _Compiler(spec).run()


def _is_repeat(field: Field) -> TypeGuard[RepeatField]:
    return isinstance(field, RepeatField)


class _Compiler:
    def __init__(self, spec: FormSpec) -> None:
        self.spec = spec
        self.faults: list[tuple[str, str]] = []
        names: dict[str, ValueType] = {"today": ValueType.DATE}
        for page in spec.pages:
            for field in page.fields:
                names.update(names_of(field, field.id))
        self.records = {
            **{f.id: row_names(f) for p in spec.pages for f in p.fields if _is_repeat(f)},
            **{
                f"{path}.{f.id}": row_names(f)
                for path, fields in spec.nested()
                for f in fields
                if _is_repeat(f)
            },
        }
        self.environment = Environment(names, self.records)
        self.declared = {"today"}
        self.affecting: set[str] = set()

    def run(self) -> CompiledForm:
        pages = []
        for page in self.spec.pages:
            show = self._condition(page.show_when, self.environment, f"page {page.id}")
            nodes = tuple(self._node(f, f.id, page.id, self.environment) for f in page.fields)
            pages.append(CompiledPage(id=page.id, show=show, nodes=nodes))
        index = {n.path: n for p in pages for top in p.nodes for n in top.walk()}
        checks = tuple(self._check(check, index) for check in self.spec.checks)
        if self.faults:
            raise FormErrors(self.faults)
        return CompiledForm(
            spec=self.spec,
            pages=tuple(pages),
            checks=tuple(c for c in checks if c is not None),
            environment=self.environment,
            nodes=index,
            affecting=frozenset(self.affecting),
        )

    def _node(self, field: Field, path: str, page: str, env: Environment) -> Node:
        show = self._condition(field.show_when, env, path)
        require = takes = None
        if isinstance(field, TextField) and field.pattern is not None:
            self._pattern(field.pattern, path)
        if isinstance(field, AnswerField):
            require = self._condition(field.require_when, env, path)
            takes = self._condition(field.fact_when, env, path)
            self._fact(field, path)
        children: tuple[Node, ...] = ()
        if isinstance(field, GroupField):
            self._member(field, path)
            children = tuple(self._node(f, f"{path}.{f.id}", page, env) for f in field.fields)
        elif isinstance(field, RepeatField):
            children = self._rows(field, path, page)
        value = None
        if isinstance(field, ComputedField):
            value = self._expression(field.value, COMPUTED_TYPES[field.type], env, path)
        self.declared.update(names_of(field, path))
        return Node(field, path, page, show, require, value, children, takes)

    def _rows(self, field: RepeatField, path: str, page: str) -> tuple[Node, ...]:
        if "*" in path:
            self.faults.append((path, "a repeat inside a repeat is not supported"))
            return ()
        if field.at_least > field.at_most:
            self.faults.append((path, "at_least is more than at_most"))
        own = {f"row.{name}": kind for name, kind in row_names(field).items()}
        env = Environment({**self.environment.names, **own}, self.records)
        nodes = []
        for child in field.fields:
            node = self._node(child, f"{path}.*.{child.id}", page, env)
            self.declared.update(names_of(child, f"row.{child.id}"))
            nodes.append(node)
        self.declared -= own.keys()
        return tuple(nodes)

    def _fact(self, field: AnswerField, path: str) -> None:
        """What is known may fill a field in only where everybody sees whose it is."""
        if field.fact is not None and field.prefill is not None:
            self.faults.append((path, "say fact or prefill, not both"))
        if fact_of(field) is None:
            for word in ("fact_when", "locked", "checked_by_city"):
                if getattr(field, word):
                    self.faults.append((path, f"{word} needs a fact"))
        elif isinstance(field, MyNumberField | FileField | ConsentField):
            self.faults.append((path, f"the answer to a {field.kind} is never reused"))
        if field.locked and "*" in path:
            self.faults.append((path, "a row of a repeat can't be locked"))

    def _member(self, field: GroupField, path: str) -> None:
        """A group about one of a list: everybody sees which, and nothing of it is held."""
        if field.fact is None:
            if field.item is not None:
                self.faults.append((path, "item needs a fact such as household.children[]"))
            return
        if "*" in path:
            self.faults.append((path, "a group in a row can't be about one of a known list"))
        if field.item is None:
            self.faults.append((path, "say in item what one of the list is called"))
        for child in field.fields:
            key = fact_of(child)
            if key is None or "." in key or not isinstance(child, AnswerField):
                continue
            for word in ("fact_when", "locked", "checked_by_city"):
                if getattr(child, word):
                    self.faults.append((f"{path}.{child.id}", f"{word} is not for one of a list"))

    def _pattern(self, pattern: str, path: str) -> None:
        """A pattern runs on what strangers type, so one that can take for ever is refused."""
        try:
            re.compile(pattern)
        except re.error as wrong:
            self.faults.append((path, f"pattern: {wrong}"))
        if NESTED_REPEAT.search(pattern):
            self.faults.append((path, "pattern: a repeat inside a repeated group may never end"))

    def _condition(
        self, condition: Condition | None, env: Environment, path: str
    ) -> Expression | None:
        if condition is None:
            return None
        return self._expression(condition.when, ValueType.BOOLEAN, env, path)

    def _expression(
        self, source: str, expects: ValueType, env: Environment, path: str
    ) -> Expression | None:
        try:
            expression = env.compile(source, expects=expects)
        except ExpressionError as wrong:
            self.faults.append((path, str(wrong)))
            return None
        for name in expression.names:
            if name not in self.declared:
                self.faults.append((path, f"uses {name}, which is asked later"))
        self.affecting.update(expression.names)
        return expression

    def _check(self, check: Check, index: dict[str, Node]) -> CompiledCheck | None:
        if check.field not in index:
            self.faults.append((f"check {check.id}", f"no field {check.field!r}"))
        when = self._expression(
            check.when, ValueType.BOOLEAN, self.environment, f"check {check.id}"
        )
        return CompiledCheck(check, when) if when is not None else None
