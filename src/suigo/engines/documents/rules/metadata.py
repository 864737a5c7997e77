"""Take the place, the camera and the owner out of a photograph without touching the picture.

A telephone writes GPS coordinates into every photograph. Segments that carry such data are left
out while the bytes pass through; the compressed picture itself stays bit for bit as it was. The
orientation is kept, because without it the picture lies on its side.
"""

import struct
from collections.abc import Callable, Iterable, Iterator

from suigo.engines.documents.rules.sniffing import Unacceptable

_SOI, _EOI, _SOS, _APP1 = 0xD8, 0xD9, 0xDA, 0xE1
# APP0 JFIF, APP2 colour profile and APP14 Adobe are needed to show the picture as meant
_KEPT_APPS = frozenset((0xE0, 0xE2, 0xEE))
_COMMENT = 0xFE
_PNG_SIGNATURE = 8
_PNG_DROPPED = frozenset((b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"))
_VP8X_EXIF_AND_XMP = 0x08 | 0x04


def without_metadata(content_type: str, content: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a JPEG, PNG or WebP without personal data; other types pass unchanged.

    Raises ``Unacceptable("broken_image")`` where the file's own structure ends too early.
    """
    strippers: dict[str, Callable[[_Source], Iterator[bytes]]] = {
        "image/jpeg": _jpeg,
        "image/png": _png,
        "image/webp": _webp,
    }
    stripper = strippers.get(content_type)
    return iter(content) if stripper is None else stripper(_Source(content))


class _Source:
    """Reads exact amounts from pieces of any length."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._buffer = b""

    def exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            piece = next(self._pieces, b"")
            if not piece:
                raise Unacceptable("broken_image", "ends too early")
            self._buffer += piece
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def in_pieces(self, size: int) -> Iterator[bytes]:
        """``size`` bytes, without holding them all at once."""
        while size:
            piece = self.some()
            if len(piece) > size:
                self.push_back(piece[size:])
                piece = piece[:size]
            size -= len(piece)
            yield piece

    def some(self) -> bytes:
        """The next bytes, at least one."""
        if self._buffer:
            taken, self._buffer = self._buffer, b""
            return taken
        piece = next(self._pieces, b"")
        if not piece:
            raise Unacceptable("broken_image", "ends too early")
        return piece

    def push_back(self, piece: bytes) -> None:
        self._buffer = piece + self._buffer

    def drain(self) -> None:
        """Read the rest and forget it: nothing may hide behind the picture's end."""
        self._buffer = b""
        for _piece in self._pieces:
            pass


def _jpeg(source: _Source) -> Iterator[bytes]:
    """ISO/IEC 10918-1 Annex B: markers, each but a few with a length."""
    yield source.exactly(2)
    orientation_given = False
    while True:
        marker = _next_marker(source)
        if marker == _EOI:
            yield bytes((0xFF, _EOI))
            source.drain()
            return
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            yield bytes((0xFF, marker))
            continue
        length = source.exactly(2)
        size = int.from_bytes(length, "big") - 2
        if size < 0:
            raise Unacceptable("broken_image", "impossible segment")
        body = source.exactly(size)
        if marker == _APP1 and not orientation_given:
            turned = _orientation(body)
            if turned is not None and turned != 1:
                orientation_given = True
                yield _orientation_segment(turned)
        if marker == _COMMENT or (0xE0 <= marker <= 0xEF and not _needed(marker, body)):
            continue
        yield bytes((0xFF, marker)) + length + body
        if marker == _SOS:
            yield from _entropy_coded(source)


def _needed(marker: int, body: bytes) -> bool:
    if marker == 0xE2:  # APP2 also carries further pictures (MPF), which hold their own EXIF
        return body.startswith(b"ICC_PROFILE\x00")
    return marker in _KEPT_APPS


def _next_marker(source: _Source) -> int:
    if source.exactly(1) != b"\xff":
        raise Unacceptable("broken_image", "no marker where one must be")
    marker = 0xFF
    while marker == 0xFF:  # fill bytes
        marker = source.exactly(1)[0]
    if marker == 0:
        raise Unacceptable("broken_image", "no marker where one must be")
    return marker


def _entropy_coded(source: _Source) -> Iterator[bytes]:
    """Pass the compressed picture on up to the next real marker, which is pushed back."""
    while True:
        piece = source.some()
        if piece.endswith(b"\xff"):
            piece += source.exactly(1)
        start = 0
        while (at := piece.find(b"\xff", start)) != -1:
            if at + 1 == len(piece):
                piece += source.exactly(1)
            following = piece[at + 1]
            if following == 0 or 0xD0 <= following <= 0xD7:
                start = at + 2
                continue
            yield piece[:at]
            source.push_back(piece[at:])
            return
        yield piece


def _orientation(body: bytes) -> int | None:
    """The orientation (1 to 8) that an EXIF segment states, if it states one."""
    if not body.startswith(b"Exif\x00\x00"):
        return None
    tiff = body[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        (offset,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, offset)
        for number in range(min(count, 500)):
            tag, _kind, _count, value = struct.unpack_from(
                f"{order}HHIH", tiff, offset + 2 + number * 12
            )
            if tag == 0x0112:
                return int(value) if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _orientation_segment(orientation: int) -> bytes:
    """An EXIF segment that holds the orientation and nothing else."""
    tiff = b"MM\x00\x2a" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(source: _Source) -> Iterator[bytes]:
    """PNG (ISO/IEC 15948): chunks of length, type, data, check sum."""
    yield source.exactly(_PNG_SIGNATURE)
    while True:
        head = source.exactly(8)
        size, kind = int.from_bytes(head[:4], "big"), head[4:]
        if size > 0x7FFFFFFF:
            raise Unacceptable("broken_image", "impossible chunk")
        kept = kind not in _PNG_DROPPED
        if kept:
            yield head
        for piece in source.in_pieces(size + 4):
            if kept:
                yield piece
        if kind == b"IEND":
            source.drain()
            return


def _webp(source: _Source) -> Iterator[bytes]:
    """WebP: RIFF states its length in front, so personal chunks are overwritten, not removed."""
    head = source.exactly(12)
    left = int.from_bytes(head[4:8], "little") - 4
    yield head
    while left >= 8:
        chunk = source.exactly(8)
        kind, size = chunk[:4], int.from_bytes(chunk[4:], "little")
        padded = size + size % 2
        left -= 8 + padded
        if left < 0:
            raise Unacceptable("broken_image", "ends too early")
        if kind in (b"EXIF", b"XMP "):
            yield b"JUNK" + chunk[4:]
            for piece in source.in_pieces(padded):
                yield bytes(len(piece))
        elif kind == b"VP8X" and size >= 10:
            body = source.exactly(padded)
            yield chunk + bytes((body[0] & ~_VP8X_EXIF_AND_XMP,)) + body[1:]
        else:
            yield chunk
            yield from source.in_pieces(padded)
    source.drain()
