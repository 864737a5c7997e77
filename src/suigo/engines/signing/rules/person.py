"""The four items of a certificate, and whether they are those of the applicant."""

import re
import unicodedata
from datetime import date

from suigo.engines.signing.spec import Agreement, Claimed, FourItems
from suigo.kernel.japanese.characters import accepted, without_variation_selectors
from suigo.kernel.japanese.names import search_key
from suigo.kernel.japanese.problems import Problem

LONGEST = 200
# the first digit of a date of birth and the Gregorian years it goes with
ERAS = {
    "1": (1868, 1912),
    "2": (1912, 1926),
    "3": (1926, 1989),
    "4": (1989, 2019),
    "5": (2019, 9999),
}
_BIRTH = re.compile(r"([1-5])(\d{4})(\d{2})(\d{2})")
_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_TENS = re.compile("([一二三四五六七八九]?)十([一二三四五六七八九]?)")
_HYPHENS = re.compile("(?<=[0-9])(?:番地の|番地|番|丁目|号|の|[-‐‑‒–—―−ー－])(?=[0-9])")
_LAST = re.compile("(?<=[0-9])(?:番地|番|号)(?![0-9])")


class BadItem(ValueError):
    """An item that can't be relied on; the message is one word."""


def accepted_item(text: str) -> str:
    """A name or address as it may be kept and shown. Raises ``BadItem`` when it is missing, too
    long, or holds what no text may (control characters, turned directions)."""
    if not text.strip():
        raise BadItem("missing")
    if len(text) > LONGEST:
        raise BadItem("too_long")
    try:
        return accepted(text)
    except Problem as refused:
        raise BadItem("characters") from refused


def birth_date(text: str) -> date | None:
    """The day of ``EYYYYMMDD``: a digit for the era and a Gregorian date. None where month or day
    is unknown (``00``): such a date proves nothing. Raises ``BadItem``."""
    found = _BIRTH.fullmatch(text) if text.isascii() else None
    if found is None:
        raise BadItem("birth_date")
    era, year, month, day = found[1], int(found[2]), int(found[3]), int(found[4])
    first, last = ERAS[era]
    if year and not first <= year <= last:
        raise BadItem("birth_date")
    if 0 in (year, month, day):
        return None
    try:
        return date(year, month, day)
    except ValueError as impossible:
        raise BadItem("birth_date") from impossible


def name_agreement(person: FourItems, claimed: str) -> Agreement:
    """How far the name on the card is the one that was written."""
    if not claimed.strip():
        return "missing"
    if _plain(person.name) == _plain(claimed):
        return "exact"
    card, wrote = search_key(person.name), search_key(claimed)
    if card == wrote:
        return "near"  # 異体字, width, small kana
    if "name" in person.substituted and _all_but_one(card, wrote):
        return "near"  # a character the card could not carry
    return "different"


def birth_agreement(person: FourItems, claimed: str) -> Agreement:
    """How far the day of birth is the one that was written (ISO 8601). A day that the card only
    half knows agrees with nothing."""
    if not claimed:
        return "missing"
    if person.birth_date is None:
        return "different"
    return "exact" if person.birth_date.isoformat() == claimed else "different"


def address_agreement(person: FourItems, claimed: str) -> Agreement:
    """How far the address on the card is the one that was written. Near is the same place written
    otherwise, or with a building that the other lacks."""
    if not claimed.strip():
        return "missing"
    if _plain(person.address) == _plain(claimed):
        return "exact"
    card, wrote = address_key(person.address), address_key(claimed)
    if card == wrote:
        return "near"
    shorter, longer = sorted((card, wrote), key=len)
    ends_in_number = shorter[-1:].isdecimal() and not longer[len(shorter) :][:1].isdecimal()
    if longer.startswith(shorter) and ends_in_number:
        return "near"
    if "address" in person.substituted and _all_but_one(card, wrote):
        return "near"
    return "different"


def agreement(person: FourItems, claimed: Claimed) -> dict[str, Agreement]:
    """How far each item agrees with what the applicant wrote."""
    return {
        "name": name_agreement(person, claimed.name),
        "birth_date": birth_agreement(person, claimed.birth_date),
        "address": address_agreement(person, claimed.address),
    }


def worst(found: dict[str, Agreement]) -> Agreement:
    """What the items say together. Without a name to compare nothing is the same; an item that the
    form does not ask for says nothing."""
    asked = {item: value for item, value in found.items() if value != "missing"}
    if "name" not in asked:
        return "missing"
    if "different" in asked.values():
        return "different"
    return "near" if "near" in asked.values() else "exact"


def address_key(text: str) -> str:
    """The form in which addresses are compared: 626番地 is 626, 四丁目5番6号 is 4-5-6."""
    folded = unicodedata.normalize("NFKC", without_variation_selectors(text))
    folded = re.sub(r"\s+", "", folded)
    folded = re.sub("([一二三四五六七八九十〇]+)(?=丁目|番|号)", _number, folded)
    folded = _HYPHENS.sub("-", _HYPHENS.sub("-", folded))
    return search_key(_LAST.sub("", folded)).replace("-", "/")


def _number(found: re.Match[str]) -> str:
    text = found[1]
    tens = _TENS.fullmatch(text)
    if tens is not None:
        return (tens[1].translate(_DIGITS) or "1") + (tens[2].translate(_DIGITS) or "0")
    return text.translate(_DIGITS) if "十" not in text else text


def _plain(text: str) -> str:
    """The text without the spaces and widths that a card writes in its own way."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text).replace("\u3000", " "))


def _all_but_one(one: str, other: str) -> bool:
    """Whether two texts of one length differ in a single character."""
    return len(one) == len(other) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1
