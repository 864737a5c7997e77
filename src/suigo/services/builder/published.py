"""What was published, kept in the memory of each process and looked up again every few seconds.

The table only grows, so its highest id says whether anything changed. What begins later is worked
out from the rows in memory: no job has to run at midnight.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from types import MappingProxyType

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Max

from suigo.engines.cases.providers import Published
from suigo.kernel.clock import local_date, now
from suigo.services.builder.models import Publication
from suigo.services.builder.rules.timeline import Entry, in_force

NOTHING: Mapping[str, Published] = MappingProxyType({})
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class PublishedInBrowser:
    """One per process; ``installed.py`` hands it to cases."""

    _lock: Lock = field(default_factory=Lock)
    _looked: float | None = None
    _newest: int = 0
    _entries: tuple[Entry, ...] = ()
    _day: date | None = None
    _current: Mapping[str, Published] = field(default_factory=lambda: NOTHING)

    def current(self) -> Mapping[str, Published]:
        """What holds today, by procedure; the same object as long as nothing changes."""
        every = settings.SUIGO_PUBLISHED_SECONDS
        if every is None and self._looked is None:
            return NOTHING
        if every is not None and (self._looked is None or time.monotonic() - self._looked >= every):
            self.look()
        if self._entries and local_date(now()) != self._day:
            self._work_out()
        return self._current

    def look(self) -> None:
        """Look now, as the process does that has just published something."""
        with self._lock:
            self._looked = time.monotonic()
            try:
                newest = Publication.objects.aggregate(newest=Max("id"))["newest"] or 0
                if newest != self._newest:
                    self._entries = tuple(_entries())
                    self._newest = newest
                    self._day = None
            except DatabaseError:
                # a page that needs no database must not fail for this; the last state holds
                logger.warning("what was published could not be looked up", exc_info=True)
        self._work_out()

    def forget(self) -> None:
        """As if the process had just begun."""
        self._looked, self._newest, self._entries = None, 0, ()
        self._day, self._current = None, NOTHING

    def _work_out(self) -> None:
        today = local_date(now())
        if today == self._day:
            return
        found = in_force(self._entries, today=today)
        self._current = MappingProxyType(found) if found else NOTHING
        self._day = today


def _entries() -> Iterable[Entry]:
    rows = Publication.objects.order_by("id").values_list(
        "id", "procedure_id", "kind", "valid_from_date", "definition", "sentence", "withdraws_id"
    )
    return [Entry(*row) for row in rows]


PUBLISHED = PublishedInBrowser()
