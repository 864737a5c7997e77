"""Amounts of money as people read them. Amounts are whole yen everywhere."""

import re
import unicodedata

from suigo.kernel.japanese.problems import UnreadableNumber, gettext_noop
from suigo.kernel.money import format_yen

_NOT_AN_AMOUNT = gettext_noop("金額は数字で入力してください。例: 12,000")


def yen(amount: int, *, language: str = "ja") -> str:
    """12,000円 (△500円 when negative) for readers of Japanese, 12,000 yen for all others."""
    return format_yen(amount) if language in ("ja", "easy", "ja-easy") else f"{amount:,} yen"


def parse_yen(text: str) -> int:
    """Whole yen from 12,000円, ¥12000 or 1万2千円. Raises UnreadableNumber."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    plain = plain.replace("△", "-", 1).removeprefix("¥").removesuffix("円")
    if re.fullmatch(r"-?[0-9]+|-?[0-9]{1,3}(,[0-9]{3})+", plain):
        return int(plain.replace(",", ""))
    match = re.fullmatch(
        r"(?:(?P<oku>[0-9]+)億)?(?:(?P<man>[0-9,]+)万)?(?:(?P<sen>[0-9])千)?(?P<rest>[0-9]*)", plain
    )
    if not plain or not match:
        raise UnreadableNumber(_NOT_AN_AMOUNT)
    parts = {
        name: int((value or "0").replace(",", "") or "0")
        for name, value in match.groupdict().items()
    }
    return parts["oku"] * 10**8 + parts["man"] * 10**4 + parts["sen"] * 1000 + parts["rest"]
