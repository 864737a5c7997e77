"""Giving a field another id, and with it every rule and letter that names it."""

import re
from typing import Any

from suigo.services.builder.rules.package import Files, readable, replaced
from suigo.services.builder.rules.questions import Data, found, questions
from suigo.services.builder.rules.questions import replaced as put

_QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*')")
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_.*]+)\s*\}\}")


class IdTaken(ValueError):
    """Another field beside it has the id already."""


def renamed(files: Files, place: str, new_id: str) -> dict[str, str]:
    """The files with the field at ``place`` called ``new_id`` everywhere.

    Raises ``NoSuchPlace``; ``IdTaken`` when the id is taken beside it.
    """
    form = readable(files, "form.yaml")
    old = next(q.path for q in questions(form) if q.place == place)
    head = old.rpartition(".")[0]
    new = f"{head}.{new_id}" if head else new_id
    if any(q.path == new for q in questions(form)):
        raise IdTaken(new)
    field = dict(found(form, place))
    field["id"] = new_id
    form = put(form, place, field)
    repeat, _star, inside = old.partition(".*.")
    spellings = {old: new, old.replace(".*", ""): new.replace(".*", "")}
    in_row = {f"row.{inside}": f"row.{new.partition('.*.')[2]}"} if inside else {}
    form = _in_form(form, spellings, in_row, repeat if inside else "")
    changed = replaced(files, "form.yaml", form)
    service = readable(files, "service.yaml")
    renamed_service = _paths(service, spellings)
    if renamed_service != service:
        changed = replaced(changed, "service.yaml", renamed_service)
    for name in files:
        if name.startswith("letters/"):
            letter = readable(files, name)
            table = letter.get("table")
            same = isinstance(table, dict) and inside and table.get("for_each") == repeat
            names = {**spellings, **(in_row if same else {})}
            letter_now = _letter(letter, names)
            if letter_now != letter:
                changed = replaced(changed, name, letter_now)
    return changed


def _expression(source: str, names: dict[str, str]) -> str:
    parts = _QUOTED.split(source)
    return "".join(part if index % 2 else _names(part, names) for index, part in enumerate(parts))


def _names(text: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        text = re.sub(rf"(?<![\w.]){re.escape(old)}(?![\w])", new, text)
    return text


def _in_form(form: Data, names: dict[str, str], in_row: dict[str, str], repeat: str) -> Data:
    def walk(value: Any, key: str, path: str) -> Any:
        if isinstance(value, dict):
            here = path
            if "kind" in value and "id" in value:
                here = f"{path}.{value['id']}" if path else str(value["id"])
            return {k: walk(v, k, here) for k, v in value.items()}
        if isinstance(value, list):
            return [walk(v, key, path) for v in value]
        if key in {"show_when", "require_when", "when", "value"}:
            inside = bool(repeat) and path.startswith(f"{repeat}.")
            return _expression(value, {**names, **(in_row if inside else {})})
        if key == "field":
            return names.get(value, value)
        return value

    changed: Data = walk(form, "", "")
    return changed


def _paths(service: Data, names: dict[str, str]) -> Data:
    def renamed_path(path: Any) -> Any:
        if not isinstance(path, str):
            return path
        for old, new in names.items():
            if path == old or path.startswith(f"{old}."):
                return new + path[len(old) :]
        return path

    changed = dict(service)
    for key in ("applicant_name", "duplicate_by", "open_data_columns"):
        if isinstance(changed.get(key), list):
            changed[key] = [renamed_path(path) for path in changed[key]]
        elif key in changed:
            changed[key] = renamed_path(changed[key])
    counted = changed.get("counted_deadline")
    if isinstance(counted, dict) and "from_field" in counted:
        changed["counted_deadline"] = {
            **counted,
            "from_field": renamed_path(counted["from_field"]),
        }
    return changed


def _letter(letter: Any, names: dict[str, str], key: str = "") -> Any:
    if isinstance(letter, dict):
        return {k: _letter(v, names, k) for k, v in letter.items()}
    if isinstance(letter, list):
        return [_letter(v, names, key) for v in letter]
    if not isinstance(letter, str):
        return letter
    if key == "show_when":
        return _expression(letter, names)
    if key == "for_each":
        return names.get(letter, letter)
    return _PLACEHOLDER.sub(lambda found: "{{ " + _names(found.group(1), names) + " }}", letter)
