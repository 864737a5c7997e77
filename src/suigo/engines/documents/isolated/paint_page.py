"""Draw one page of a PDF, or an image, from standard input as PNG.

Usage: ``paint_page.py pdf|image PAGE WIDTH``: pages count from 0, WIDTH in pixels. Ends with 3 when
there is no such page and with 4 when the file can't be drawn.
"""

import io
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from limits import confine  # type: ignore[import-not-found]

MOST_PIXELS = 120_000_000
TALLEST = 4  # times the width: a strip of till paper stays readable, a page of 5 km does not arrive
NO_SUCH_PAGE, CANNOT_DRAW = 3, 4


def pdf_page(content: bytes, page: int, width: int) -> Any:
    """The page as a Pillow image of that width."""
    import pypdfium2  # noqa: PLC0415 - only what this kind needs, for a quick start

    try:
        document = pypdfium2.PdfDocument(content)
        if not 0 <= page < len(document):
            sys.exit(NO_SUCH_PAGE)
        sheet = document[page]
        wide, tall = sheet.get_size()
        if wide <= 0 or tall <= 0 or tall / wide > TALLEST * 4:
            sys.exit(CANNOT_DRAW)
        scale = min(width / wide, width * TALLEST / tall)
        return sheet.render(scale=scale).to_pil()
    except pypdfium2.PdfiumError:
        sys.exit(CANNOT_DRAW)


def image(content: bytes, page: int, width: int) -> Any:
    """The image, upright, no wider than ``width``."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    if page != 0:
        sys.exit(NO_SUCH_PAGE)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            picture.draft("RGB", (width, width * TALLEST))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((width, width * TALLEST))
            return upright.convert("RGBA" if "A" in upright.getbands() else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError):
        sys.exit(CANNOT_DRAW)


def main() -> None:
    """Read everything, draw, write the PNG."""
    confine()
    kind, page, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    content = sys.stdin.buffer.read()
    picture = (pdf_page if kind == "pdf" else image)(content, page, width)
    out = io.BytesIO()
    picture.save(out, "PNG")
    sys.stdout.buffer.write(out.getvalue())


if __name__ == "__main__":
    main()
