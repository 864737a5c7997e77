"""Japanese telephone numbers: checked by length, written as GIF DS-445 has it.

Where the area code of a fixed line ends can't be seen from the digits alone (0299 and 029 both
exist), so it is taken from the hyphens that were typed or from the area codes that the caller knows
(the city's own); otherwise the number is kept and shown without hyphens rather than split at a
guess.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from suigo.kernel.japanese.problems import UnreadableNumber, gettext_noop

Kind = Literal["fixed", "mobile", "ip", "free", "navi"]

_NOT_A_NUMBER = gettext_noop("電話番号は0から始まる10けたか11けたの数字で入力してください。")
_PARTS = re.compile(r"[0-9]+")
_ALLOWED = re.compile(r"[0-9()+\-. ]+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))


@dataclass(frozen=True, slots=True)
class Phone:
    """One number in the national form. A number whose split is unknown has one part."""

    digits: str
    kind: Kind
    parts: tuple[str, ...]

    @property
    def hyphenated(self) -> str:
        """0299-63-1111, 090-1234-5678, 0120-123-456; for people and for tel: links."""
        return "-".join(self.parts)

    @property
    def gif(self) -> str:
        """(0299)63-1111, 090-1234-5678, 0120-123456: the written form of DS-445."""
        if self.kind == "fixed" and len(self.parts) == 3:
            return f"({self.parts[0]}){self.parts[1]}-{self.parts[2]}"
        if self.kind in ("free", "navi"):
            return f"{self.parts[0]}-{''.join(self.parts[1:])}"
        return self.hyphenated

    @property
    def e164(self) -> str:
        """+81299631111: for dialling from anywhere."""
        return f"+81{self.digits[1:]}"


def parse_phone(text: str, *, area_codes: Sequence[str] = ()) -> Phone:
    """Read a number typed in any width, with hyphens, brackets, spaces or the country code +81.

    `area_codes` are the fixed-line area codes (with their 0) known to the caller. Raises
    UnreadableNumber.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    if not _ALLOWED.fullmatch(plain):
        raise UnreadableNumber(_NOT_A_NUMBER)
    international = plain.startswith("+81")
    if international:
        plain = plain[3:].replace("(0)", "")
    if "+" in plain:
        raise UnreadableNumber(_NOT_A_NUMBER)
    typed = tuple(_PARTS.findall(plain))
    if international and typed and not typed[0].startswith("0"):
        typed = (f"0{typed[0]}", *typed[1:])
    digits = "".join(typed)
    kind = _kind(digits)
    return Phone(digits=digits, kind=kind, parts=_split(digits, kind, typed, area_codes))


def _kind(digits: str) -> Kind:
    eleven = len(digits) == 11
    if not digits.startswith("0") or digits.startswith("00") or len(digits) not in (10, 11):
        raise UnreadableNumber(_NOT_A_NUMBER)
    if digits[:3] in ("070", "080", "090") and eleven:
        return "free" if digits.startswith("0800") else "mobile"
    if digits[:3] == "050" and eleven:
        return "ip"
    if not eleven and digits.startswith("0120"):
        return "free"
    if not eleven and digits.startswith("0570"):
        return "navi"
    if not eleven:
        return "fixed"
    raise UnreadableNumber(_NOT_A_NUMBER)


def _split(
    digits: str, kind: Kind, typed: tuple[str, ...], area_codes: Sequence[str]
) -> tuple[str, ...]:
    if kind == "free" and digits.startswith("0800"):
        return digits[:4], digits[4:7], digits[7:]
    if kind in ("mobile", "ip"):
        return digits[:3], digits[3:7], digits[7:]
    if kind in ("free", "navi"):
        return digits[:4], digits[4:7], digits[7:]
    # A fixed line: area code and exchange have six digits together, the subscriber four.
    if len(typed) == 3 and 2 <= len(typed[0]) <= 5 and len(typed[2]) == 4:
        return typed
    for code in sorted(area_codes, key=len, reverse=True):
        if digits.startswith(code):
            return code, digits[len(code) : 6], digits[6:]
    return (digits,)
