"""Pages as pictures, for clerks: drawn by a confined program, kept encrypted beside the file."""

import json
from dataclasses import dataclass

from suigo.engines.documents import isolation, queries, storage, vault
from suigo.engines.documents.failures import NoPreview
from suigo.engines.documents.rules import framing
from suigo.engines.documents.spec import FileBrief

WIDTHS = (320, 1000, 1600)  # thumbnail, screen, enlarged


def page_png(file: FileBrief, *, page: int, width: int) -> bytes:
    """A page (counted from 0) as PNG, ``width`` (one of ``WIDTHS``) pixels wide.

    Ask ``queries.file_for`` first. Raises ``failures.NoPreview`` where there is nothing to draw,
    and what ``queries.open_file`` raises.
    """
    if not file.previewable or width not in WIDTHS or not 0 <= page < (file.pages or 1):
        raise NoPreview
    blob = queries.blob_of(file)
    name = f"{page}-{width}"
    key = vault.preview_key(queries.key_of(blob), name=name)
    kept = _kept(blob.address, name, key)
    if kept is not None and file.scan_state != "infected":
        return kept
    content = queries.open_file(file)
    outcome = isolation.run("paint_page", file.kind, str(page), str(width), content=content)
    if outcome.code != 0 or not outcome.output.startswith(b"\x89PNG"):
        raise NoPreview
    storage.write_preview(blob.address, name, framing.encrypted([outcome.output], key))
    return outcome.output


@dataclass(frozen=True, slots=True)
class PageRead:
    """What was read on a page: its QR codes, how much is dark, and a digest of its looks."""

    codes: tuple[str, ...]
    ink: float
    digest: str


def read_pages(file: FileBrief) -> tuple[PageRead, ...]:
    """The QR codes of every page, read by a confined program.

    Ask ``queries.file_for`` first. Raises ``failures.NoPreview`` where nothing can be drawn, and
    what ``queries.open_file`` raises.
    """
    if not file.previewable:
        raise NoPreview
    outcome = isolation.run("read_codes", file.kind, content=queries.open_file(file))
    if outcome.code != 0:
        raise NoPreview
    pages = json.loads(outcome.output)
    return tuple(PageRead(tuple(p["codes"]), p["ink"], p["digest"]) for p in pages)


def _kept(address: str, name: str, key: bytes) -> bytes | None:
    source = storage.read_preview(address, name)
    if source is None:
        return None
    with source:
        try:
            return b"".join(framing.decrypted(source, key))
        except framing.Damaged:
            return None  # a drawing that does not open is drawn again
