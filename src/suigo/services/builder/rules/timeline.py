"""What holds on a day, out of everything that was ever published, closed and withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from suigo.engines.cases.providers import Published


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the publications, without its files."""

    id: int
    procedure_id: str
    kind: str
    valid_from: date
    definition: str = ""
    sentence: str = ""
    withdraws: int | None = None


def in_force(entries: Iterable[Entry], *, today: date) -> dict[str, Published]:
    """What holds ``today``, by procedure.

    Of what has begun and was not withdrawn, the latest to begin counts, and of two that begin on
    one day the one made later. A closing keeps the definition that was in force before it.
    """
    found: dict[str, Published] = {}
    for entry in standing(entries):
        if entry.valid_from > today:
            continue
        if entry.kind == "publish":
            found[entry.procedure_id] = Published(definition=entry.definition)
        else:
            before = found.get(entry.procedure_id, Published())
            found[entry.procedure_id] = Published(
                definition=before.definition, closed=entry.sentence
            )
    return found


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """What was not withdrawn, in the order in which it begins."""
    kept = list(entries)
    gone = {entry.withdraws for entry in kept if entry.kind == "withdraw"}
    left = [entry for entry in kept if entry.kind != "withdraw" and entry.id not in gone]
    return sorted(left, key=lambda entry: (entry.valid_from, entry.id))
