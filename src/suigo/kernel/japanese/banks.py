"""Banks and branches by code, name or reading, and Japan Post accounts.

From the data files of the package zengin-code (全国銀行協会の金融機関コード, monthly). Codes are
text with leading zeros: banks four digits, branches three.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from suigo.kernel.japanese.installed_data import folder_of
from suigo.kernel.japanese.names import search_key
from suigo.kernel.japanese.numbers import digits_of
from suigo.kernel.japanese.problems import UnreadableNumber, gettext_noop

JAPAN_POST_BANK = "9900"

_SYMBOL = gettext_noop("記号は5けたの数字で、1か0から始まります。通帳の記号を確かめてください。")
_SYMBOL_NUMBER = gettext_noop("番号が正しくありません。通帳の番号を確かめてください。")
_ACCOUNT = gettext_noop("口座番号は7けたまでの数字で入力してください。")


@dataclass(frozen=True, slots=True)
class Bank:
    """A financial institution; the reading has no small kana, and － for long vowels."""

    code: str
    name: str
    kana: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the bank with code `bank`."""

    bank: str
    code: str
    name: str
    kana: str


@dataclass(frozen=True, slots=True)
class Account:
    """Where to pay: codes of bank and branch, kind (1 普通, 2 当座 as in 全銀), seven digits."""

    bank: str
    branch: str
    kind: str
    number: str


_Place = TypeVar("_Place", Bank, Branch)
_Keyed = tuple[_Place, str, str]  # with the search keys of name and reading


def bank(code: str) -> Bank | None:
    """The bank with a four-digit code, None when the list has none."""
    return _banks().get(unicodedata.normalize("NFKC", code).strip())


def branch(bank_code: str, code: str) -> Branch | None:
    """The branch of a bank with a three-digit code, None when the list has none."""
    if bank(bank_code) is None:
        return None
    plain = unicodedata.normalize("NFKC", code).strip()
    return _branches(bank_code).get(plain)


def find_banks(query: str, *, limit: int = 20) -> tuple[Bank, ...]:
    """Banks whose code begins with the query or whose name or reading contains it, best first.

    Names and readings that begin with the query come before the others, then by code. Any width or
    kana; a final 銀行 is left out of the query because the list leaves it out of the names.
    """
    return tuple(_found(_keyed_banks(), query, limit))


def find_branches(bank_code: str, query: str, *, limit: int = 20) -> tuple[Branch, ...]:
    """Branches of a bank in the same way; a final 支店 of the query is left out."""
    if bank(bank_code) is None:
        return ()
    return tuple(_found(_keyed_branches(bank_code), query, limit))


def accepted_account_number(text: str) -> str:
    """Seven half-width digits, zeros in front, from what was typed. Raises UnreadableNumber."""
    digits = digits_of(text)
    if not re.fullmatch(r"[0-9]{1,7}", digits) or not digits.strip("0"):
        raise UnreadableNumber(_ACCOUNT)
    return digits.zfill(7)


def account_of_symbol_and_number(symbol: str, number: str) -> Account:
    """The account for transfers that belongs to the 記号 and 番号 of a Japan Post passbook.

    The rule that ゆうちょ銀行 publishes for 振込用の店名・預金種目・口座番号: symbols beginning
    with 1 (総合口座 and savings) are 普通 at the branch made of their 2nd and 3rd digit and 8, the
    account number is the 番号 without its last digit, which is always 1; symbols beginning with 0
    (振替口座) are 当座 at the branch ending in 9, the 番号 filled to seven digits. A re-issue
    number between the two (12345-2-...) does not matter. Raises UnreadableNumber.
    """
    symbol_digits = re.sub(r"-[0-9]$", "", unicodedata.normalize("NFKC", symbol).strip())
    number_digits = digits_of(number)
    if not re.fullmatch(r"[01][0-9]{4}", symbol_digits):
        raise UnreadableNumber(_SYMBOL)
    middle = symbol_digits[1:3]
    if symbol_digits[0] == "1":
        if not re.fullmatch(r"[0-9]{1,7}1", number_digits):
            raise UnreadableNumber(_SYMBOL_NUMBER)
        account = Account(JAPAN_POST_BANK, f"{middle}8", "1", number_digits[:-1].zfill(7))
    else:
        if not re.fullmatch(r"[0-9]{1,7}", number_digits):
            raise UnreadableNumber(_SYMBOL_NUMBER)
        account = Account(JAPAN_POST_BANK, f"{middle}9", "2", number_digits.zfill(7))
    if not account.number.strip("0"):
        raise UnreadableNumber(_SYMBOL_NUMBER)
    if branch(JAPAN_POST_BANK, account.branch) is None:
        raise UnreadableNumber(_SYMBOL)
    return account


def _found(places: Iterable[_Keyed[_Place]], query: str, limit: int) -> list[_Place]:
    typed = unicodedata.normalize("NFKC", query).strip()
    if re.fullmatch(r"[0-9]+", typed):
        return [place for place, _, _ in places if place.code.startswith(typed)][:limit]
    key = search_key(re.sub(r"(?<=.)(銀行|支店|出張所)$", "", typed))
    if not key:
        return []
    ranked = [
        (not (name.startswith(key) or reading.startswith(key)), place.code, place)
        for place, name, reading in places
        if key in name or key in reading
    ]
    ranked.sort(key=lambda entry: entry[:2])
    return [place for _, _, place in ranked[:limit]]


def _keyed(places: Iterable[_Place]) -> tuple[_Keyed[_Place], ...]:
    return tuple((place, search_key(place.name), search_key(place.kana)) for place in places)


@lru_cache(maxsize=1)
def _keyed_banks() -> tuple[_Keyed[Bank], ...]:
    return _keyed(_banks().values())


@lru_cache(maxsize=64)
def _keyed_branches(bank_code: str) -> tuple[_Keyed[Branch], ...]:
    return _keyed(_branches(bank_code).values())


def _data() -> Path:
    return folder_of("zengin_code") / "source-data" / "data"


@lru_cache(maxsize=1)
def _banks() -> dict[str, Bank]:
    raw = json.loads((_data() / "banks.json").read_text(encoding="utf-8"))
    return {code: Bank(code, row["name"], row["kana"]) for code, row in sorted(raw.items())}


@lru_cache(maxsize=64)
def _branches(bank_code: str) -> dict[str, Branch]:
    raw = json.loads((_data() / "branches" / f"{bank_code}.json").read_text(encoding="utf-8"))
    return {
        code: Branch(bank_code, code, row["name"], row["kana"]) for code, row in sorted(raw.items())
    }
