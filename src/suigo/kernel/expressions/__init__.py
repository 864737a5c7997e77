"""Conditions and computed values in content: Common Expression Language, type-checked when the
content is loaded, total at run time. See README.md for the functions a city can use."""

from suigo.kernel.expressions.environment import (
    Environment,
    Expression,
    ExpressionError,
    Outcome,
    ValueType,
)

__all__ = [
    "Environment",
    "Expression",
    "ExpressionError",
    "Outcome",
    "ValueType",
]
