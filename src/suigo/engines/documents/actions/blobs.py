"""Contents: encrypted while they arrive, kept once, removed when nobody has them any more.

Everything that decides about an address holds its advisory lock until the commit. So two uploads
of the same content make one file, and a removal never meets an upload that still counts on it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from suigo.engines.documents import storage, vault
from suigo.engines.documents.models import Blob
from suigo.engines.documents.rules import framing
from suigo.kernel.crypto import current_key_id

LOCK_CLASS = 7_307_002  # next to the audit chain's; see docs/map.md


@dataclass(frozen=True, slots=True)
class Incoming:
    """Content that was written and waits to be judged. ``size`` is that of the content."""

    path: Path
    key: bytes
    sha256: str
    size: int

    def content(self) -> Iterator[bytes]:
        """The content again, from the disk: no copy in clear is kept anywhere."""
        with self.path.open("rb") as source:
            yield from framing.decrypted(source, self.key)


def receive(content: Iterable[bytes]) -> Incoming:
    """Encrypt ``content`` into ``incoming`` while it passes. Raises what ``content`` raises."""
    key = framing.new_key()
    digest = hashlib.sha256()
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for piece in content:
            digest.update(piece)
            size += len(piece)
            yield piece

    path = storage.write_incoming(framing.encrypted(counted(), key))
    return Incoming(path=path, key=key, sha256=digest.hexdigest(), size=size)


def adopt(incoming: Incoming, *, now: datetime) -> Blob:
    """The content's row, inside the caller's transaction: an existing one, or a new one.

    If the transaction is rolled back the file stays behind without a row: the purge removes it.
    """
    address = vault.address_of(incoming.sha256)
    lock(address)
    blob = Blob.objects.filter(address=address).first()
    if blob is not None and storage.exists(address):
        storage.discard(incoming.path)
        return blob
    key_id, wrapped = vault.wrap(incoming.key, address=address)
    storage.publish(incoming.path, address)
    if blob is not None:  # its file was lost and has come again
        blob.key_id, blob.wrapped_key = key_id, wrapped
        blob.save(update_fields=["key_id", "wrapped_key"])
        return blob
    return Blob.objects.create(
        address=address, size=incoming.size, key_id=key_id, wrapped_key=wrapped, created_at=now
    )


def drop_if_unused(blob: Blob) -> str | None:
    """Delete the row of a content that no file has any more, inside the caller's transaction.

    Returns the address for ``remove_unowned``, to be called after the commit.
    """
    lock(blob.address)
    if blob.files.exists():
        return None
    blob.delete()
    return blob.address


def remove_unowned(address: str) -> bool:
    """Remove the file at an address that has no row; says whether there was none.

    Call it outside a transaction: the row must be gone for good before the file is.
    """
    with transaction.atomic():
        lock(address)
        if Blob.objects.filter(address=address).exists():
            return False
        storage.remove(address)
        return True


def lock(address: str) -> None:
    """Wait until nobody else decides about this address; held until the transaction ends."""
    number = int.from_bytes(bytes.fromhex(address[:8]), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, number])


def rewrap(*, limit: int = 1_000) -> int:
    """Seal contents' keys with the current installation key; returns how many were done.

    For key rotation: call until it returns 0, then the old key may be taken out of the settings.
    """
    done = 0
    for blob in Blob.objects.exclude(key_id=current_key_id()).order_by("id")[:limit]:
        with transaction.atomic():
            lock(blob.address)
            fresh = Blob.objects.filter(pk=blob.pk).first()
            if fresh is None:
                continue
            sealed = bytes(fresh.wrapped_key)
            key = vault.unwrap(sealed, address=fresh.address, key_id=fresh.key_id)
            fresh.key_id, fresh.wrapped_key = vault.wrap(key, address=fresh.address)
            fresh.save(update_fields=["key_id", "wrapped_key"])
            done += 1
    return done
