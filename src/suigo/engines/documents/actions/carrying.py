"""Files that come from another node of the same city: the same file, under the same id."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.documents import storage, vault, wording
from suigo.engines.documents.actions import blobs, checking
from suigo.engines.documents.models import StoredFile
from suigo.engines.documents.queries import brief_of
from suigo.engines.documents.rules import naming
from suigo.engines.documents.rules.sniffing import HEAD
from suigo.engines.documents.spec import FileBrief, FileKind
from suigo.kernel.access import SYSTEM
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Conflict

EVERY_KIND: tuple[FileKind, ...] = ("pdf", "image", "office", "text", "signature")


@dataclass(frozen=True, slots=True)
class Carried:
    """What the other node says of a file. Only id, name and purpose are believed; what it is, this
    node finds out itself."""

    public_id: UUID
    name: str
    sha256: str
    content_type: str
    purpose: str


def store_carried(
    file: Carried, pieces: Iterable[bytes], *, owner_token: str, now: datetime
) -> FileBrief:
    """Keep a file of another node, judged and scanned like an upload, inside the caller's
    transaction. The same file again changes nothing.

    A file with malware arrives as such and can't be opened: it belongs to a case that must not be
    lost. Raises ``Conflict`` for a content that is not the one it is said to be, or another file
    with this id, and ``UnacceptableFile``.
    """
    there = StoredFile.objects.filter(public_id=file.public_id).first()
    if there is not None:
        if there.sha256 != file.sha256:
            raise Conflict(_("同じ番号のファイルが、別の内容ですでにあります。"))
        return brief_of(there)
    whole = iter(pieces)
    head = next(whole, b"")
    letter = file.purpose != "attachment"
    kind, _type = checking.first_look(head[:HEAD], accept=("pdf",) if letter else EVERY_KIND)
    watch = checking.TextWatch()
    content = chain([head], whole)
    with checking.explained(EVERY_KIND):
        incoming = blobs.receive(watch.watched(content) if kind == "text" else content)
    try:
        if incoming.sha256 != file.sha256:
            raise Conflict(_("ファイルの中身が、送られたものと違います。"))
        with checking.explained(EVERY_KIND):
            findings = (
                checking.Findings(kind, watch.content_type(), (), None)
                if kind == "text"
                else checking.look_inside(kind, incoming.content())
            )
        scan = checking.scan(incoming.content())
        with transaction.atomic():
            kept = StoredFile.objects.create(
                public_id=file.public_id,
                blob=blobs.adopt(incoming, now=now),
                sha256=incoming.sha256,
                size=incoming.size,
                kind=findings.kind,
                content_type=findings.content_type,
                name=naming.safe_name(file.name, fallback=str(wording.UNNAMED)),
                pages=findings.pages,
                flags=list(findings.flags),
                owner_token_digest="" if letter else vault.owner_digest(owner_token),
                purpose=file.purpose,
                scan_state=scan.state,
                scanned_at=None if scan.state == "unscanned" else now,
                created_at=now,
                retention_date=local_date(now) + timedelta(days=settings.SUIGO_DRAFT_DAYS),
                held=True,
            )
            record(
                "file.carried",
                actor=SYSTEM,
                subject_kind="file",
                subject_id=str(file.public_id),
                facts={"sha256": kept.sha256, "size": kept.size, "type": kept.content_type},
                personal={"name": kept.name},
                now=now,
            )
    except BaseException:
        storage.discard(incoming.path)
        raise
    return brief_of(kept)


def give_letters(file_ids: Sequence[UUID], *, owner_account_id: int | None) -> int:
    """Make carried letters the resident's to whom they were written; returns how many."""
    if owner_account_id is None:
        return 0
    letters = StoredFile.objects.filter(
        public_id__in=file_ids, owner_account=None, owner_token_digest="", purged_at=None
    ).exclude(purpose="attachment")
    return letters.update(owner_account_id=owner_account_id)
