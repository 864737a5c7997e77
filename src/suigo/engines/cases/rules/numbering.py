"""Case numbers: ``R8-K01-0012`` is the twelfth K01 of fiscal year 令和8年度.

Where two nodes number cases (the residents' one and the inner one), each has its own range, so that
no number is given twice without asking the other: the residents' begins at ``ONLINE_FROM``.
"""

import re
import unicodedata

from suigo.kernel.japanese.fiscal import fiscal_year_short

ONLINE_FROM = 500_001

_HYPHENS = re.compile(r"[‐‑‒–—―−ーｰ－]")
_BEGINNING = re.compile(r"[A-Z]\d{1,3}(-([A-Z][A-Z0-9]{0,9}(-\d{0,9})?)?)?")


def case_number(*, prefix: str, fiscal_year: int, sequence: int) -> str:
    """The number of the ``sequence``-th case of a procedure in a fiscal year (from 1)."""
    return f"{fiscal_year_short(fiscal_year)}-{prefix}-{sequence:04d}"


def as_number(typed: str) -> str | None:
    """The beginning of a number that a person typed (``ｒ８ーk01``), None if it can't be one."""
    plain = _HYPHENS.sub("-", unicodedata.normalize("NFKC", typed)).strip().upper()
    return plain if _BEGINNING.fullmatch(plain) else None
