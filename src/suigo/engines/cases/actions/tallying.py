"""Counting views and steps without slowing them: in memory, written down every few seconds.

A page must not wait for a counter, nor may many visitors queue for one row. What a process has
counted since it last wrote is lost when it is killed, at most ``SUIGO_TALLY_SECONDS`` of counting;
a process that ends in order writes first. No count says who it was.
"""

import atexit
import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from threading import Event, Lock, Thread
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.utils import Error

log = logging.getLogger(__name__)

ADD = """
INSERT INTO cases_tally (day, procedure_id, kind, step, channel, sample, count)
SELECT * FROM unnest(
    %s::date[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[], %s::int[])
ON CONFLICT (procedure_id, day, kind, step, channel, sample)
DO UPDATE SET count = cases_tally.count + EXCLUDED.count
"""


class Counted(NamedTuple):
    """What is counted together."""

    day: date
    procedure_id: str
    kind: str
    step: str
    channel: str
    sample: bool = False


class Tallies:
    """Counts of one process that are not written yet."""

    def __init__(self) -> None:
        self._counts: Counter[Counted] = Counter()
        self._lock = Lock()
        self._writer: Thread | None = None
        self._stop = Event()

    def add(self, counted: Counted) -> None:
        """Count once; never touches the database."""
        with self._lock:
            self._counts[counted] += 1
            if self._writer is None and settings.SUIGO_TALLY_SECONDS > 0:
                self._writer = Thread(target=self._write_now_and_then, daemon=True)
                self._writer.start()

    def flush(self) -> int:
        """Write what was counted, in one statement; returns how many rows it touched. When the
        database does not answer, the counts are kept for the next time."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        try:
            write(taken)
        except Error:
            with self._lock:
                self._counts.update(taken)
            raise
        return len(taken)

    def _write_now_and_then(self) -> None:
        while not self._stop.wait(settings.SUIGO_TALLY_SECONDS):
            try:
                self.flush()
            except Error:
                log.warning("views and steps could not be written; they are kept and tried again")
            finally:
                connection.close()


def write(counts: Counter[Counted]) -> None:
    """Add counts to the days' rows; always in one order, so that two writers never lock up."""
    if not counts:
        return
    rows = sorted(counts.items())
    columns = [list(column) for column in zip(*(key for key, _n in rows), strict=True)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ADD, [*columns, [number for _key, number in rows]])


def write_samples(counts: Mapping[Counted, int]) -> None:
    """Write the invented counts of a demonstration, marked as such."""
    write(Counter({key._replace(sample=True): n for key, n in counts.items() if n > 0}))


_tallies = Tallies()


def count_view(procedure_id: str, *, today: date) -> None:
    """Somebody looked at a procedure's page."""
    _tallies.add(Counted(today, procedure_id, "view", "", "web"))


def count_start(procedure_id: str, *, channel: str, today: date) -> None:
    """An application was begun; counted once that is certain."""
    counted = Counted(today, procedure_id, "start", "", channel)
    transaction.on_commit(lambda: _tallies.add(counted))


def count_step(procedure_id: str, *, step: str, channel: str, today: date) -> None:
    """An application reached a page for the first time; counted once that is certain."""
    counted = Counted(today, procedure_id, "step", step, channel)
    transaction.on_commit(lambda: _tallies.add(counted))


def flush_tallies() -> int:
    """Write what this process has counted; returns how many rows."""
    return _tallies.flush()


@atexit.register
def _at_the_end() -> None:
    if settings.configured and settings.SUIGO_TALLY_SECONDS > 0:
        with suppress(Error):
            _tallies.flush()
