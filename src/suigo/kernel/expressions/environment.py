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
MISSING_NAME = re.compile(r'No value with name "([^"]+)" found|no such key: ?"?([^"\s]+)')


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
    RECORDS = "records"

    @property
    def cel_type(self) -> cel.Type:
        return _CEL_TYPES[self]


_CEL_TYPES: dict[ValueType, cel.Type] = {
    ValueType.TEXT: cel.Type.STRING,
    ValueType.INTEGER: cel.Type.INT,
    ValueType.DECIMAL: cel.Type.DOUBLE,
    ValueType.BOOLEAN: cel.Type.BOOL,
    ValueType.DATE: cel.Type.TIMESTAMP,
    ValueType.TEXTS: cel.Type.List(cel.Type.STRING),
    ValueType.RECORDS: cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN)),
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
    """The names that the expressions of one definition may use, with their types."""

    def __init__(self, names: Mapping[str, ValueType]) -> None:
        self.names = dict(names)

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
        return Expression(source=source, names=self._names_in(source), compiled=compiled)

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


def _undetermined(message: str) -> Outcome:
    found = MISSING_NAME.search(message)
    missing = tuple(name for name in found.groups() if name) if found else ()
    return Outcome(value=None, determined=False, missing=missing)


def _to_cel(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, list):
        return [_to_cel(item) for item in value]
    if isinstance(value, dict):
        return {key: _to_cel(item) for key, item in value.items() if item is not None}
    return value


def _from_cel(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _plain(message: str) -> str:
    """The checker's message without its internal marks."""
    first = message.removeprefix("INVALID_ARGUMENT: ").split("\n")[0]
    return re.sub(r"^ERROR: <input>:(\d+):(\d+): ", r"column \2: ", first)
