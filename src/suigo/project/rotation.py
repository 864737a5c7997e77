"""The change to a new encryption key, while everybody goes on working.

Whoever runs the installation puts a new key first in ``SUIGO_ENCRYPTION_KEYS``, restarts, and says
``./suigo keys rotate``. From the restart on everything new is sealed with it; a durable job seals
the rest anew, table by table and batch by batch. When nothing waits any more, the old key may go.
"""

from dataclasses import dataclass

from django.conf import settings

from suigo.kernel.crypto import current_key_id
from suigo.kernel.jobs import enqueue
from suigo.kernel.sealed import SealedRows
from suigo.project.installed import manifests

ROTATE = "crypto.rotate"
BATCH = 200  # rows: a batch is one transaction, and its locks are held for a fraction of a second
AGAIN_SECONDS = 30  # after a round that passed by rows somebody was writing


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many rows of a table are still under an older key."""

    id: str
    title: str
    rows: int


def stores() -> dict[str, SealedRows]:
    """Every sealed table of the installed packages, by its id."""
    return {rows.id: rows for manifest in manifests() for rows in manifest.sealed}


def waiting() -> list[Waiting]:
    """What is left to do; looks through every sealed table."""
    return [Waiting(s.id, str(s.title), s.waiting()) for s in stores().values()]


def old_keys() -> list[str]:
    """The configured keys that only open."""
    return list(settings.SUIGO_ENCRYPTION_KEYS)[1:]


def begin() -> int:
    """Have a job for each table that has something left; how many there are."""
    left = [found for found in waiting() if found.rows]
    for found in left:
        enqueue(ROTATE, store=found.id, after=0)
    return len(left)


def step(store: str, after: int) -> None:
    """One batch of one table, and the job for the next. Idempotent: a batch that was killed leaves
    its rows as they were, and one that runs twice finds nothing the second time."""
    rows = stores().get(store)
    if rows is None:
        return  # its package is no longer installed
    last = rows.reseal(after=after, most=BATCH)
    if last is not None:
        enqueue(ROTATE, store=store, after=last)
    elif rows.waiting():
        enqueue(ROTATE, store=store, after=0, delay_seconds=AGAIN_SECONDS)


def report() -> list[str]:
    """Where the change stands, in lines for whoever runs the installation."""
    found, older = waiting(), ", ".join(old_keys())
    lines = [f"鍵 / key: {current_key_id()}  旧 / older: {older or '-'}"]
    lines += [f"{'…' if t.rows else '✓'} {t.title} ({t.id}): {t.rows}" for t in found]
    if older and not any(table.rows for table in found):
        lines += [
            "古い鍵は設定から外せます。それで作ったバックアップがある間は保管してください。",
            "Older keys may go from the configuration; keep them while backups of theirs exist.",
        ]
    return lines
