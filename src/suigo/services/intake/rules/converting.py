"""One cell, or a few, as the answer to one question."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from suigo.engines.forms.spec import (
    AddressField,
    ChoiceField,
    ChoicesField,
    ConsentField,
    DateField,
    Field,
    MoneyField,
    MyNumberField,
    NameField,
    NumberField,
    Option,
    YesNoField,
)
from suigo.kernel.clock import TOKYO
from suigo.kernel.japanese.eras import parse_date
from suigo.kernel.japanese.postal import areas_of
from suigo.kernel.japanese.problems import Problem
from suigo.kernel.language import _, said
from suigo.services.intake.spec import FieldMap

YES = {"はい", "有", "あり", "1", "true", "yes", "○", "〇", "同意する", "同意します", "同意"}
NO = {"いいえ", "無", "なし", "0", "false", "no", "×", "同意しない", "同意しません"}
NAME_PARTS = ("family", "given", "family_kana", "given_kana")


class CanNotConvert(Exception):
    """What is wrong with what is written there."""


def answer_of(field: Field, part: str, cells: Sequence[str], mapped: FieldMap) -> Any:
    """The answer that ``cells`` hold, None for nothing. Raises ``CanNotConvert``."""
    if not any(cells):
        return None
    if isinstance(field, NameField) and not part:
        return _name(cells)
    if isinstance(field, AddressField) and not part:
        return _address(cells)
    text = " ".join(cell for cell in cells if cell)
    if isinstance(field, ChoicesField):
        words = [*mapped.values, *(w for o in field.options for w in (o.id, o.label.ja))]
        parts = _parted(_plain(text), [_plain(w) for w in words], _plain(mapped.separator))
        return [_option(field.options, part, mapped) for part in parts]
    text = _valued(text, mapped)
    if part:
        return text
    match field:
        case ChoiceField():
            return _option(field.options, text, mapped)
        case YesNoField():
            return _yes_no(text, {str(field.yes): True, str(field.no): False})
        case ConsentField():
            return _yes_no(text, {field.text.ja: True})
        case DateField():
            return _day(text, mapped.date_format).isoformat()
        case MoneyField() | NumberField():
            return _integer(text)
        case MyNumberField():
            return re.sub(r"[\s\-－ー]", "", unicodedata.normalize("NFKC", text))
        case _:
            return text


def _parted(text: str, words: Sequence[str], separator: str) -> list[str]:
    """The choices in one cell. A word that holds the separator itself (不眠、気分の落ち込み) is
    known whole before anything is parted."""
    parts: list[str] = []
    rest = text
    while rest := rest.strip().removeprefix(separator).strip():
        ends = [w for w in words if rest.startswith(w) and _ends(rest[len(w) :], separator)]
        word = (
            max(ends, key=len, default="")
            or re.split(re.escape(separator) + r"|\n", rest, maxsplit=1)[0]
        )
        parts.append(word.strip())
        rest = rest[len(word) :]
    return parts


def _ends(rest: str, separator: str) -> bool:
    return not rest.strip(" ") or rest.lstrip(" ").startswith((separator, "\n"))


def _valued(text: str, mapped: FieldMap) -> str:
    """What the form calls it. A table of values that lacks it leaves it as it stands."""
    values = {_plain(there): ours for there, ours in mapped.values.items()}
    return values.get(_plain(text), text)


def _plain(text: str) -> str:
    """Text to compare: cp932 turns 〜 into ～ and − into －, and full width comes and goes."""
    return unicodedata.normalize("NFKC", text.replace("〜", "～").replace("−", "－"))


def _option(options: Sequence[Option], text: str, mapped: FieldMap) -> str:
    plain = _plain(_valued(text, mapped))
    for option in options:
        if plain == option.id or plain in map(_plain, option.label.root.values()):
            return option.id
    raise CanNotConvert(_("「%(text)s」は、この項目の選択肢にありません。") % {"text": text[:40]})


def _yes_no(text: str, labels: dict[str, bool]) -> bool:
    plain = unicodedata.normalize("NFKC", text).lower()
    if text in labels:
        return labels[text]
    if plain in YES or text in YES:
        return True
    if plain in NO or text in NO:
        return False
    raise CanNotConvert(
        _("「%(text)s」は「はい」か「いいえ」として読めません。") % {"text": text[:40]}
    )


def _day(text: str, form: str | None) -> date:
    if form is not None:
        try:
            return datetime.strptime(text, form).replace(tzinfo=TOKYO).date()
        except ValueError as wrong:
            raise CanNotConvert(
                _("日付として読めません: %(text)s") % {"text": text[:40]}
            ) from wrong
    try:
        return parse_date(text)
    except Problem as problem:
        raise CanNotConvert(said(problem)) from problem


def _integer(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text)
    found = re.fullmatch(r"[¥\\]?\s*(-?[0-9]{1,3}(?:,[0-9]{3})+|-?[0-9]{1,15})\s*\D{0,3}", plain)
    if found is None:
        raise CanNotConvert(_("数として読めません: %(text)s") % {"text": text[:40]})
    return int(found[1].replace(",", ""))


def _name(cells: Sequence[str]) -> dict[str, str]:
    """One column (parted at its space), two (name, reading), or four."""
    if len(cells) == 4:
        return {key: cell for key, cell in zip(NAME_PARTS, cells, strict=True) if cell}
    parts: dict[str, str] = {}
    for keys, cell in zip((NAME_PARTS[:2], NAME_PARTS[2:]), cells, strict=False):
        words = cell.split(maxsplit=1)
        if len(words) == 1:
            raise CanNotConvert(
                _("「%(text)s」は、氏と名の間に空白がないため分けられません。")
                % {"text": cell[:40]}
            )
        parts |= dict(zip(keys, words, strict=False))
    return parts


def _address(cells: Sequence[str]) -> dict[str, str]:
    """Postal code, address, perhaps building. The address is parted where the list of postal
    codes says, never by guessing at 市 and 町."""
    code, whole, *building = (*cells, "")
    plain = "".join(whole.split()[:1])
    try:
        areas = areas_of(code)
    except Problem as problem:
        raise CanNotConvert(said(problem)) from problem
    for area in sorted(areas, key=lambda a: -len(a.town)):
        for prefix in (f"{area.prefecture}{area.city}{area.town}", f"{area.city}{area.town}"):
            if plain.startswith(prefix) and len(plain) > len(prefix):
                rest = [*whole.split()[1:], *[b for b in building if b]]
                return {
                    "postal_code": code,
                    "prefecture": area.prefecture,
                    "city": area.city,
                    "town": area.town,
                    "block": plain.removeprefix(prefix),
                    **({"building": " ".join(rest)} if rest else {}),
                }
    raise CanNotConvert(_("郵便番号と住所が合わないため、住所を分けられません。"))


def moment_of(text: str, form: str | None) -> datetime:
    """When an application was sent, in the time of Japan unless it says otherwise.

    Raises ``CanNotConvert``.
    """
    for pattern in (
        [form]
        if form
        else ["%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
    ):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=TOKYO).astimezone(UTC)
        except ValueError:
            continue
    try:
        exact = datetime.fromisoformat(text)
    except ValueError:
        day = _day(text, None)
        exact = datetime(day.year, day.month, day.day, tzinfo=TOKYO)
    return (exact if exact.tzinfo else exact.replace(tzinfo=TOKYO)).astimezone(UTC)
