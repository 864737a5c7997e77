"""Texts of a package as plain data: ``文字列`` or ``{ja: …, easy: …, en: …}``."""

from collections.abc import Iterator
from typing import Any

LANGUAGES = ("ja", "easy", "en")
Where = tuple[str | int, ...]


def text_of(value: Any, language: str = "ja") -> str:
    """The text in ``language``; '' when there is none."""
    if isinstance(value, str):
        return value if language == "ja" else ""
    if isinstance(value, dict):
        found = value.get(language)
        return found if isinstance(found, str) else ""
    return ""


def label_of(field: dict[str, Any]) -> str:
    """What people call a field: its label, else its id."""
    return text_of(field.get("label")) or str(field.get("id", ""))


def made(texts: dict[str, str], before: Any = None) -> dict[str, str] | None:
    """A text from what was typed; None when nothing was. Languages that the screens don't ask for
    stay as they were in ``before``."""
    typed = {key: texts[key].strip() for key in LANGUAGES if texts.get(key, "").strip()}
    others = before if isinstance(before, dict) else {}
    kept = {key: text for key, text in others.items() if key not in LANGUAGES}
    return {**typed, **kept} if typed else None


def is_text(value: Any) -> bool:
    """Whether a piece of data is a text in several languages."""
    return (
        isinstance(value, dict)
        and "ja" in value
        and all(isinstance(part, str) for part in value.values())
    )


def texts_in(value: Any, where: Where = ()) -> Iterator[tuple[Where, dict[str, str]]]:
    """Every text in several languages, and where it stands."""
    if is_text(value):
        yield where, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from texts_in(part, (*where, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from texts_in(part, (*where, index))
