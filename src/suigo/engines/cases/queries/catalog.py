"""The catalogue of procedures as residents look through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from suigo.engines.cases.queries.procedures import is_open, procedures
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.search.queries import Searcher
from suigo.engines.search.rules.index import Document, Part

MOST_FOUND = 30
MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A procedure in a list."""

    id: str
    title: str
    summary: str
    minutes: int
    open: bool
    life_events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What words found, best first. When they found nothing, ``near`` are the closest."""

    entries: list[CatalogEntry]
    near: list[CatalogEntry]


def catalog(*, language: str, today: date, life_event: str = "") -> list[CatalogEntry]:
    """Every procedure, or those of a life event; those open today first."""
    chosen = [p for p in procedures() if not life_event or life_event in p.spec.service.life_events]
    entries = [_entry(p, language=language, today=today) for p in chosen]
    return sorted(entries, key=lambda e: not e.open)


def search_catalog(words: str, *, language: str, today: date, life_event: str = "") -> Found:
    """The procedures that ``words`` mean: everyday words, kana, misspellings, English."""
    known = {p.id: p for p in procedures()}
    hits = _searcher.search(words)

    def entries(ids: Sequence[str], most: int) -> list[CatalogEntry]:
        chosen = [known[i] for i in ids if i in known]
        if life_event:
            chosen = [p for p in chosen if life_event in p.spec.service.life_events]
        return [_entry(p, language=language, today=today) for p in chosen[:most]]

    return Found(
        entries([hit.id for hit in hits.found], MOST_FOUND),
        entries([hit.id for hit in hits.near], MOST_NEAR),
    )


def _entry(procedure: Procedure, *, language: str, today: date) -> CatalogEntry:
    service = procedure.spec.service
    return CatalogEntry(
        id=procedure.id,
        title=service.title.in_language(language),
        summary=service.summary.in_language(language),
        minutes=service.minutes,
        open=is_open(service, today=today),
        life_events=service.life_events,
    )


def _document(procedure: Procedure) -> Document:
    """What a search looks at, in every language: a title says more than a summary."""
    service = procedure.spec.service
    titles = [Part(text, 3.0) for text in service.title.root.values()]
    words = [Part(word, 3.0) for word in service.words]
    official = [Part(service.official_title, 2.0)] if service.official_title else []
    summaries = [Part(text, 1.0) for text in service.summary.root.values()]
    number = [Part(service.number_prefix, 3.0)]
    return Document(procedure.id, (*titles, *words, *official, *summaries, *number))


_searcher = Searcher(
    documents=lambda: [_document(p) for p in procedures()],
    version=lambda: tuple(p.hash for p in procedures()),
)
