"""Is it the same person? Four items compared; nothing is ever decided by how alike two texts look.

Two spellings of the same (width, spaces, 番地 or hyphens) are the same. A variant kanji, another
address, another family name make two records *near*: a clerk looks at them.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from suigo.engines.identity.providers import FourItems
from suigo.kernel.japanese.names import search_key

How = Literal["same", "variant", "different"]
Verdict = Literal["exact", "near", "none"]
ITEMS = ("name", "address", "birth_date", "gender")

_HYPHENS = re.compile(r"(?<=[0-9])[‐‑‒–—―−－ー-]+(?=[0-9]|$)")
_STEPS = re.compile(r"(?<=[0-9])(?:丁目|番地の|番地|番|号|の)")
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十]+(?=丁目|番地|番|号)")
_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two records agree, item by item, and what follows."""

    verdict: Verdict
    name: How
    address: How
    birth_date: How
    gender: How

    @property
    def differs_in(self) -> tuple[str, ...]:
        """The items that are not the same, in the order in which they are shown."""
        return tuple(item for item in ITEMS if getattr(self, item) != "same")


def plain(text: str) -> str:
    """Width, case and blanks folded; every kanji stays the one that it is."""
    folded = (c if _is_compatibility_kanji(c) else unicodedata.normalize("NFKC", c) for c in text)
    return "".join("".join(folded).split()).casefold()


def _is_compatibility_kanji(character: str) -> bool:
    return "\uf900" <= character <= "\ufaff" or "\U0002f800" <= character <= "\U0002fa1f"


def plain_address(text: str) -> str:
    """An address in one spelling: ２丁目３番地の４ and 2-3-4 are one."""
    folded = _KANJI_NUMBER.sub(lambda found: str(_number(found.group())), plain(text))
    folded = _STEPS.sub("-", folded)
    return _HYPHENS.sub("-", folded).rstrip("-").replace("--", "-")


def _number(kanji: str) -> int:
    """Up to 99, as in 十二丁目."""
    tens, ten, ones = kanji.partition("十")
    if not ten:
        return int("".join(str(_DIGITS[c]) for c in kanji))
    return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)


def birth_key(items: FourItems) -> str:
    """Under which people of one birth date and gender are found."""
    return f"{items.birth_date.isoformat()}|{items.gender}"


def place_key(items: FourItems) -> str:
    """Under which people of one name and address are found."""
    return f"{search_key(items.name)}|{search_key(plain_address(items.address))}"


def compare(left: FourItems, right: FourItems) -> Comparison:
    """How two records agree. Symmetric.

    Near are: the same birth date and gender with the same name (moved), or with the same address
    and given name (renamed), or a variant kanji in either; and the same name and address where
    only the birth date or only the gender differs.
    """
    name = _how(plain(left.name), plain(right.name))
    address = _how(plain_address(left.address), plain_address(right.address))
    birth: How = "same" if left.birth_date == right.birth_date else "different"
    gender: How = "same" if left.gender == right.gender else "different"
    one_born = birth == gender == "same"
    moved = one_born and name != "different"
    renamed = one_born and address != "different" and _same_given_name(left.name, right.name)
    mistyped = name != "different" and address != "different" and "same" in (birth, gender)
    verdict: Verdict = "near" if moved or renamed or mistyped else "none"
    if {name, address, birth, gender} == {"same"}:
        verdict = "exact"
    return Comparison(verdict, name, address, birth, gender)


def _how(left: str, right: str) -> How:
    if left == right:
        return "same"
    return "variant" if search_key(left) == search_key(right) else "different"


def _same_given_name(left: str, right: str) -> bool:
    """Whether only the family name differs: twins share everything else."""
    mine, theirs = left.split(), right.split()
    return len(mine) > 1 and len(theirs) > 1 and search_key(mine[-1]) == search_key(theirs[-1])


def marked(text: str, other: str) -> Iterator[tuple[str, bool]]:
    """``text`` in pieces, each with whether ``other`` differs there."""
    for kind, begin, end, _begin, _end in SequenceMatcher(
        None, text, other, autojunk=False
    ).get_opcodes():
        if begin != end:
            yield text[begin:end], kind != "equal"
