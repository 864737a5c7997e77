"""Documents that the city makes: kept exactly as issued."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from suigo.engines.documents import storage
from suigo.engines.documents.actions import blobs
from suigo.engines.documents.models import StoredFile
from suigo.engines.documents.queries import brief_of
from suigo.engines.documents.rules import naming
from suigo.engines.documents.spec import FileBrief, Purpose
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record


def store_letter(
    actor: Actor,
    *,
    name: str,
    content: bytes,
    owner_account_id: int | None,
    retention_date: date,
    held: bool,
    now: datetime,
    purpose: Purpose = "letter",
    pages: int | None = None,
) -> FileBrief:
    """Keep a PDF that the city issues (``rendering.render_pdf`` made it), for its receiver.

    It can't be changed any more (trigger); its SHA-256 is in the ledger, so that a copy can be
    proven to be the one that was issued. May be called inside the caller's transaction, late: it
    takes the ledger's lock. If that is rolled back, the purge removes the content.
    """
    incoming = blobs.receive([content])
    try:
        with transaction.atomic():
            file = StoredFile.objects.create(
                blob=blobs.adopt(incoming, now=now),
                sha256=incoming.sha256,
                size=incoming.size,
                kind="pdf",
                content_type="application/pdf",
                name=naming.safe_name(name, fallback="letter.pdf"),
                pages=pages,
                flags=[],
                owner_account_id=owner_account_id,
                purpose=purpose,
                scan_state="clean",  # made here from text; there is nothing to look for
                created_at=now,
                retention_date=retention_date,
                held=held,
            )
            record(
                "letter.issued",
                actor=actor,
                subject_kind="file",
                subject_id=str(file.public_id),
                facts={"sha256": file.sha256, "size": file.size, "purpose": purpose},
                personal={"name": file.name},
                now=now,
            )
    except BaseException:
        storage.discard(incoming.path)
        raise
    return brief_of(file)


def store_export(
    *, name: str, content: Iterable[bytes], retention_date: date, now: datetime
) -> FileBrief:
    """Keep an archive made for somebody to take along, encrypted while ``content`` makes it.

    It has no owner here: the caller, who knows whose it is, decides each time whether it is given,
    and records that. Raises what ``content`` raises.
    """
    incoming = blobs.receive(content)
    try:
        with transaction.atomic():
            file = StoredFile.objects.create(
                blob=blobs.adopt(incoming, now=now),
                sha256=incoming.sha256,
                size=incoming.size,
                kind="archive",
                content_type="application/zip",
                name=naming.safe_name(name, fallback="export.zip"),
                flags=[],
                purpose="export",
                scan_state="clean",  # every file in it was looked at when it arrived
                created_at=now,
                retention_date=retention_date,
                held=False,
            )
    except BaseException:
        storage.discard(incoming.path)
        raise
    return brief_of(file)
