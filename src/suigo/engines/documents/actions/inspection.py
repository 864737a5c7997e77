"""What happens to a file after it was taken: later scans, and staff looking at it."""

from datetime import datetime, time

from django.db import transaction

from suigo.engines.documents import providers
from suigo.engines.documents.actions import checking
from suigo.engines.documents.models import StoredFile
from suigo.engines.documents.providers import ScannerUnavailable
from suigo.engines.documents.queries import brief_of, open_file
from suigo.engines.documents.spec import FileBrief
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.audit.queries import was_recorded
from suigo.kernel.clock import TOKYO, local_date

BATCH = 200


def scan_waiting(*, now: datetime) -> int:
    """Scan files that could not be scanned when they came; returns how many were.

    An infected one can't be opened by anybody from then on, and the ledger says so. Without a
    scanner nothing happens. Raises ``ScannerUnavailable``, so that the job tries again later.
    """
    scanner = checking.scanner()
    if scanner is None:
        return 0
    waiting = StoredFile.objects.filter(scan_state="unscanned", purged_at=None).order_by("id")
    files = list(waiting[:BATCH])
    for done, file in enumerate(files):
        try:
            verdict = scanner.scan(open_file(brief_of(file)))
        except ScannerUnavailable:
            if done == 0:
                raise
            return done
        with transaction.atomic():
            state = "infected" if verdict.found else "clean"
            changed = StoredFile.objects.filter(pk=file.pk, scan_state="unscanned").update(
                scan_state=state, scanned_at=now
            )
            if changed and verdict.found:
                record(
                    "file.found_infected",
                    actor=SYSTEM,
                    subject_kind="file",
                    subject_id=str(file.public_id),
                    facts={"sha256": file.sha256, "found": verdict.found[:200]},
                    now=now,
                )
    return len(files)


def note_look(actor: Actor, file: FileBrief, *, now: datetime) -> None:
    """Write into the ledger that a member of staff opened somebody's file."""
    with transaction.atomic():
        providers.opened(actor, file.public_id, now=now)
        record(
            "file.opened",
            actor=actor,
            subject_kind="file",
            subject_id=str(file.public_id),
            facts={"sha256": file.sha256},
            now=now,
        )


def note_pages(actor: Actor, file: FileBrief, *, now: datetime) -> None:
    """Write into the ledger that a member of staff looks at pages of somebody's file: once per
    person, file and day, because a viewer asks for every page and size on its own."""
    subject = str(file.public_id)
    midnight = datetime.combine(local_date(now), time(), tzinfo=TOKYO)
    noted = was_recorded(
        "file.opened", actor=actor, subject_kind="file", subject_id=subject, since=midnight
    )
    if not noted:
        note_look(actor, file, now=now)
