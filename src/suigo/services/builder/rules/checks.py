"""Rules over several answers without writing an expression.

A check compares two answers (「飼い始めた日」が「生まれた日」より前のとき), or an answer with
today or a number, perhaps only with a certain answer before it. Whatever else stands in a package
is kept and shown as the expression it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from suigo.services.builder.rules.conditions import Ready, ready_of
from suigo.services.builder.rules.questions import Data, NoSuchPlace, free_id, questions
from suigo.services.builder.rules.words import label_of, made

TODAY = "today"
SIGNS = ("<", ">", "<=", ">=", "==", "!=")
_COMPARED = re.compile(r"^([A-Za-z_][\w.]*) (<=|>=|==|!=|<|>) (-?\d+|[A-Za-z_][\w.]*)$")
_AND = " && "


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the editor shows it. ``other`` is a question or today, ``number`` a number in its
    place; ``only`` a ready-made condition; ``expression`` whatever can't be chosen."""

    left: str = ""
    sign: str = "<"
    other: str = ""
    number: str = ""
    only: str = ""
    expression: str = ""


def comparable(form: Data) -> list[tuple[str, str]]:
    """The answers that can be compared: (path, words), outside of repeats."""
    return [
        (one.path, label_of(one.data))
        for one in questions(form)
        if "*" not in one.path
        and (
            one.kind in {"date", "number", "money"}
            or (one.kind == "computed" and one.data.get("type") in {"date", "integer", "money"})
        )
    ]


def conditions(form: Data) -> list[Ready]:
    """The answers on which a rule may depend, outside of repeats."""
    return [
        ready
        for one in questions(form)
        if "*" not in one.path
        for ready in ready_of(one, one.path)
        if ready.sort not in {"at_least", "at_most"}
    ]


def rule_in(source: str, form: Data) -> Rule:
    """What ``source`` says, as far as it can be chosen."""
    source = source.strip()
    only = next((c.source for c in conditions(form) if source.startswith(c.source + _AND)), "")
    rest = source.removeprefix(only + _AND) if only else source
    if any(c.source == source for c in conditions(form)):
        return Rule(only=source)
    found = _COMPARED.match(rest)
    names = {path for path, _words in comparable(form)}
    if found and found[1] in names:
        left, sign, right = found.groups()
        if right in names | {TODAY}:
            return Rule(left, sign, right, "", only)
        if right.lstrip("-").isdigit():
            return Rule(left, sign, "", right, only)
    return Rule(expression=source)


def source_of(rule: Rule) -> str:
    """The expression; '' while nothing is chosen. What was written by hand counts."""
    if rule.expression.strip():
        return rule.expression.strip()
    right = rule.number.strip() or rule.other
    compared = f"{rule.left} {rule.sign} {right}" if rule.left and right else ""
    return _AND.join(part for part in (rule.only, compared) if part)


def checks_in(form: Data) -> list[Data]:
    """The rules of a form, in order."""
    found = form.get("checks")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def with_rule(form: Data, place: str, given: dict[str, Any], source: str) -> Data:
    """The form with one rule changed, or with a new one at the end for ``+``."""
    checks = checks_in(form)
    before = next((one for one in checks if one.get("id") == place), {})
    if place != "+" and not before:
        raise NoSuchPlace(place)
    taken = {str(one.get("id")) for one in checks}
    rule = {
        **before,
        "id": before.get("id") or free_id("rule", taken),
        "when": source,
        "field": given["field"],
        "message": made(given["message"], before.get("message")),
        "level": "warning" if given["level"] == "warning" else None,
        "article": given["article"] or None,
    }
    clean = {key: value for key, value in rule.items() if value not in (None, "", {}, [])}
    changed = [clean if one is before else one for one in checks]
    return {**form, "checks": changed if before else [*checks, clean]}


def without_rule(form: Data, place: str) -> Data:
    """The form without a rule. Raises ``NoSuchPlace``."""
    left = [one for one in checks_in(form) if one.get("id") != place]
    if len(left) == len(checks_in(form)):
        raise NoSuchPlace(place)
    changed = {key: value for key, value in form.items() if key != "checks"}
    return {**changed, "checks": left} if left else changed


def places(form: Data) -> Iterator[tuple[str, str]]:
    """Where a message may stand: (path, words)."""
    for one in questions(form):
        if "*" not in one.path and one.kind not in {"group", "notice"}:
            yield one.path, label_of(one.data)
