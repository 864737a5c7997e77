"""What a file is, by its first bytes and never by its name."""

import codecs
from dataclasses import dataclass
from typing import Literal

from suigo.engines.documents.spec import FileKind

HEAD = 4096

Refusal = Literal[
    "empty",
    "not_accepted",
    "program",
    "web_page",
    "heic",
    "old_office",
    "archive",
    "unknown",
    "broken_pdf",
    "broken_image",
    "huge_image",
    "broken_office",
    "office_password",
    "office_bomb",
    "macros",
    "broken_text",
    "broken_signature",
    "check_failed",
]


class Unacceptable(Exception):
    """The content can't be taken; ``reason`` has its sentence in ``wording.REFUSALS``."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason: Refusal = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The kind of a file and its media type (an office document's is found out later)."""

    kind: FileKind
    content_type: str


_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",  # a Windows shortcut
    b"dex\n",
    b"!<arch>",
)
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"LHA", b"MSCF")
_HEIC = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")
_WEB = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<head", b"<body", b"<?php")
# DER of 1.2.840.113549.1.7.2, with which every CMS signature (.p7s) begins
SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
# the same in letters (PEM), as some programs keep it
PEM_SIGNED_DATA = (b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(head: bytes) -> Sniffed:
    """Judge the first ``HEAD`` bytes (fewer only if the file is shorter).

    Raises ``Unacceptable`` for what is never taken, whatever it is called.
    """
    if not head:
        raise Unacceptable("empty")
    if head.startswith(b"%PDF-"):
        return Sniffed("pdf", "application/pdf")
    if head.startswith(b"\xff\xd8\xff"):
        return Sniffed("image", "image/jpeg")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Sniffed("image", "image/png")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sniffed("image", "image/webp")
    if head.startswith(b"\x30") and SIGNED_DATA in head[:32]:
        return Sniffed("signature", "application/pkcs7-signature")
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(PEM_SIGNED_DATA):
        return Sniffed("signature", "application/pkcs7-signature")
    if head.startswith(b"PK\x03\x04"):
        return Sniffed("office", "application/zip")
    raise_for_forbidden(head)
    if looks_like_text(head):
        return Sniffed("text", "text/plain")
    raise Unacceptable("unknown")


def raise_for_forbidden(head: bytes) -> None:
    """Raise the most helpful ``Unacceptable`` for well-known content that is refused."""
    if head.startswith(_PROGRAMS):
        raise Unacceptable("program")
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        raise Unacceptable("heic")
    if head.startswith(_OLE):
        raise Unacceptable("old_office")
    if head.startswith(_ARCHIVES) or head[2:7] in (b"-lh5-", b"-lh0-", b"-lh7-"):
        raise Unacceptable("archive")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith(_WEB):
        raise Unacceptable("web_page")


def looks_like_text(head: bytes) -> bool:
    """Whether the beginning could be text; the whole is decided by ``TextCheck``."""
    check = TextCheck()
    check.feed(head)
    return check.possible


class TextCheck:
    """Decides while bytes pass by whether they are text in one of the encodings of offices.

    Tried at the same time: UTF-8, cp932 (what Japanese Excel writes), UTF-16 with its mark.
    """

    def __init__(self) -> None:
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}
        self._started = False

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        if not self._started and piece:
            self._started = True
            names = ["utf-8", "cp932"]
            if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                names = ["utf-16"]
            self._decoders = {n: codecs.getincrementaldecoder(n)("strict") for n in names}
        self._pass(piece, final=False)

    def finish(self) -> str | None:
        """The name of the encoding that fits the whole, or nothing."""
        self._pass(b"", final=True)
        return next(iter(self._decoders), None)

    @property
    def possible(self) -> bool:
        return bool(self._decoders)

    def _pass(self, piece: bytes, *, final: bool) -> None:
        for name, decoder in list(self._decoders.items()):
            try:
                text = decoder.decode(piece, final)
            except UnicodeDecodeError:
                del self._decoders[name]
                continue
            if any(c < " " and c not in "\t\n\r\f\x1a" for c in text):
                del self._decoders[name]
