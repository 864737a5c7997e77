"""How a file is encrypted on disk: AES-256-GCM in chunks, so that memory stays constant.

::

    header   16 bytes   "SUIGOFIL", version (1), log2 of the chunk size (16), 6 random bytes
    chunk 0  up to 65,536 bytes of content + 16 bytes tag
    chunk 1  …
    chunk n  the last one, marked as last

The nonce of a chunk is the header's 6 random bytes and its index in 6 bytes; the associated data
is the header, the index and one byte that says whether it is the last chunk. So a file that was
cut, lengthened, reordered, spliced from another or altered in a single bit doesn't open (the
STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). Every file has a key of its
own, used for this one file only.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"SUIGOFIL"
VERSION = 1
CHUNK_BITS = 16
CHUNK = 1 << CHUNK_BITS
TAG = 16
HEADER = 16
KEY_BYTES = 32


class Damaged(Exception):
    """The encrypted bytes are not exactly those that were written with this key."""


class Reader(Protocol):
    """Anything bytes can be read from, such as an open file."""

    def read(self, size: int, /) -> bytes: ...


def new_key() -> bytes:
    """A fresh random key for one file."""
    return os.urandom(KEY_BYTES)


def encrypted(content: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """Yield the encrypted form of ``content`` (pieces of any length) piece by piece."""
    cipher = AESGCM(key)
    header = MAGIC + bytes((VERSION, CHUNK_BITS)) + os.urandom(6)
    yield header
    index = 0
    pending = bytearray()
    for piece in content:
        pending += piece
        # strictly more than a chunk: what is sent now is then certainly not the last one
        while len(pending) > CHUNK:
            yield _seal(cipher, header, index, bytes(pending[:CHUNK]), last=False)
            del pending[:CHUNK]
            index += 1
    yield _seal(cipher, header, index, bytes(pending), last=True)


def decrypted(source: Reader, key: bytes) -> Iterator[bytes]:
    """Yield the content of an encrypted file in order; every piece was proven before it is given.

    Raises ``Damaged`` where the bytes stop being those that were written, at the end included:
    content is complete only when the iteration ends without an error.
    """
    header = _exactly(source, HEADER)
    if len(header) < HEADER or not header.startswith(MAGIC + bytes((VERSION, CHUNK_BITS))):
        raise Damaged("not an encrypted file of a known version")
    cipher = AESGCM(key)
    index = 0
    current = _exactly(source, CHUNK + TAG)
    while True:
        following = _exactly(source, CHUNK + TAG)
        yield _open(cipher, header, index, current, last=not following)
        if not following:
            return
        current = following
        index += 1


def encrypted_size(size: int) -> int:
    """How many bytes ``size`` bytes of content take on disk."""
    chunks = max(1, -(-size // CHUNK))
    return HEADER + size + chunks * TAG


def _exactly(source: Reader, size: int) -> bytes:
    """``size`` bytes, fewer only at the end of the source."""
    first = source.read(size)
    if len(first) == size or not first:
        return first
    pieces = [first]
    missing = size - len(first)
    while missing:
        piece = source.read(missing)
        if not piece:
            break
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _nonce(header: bytes, index: int) -> bytes:
    return header[-6:] + index.to_bytes(6, "big")


def _associated(header: bytes, index: int, last: bool) -> bytes:
    return header + index.to_bytes(8, "big") + bytes((last,))


def _seal(cipher: AESGCM, header: bytes, index: int, content: bytes, *, last: bool) -> bytes:
    return cipher.encrypt(_nonce(header, index), content, _associated(header, index, last))


def _open(cipher: AESGCM, header: bytes, index: int, chunk: bytes, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(header, index), chunk, _associated(header, index, last))
    except InvalidTag as altered:
        raise Damaged(f"chunk {index} was altered, moved or cut") from altered
