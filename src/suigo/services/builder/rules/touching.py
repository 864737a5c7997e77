"""Which rules touch a field: conditions, computed values, checks, letters, and the service itself.

Works on plain data, so that it also answers while a draft is still broken.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from suigo.services.builder.rules.package import Files, readable
from suigo.services.builder.rules.questions import Data, pages, questions
from suigo.services.builder.rules.words import label_of, text_of

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.(?:\*|[A-Za-z_][A-Za-z0-9_]*))*")
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_.*]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Touch:
    """One rule that looks at a field. ``what`` names the sort of rule (a key of ``web``'s
    words), ``where`` is what people call the thing that has the rule, ``rule`` the rule itself."""

    what: str
    where: str
    rule: str


def names_in(expression: str) -> set[str]:
    """The names an expression uses, words in quotes aside."""
    return set(_NAME.findall(_TEXT.sub('""', expression)))


class Touching:
    """Every rule of a package, read once, to be asked about one field after the other."""

    def __init__(self, files: Files) -> None:
        self._all = list(_rules(files))

    def of(self, path: str) -> list[Touch]:
        """The rules that look at the field at ``path`` (``children.*.name`` in a repeat)."""
        return [touch for touch, names, inside in self._all if _uses(names, inside, path)]


def _uses(names: set[str], repeat: str, path: str) -> bool:
    """``repeat`` is the path of the repeat that the rule stands in, '' outside."""
    spelt = {path, path.replace(".*", "")}
    if repeat and path.startswith(f"{repeat}.*."):
        spelt.add(f"row.{path.removeprefix(f'{repeat}.*.')}")
    return any(name == one or name.startswith(f"{one}.") for name in names for one in spelt)


def _rules(files: Files) -> Iterator[tuple[Touch, set[str], str]]:
    form = readable(files, "form.yaml")
    for page in pages(form):
        if source := _condition(page.get("show_when")):
            yield Touch("page", text_of(page.get("title")), source), names_in(source), ""
    for question in questions(form):
        data, label = question.data, label_of(question.data)
        repeat = question.path.partition(".*.")[0] if ".*." in question.path else ""
        for key in ("show_when", "require_when"):
            if source := _condition(data.get(key)):
                yield Touch(key, label, source), names_in(source), repeat
        if data.get("kind") == "computed" and isinstance(data.get("value"), str):
            yield Touch("computed", label, data["value"]), names_in(data["value"]), repeat
        if data.get("open_data") == "true":
            yield Touch("open_data", label, question.path), {question.path}, ""
    for check in _listed(form.get("checks")):
        source = str(check.get("when", ""))
        names = names_in(source) | {str(check.get("field", ""))}
        yield Touch("check", text_of(check.get("message")), source), names, ""
    yield from _service_rules(readable(files, "service.yaml"))
    for name in sorted(files):
        if name.startswith("letters/"):
            yield from _letter_rules(readable(files, name))


def _service_rules(service: Data) -> Iterator[tuple[Touch, set[str], str]]:
    applicant = service.get("applicant_name") or "applicant.name"
    yield Touch("applicant_name", "", str(applicant)), {str(applicant)}, ""
    for key in ("duplicate_by", "open_data_columns"):
        for path in service.get(key) or ():
            yield Touch(key, "", str(path)), {str(path)}, ""
    counted = service.get("counted_deadline")
    if isinstance(counted, dict) and counted.get("from_field"):
        yield Touch("deadline", "", str(counted["from_field"])), {str(counted["from_field"])}, ""


def _letter_rules(letter: Data) -> Iterator[tuple[Touch, set[str], str]]:
    title = text_of(letter.get("title"))
    table = letter.get("table")
    repeat = str(table.get("for_each", "")) if isinstance(table, dict) else ""
    for text in _texts(letter):
        if names := set(_PLACEHOLDER.findall(text)):
            yield Touch("letter", title, text), names, repeat
    for row in _listed(letter.get("rows")):
        if source := _condition(row.get("show_when")):
            yield Touch("letter", title, source), names_in(source), ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _condition(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("when")
    return value if isinstance(value, str) else ""


def _listed(value: Any) -> list[Data]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
