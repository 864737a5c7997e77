"""Spreadsheets as other services export them: cp932 or UTF-8, one header, one row each."""

import csv
import io
from collections import Counter
from dataclasses import dataclass

from suigo.kernel.language import _

LARGEST = 10 * 1024 * 1024
MOST_ROWS = 3000
LONGEST_CELL = 20_000
ENCODINGS = {"auto": ("utf-8-sig", "cp932"), "utf-8": ("utf-8-sig",), "cp932": ("cp932",)}


class Unreadable(Exception):
    """Why a file can't be taken at all, in words for a clerk."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """``number`` is the line in a spreadsheet: the header is 1. ``problem`` says why the cells
    don't fit the header."""

    number: int
    cells: dict[str, str]
    raw: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    encoding: str


def read_table(content: bytes, *, encoding: str = "auto", delimiter: str = ",") -> Table:
    """The table in a file. Raises ``Unreadable``."""
    if len(content) > LARGEST:
        raise Unreadable(_("ファイルが大きすぎます（%(mb)dMBまで）。") % {"mb": LARGEST // 2**20})
    text, found = _decoded(content, encoding)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter="\t" if delimiter == "tab" else ",", strict=True
    )
    try:
        lines = [tuple(line) for line in reader]
    except csv.Error as broken:
        raise Unreadable(
            _("%(line)d行目で、CSVの形が崩れています。") % {"line": reader.line_num}
        ) from broken
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise Unreadable(_("見出しの行がありません。"))
    header = tuple(cell.strip() for cell in lines[0])
    twice = [name for name, count in Counter(n for n in header if n).items() if count > 1]
    if twice:
        raise Unreadable(_("同じ見出しが2つあります: %(names)s") % {"names": "、".join(twice[:5])})
    filled = [(n, line) for n, line in enumerate(lines[1:], 2) if any(c.strip() for c in line)]
    if len(filled) > MOST_ROWS:
        raise Unreadable(
            _("一度に取り込めるのは%(most)d行までです（%(count)d行あります）。分けてください。")
            % {"most": MOST_ROWS, "count": len(filled)}
        )
    return Table(header, tuple(_row(header, n, line) for n, line in filled), found)


def _decoded(content: bytes, encoding: str) -> tuple[str, str]:
    for name in ENCODINGS[encoding]:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text, name
    raise Unreadable(
        _("文字を読めません。文字コードがShift_JIS（cp932）かUTF-8のCSVにしてください。")
    )


def _row(header: tuple[str, ...], number: int, line: tuple[str, ...]) -> TableRow:
    problem = ""
    if len(line) != len(header):
        problem = _("列の数が合いません（見出し%(header)d、この行%(row)d）。") % {
            "header": len(header),
            "row": len(line),
        }
    elif any(len(cell) > LONGEST_CELL for cell in line):
        problem = _("長すぎる欄があります。")
    cells = {name: cell.strip() for name, cell in zip(header, line, strict=False) if name}
    return TableRow(number, cells, line, problem)


def mend_csv(table: Table, reasons: dict[int, str]) -> str:
    """The rows of ``reasons`` as a table to mend and bring in again, each with its reason.

    The last column is passed over when the file comes back. Cells that a spreadsheet would run as
    a formula stay as they were sent: the file goes back to where it came from.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*table.header, _("取り込めなかった理由")])
    for row in table.rows:
        if row.number in reasons:
            cells = (*row.raw, *[""] * (len(table.header) - len(row.raw)))
            writer.writerow([*cells[: len(table.header)], reasons[row.number]])
    return out.getvalue()
