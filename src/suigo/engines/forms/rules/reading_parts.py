"""Reading answers that are typed in several boxes."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from suigo.kernel.japanese import banks
from suigo.kernel.japanese.characters import accepted
from suigo.kernel.japanese.eras import date_from_parts, parse_date
from suigo.kernel.japanese.kana import accepted_katakana, katakana
from suigo.kernel.japanese.numbers import digits_of
from suigo.kernel.japanese.postal import areas_of, normalise_postal_code
from suigo.kernel.japanese.problems import Problem, gettext_noop
from suigo.kernel.language import _, said

Posted = Mapping[str, Sequence[str]]
WESTERN = gettext_noop("西暦")
ERA_CHOICES = (
    WESTERN,
    gettext_noop("令和"),
    gettext_noop("平成"),
    gettext_noop("昭和"),
    gettext_noop("大正"),
)


class Fault(Exception):
    """What could not be read, by part of the answer."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__(messages)
        self.messages = messages


def last(posted: Posted, name: str) -> str:
    """The value posted under ``name``, trimmed, '' when there is none."""
    values = posted.get(name)
    return values[-1].strip() if values else ""


def _parts(posted: Posted, path: str, names: Sequence[str]) -> dict[str, str]:
    """The posted parts as they may be stored. Raises ``Fault`` naming each broken one."""
    kept, faults = {}, {}
    for name in names:
        text = last(posted, f"{path}.{name}")
        try:
            if text:
                kept[name] = accepted_katakana(text) if name.endswith("_kana") else accepted(text)
        except Problem as problem:
            faults[name] = said(problem)
    if faults:
        raise Fault(faults)
    return kept


def read_name(posted: Posted, path: str, *, kana: bool) -> dict[str, str] | None:
    """A name by parts, verbatim; the reading becomes full-width katakana."""
    names = ("family", "given", *(("family_kana", "given_kana") if kana else ()))
    return _parts(posted, path, names) or None


def read_address(posted: Posted, path: str) -> dict[str, str] | None:
    """An address by parts; the postal code becomes seven digits."""
    parts = _parts(posted, path, ("postal_code", "prefecture", "city", "town", "block", "building"))
    if "postal_code" in parts:
        try:
            parts["postal_code"] = normalise_postal_code(parts["postal_code"])
        except Problem as problem:
            raise Fault({"postal_code": said(problem)}) from problem
    return parts or None


def fill_from_postal_code(posted: Posted, path: str) -> dict[str, str]:
    """The address with prefecture, city and town taken from its postal code."""
    parts = read_address(posted, path) or {}
    code = parts.get("postal_code")
    if code is None:
        raise Fault({"postal_code": _("先に郵便番号を入力してください。")})
    areas = areas_of(code)
    if not areas:
        raise Fault(
            {"postal_code": _("この郵便番号は見つかりませんでした。住所を直接入力してください。")}
        )
    area = areas[0]
    town = area.town if len(areas) == 1 else parts.get("town", "")
    filled = parts | {"prefecture": area.prefecture, "city": area.city, "town": town}
    return {key: value for key, value in filled.items() if value}


def read_date(posted: Posted, path: str) -> str | None:
    """An ISO day from era, year, month and day boxes; the year box also takes 令和8 or R8."""
    era, year, month, day = (last(posted, f"{path}.{p}") for p in ("era", "year", "month", "day"))
    if path in posted and not year:
        typed = last(posted, path)
        return parse_date(typed).isoformat() if typed else None
    if not (year or month or day):
        return None
    missing = {
        part: message
        for part, value, message in (
            ("year", year, _("年を入力してください。")),
            ("month", month, _("月を入力してください。")),
            ("day", day, _("日を入力してください。")),
        )
        if not value
    }
    if missing:
        raise Fault(missing)
    year, month, day = (unicodedata.normalize("NFKC", text) for text in (year, month, day))
    if not all(part.isascii() and part.isdecimal() and len(part) <= 2 for part in (month, day)):
        raise Fault({"": _("月と日は数字で入力してください。")})
    named = re.fullmatch(r"(令和?|平成?|昭和?|大正?|明治?|[RHSTM])\s*(\d{1,2}|元)", year, re.I)
    if named:
        era, year = named[1].upper() if named[1].isascii() else named[1], named[2]
    if year == "元":
        year = "1"
    if not (year.isascii() and year.isdecimal() and len(year) <= 4):
        raise Fault({"year": _("年は数字で入力してください。")})
    if len(year) == 4 or era in {"", WESTERN}:
        if len(year) != 4:
            raise Fault({"year": _("西暦は4けたで入力してください。例: 2026")})
        return parse_date(f"{year}-{int(month)}-{int(day)}").isoformat()
    found = date_from_parts(era=era, year=int(year), month=int(month), day=int(day))
    return found.isoformat()


def read_account(posted: Posted, path: str) -> dict[str, Any] | None:
    """A bank account. Bank and branch are found by code or by an unambiguous name; a Japan Post
    account is given by 記号 and 番号 and converted (ゆうちょ銀行の店名・預金種目・口座番号)."""
    holder = katakana(last(posted, f"{path}.holder_kana"))
    if last(posted, f"{path}.institution") == "post":
        return _post_account(posted, path, holder)
    faults: dict[str, str] = {}
    account: dict[str, Any] = {}
    bank_code = _chosen_bank(posted, path, account, faults)
    if bank_code:
        _chosen_branch(posted, path, bank_code, account, faults)
    kind = last(posted, f"{path}.account_type")
    if kind:
        account["account_type"] = kind
    number = last(posted, f"{path}.number")
    if number:
        try:
            account["number"] = banks.accepted_account_number(number)
        except Problem as problem:
            faults["number"] = said(problem)
    if holder:
        account["holder_kana"] = holder
    if faults:
        raise Fault(faults)
    return account or None


def _post_account(posted: Posted, path: str, holder: str) -> dict[str, Any] | None:
    symbol = digits_of(last(posted, f"{path}.symbol"))
    number = digits_of(last(posted, f"{path}.post_number"))
    if not symbol and not number:
        return {"holder_kana": holder} if holder else None
    if not symbol or not number:
        part = "symbol" if not symbol else "post_number"
        raise Fault({part: _("通帳の記号と番号の両方を入力してください。")})
    try:
        found = banks.account_of_symbol_and_number(symbol, number)
    except Problem as problem:
        raise Fault({"symbol": said(problem)}) from problem
    branch = banks.branch(found.bank, found.branch)
    bank = banks.bank(found.bank)
    account = {
        "bank_code": found.bank,
        "bank_name": bank.name if bank else "",
        "branch_code": found.branch,
        "branch_name": branch.name if branch else found.branch,
        "account_type": found.kind,
        "number": found.number,
        "symbol": symbol,
        "post_number": number,
    }
    return account | ({"holder_kana": holder} if holder else {})


def _chosen_bank(
    posted: Posted, path: str, account: dict[str, Any], faults: dict[str, str]
) -> str | None:
    code = last(posted, f"{path}.bank_code")
    query = last(posted, f"{path}.bank_name")
    chosen = banks.bank(code) if code else None
    if chosen is None or (query and query != chosen.name):
        candidates = banks.find_banks(query) if query else ()
        exact = [b for b in candidates if query in {b.name, b.code}]
        chosen = exact[0] if exact else candidates[0] if len(candidates) == 1 else None
        if query and chosen is None:
            faults["bank_name"] = (
                _("候補の中から金融機関を選んでください。")
                if candidates
                else _("この名前の金融機関は見つかりませんでした。")
            )
    if chosen is None:
        return None
    account |= {"bank_code": chosen.code, "bank_name": chosen.name}
    return chosen.code


def _chosen_branch(
    posted: Posted, path: str, bank_code: str, account: dict[str, Any], faults: dict[str, str]
) -> None:
    code = last(posted, f"{path}.branch_code")
    query = last(posted, f"{path}.branch_name")
    chosen = banks.branch(bank_code, code) if code else None
    if chosen is None or (query and query != chosen.name):
        candidates = banks.find_branches(bank_code, query) if query else ()
        exact = [b for b in candidates if query in {b.name, b.code}]
        chosen = exact[0] if exact else candidates[0] if len(candidates) == 1 else None
        if query and chosen is None:
            faults["branch_name"] = (
                _("候補の中から支店を選んでください。")
                if candidates
                else _("この名前の支店は見つかりませんでした。")
            )
    if chosen is not None:
        account |= {"branch_code": chosen.code, "branch_name": chosen.name}
