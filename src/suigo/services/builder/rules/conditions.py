"""Conditions without writing an expression: 「マイクロチップが入っていますか」が「はい」のとき.

Each answer that an earlier question can have gives a ready-made condition; a number gives two with
a limit. Whatever else stands in a package is kept and shown as the expression it is.
"""

import re
from dataclasses import dataclass
from typing import Literal

from suigo.services.builder.rules.questions import Data, Question, questions
from suigo.services.builder.rules.words import label_of, text_of

Sort = Literal["is", "is_not", "has", "at_least", "at_most"]
LIMIT = "#"  # stands for the number in a condition with a limit
_LIMITED = re.compile(r"^([A-Za-z_][\w.]*) (>=|<=) (-?\d+)$")


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready-made condition. ``source`` is the expression, with ``#`` where a number goes."""

    source: str
    question: str
    answer: str
    sort: Sort


def ready_for(form: Data, place: str) -> list[Ready]:
    """The conditions that the field or page at ``place`` may have: on what was asked before it."""
    found: list[Ready] = []
    page_id, _slash, ids = place.partition("/")
    for question in questions(form):
        if question.place == place or (not ids and question.page == page_id):
            break
        inside = question.path.partition(".*.")[0] if ".*." in question.path else ""
        if inside and not _stands_in(form, place, inside):
            continue
        name = f"row.{question.path.partition('.*.')[2]}" if inside else question.path
        found.extend(ready_of(question, name))
    return found


def _stands_in(form: Data, place: str, repeat: str) -> bool:
    for question in questions(form):
        if question.place == place:
            return question.path.startswith(f"{repeat}.*.")
    return False


def ready_of(question: Question, name: str) -> list[Ready]:
    """The conditions on one question that an expression calls ``name``."""
    label, data = label_of(question.data), question.data
    match question.kind:
        case "yes_no":
            yes = text_of(data.get("yes")) or "はい"
            no = text_of(data.get("no")) or "いいえ"
            return [Ready(name, label, yes, "is"), Ready(f"!{name}", label, no, "is")]
        case "consent":
            return [Ready(name, label, "はい", "is")]
        case "choice":
            options = [(str(o.get("id")), label_of(o)) for o in _options(data)]
            return [
                *(Ready(f'{name} == "{key}"', label, words, "is") for key, words in options),
                *(Ready(f'{name} != "{key}"', label, words, "is_not") for key, words in options),
            ]
        case "choices":
            return [
                Ready(f'"{o.get("id")}" in {name}', label, label_of(o), "has")
                for o in _options(data)
            ]
        case "number" | "money":
            return [
                Ready(f"{name} >= {LIMIT}", label, "", "at_least"),
                Ready(f"{name} <= {LIMIT}", label, "", "at_most"),
            ]
        case _:
            return []


def _options(data: Data) -> list[Data]:
    found = data.get("options")
    return [o for o in found if isinstance(o, dict)] if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Chosen:
    """A condition as the editor shows it: one of the ready-made ones, or an expression."""

    ready: str = ""
    limit: str = ""
    expression: str = ""


def chosen(source: str, among: list[Ready]) -> Chosen:
    """Which of the ready-made conditions ``source`` is."""
    source = source.strip()
    if not source:
        return Chosen()
    if any(one.source == source for one in among):
        return Chosen(ready=source)
    limited = _LIMITED.match(source)
    if limited:
        pattern = f"{limited[1]} {limited[2]} {LIMIT}"
        if any(one.source == pattern for one in among):
            return Chosen(ready=pattern, limit=limited[3])
    return Chosen(expression=source)


def expression_of(what: Chosen) -> str:
    """The expression for what was chosen; '' for none. What was written by hand counts."""
    if what.expression.strip():
        return what.expression.strip()
    return what.ready.replace(LIMIT, what.limit.strip() or "0")
