"""Taking files from people."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suigo.engines.documents import policy, storage, vault, wording
from suigo.engines.documents.actions import blobs, checking
from suigo.engines.documents.failures import InfectedFile
from suigo.engines.documents.models import StoredFile
from suigo.engines.documents.queries import brief_of
from suigo.engines.documents.rules import metadata, naming
from suigo.engines.documents.rules.sniffing import HEAD
from suigo.engines.documents.spec import FileBrief, FileKind, Purpose
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Conflict, NotFound, TooLarge
from suigo.kernel.limits.actions import hit

PIECE = 64 * 1024
UPLOADS_PER_HOUR = 300


class ByteStream(Protocol):
    """Anything that gives bytes on demand: an uploaded file, a request body, a file."""

    def read(self, size: int, /) -> bytes: ...


def store_file(
    actor: Actor,
    *,
    name: str,
    content_type_claimed: str,
    stream: ByteStream,
    accept: tuple[FileKind, ...],
    owner_token: str,
    now: datetime,
    purpose: Purpose = "attachment",
) -> FileBrief:
    """Take a file: judge it by its content, encrypt it, keep it until the draft's time is over.

    ``content_type_claimed`` is noted in the ledger and decides nothing. ``owner_token`` is the
    secret of the draft for whoever is not signed in; it may be empty for a resident who is. The
    caller extends the retention when an application takes the file over (``hold_files``).
    Call it outside a transaction: it reads the network, and counts tries.

    Raises ``TooLarge`` as soon as the limit is passed, ``UnacceptableFile``, ``InfectedFile`` and
    ``TooMany``. Nothing is kept of a refused file.
    """
    key = f"documents.upload:{_owner(actor, owner_token)}"
    hit(key, limit=UPLOADS_PER_HOUR, per=timedelta(hours=1), now=now)
    head = _head(stream)
    kind, content_type = checking.first_look(head, accept=accept)
    watch = checking.TextWatch()
    pieces = metadata.without_metadata(content_type, _limited(head, stream))
    with checking.explained(accept):
        incoming = blobs.receive(watch.watched(pieces) if kind == "text" else pieces)
    try:
        with checking.explained(accept):
            findings = (
                checking.Findings(kind, watch.content_type(), (), None)
                if kind == "text"
                else checking.look_inside(kind, incoming.content())
            )
        scan = checking.scan(incoming.content())
        if scan.state == "infected":
            _note_infected(actor, incoming, found=scan.found, now=now)
            raise InfectedFile
        with transaction.atomic():
            file = StoredFile.objects.create(
                blob=blobs.adopt(incoming, now=now),
                sha256=incoming.sha256,
                size=incoming.size,
                kind=findings.kind,
                content_type=findings.content_type,
                name=naming.safe_name(name, fallback=str(wording.UNNAMED)),
                pages=findings.pages,
                flags=list(findings.flags),
                owner_account_id=actor.account_id if actor.is_resident else None,
                owner_token_digest="" if actor.is_resident else vault.owner_digest(owner_token),
                purpose=purpose,
                scan_state=scan.state,
                scanned_at=now if scan.state == "clean" else None,
                created_at=now,
                retention_date=local_date(now) + timedelta(days=settings.SUIGO_DRAFT_DAYS),
            )
            _note_stored(actor, file, claimed=content_type_claimed, now=now)
    except BaseException:
        storage.discard(incoming.path)
        raise
    return brief_of(file)


def claim_files(
    actor: Actor, *, owner_token: str, now: datetime, letters: Sequence[UUID] = ()
) -> int:
    """Make everything that a token uploaded the resident's own once they are signed in.

    ``letters`` are documents the city issued on applications the resident takes over; those that
    have an owner already stay with them. Returns how many files changed hands, one ledger entry
    per file. Raises ``NotFound`` without a resident or a token.
    """
    if not actor.is_resident or actor.account_id is None or not owner_token:
        raise NotFound
    uploaded = Q(owner_token_digest=vault.owner_digest(owner_token))
    issued = Q(owner_token_digest="", public_id__in=letters) & ~Q(purpose="attachment")
    with transaction.atomic():
        files = list(
            StoredFile.objects.select_for_update(of=("self",))
            .filter(uploaded | issued, owner_account=None, purged_at=None)
            .order_by("id")
        )
        StoredFile.objects.filter(pk__in=[f.pk for f in files]).update(
            owner_account_id=actor.account_id, owner_token_digest=""
        )
        for file in files:
            record(
                "file.claimed",
                actor=actor,
                subject_kind="file",
                subject_id=str(file.public_id),
                facts={"sha256": file.sha256},
                now=now,
            )
    return len(files)


def hand_over_files(actor: Actor, ids: Sequence[UUID], *, to_account_id: int, now: datetime) -> int:
    """Make uploads of the actor somebody else's: they sent them for that person. Inside the
    caller's transaction; returns how many changed hands, one ledger entry per file. Files that are
    not the actor's stay where they are."""
    if not ids or actor.account_id is None:
        return 0
    files = list(
        StoredFile.objects.select_for_update(of=("self",))
        .filter(public_id__in=ids, owner_account_id=actor.account_id, purged_at=None)
        .order_by("id")
    )
    StoredFile.objects.filter(pk__in=[f.pk for f in files]).update(owner_account_id=to_account_id)
    for file in files:
        record(
            "file.handed_over",
            actor=actor,
            subject_kind="file",
            subject_id=str(file.public_id),
            facts={"sha256": file.sha256},
            now=now,
        )
    return len(files)


def remove_file(actor: Actor, public_id: UUID, *, owner_token: str, now: datetime) -> None:
    """Remove an upload that its owner took out of the form again, at once and for good.

    Raises ``NotFound`` and, for a file that an application already holds, ``Conflict``.
    """
    with transaction.atomic():
        file = (
            StoredFile.objects.select_for_update(of=("self",))
            .filter(policy.owned_by(actor, owner_token=owner_token))
            .filter(public_id=public_id, purged_at=None)
            .first()
        )
        if file is None:
            raise NotFound
        if file.held or file.purpose != "attachment":
            raise Conflict(_("提出済みのファイルは取り消せません。"))
        address = empty(file, now=now)
        record(
            "file.removed",
            actor=actor,
            subject_kind="file",
            subject_id=str(public_id),
            facts={"sha256": file.sha256},
            now=now,
        )
    if address is not None:
        blobs.remove_unowned(address)


def empty(file: StoredFile, *, now: datetime) -> str | None:
    """Take content and name from a locked file, inside the caller's transaction.

    Returns the address for ``blobs.remove_unowned`` after the commit, if nobody else has it.
    """
    blob = file.blob
    file.blob, file.name, file.purged_at = None, "", now
    file.owner_token_digest = ""
    file.save(update_fields=["blob", "name", "purged_at", "owner_token_digest", "purge_report"])
    return blobs.drop_if_unused(blob) if blob is not None else None


def _owner(actor: Actor, owner_token: str) -> str:
    if actor.account_id is not None:
        return f"account:{actor.account_id}"
    if actor.kind == "system":
        return "system"
    if len(owner_token) < 16:
        raise NotFound  # a file that nobody could ever reach again is not taken
    return f"token:{vault.owner_digest(owner_token)}"


def _head(stream: ByteStream) -> bytes:
    head = b""
    while len(head) < HEAD:
        piece = stream.read(HEAD - len(head))
        if not piece:
            break
        head += piece
    return head


def _limited(head: bytes, stream: ByteStream) -> Iterator[bytes]:
    """Everything, up to the limit. Raises ``TooLarge`` without reading on."""
    limit: int = settings.SUIGO_FILE_BYTES
    size = 0
    for piece in chain([head], iter(lambda: stream.read(PIECE), b"")):
        size += len(piece)
        if size > limit:
            raise TooLarge(
                _("ファイルが大きすぎます。1つのファイルは%(megabytes)dMBまでです。")
                % {"megabytes": limit // (1024 * 1024)}
            )
        yield piece


def _note_stored(actor: Actor, file: StoredFile, *, claimed: str, now: datetime) -> None:
    record(
        "file.stored",
        actor=actor,
        subject_kind="file",
        subject_id=str(file.public_id),
        facts={
            "sha256": file.sha256,
            "size": file.size,
            "type": file.content_type,
            "claimed": naming.safe_name(claimed, fallback="")[:100],
        },
        personal={"name": file.name},
        now=now,
    )


def _note_infected(actor: Actor, incoming: blobs.Incoming, *, found: str, now: datetime) -> None:
    with transaction.atomic():
        record(
            "file.refused_infected",
            actor=actor,
            subject_kind="file",
            subject_id=incoming.sha256,
            facts={"sha256": incoming.sha256, "found": found[:200]},
            now=now,
        )
