"""Editing letters and the checklist as plain data."""

import re
from typing import Any

from suigo.services.builder.rules.package import Files
from suigo.services.builder.rules.questions import Data, NoSuchPlace, free_id
from suigo.services.builder.rules.words import made

_ROW = re.compile(r"^(?P<label>[^:：]+)[:：]\s*(?P<value>.*?)(?:\s*\[(?P<when>[^\[\]]+)\])?$")


def letter_names(files: Files) -> list[str]:
    """The letters of a package, without folder and ending."""
    return [
        name.removeprefix("letters/").removesuffix(".yaml")
        for name in sorted(files)
        if name.startswith("letters/")
    ]


def edited(letter: Data, given: dict[str, Any]) -> Data:
    """The letter with what was typed; its table and kind stay as they were."""
    changed = dict(letter)
    for key in ("title", "appeal", "reference", "addressee", "sender"):
        changed[key] = given[key] or None
    changed["paragraphs"] = paragraphs(given["paragraphs"])
    changed["after"] = paragraphs(given["after"])
    changed["rows"] = rows_of(given["rows"])
    changed["sample"] = "true" if given["sample"] else None
    return {key: value for key, value in changed.items() if value not in (None, "", {}, [])}


def paragraphs(text: str) -> list[str]:
    """Paragraphs are parted by an empty line."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def row_lines(rows: Any) -> str:
    """The lines of a letter's table as ``rows_of`` reads them."""
    lines = []
    for row in rows if isinstance(rows, list) else ():
        when = f" [{row['show_when']}]" if row.get("show_when") else ""
        lines.append(f"{row.get('label', '')}: {row.get('value', '')}{when}")
    return "\n".join(lines)


def rows_of(lines: str) -> list[Data]:
    """``見出し: 中身`` and, where it is not always printed, ``[条件]`` behind it."""
    rows = []
    for line in lines.splitlines():
        found = _ROW.match(line.strip())
        if found:
            row = {"label": found["label"].strip(), "value": found["value"].strip()}
            if found["when"]:
                row["show_when"] = found["when"].strip()
            rows.append(row)
        elif line.strip():
            rows.append({"label": line.strip(), "value": ""})
    return rows


def with_check(items: list[Data], place: str, given: dict[str, Any]) -> list[Data]:
    """The checklist with one check changed, or with a new one at the end for ``+``."""
    before = next((one for one in items if one.get("id") == place), {})
    check = {
        "title": made(given["title"], before.get("title")),
        "help": made(given["help"], before.get("help")),
        "article": given["article"] or None,
        "required": None if given["required"] else "false",
    }
    if place == "+":
        fresh = free_id("check", {str(one.get("id")) for one in items})
        return [*items, _clean({"id": fresh, **check})]
    if not before:
        raise NoSuchPlace(place)
    return [_clean({**one, **check}) if one.get("id") == place else one for one in items]


def moved_check(items: list[Data], place: str, op: str) -> list[Data]:
    """The checklist with one check moved up or down, or removed."""
    index = next((i for i, one in enumerate(items) if one.get("id") == place), None)
    if index is None:
        raise NoSuchPlace(place)
    changed = list(items)
    if op == "remove":
        del changed[index]
        return changed
    target = index + (-1 if op == "up" else 1)
    if 0 <= target < len(changed):
        changed[index], changed[target] = changed[target], changed[index]
    return changed


def _clean(data: Data) -> Data:
    return {key: value for key, value in data.items() if value not in (None, "", {}, [])}
