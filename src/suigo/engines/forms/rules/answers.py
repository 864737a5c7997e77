"""Reaching into answers by path: ``children.0.name.family``."""

from typing import Any

Answers = dict[str, Any]


def is_row(part: str) -> bool:
    """Whether a part of a path counts a row: ASCII digits, and not absurdly many."""
    return part.isascii() and part.isdecimal() and len(part) <= 6


def value_at(answers: Any, path: str) -> Any:
    """The value at ``path``, or None where nothing was answered."""
    current = answers
    for part in path.split("."):
        if isinstance(current, dict):
            current = current.get(part)
        elif isinstance(current, list) and is_row(part) and int(part) < len(current):
            current = current[int(part)]
        else:
            return None
    return current


def replace_at(answers: Answers, path: str, value: Any) -> Answers:
    """A copy of ``answers`` with ``value`` at ``path``; objects on the way are made as needed.

    Raises ``IndexError`` for a row that does not exist.
    """
    head, _, rest = path.partition(".")
    copy = dict(answers)
    copy[head] = _replaced(copy.get(head), rest, value)
    return copy


def _replaced(current: Any, path: str, value: Any) -> Any:
    if not path:
        return value
    head, _, rest = path.partition(".")
    if is_row(head):
        rows = list(current) if isinstance(current, list) else []
        rows[int(head)] = _replaced(rows[int(head)], rest, value)
        return rows
    inner = dict(current) if isinstance(current, dict) else {}
    inner[head] = _replaced(inner.get(head), rest, value)
    return inner


def is_empty(value: Any) -> bool:
    """Whether nothing was answered. False and 0 are answers."""
    if isinstance(value, dict):
        return all(is_empty(inner) for inner in value.values())
    return value is None or value == "" or value == []
