"""Typed evaluation of expressions through Google's CEL (cel-expr-python).

Every name an expression may use is declared with a type, so a misspelt field or a comparison of
a date with a number is found when the content is loaded, with the reason. At run time a value
that nobody has entered yet is simply absent; what depends on it is *undetermined*, never an
error page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cached_property
from typing import Any

from cel_expr_python import cel

from suigo.kernel.expressions.functions import CITY_FUNCTIONS

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
TEXT_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
MISSING_NAME = re.compile(r'No value with name "([^"]+)" found|Key not found in map : "([^"]+)"')


class ExpressionError(ValueError):
    """The expression is not well formed or not well typed. The message names the place."""


class ValueType(Enum):
    """What a declared name holds. Money and numbers are integers; dates are whole days."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TEXTS = "texts"
    INTEGERS = "integers"
    BOOLEANS = "booleans"
    DATES = "dates"
    RECORDS = "records"

    @property
    def cel_type(self) -> cel.Type:
        return _CEL_TYPES[self]

    @property
    def listed(self) -> "ValueType | None":
        """The type of a column of such values, where there is one."""
        return _COLUMNS.get(self)


_CEL_TYPES: dict[ValueType, cel.Type] = {
    ValueType.TEXT: cel.Type.STRING,
    ValueType.INTEGER: cel.Type.INT,
    ValueType.DECIMAL: cel.Type.DOUBLE,
    ValueType.BOOLEAN: cel.Type.BOOL,
    ValueType.DATE: cel.Type.TIMESTAMP,
    ValueType.TEXTS: cel.Type.List(cel.Type.STRING),
    ValueType.INTEGERS: cel.Type.List(cel.Type.INT),
    ValueType.BOOLEANS: cel.Type.List(cel.Type.BOOL),
    ValueType.DATES: cel.Type.List(cel.Type.TIMESTAMP),
    ValueType.RECORDS: cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN)),
}

_COLUMNS = {
    ValueType.TEXT: ValueType.TEXTS,
    ValueType.INTEGER: ValueType.INTEGERS,
    ValueType.BOOLEAN: ValueType.BOOLEANS,
    ValueType.DATE: ValueType.DATES,
}
_SAMPLES: dict[ValueType, Any] = {
    ValueType.TEXT: "2000-01-01",
    ValueType.INTEGER: 1,
    ValueType.DECIMAL: 1.0,
    ValueType.BOOLEAN: True,
    ValueType.DATE: date(2000, 1, 1),
    ValueType.TEXTS: ["2000-01-01"],
    ValueType.INTEGERS: [1],
    ValueType.BOOLEANS: [True],
    ValueType.DATES: [date(2000, 1, 1)],
    ValueType.RECORDS: [],
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an evaluation. ``missing`` names the values that would have decided it."""

    value: Any
    determined: bool
    missing: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """True only for a condition that is determined and true."""
        return self.determined and self.value is True


class Environment:
    """The names that the expressions of one definition may use, with their types.

    ``records`` gives, for each name of type RECORDS, the fields of one record. The checker can't
    see into records, so every expression is also tried once on samples when it is compiled.
    """

    def __init__(
        self,
        names: Mapping[str, ValueType],
        records: Mapping[str, Mapping[str, ValueType]] | None = None,
    ) -> None:
        self.names = dict(names)
        self.records = {name: dict(fields) for name, fields in (records or {}).items()}

    @cached_property
    def _env(self) -> cel.Env:
        return cel.NewEnv(
            variables={name: kind.cel_type for name, kind in self.names.items()},
            functions=CITY_FUNCTIONS,
        )

    def compile(self, source: str, *, expects: ValueType) -> "Expression":
        """Check ``source`` and make it ready to evaluate. Raises ``ExpressionError``."""
        try:
            compiled = self._env.compile(source)
        except RuntimeError as wrong:
            raise ExpressionError(_plain(str(wrong))) from wrong
        found = compiled.return_type()
        if not expects.cel_type.is_assignable_from(found):
            raise ExpressionError(f"gives {found.name()}, expected {expects.value}: {source}")
        expression = Expression(source=source, names=self._names_in(source), compiled=compiled)
        for truth in (True, False):
            self._try(expression, truth=truth)
        return expression

    def _try(self, expression: "Expression", *, truth: bool) -> None:
        """Raises ``ExpressionError`` when types do not fit inside records."""
        values: dict[str, Any] = {}
        for name in expression.names:
            kind = self.names[name]
            values[name] = truth if kind is ValueType.BOOLEAN else _SAMPLES[kind]
            if kind is ValueType.RECORDS:
                values[name] = [_sample_record(self.records.get(name, {}))]
        message = expression.trial(values)
        if "No matching overload" in message or "Key not found" in message:
            raise ExpressionError(f"types do not fit: {message}: {expression.source}")

    def _names_in(self, source: str) -> tuple[str, ...]:
        """The declared names that ``source`` uses (text literals are left out)."""
        used: dict[str, None] = {}
        for token in IDENTIFIER.findall(TEXT_LITERAL.sub("''", source)):
            parts = token.split(".")
            for length in range(len(parts), 0, -1):
                name = ".".join(parts[:length])
                if name in self.names:
                    used[name] = None
                    break
        return tuple(used)


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression. ``names`` are the declared names it depends on."""

    source: str
    names: tuple[str, ...]
    compiled: cel.Expression

    def evaluate(self, values: Mapping[str, Any]) -> Outcome:
        """Evaluate over ``values``; never raises on what a person entered.

        A name that is absent from ``values``, or None, is unanswered.
        """
        data = {name: _to_cel(values[name]) for name in self.names if values.get(name) is not None}
        try:
            result = self.compiled.eval(data=data)
        except (RuntimeError, TypeError, ValueError, OverflowError) as failed:
            return _undetermined(str(failed))
        value = result.plain_value()
        if result.type() == cel.Type.ERROR:
            return _undetermined(str(value))
        return Outcome(value=_from_cel(value), determined=True)

    def trial(self, values: Mapping[str, Any]) -> str:
        """The evaluator's own words when ``values`` do not fit, '' when they do."""
        result = self.compiled.eval(data=self._data(values))
        return str(result.plain_value()) if result.type() == cel.Type.ERROR else ""

    def _data(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: _to_cel(values[name]) for name in self.names if values.get(name) is not None}


def _sample_record(fields: Mapping[str, ValueType]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, kind in fields.items():
        *parents, last = name.split(".")
        target = record
        for parent in parents:
            target = target.setdefault(parent, {})
        target[last] = _SAMPLES[kind]
    return record


def _undetermined(message: str) -> Outcome:
    found = MISSING_NAME.search(message)
    missing = tuple(name for name in found.groups() if name) if found else ()
    return Outcome(value=None, determined=False, missing=missing)


def _to_cel(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, list):
        return [_in_list(item) for item in value]
    return value


def _in_list(value: Any) -> Any:
    """A day inside a record is ISO text, because records are untyped: ``date(row.birth_date)``."""
    if isinstance(value, dict):
        return {key: _in_record(item) for key, item in value.items() if item is not None}
    return _to_cel(value)


def _in_record(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return _in_list(value)


def _from_cel(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _plain(message: str) -> str:
    """The checker's message without its internal marks."""
    first = message.removeprefix("INVALID_ARGUMENT: ").split("\n")[0]
    return re.sub(r"^ERROR: <input>:(\d+):(\d+): ", r"column \2: ", first)
