"""Answers as they may leave the program: a sealed value shows only that it is there."""

from typing import Any


def veiled(value: Any) -> Any:
    """A copy of ``value`` in which every sealed 個人番号 reads ``{"entered": true}``."""
    if isinstance(value, dict):
        if "sealed" in value:
            return {"entered": True}
        return {key: veiled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [veiled(inner) for inner in value]
    return value
