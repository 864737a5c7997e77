"""Read the QR codes on the pages of a PDF, or on an image, from standard input.

Usage: ``read_codes.py pdf|image``. Answers one line of JSON, a list with an object for each page:
``{"codes": [text, …], "ink": share of dark pixels, "digest": hex}``. Pages that look the same have
the same digest. Ends with 4 when nothing can be drawn.
"""

import hashlib
import io
import json
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

sys.path.insert(0, str(Path(__file__).parent))
confine = import_module("limits").confine  # beside this program, not in a package

MOST_PIXELS = 120_000_000
MOST_PAGES = 60
WIDTHS = (1700, 2600)  # of an A4 sheet: 200 dpi, and 300 where that was not enough
DARK = 110
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
TALLEST = 16  # times the width
CANNOT_DRAW = 4


def pdf_pages(content: bytes) -> Iterator[dict[str, Any]]:
    """What is on each page, the larger drawing only where the smaller shows no code."""
    try:
        document = pypdfium2.PdfDocument(content)
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number]
            wide, tall = page.get_size()
            if wide <= 0 or tall <= 0 or tall / wide > TALLEST:
                yield {"codes": [], "ink": 0.0, "digest": ""}
                continue
            found: dict[str, Any] = {"codes": []}
            for width in WIDTHS:
                picture = page.render(scale=width / wide, grayscale=True).to_pil()
                found = {**read(picture), **{k: v for k, v in found.items() if k != "codes"}}
                if found["codes"]:
                    break
            yield found
    except pypdfium2.PdfiumError:
        sys.exit(CANNOT_DRAW)


def image_page(content: bytes) -> Iterator[dict[str, Any]]:
    """What is on the image, upright and not absurdly large."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            picture.draft("L", (WIDTHS[-1], WIDTHS[-1] * 2))
            upright = ImageOps.exif_transpose(picture).convert("L")
            upright.thumbnail((WIDTHS[-1] * 2, WIDTHS[-1] * 2))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError):
        sys.exit(CANNOT_DRAW)
    yield read(upright)


def drawings_of(picture: Any) -> Iterator[Any]:
    """The drawing as it is; without its specks; and larger, for small codes taken from far."""
    yield picture
    clean = picture.filter(ImageFilter.MedianFilter(3))
    yield clean
    if picture.width <= WIDTHS[0]:
        yield clean.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)


def read(picture: Any) -> dict[str, Any]:
    """The codes, the ink and the looks of one drawing."""
    codes: list[Any] = []
    for seen in drawings_of(picture):
        codes = zxingcpp.read_barcodes(seen, formats=QR)
        if codes:
            break
    small = picture.resize((64, 64)).point(lambda level: level // 32)
    return {
        "codes": [code.text[:300] for code in codes if code.valid],
        "ink": round(sum(picture.histogram()[:DARK]) / (picture.width * picture.height), 5),
        "digest": hashlib.sha256(small.tobytes()).hexdigest(),
    }


def main() -> None:
    """Read everything, write the JSON."""
    confine()
    content = sys.stdin.buffer.read()
    pages = pdf_pages(content) if sys.argv[1] == "pdf" else image_page(content)
    sys.stdout.write(json.dumps(list(pages)))


if __name__ == "__main__":
    main()
