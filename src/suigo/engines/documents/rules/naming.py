"""File names as residents gave them, made safe to show, to store and to save."""

import re
import unicodedata

LONGEST = 200
_ENDS = re.compile(r"\A[\s.]+|[\s.]+\Z")
_BIDI = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN = frozenset('<>:"|?*')  # refused by Windows when the file is saved

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
    "application/pkcs7-signature": ("p7s", "p7m"),
    "application/zip": ("zip",),
    "text/plain": ("txt", "csv", "tsv", "log", "md"),
}


def safe_name(given: str, *, fallback: str) -> str:
    """The given name without folders, control characters and characters that hide the true end.

    Otherwise verbatim: 異体字 and a Mac's decomposed kana stay as they are. Broken Unicode becomes
    ``_``; a name with nothing left becomes ``fallback``; at most 200 characters, extension kept.
    """
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    clean = _ENDS.sub("", "".join(_safe(c) for c in last))
    if not clean.strip("_ ."):
        return fallback
    if len(clean) <= LONGEST:
        return clean
    stem, dot, extension = clean.rpartition(".")
    if not dot or len(extension) > 10:
        return _ENDS.sub("", clean[:LONGEST])
    return stem[: LONGEST - len(extension) - 1] + "." + extension


def download_name(name: str, content_type: str) -> str:
    """``name`` with an extension that fits its content: 請求書.exe that is a PDF ends in .pdf."""
    allowed = EXTENSIONS.get(content_type.partition(";")[0], ("bin",))
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    return name if extension in allowed else f"{name}.{allowed[0]}"


def _safe(character: str) -> str:
    if character in _BIDI:
        return ""
    if character in _FORBIDDEN or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
        return "_"
    return "_" if ord(character) & 0xFFFE == 0xFFFE or character == "\ufffd" else character
