"""Look into a PDF, an image or an office document on standard input.

Usage: ``inspect_file.py pdf|image|office``. Answers one line of JSON: either
``{"content_type": …, "flags": […], "pages": n or null}`` or ``{"refused": reason, "detail": …}``.
"""

import codecs
import io
import json
import re
import sys
import warnings
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from limits import confine  # type: ignore[import-not-found]

MOST_PIXELS = 120_000_000
MOST_OBJECTS = 300_000
MOST_PAGES = 2_000
MOST_ENTRIES = 5_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_RATIO = 200  # office documents compress to a twentieth; bombs to a thousandth
LARGEST_SIGNATURE = 1024 * 1024
RATIO_FROM = 4 * 1024 * 1024

OFFICE_PARTS = {
    "word/document.xml": "wordprocessingml.document",
    "xl/workbook.xml": "spreadsheetml.sheet",
    "ppt/presentation.xml": "presentationml.presentation",
}
OPEN_DOCUMENT = re.compile(
    r"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)\Z"
)
LAUNCHING = {"/Launch", "/SubmitForm", "/ImportData", "/GoToE"}


class Refused(Exception):
    """The file can't be taken."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def look_into_pdf(content: bytes) -> dict[str, Any]:
    """Open the document and walk its objects: does it hold together, what can it do?"""
    import pikepdf  # noqa: PLC0415 - only what this kind needs, for a quick start

    result: dict[str, Any] = {"content_type": "application/pdf", "flags": [], "pages": None}
    try:
        document = pikepdf.open(io.BytesIO(content), suppress_warnings=True)
    except pikepdf.PasswordError:
        result["flags"] = ["encrypted"]
        return result
    except pikepdf.PdfError as broken:
        raise Refused("broken_pdf", str(broken)[:200]) from broken
    with document:
        try:
            pages = len(document.pages)
        except (pikepdf.PdfError, ValueError, TypeError, RecursionError) as broken:
            raise Refused("broken_pdf", str(broken)[:200]) from broken
        if not 0 < pages <= MOST_PAGES:
            raise Refused("broken_pdf", f"{pages} pages")
        result["pages"] = pages
        flags = _pdf_abilities(document)
        if document.is_encrypted:
            flags.add("restricted")
        result["flags"] = sorted(flags)
    return result


def _pdf_abilities(document: Any) -> set[str]:
    import pikepdf  # noqa: PLC0415

    flags: set[str] = set()
    for number, item in enumerate(document.objects):
        if number > MOST_OBJECTS:
            raise Refused("broken_pdf", "too many objects")
        for holder in _dictionaries(item):
            action = holder.get("/S")
            kind = str(action) if isinstance(action, pikepdf.Name) else ""
            if "/JS" in holder or kind == "/JavaScript" or "/XFA" in holder:
                flags.add("scripts")
            if kind in LAUNCHING:
                flags.add("launches")
            if "/EmbeddedFiles" in holder or str(holder.get("/Type", "")) == "/EmbeddedFile":
                flags.add("attachments")
        opening = item.get("/OpenAction") if _is_dictionary(item) else None
        if opening is not None and _is_dictionary(opening) and str(opening.get("/S")) == "/URI":
            flags.add("launches")
    return flags


def _is_dictionary(item: Any) -> bool:
    import pikepdf  # noqa: PLC0415

    return isinstance(item, (pikepdf.Dictionary, pikepdf.Stream))


def _dictionaries(item: Any, depth: int = 0) -> Iterator[Any]:
    """The dictionaries directly inside an object (indirect ones come up by themselves)."""
    import pikepdf  # noqa: PLC0415

    if depth > 20:
        raise Refused("broken_pdf", "nested too deeply")
    if _is_dictionary(item):
        yield item
        children = list(item.values())
    elif isinstance(item, pikepdf.Array):
        children = list(item)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _dictionaries(child, depth + 1)


def look_into_image(content: bytes) -> dict[str, Any]:
    """Decode the picture once: it must be whole, and not unpack to more than memory holds."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow warns above and refuses at twice this
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            kind = str(picture.format)
            frames = int(getattr(picture, "n_frames", 1))
            picture.draft("RGB", (512, 512))  # a JPEG is decoded at an eighth: whole, but cheap
            picture.load()
    except Image.DecompressionBombError as bomb:
        raise Refused("huge_image", str(bomb)[:200]) from bomb
    except MemoryError as bomb:
        raise Refused("huge_image", "memory") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as broken:
        raise Refused("broken_image", str(broken)[:200]) from broken
    flags = ["animated"] if frames > 1 else []
    return {"content_type": f"image/{kind.lower()}", "flags": flags, "pages": 1}


def look_into_office(content: bytes) -> dict[str, Any]:
    """Unpack every entry, counting: names, sizes, macros, things loaded from elsewhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _office(archive, len(content))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as broken:
        raise Refused("broken_office", str(broken)[:200]) from broken
    except RuntimeError as locked:  # what zipfile raises for an encrypted entry
        raise Refused("office_password", str(locked)[:200]) from locked


def _office(archive: zipfile.ZipFile, packed_size: int) -> dict[str, Any]:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refused("office_bomb", f"{len(entries)} entries")
    if sum(e.file_size for e in entries) > MOST_UNPACKED:
        raise Refused("office_bomb", "declared size")
    names = {e.filename for e in entries}
    if len(names) != len(entries):
        raise Refused("broken_office", "an entry occurs twice")
    content_type = _office_type(archive, names)
    flags: set[str] = set()
    total = 0
    for entry in entries:
        if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
            raise Refused("broken_office", "a path that leads outside")
        if entry.flag_bits & 0x1:
            raise Refused("office_password")
        if entry.filename.lower().endswith("vbaproject.bin") or entry.filename.startswith(
            ("Basic/", "Scripts/")
        ):
            raise Refused("macros")
        total += _read_through(archive, entry, flags)
        if total > MOST_UNPACKED or (total > RATIO_FROM and total > packed_size * MOST_RATIO):
            raise Refused("office_bomb", "unpacked size")
    return {"content_type": content_type, "flags": sorted(flags), "pages": None}


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, flags: set[str]) -> int:
    size = 0
    head = b""
    relations = bytearray()
    with archive.open(entry) as stream:
        while piece := stream.read(65_536):
            head = head or piece[:4]
            size += len(piece)
            if size > MOST_UNPACKED or size > entry.file_size:
                raise Refused("office_bomb", "an entry is larger than it says")
            if entry.filename.endswith(".rels"):
                relations += piece
    if head == b"PK\x03\x04":
        if "/embeddings/" not in entry.filename and not entry.filename.startswith("Object"):
            raise Refused("office_bomb", "an archive within the archive")
        flags.add("attachments")
    if b'TargetMode="External"' in relations and re.search(
        rb"attachedTemplate|oleObject|frame|externalLink", relations
    ):
        flags.add("external")
    return size


def _office_type(archive: zipfile.ZipFile, names: set[str]) -> str:
    for part, kind in OFFICE_PARTS.items():
        if part in names and "[Content_Types].xml" in names:
            return f"application/vnd.openxmlformats-officedocument.{kind}"
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
        kind = archive.read("mimetype").decode("ascii", "replace").strip()
        if OPEN_DOCUMENT.match(kind):
            return kind
    raise Refused("archive")


def look_into_signature(content: bytes) -> dict[str, Any]:
    """Whether it is a signature of another file (CMS SignedData), as far as its frame goes, in DER
    or in PEM, which holds exactly one and nothing besides. What it
    is worth is said by who verifies it."""
    cms: Any = import_module("asn1crypto.cms")
    try:
        if not content.startswith(b"\x30"):
            content = _unarmoured(content)
        signed = cms.ContentInfo.load(content, strict=True)["content"]
        if not signed["signer_infos"] or len(content) > LARGEST_SIGNATURE:
            raise Refused("broken_signature")
    except (ValueError, TypeError, KeyError) as broken:
        raise Refused("broken_signature", type(broken).__name__) from broken
    return {"content_type": "application/pkcs7-signature", "flags": [], "pages": None}


def _unarmoured(content: bytes) -> bytes:
    pem: Any = import_module("asn1crypto.pem")
    text = content.removeprefix(codecs.BOM_UTF8).strip()
    kind, _headers, der = pem.unarmor(text)
    whole = text.count(b"-----BEGIN") == 1 and text.endswith(f"-----END {kind}-----".encode())
    if kind not in ("PKCS7", "CMS") or not whole:
        raise Refused("broken_signature", "not one PEM block")
    return bytes(der)


LOOKS = {
    "pdf": look_into_pdf,
    "image": look_into_image,
    "office": look_into_office,
    "signature": look_into_signature,
}


def main() -> None:
    """Read everything, judge it, say so."""
    confine()
    content = sys.stdin.buffer.read()
    try:
        answer = LOOKS[sys.argv[1]](content)
    except Refused as refused:
        answer = {"refused": refused.reason, "detail": refused.detail}
    except MemoryError:
        answer = {"refused": "check_failed", "detail": "memory"}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
