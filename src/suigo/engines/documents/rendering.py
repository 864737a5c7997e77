"""PDF: letters, receipts, applications, paper forms and reports, by typst.

A document is a template and data. Data travels as JSON and is text to the template, never markup:
a name such as ``#import`` is printed as that. The result is tagged (PDF/UA-1), fit for archives
(PDF/A-2a, when the data has a ``date``), in one language, and the same bytes for the same input.
Templates are those of ``letters/``; a city replaces or adds some in ``assets/letters/``.
"""

import atexit
import io
import json
import logging
import re
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pypdfium2
import segno
import typst

from suigo.engines.documents import fonts
from suigo.engines.documents.labels import labels

PACKAGE = Path(__file__).parent / "letters"
CITY_FOLDER = Path("assets") / "letters"
Standard = Literal["a-2a", "a-2b", "ua-1"]
ACCESSIBLE: tuple[Standard, ...] = ("ua-1",)
ARCHIVAL: tuple[Standard, ...] = ("a-2a", "ua-1")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
logger = logging.getLogger(__name__)
_pdfium = threading.Lock()  # pdfium must not be entered by two threads at once


class RenderingFailed(Exception):
    """The template is missing or wrong, or the data doesn't fit it. For developers and logs."""


def render_pdf(
    template: str,
    data: Mapping[str, Any],
    *,
    title: str,
    city_root: Path,
    lang: str = "ja",
    author: str = "",
    font_folders: tuple[Path, ...] = (fonts.BUNDLED,),
) -> bytes:
    """Render ``template`` (``letter``, ``receipt``, ``application``, ``paper_form``, ``report``
    or one of the city's) with ``data``; the shapes are in this package's README.

    ``title`` is printed and is the document's title; ``author`` is the issuer in its properties.
    ``data["date"]`` (ISO day) is the document's date. ``data["qr"]`` is what the QR code holds,
    ``data["page_codes"]`` what the small ones on the pages of a paper form hold, page by page.
    Characters that no font draws are printed as 〓, with a note at the end.
    Raises ``RenderingFailed``.
    """
    if not _NAME.match(template):
        raise RenderingFailed(f"no template is called {template!r}")
    content = _prepared(data, title=title, lang=lang, author=author, folders=font_folders)
    standards = ARCHIVAL if content.get("date") else ACCESSIBLE
    return _press(city_root, font_folders).print(template, content, standards=standards)


def unprintable(text: str, *, font_folders: tuple[Path, ...] = (fonts.BUNDLED,)) -> list[str]:
    """The characters that would not be printed as meant; ask before a letter is decided."""
    return fonts.unprintable(text, folders=font_folders)


def pdf_text(pdf: bytes) -> str:
    """The text of all pages, for tests and search. One page after the other, by line breaks."""
    with _pdfium:
        document = pypdfium2.PdfDocument(pdf)
        try:
            pages = [page.get_textpage().get_text_range() for page in document]
        finally:
            document.close()
    return "\n".join(pages).replace("\r\n", "\n")


def page_count(pdf: bytes) -> int:
    """How many pages the PDF has."""
    with _pdfium:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def qr_svg(text: str) -> str:
    """A QR code (error correction M) as SVG, without size, title or script: style it outside."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4)
    return out.getvalue().decode().strip()


def _prepared(
    data: Mapping[str, Any], *, title: str, lang: str, author: str, folders: tuple[Path, ...]
) -> dict[str, Any]:
    """The data with 〓 for what can't be drawn, and with what every template needs."""
    lost = _Lost(folders)
    content: dict[str, Any] = {
        key: value if key in ("qr", "date", "page_codes") else lost.replaced(value)
        for key, value in data.items()
        if not key.startswith("_")
    }
    if not title.strip():
        raise RenderingFailed("a document needs a title")
    day = content.get("date")
    if day is not None and not _DATE.match(str(day)):
        raise RenderingFailed(f"date: {day!r} is not an ISO day")
    content["_title"] = lost.replaced(title)
    content["_author"] = lost.replaced(author)
    content["_lang"] = "ja" if lang.startswith("ja") or lang == "easy" else lang.split("-")[0]
    content["_qr_svg"] = qr_svg(str(content["qr"])) if content.get("qr") else None
    content["_page_svgs"] = [qr_svg(code) for code in content.get("page_codes") or ()]
    absent = [f"U+{ord(c[0]):04X}" for c in lost.found if c not in lost.variants]
    content["_missing"] = absent
    content["_words"] = labels(lang, missing="、".join(absent), variants="、".join(lost.variants))
    content["_variants"] = lost.variants
    return content


@dataclass(slots=True)
class _Lost:
    """Replaces what can't be drawn, and remembers it."""

    folders: tuple[Path, ...]
    found: dict[str, None] = field(default_factory=dict)

    @property
    def variants(self) -> list[str]:
        """Characters that are drawn, but in another form than the variation selector asks for."""
        return [c for c in self.found if fonts.drawable(c[0], folders=self.folders)]

    def replaced(self, value: Any) -> Any:
        if isinstance(value, str):
            self.found.update(dict.fromkeys(fonts.unprintable(value, folders=self.folders)))
            return fonts.printable(value, folders=self.folders)
        if isinstance(value, Mapping):
            return {str(k): self.replaced(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.replaced(v) for v in value]
        return value


class _Press:
    """A compiler with its fonts loaded, over the package's templates and a city's own.

    Loading costs 40 ms, a page then 3 ms. The compiler is shared by the threads of a process, one
    at a time.
    """

    def __init__(self, folder: Path, font_folders: tuple[Path, ...]) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._compiler = typst.Compiler(
            str(folder / "letter.typ"),
            root=str(folder),
            font_paths=[str(f) for f in font_folders if f.is_dir()],
            ignore_system_fonts=True,
        )

    def print(
        self, template: str, content: dict[str, Any], *, standards: tuple[Standard, ...]
    ) -> bytes:
        source = self._folder / f"{template}.typ"
        if not source.is_file():
            raise RenderingFailed(f"no template is called {template!r}")
        try:
            return self._compiled(source, content, standards)
        except typst.TypstError as failed:
            if "structure" not in str(failed):
                raise RenderingFailed(f"{template}: {failed}") from failed
            # the compiler can trip over its own tags where a page breaks; the letter must go out
            logger.error("%s is issued without its accessibility tags: %s", template, failed)
        return self._compiled(source, content, ())

    def _compiled(
        self, source: Path, content: dict[str, Any], standards: tuple[Standard, ...]
    ) -> bytes:
        with self._lock:
            pdf = self._compiler.compile(
                input=str(source),
                format="pdf",
                sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
                pdf_standards=list(standards),
                pdf_tags=bool(standards),
                timestamp=0,
            )
        assert isinstance(pdf, bytes)
        return pdf


_presses: dict[tuple[object, ...], _Press] = {}
_presses_lock = threading.Lock()


def _press(city_root: Path, font_folders: tuple[Path, ...]) -> _Press:
    """The press for a city as its templates are now: an edited template is seen at once."""
    sources = [*_sources(PACKAGE), *_sources(city_root / CITY_FOLDER)]
    state = tuple((str(p), p.stat().st_mtime_ns) for p in sources)
    key = (city_root, font_folders, state)
    with _presses_lock:
        if key not in _presses:
            for old in [k for k in _presses if k[:2] == key[:2]]:
                del _presses[old]
            _presses[key] = _Press(_laid_out(city_root), font_folders)
        return _presses[key]


def _sources(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else []


def _laid_out(city_root: Path) -> Path:
    """One folder with the package's templates, overlaid with the city's.

    The package's own stay reachable for a city's template as ``default/<name>.typ``.
    """
    folder = Path(tempfile.mkdtemp(prefix="suigo-letters-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(PACKAGE, folder, dirs_exist_ok=True)
    shutil.copytree(PACKAGE, folder / "default")
    if (city_root / CITY_FOLDER).is_dir():
        shutil.copytree(city_root / CITY_FOLDER, folder, dirs_exist_ok=True)
    return folder
