"""What was said at the counter: where, what a form need not ask, and what follows from it.

Of a list (``list:household.children``) a procedure may be about one member (``one:…``). The only
one need not be chosen; among several the first form that asks lets choose, and the others follow.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from suigo.engines.facts.rules import GUARDIANS, first_guardians
from suigo.engines.forms.rules.members import Lists, Member, is_same
from suigo.services.counter.rules.meanings import LIST, ONE, OWN, START

Known = Mapping[str, Mapping[str, Any]]
"""By meaning, the ``value`` that was said, and ``by`` which form, or ``common``, it was asked."""


def known_to(form_id: str, known: Known) -> dict[str, Any]:
    """What a form need not ask: everything that was said elsewhere. What it asked itself it asks
    again when somebody comes back to it, so that it can be corrected where it was said."""
    return {key: said["value"] for key, said in known.items() if said["by"] != form_id}


def facts_for(form_id: str, known: Known, person: Mapping[str, Any]) -> dict[str, Any]:
    """What a form need not ask, with what follows: the only child is the child it is about, a
    chosen one is who stands in the list now, guardians begin with who came and their spouse."""
    said = {k: v for k, v in known_to(form_id, known).items() if not k.startswith(ONE)}
    said |= person
    for word, rows in lists_in(known_to("", known)).items():
        by = known[f"{LIST}{word}"]["by"]
        if len(rows) == 1 and by != form_id and f"{ONE}{word}" not in known:
            said[f"{ONE}{word}"] = rows[0]
    for key in [key for key in known if key.startswith(ONE)]:
        word, one = key.removeprefix(ONE), known[key]
        listed = known.get(f"{LIST}{word}")
        member = _pointed_at(one["value"], listed["value"] if listed else ())
        if member is None:
            continue
        if one["by"] != form_id:
            said[key] = member
            if listed is None:
                said[f"{START}{word}"] = [member]
        elif listed is not None and "row" in one["value"]:
            said[f"{OWN}{word}"] = member
    guardians = first_guardians(said)
    if guardians and f"{LIST}{GUARDIANS}" not in known:
        said[f"{START}{GUARDIANS}"] = guardians
    return said


def lists_in(known: Mapping[str, Any]) -> Lists:
    """The lists whose members a group may be about."""
    return {
        key.removeprefix(LIST): value
        for key, value in known.items()
        if key.startswith(LIST) and ":" not in key.removeprefix(LIST)
    }


def remembered(
    known: Known, news: Mapping[str, Any], *, by: str, elsewhere: Collection[str]
) -> dict[str, dict[str, Any]]:
    """``known`` after a form was saved: its own answers replace what it said before, and what
    anybody else said about the same; what was settled ``elsewhere`` stays where it was said.

    Who stands in a list is remembered by the place there, so that a correction reaches everybody.
    """
    kept = {k: dict(said) for k, said in known.items() if said["by"] != by}
    kept |= {k: {"value": v, "by": by} for k, v in news.items() if k not in elsewhere}
    for key, one in kept.items():
        listed = kept.get(f"{LIST}{key.removeprefix(ONE)}") if key.startswith(ONE) else None
        rows = listed["value"] if listed is not None else ()
        for index, row in enumerate(rows):
            if "row" not in one["value"] and is_same(row, one["value"]):
                one["value"] = {"row": index}
    return kept


def _pointed_at(one: Member, rows: Sequence[Member]) -> Member | None:
    if "row" not in one:
        return one
    return rows[one["row"]] if one["row"] < len(rows) else None
