"""How long files are kept, and their removal."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from suigo.engines.documents import providers, storage
from suigo.engines.documents.actions import blobs
from suigo.engines.documents.actions.uploads import empty
from suigo.engines.documents.models import Blob, PurgeReport, StoredFile
from suigo.engines.documents.queries import purge_report
from suigo.engines.documents.spec import PurgeBrief
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import erase_personal, record
from suigo.kernel.clock import local_date

BATCH = 200
ORPHAN_SECONDS = 24 * 60 * 60


def keep_until(file_ids: Sequence[UUID], *, date: date) -> int:
    """Let the files of a draft live as long as the draft does; returns how many live longer.

    For uploads that nothing holds yet, never a document of the city, and never shorter: a file
    that a closed case left behind keeps the day its 保存期間 gave it. No ledger entry, because
    nothing was decided.
    """
    free = StoredFile.objects.filter(
        public_id__in=file_ids,
        purpose=StoredFile.Purpose.ATTACHMENT,
        held=False,
        purged_at=None,
        retention_date__lt=date,
    )
    return free.update(retention_date=date)


def hold_files(file_ids: Sequence[UUID]) -> int:
    """Keep files whatever their date says, as long as a case is open; returns how many.

    The caller's own ledger entry (the application was submitted) covers it.
    """
    return StoredFile.objects.filter(public_id__in=file_ids, purged_at=None).update(held=True)


def set_retention(actor: Actor, file_ids: Sequence[UUID], *, date: date, now: datetime) -> int:
    """Say until which day (that day included) files are kept now that nothing is open any more.

    A file that has to be kept longer already (another case left it behind) keeps its own day.
    Returns how many there were. One ledger entry per file.
    """
    with transaction.atomic():
        files = list(
            StoredFile.objects.select_for_update(of=("self",))
            .filter(public_id__in=file_ids, purged_at=None)
            .order_by("id")
        )
        StoredFile.objects.filter(pk__in=[f.pk for f in files]).update(
            held=False, retention_date=Greatest("retention_date", Value(date))
        )
        for file in files:
            record(
                "file.retention_set",
                actor=actor,
                subject_kind="file",
                subject_id=str(file.public_id),
                facts={"date": max(file.retention_date, date).isoformat()},
                now=now,
            )
    return len(files)


def purge_due(actor: Actor, *, now: datetime) -> PurgeBrief:
    """Remove every file whose last day is over, then what belongs to nobody; report it.

    Each file goes in a transaction of its own, so a purge that is interrupted has done what its
    report says and the next one goes on. Files that are held, or that a package above still needs
    (``providers.register_need``), stay.
    """
    actor.require("documents.purge")
    report = PurgeReport.objects.create(started_at=now, through_date=local_date(now))
    for batch in _due(report.through_date):
        kept = providers.needed([f.public_id for f in batch])
        for file in batch:
            if file.public_id in kept:
                PurgeReport.objects.filter(pk=report.pk).update(held_back=F("held_back") + 1)
            else:
                _purge(actor, file.pk, report=report, now=now)
    orphans = remove_orphans(now=now)
    with transaction.atomic():
        PurgeReport.objects.filter(pk=report.pk).update(finished_at=now, orphans=orphans)
        brief = purge_report(report.public_id)
        record(
            "documents.purged",
            actor=actor,
            subject_kind="purge",
            subject_id=str(brief.public_id),
            facts={
                "files": brief.removed_files,
                "bytes": brief.removed_bytes,
                "held_back": brief.held_back,
                "orphans": orphans,
            },
            now=now,
        )
    return brief


def remove_orphans(*, now: datetime) -> int:
    """Remove files that have no row and are older than a day: what a crash left behind."""
    removed = 0
    candidates = storage.older_than(seconds=ORPHAN_SECONDS, at=now.timestamp())
    while batch := list(islice(candidates, BATCH)):
        addresses = {o.address for o in batch if o.address is not None}
        known = set(Blob.objects.filter(address__in=addresses).values_list("address", flat=True))
        for address in sorted(addresses - known):
            removed += blobs.remove_unowned(address)
        for orphan in batch:
            if orphan.address is None:
                with contextlib.suppress(FileNotFoundError):
                    orphan.path.unlink()
                    removed += 1
    return removed


def _due(today: date) -> Iterator[list[StoredFile]]:
    last = 0
    due = StoredFile.objects.filter(purged_at=None, held=False, retention_date__lt=today)
    while batch := list(due.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        yield batch


def _purge(actor: Actor, pk: int, *, report: PurgeReport, now: datetime) -> None:
    with transaction.atomic():
        file = (
            StoredFile.objects.select_for_update(of=("self",))
            .filter(pk=pk, purged_at=None, held=False, retention_date__lt=report.through_date)
            .first()
        )
        if file is None:
            return  # held, extended or removed since it was listed
        file.purge_report = report
        address = empty(file, now=now)
        PurgeReport.objects.filter(pk=report.pk).update(
            removed_files=F("removed_files") + 1, removed_bytes=F("removed_bytes") + file.size
        )
        subject = str(file.public_id)
        erase_personal(subject_kind="file", subject_id=subject)
        record(
            "file.purged",
            actor=actor,
            subject_kind="file",
            subject_id=subject,
            facts={"sha256": file.sha256, "date": file.retention_date.isoformat()},
            now=now,
        )
    if address is not None:
        blobs.remove_unowned(address)
