"""Lists as CSV, for spreadsheets. What an encoding can't hold is reported, never lost."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Literal

Encoding = Literal["utf-8", "cp932"]
GETA = "〓"
# A cell that starts like this is a formula to a spreadsheet (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def written_in_cp932(text: str) -> tuple[str, list[str]]:
    """``text`` as cp932 can hold it, and the code points it can't.

    A character is replaced by 〓; a variation selector only chooses among glyphs, so the plain
    character stays and the selector alone is reported.
    """
    kept: list[str] = []
    lost: list[str] = []
    for character in text:
        try:
            character.encode("cp932")
            kept.append(character)
        except UnicodeEncodeError:
            lost.append(f"U+{ord(character):04X}")
            if not unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
                kept.append(GETA)
    return "".join(kept), lost


def csv_lines(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, encoding: Encoding, lost_title: str
) -> Iterator[bytes]:
    """The file, line by line. UTF-8 begins with the mark that spreadsheets look for.

    In cp932 a last column, ``lost_title``, says for each row which characters of which column
    could not be written (``申請者 U+20BB7``).
    """
    if encoding == "utf-8":
        yield b"\xef\xbb\xbf"
        for row in chain([header], rows):
            yield _line(row).encode("utf-8", "surrogatepass")
        return
    yield _line([*header, lost_title]).encode("cp932", "replace")
    for row in rows:
        cells: list[str] = []
        report: list[str] = []
        for title, cell in zip(header, row, strict=True):
            kept, lost = written_in_cp932(cell)
            cells.append(kept)
            report.extend(f"{title} {point}" for point in lost)
        yield _line([*cells, "、".join(report)]).encode("cp932")


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
