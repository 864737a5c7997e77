"""Cases as they travel to another node, which has keys of its own."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

# The holder of a case whose applicant is on another node, in the place of a browser's secret: no
# browser has it, because sessions make their own.
ELSEWHERE = "the applicant is on the other node"
ELSEWHERE_DIGEST = sha256(ELSEWHERE.encode()).hexdigest()
MY_NUMBER_PURPOSE = "cases.my-number"  # what a 個人番号 is sealed for
SEALED = "sealed"
OPENED = "opened"
KEPT = "kept"
SEALED_DIGEST = "sealed_sha256"  # as a signed document has it


def opened(values: Any, open_number: Callable[[str], str]) -> Any:
    """The same values with every sealed 個人番号 in clear: for what is encrypted as a whole."""
    return _with(values, SEALED, OPENED, open_number)


def sealed(values: Any, seal_number: Callable[[str], str]) -> Any:
    """The same values with every 個人番号 sealed by this node."""
    return _with(values, OPENED, SEALED, seal_number)


def hidden(values: Any) -> Any:
    """The same values without any 個人番号: whoever has the case has them already."""
    return _with(values, SEALED, KEPT, lambda _token: "")


def without_numbers(values: Any) -> Any:
    """The same values with only that there is a 個人番号, however each side holds it."""
    if isinstance(values, dict):
        if set(values) in ({SEALED}, {OPENED}, {SEALED_DIGEST}):
            return {KEPT: ""}
        return {key: without_numbers(value) for key, value in values.items()}
    return [without_numbers(v) for v in values] if isinstance(values, list) else values


def restored(values: Any, own: Any) -> Any:
    """``hidden`` values with the 個人番号 that stand at the same place among one's ``own``."""
    if isinstance(values, dict):
        if set(values) == {KEPT}:
            return own if isinstance(own, dict) and set(own) == {SEALED} else None
        mine = own if isinstance(own, dict) else {}
        return {key: restored(value, mine.get(key)) for key, value in values.items()}
    if isinstance(values, list):
        there = own if isinstance(own, list) else []
        return [
            restored(value, there[i] if i < len(there) else None) for i, value in enumerate(values)
        ]
    return values


def _with(values: Any, before: str, after: str, change: Callable[[str], str]) -> Any:
    if isinstance(values, dict):
        if set(values) == {before} and isinstance(values[before], str):
            return {after: change(values[before])}
        return {key: _with(value, before, after, change) for key, value in values.items()}
    if isinstance(values, list):
        return [_with(value, before, after, change) for value in values]
    return values
