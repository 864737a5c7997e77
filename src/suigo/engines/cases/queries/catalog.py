"""The catalogue of procedures as residents look through it."""

import re
from dataclasses import dataclass
from datetime import date

from suigo.engines.cases.queries.procedures import is_open, procedures
from suigo.engines.cases.rules.loading import Procedure
from suigo.kernel.japanese.names import search_key

_PIECE = re.compile(r"[一-鿿々]{2,}|[a-z]{3,}")  # what carries the meaning inside a phrase
_texts: dict[str, str] = {}  # by content hash, so an edited procedure gets a new entry


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A procedure in a list."""

    id: str
    title: str
    summary: str
    minutes: int
    open: bool
    life_events: tuple[str, ...]


def catalog(
    *, language: str, today: date, words: str = "", life_event: str = ""
) -> list[CatalogEntry]:
    """Procedures that match every one of ``words`` (title, summary, everyday words and their
    readings) and the life event; those open today first.

    When none matches every word, those that match some of them, the most first; when none matches
    any, those that match a part (手当 of 子どもの手当).
    """
    wanted = [key for word in words.split() if (key := search_key(word))]
    within = [p for p in procedures() if not life_event or life_event in p.spec.service.life_events]
    hits = _hits(within, wanted)
    if wanted and not any(hits.values()):
        wanted = [piece for word in wanted for piece in _PIECE.findall(word)]
        if not wanted:
            return []
        hits = _hits(within, wanted)
    enough = len(wanted) if len(wanted) in hits.values() else 1
    found = [p for p in within if not wanted or hits[p.id] >= enough]
    found.sort(key=lambda p: -hits[p.id])
    entries = [
        CatalogEntry(
            id=p.id,
            title=p.spec.service.title.in_language(language),
            summary=p.spec.service.summary.in_language(language),
            minutes=p.spec.service.minutes,
            open=is_open(p.spec.service, today=today),
            life_events=p.spec.service.life_events,
        )
        for p in found
    ]
    return sorted(entries, key=lambda e: not e.open)


def _hits(within: list[Procedure], wanted: list[str]) -> dict[str, int]:
    """How many of the words each procedure has, by its id."""
    return {p.id: sum(word in _searchable(p) for word in wanted) for p in within}


def _searchable(procedure: Procedure) -> str:
    """Everything a search looks at, in the form in which texts are compared."""
    text = _texts.get(procedure.hash)
    if text is None:
        service = procedure.spec.service
        parts = [
            t for localised in (service.title, service.summary) for t in localised.root.values()
        ]
        parts += [service.official_title or "", service.number_prefix, *service.words]
        text = _texts[procedure.hash] = "\n".join(search_key(part) for part in parts)
    return text
