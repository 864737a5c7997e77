"""Reading files: their description for those who may see it, and their content, proven."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from suigo.engines.documents import policy, providers, storage, vault
from suigo.engines.documents.failures import DamagedFile, InfectedFile, PurgedFile
from suigo.engines.documents.models import Blob, PurgeReport, StoredFile
from suigo.engines.documents.rules import framing, naming
from suigo.engines.documents.spec import FileBrief, PurgeBrief
from suigo.engines.documents.spec import PurgedFile as PurgedLine
from suigo.engines.documents.wording import INFECTED_LATER
from suigo.kernel.access import Actor
from suigo.kernel.crypto import CannotOpen
from suigo.kernel.errors import NotFound

logger = logging.getLogger(__name__)


def brief_of(file: StoredFile) -> FileBrief:
    """A row as the other packages see it."""
    return FileBrief(
        public_id=file.public_id,
        name=file.name,
        download_name=naming.download_name(file.name, file.content_type),
        kind=file.kind,  # type: ignore[arg-type] # the database checks the values
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        pages=file.pages,
        flags=tuple(file.flags),  # type: ignore[arg-type]
        scan_state=file.scan_state,  # type: ignore[arg-type]
        purpose=file.purpose,  # type: ignore[arg-type]
        created_at=file.created_at,
        retention_date=file.retention_date,
        held=file.held,
        purged_at=file.purged_at,
    )


def file_for(
    actor: Actor,
    public_id: UUID,
    *,
    owner_token: str = "",
    allow: Callable[[FileBrief], bool] | None = None,
) -> FileBrief:
    """The file, if it belongs to the actor or ``allow`` says that the actor may see it.

    Without ``allow`` staff are judged by the packages that registered with
    ``providers.register_access``. Raises ``NotFound`` (missing and not allowed look the same) and,
    for those who may see it, ``failures.PurgedFile``.
    """
    file = StoredFile.objects.filter(public_id=public_id).first()
    if file is None:
        raise NotFound
    brief = brief_of(file)
    if not policy.owns(actor, file, owner_token=owner_token):
        asked = allow(brief) if allow else actor.is_staff and providers.may_open(actor, public_id)
        if not asked and actor.kind != "system":
            raise NotFound
    if file.purged_at is not None:
        raise PurgedFile
    return brief


def briefs(ids: Iterable[UUID]) -> dict[UUID, FileBrief]:
    """The files with these ids, whoever owns them: the caller has decided that they may be shown.

    Ids that don't exist are left out; purged files are there, with ``purged_at``.
    """
    wanted = list(ids)
    if not wanted:
        return {}
    return {f.public_id: brief_of(f) for f in StoredFile.objects.filter(public_id__in=wanted)}


def owned_among(actor: Actor, ids: Sequence[UUID], *, owner_token: str = "") -> set[UUID]:
    """Those of ``ids`` that the actor uploaded and that are still there; others are passed over.

    A letter that the actor received is theirs to open, but no attachment.
    """
    mine = _uploads(actor, ids, owner_token=owner_token)
    return set(mine.values_list("public_id", flat=True))


def own_files(actor: Actor, ids: Sequence[UUID], *, owner_token: str = "") -> list[FileBrief]:
    """The files in the order asked for, each of which the actor must have uploaded and is there.

    Ask this before answers that name files are accepted: somebody else's id must not get in.
    Raises ``NotFound``.
    """
    mine = _uploads(actor, ids, owner_token=owner_token)
    found = {f.public_id: brief_of(f) for f in mine}
    try:
        return [found[i] for i in ids]
    except KeyError as missing:
        raise NotFound from missing


def _uploads(actor: Actor, ids: Sequence[UUID], *, owner_token: str) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(
        policy.owned_by(actor, owner_token=owner_token),
        public_id__in=ids,
        purged_at=None,
        purpose=StoredFile.Purpose.ATTACHMENT,
    )


def open_file(file: FileBrief) -> Iterator[bytes]:
    """The content in pieces of up to 64 KiB, each proven before it is given.

    Ask ``file_for`` first. The first piece is read here, so that a damaged beginning raises before
    anything was sent. Raises ``failures.DamagedFile``, ``InfectedFile`` and ``PurgedFile``.
    """
    if file.scan_state == "infected":
        raise InfectedFile(INFECTED_LATER)
    blob = Blob.objects.filter(files__public_id=file.public_id).first()
    if blob is None:
        raise PurgedFile
    pieces = _content(blob, sha256=file.sha256)
    first = next(pieces, b"")
    return _followed_by(first, pieces)


def key_of(blob: Blob) -> bytes:
    """The key of a content. Raises ``failures.DamagedFile``."""
    try:
        return vault.unwrap(bytes(blob.wrapped_key), address=blob.address, key_id=blob.key_id)
    except CannotOpen as unopened:
        logger.error("content %s: its key does not open", blob.address)
        raise DamagedFile from unopened


def _content(blob: Blob, *, sha256: str) -> Iterator[bytes]:
    key = key_of(blob)
    digest = hashlib.sha256()
    try:
        with storage.open_file(blob.address) as source:
            for piece in framing.decrypted(source, key):
                digest.update(piece)
                yield piece
    except (framing.Damaged, FileNotFoundError) as damaged:
        logger.error("content %s is damaged: %s", blob.address, damaged)
        raise DamagedFile from damaged
    if digest.hexdigest() != sha256:
        logger.error("content %s is not what its row says", blob.address)
        raise DamagedFile


def _followed_by(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def blob_of(file: FileBrief) -> Blob:
    """The content of a file that is still there. Raises ``failures.PurgedFile``."""
    blob = Blob.objects.filter(files__public_id=file.public_id).first()
    if blob is None:
        raise PurgedFile
    return blob


def purge_reports(*, limit: int = 100) -> list[PurgeBrief]:
    """The newest purges first."""
    return [_purge_brief(r) for r in PurgeReport.objects.order_by("-id")[:limit]]


def purge_report(public_id: UUID) -> PurgeBrief:
    """One purge. Raises ``NotFound``."""
    report = PurgeReport.objects.filter(public_id=public_id).first()
    if report is None:
        raise NotFound
    return _purge_brief(report)


def purged_in(public_id: UUID, *, limit: int = 10_000) -> list[PurgedLine]:
    """What one purge removed: the proofs, in the order of removal."""
    rows = StoredFile.objects.filter(purge_report__public_id=public_id, purged_at__isnull=False)
    return [
        PurgedLine(
            public_id=f.public_id,
            sha256=f.sha256,
            size=f.size,
            purpose=f.purpose,  # type: ignore[arg-type]
            retention_date=f.retention_date,
            purged_at=f.purged_at,
        )
        for f in rows.order_by("id")[:limit]
        if f.purged_at is not None
    ]


def stored_between(since: datetime, until: datetime) -> list[tuple[UUID, str]]:
    """Id and SHA-256 of every file that arrived in a span (``until`` not included), also of those
    that were purged since: their rows stay as proof."""
    rows = StoredFile.objects.filter(created_at__gte=since, created_at__lt=until)
    return list(rows.order_by("public_id").values_list("public_id", "sha256"))


def damaged_files(*, watch: Callable[[int], None] | None = None) -> Iterator[FileBrief]:
    """Read every content that is there, and give the files whose content is no longer what came.

    ``watch`` is told how many have been read, after each.
    """
    rows = StoredFile.objects.filter(purged_at=None).select_related("blob").order_by("id")
    for count, file in enumerate(rows.iterator(500), start=1):
        if file.blob is not None and not _is_whole(file.blob, file.sha256):
            yield brief_of(file)
        if watch is not None:
            watch(count)


def _is_whole(blob: Blob, sha256: str) -> bool:
    try:
        for _piece in _content(blob, sha256=sha256):
            pass
    except DamagedFile:
        return False
    return True


@dataclass(frozen=True, slots=True)
class StoreReport:
    """How rows and the folder agree. ``missing`` are addresses, ``orphans`` paths."""

    count: int
    missing: tuple[str, ...]
    orphans: tuple[str, ...]


def store_report() -> StoreReport:
    """Compare every content's row with the folder: what ``suigo doctor`` asks.

    Orphans are harmless (an upload in progress is one for a moment); the purge removes them.
    """
    rows = set(Blob.objects.values_list("address", flat=True).iterator(2_000))
    missing = tuple(sorted(address for address in rows if not storage.exists(address)))
    orphans = tuple(str(path) for path, address in storage.everything() if address not in rows)
    return StoreReport(count=len(rows), missing=missing, orphans=orphans)


def _purge_brief(report: PurgeReport) -> PurgeBrief:
    return PurgeBrief(
        public_id=report.public_id,
        started_at=report.started_at,
        finished_at=report.finished_at,
        through_date=report.through_date,
        removed_files=report.removed_files,
        removed_bytes=report.removed_bytes,
        held_back=report.held_back,
        orphans=report.orphans,
    )
