"""How an answer reads."""

from typing import Any

from suigo.engines.forms.rules.answers import is_empty
from suigo.engines.forms.rules.evaluation import iso_day
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    ChoiceField,
    ChoicesField,
    ComputedField,
    ConsentField,
    DateField,
    Field,
    MoneyField,
    MyNumberField,
    NameField,
    NumberField,
    YesNoField,
)
from suigo.kernel.japanese.amounts import yen
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.japanese.postal import format_postal_code
from suigo.kernel.japanese.problems import Problem, gettext_noop
from suigo.kernel.language import _

ACCOUNT_TYPE_NAMES = {
    "1": gettext_noop("普通"),
    "2": gettext_noop("当座"),
    "4": gettext_noop("貯蓄"),
}


def display(field: Field, value: Any, language: str = "ja") -> str:
    """One answer on one line, '' when there is none. Files are shown by the screens."""
    return " ".join(display_lines(field, value, language))


def display_lines(field: Field, value: Any, language: str = "ja") -> tuple[str, ...]:
    """One answer in as many lines as it deserves."""
    if is_empty(value) and value is not False:
        return ()
    match field:
        case NameField():
            return _name(value)
        case AddressField():
            return _address(value)
        case BankAccountField():
            return _account(value)
        case DateField():
            return (_date(value, language),)
        case MoneyField():
            return (yen(value, language=language) if _whole(value) else str(value),)
        case NumberField():
            unit = field.unit.in_language(language) if field.unit else ""
            return (f"{value:,}{unit}" if _whole(value) else str(value),)
        case YesNoField():
            return ((field.yes if value is True else field.no).in_language(language),)
        case ChoiceField():
            return (_option(field, value, language),)
        case ChoicesField():
            return tuple(_option(field, v, language) for v in value)
        case ConsentField():
            return (_("同意しました") if value is True else _("同意していません"),)
        case MyNumberField():
            return (_("入力済み（表示しません）"),)
        case ComputedField():
            return (_computed(field, value, language),)
        case _:
            return tuple(str(value).split("\n"))


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _name(value: Any) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return (str(value),)
    name = f"{value.get('family', '')}　{value.get('given', '')}".strip("　")
    kana = f"{value.get('family_kana', '')}　{value.get('given_kana', '')}".strip("　")
    return (f"{name}（{kana}）",) if kana else (name,)


def full_name(value: Any) -> tuple[str, str]:
    """A name answer as one text, and its reading; parts are joined by a full-width space."""
    if not isinstance(value, dict):
        return ("", "")
    name = f"{value.get('family', '')}　{value.get('given', '')}".strip("　")
    kana = f"{value.get('family_kana', '')}　{value.get('given_kana', '')}".strip("　")
    return (name, kana)


def _address(value: Any) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return (str(value),)
    try:
        code = format_postal_code(str(value.get("postal_code", "")))
    except Problem:
        code = ""
    place = "".join(str(value.get(p) or "") for p in ("prefecture", "city", "town", "block"))
    building = str(value.get("building") or "")
    return tuple(line for line in (code, f"{place} {building}".strip()) if line)


def _account(value: Any) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return (str(value),)
    name = ACCOUNT_TYPE_NAMES.get(str(value.get("account_type")))
    kind = _(name) if name else ""
    place = f"{value.get('bank_name', '')} {value.get('branch_name', '')}"
    return (place, f"{kind} {value.get('number', '')}", str(value.get("holder_kana", "")))


def _date(value: Any, language: str) -> str:
    day = iso_day(value)
    return str(value) if day is None else date_in_words(day, language=language)


def _option(field: ChoiceField | ChoicesField, value: Any, language: str) -> str:
    for option in field.options:
        if option.id == value:
            return option.label.in_language(language)
    return str(value)


def _computed(field: ComputedField, value: Any, language: str) -> str:
    if field.type == "money" and _whole(value):
        return yen(value, language=language)
    if field.type == "date":
        return _date(value if isinstance(value, str) else value.isoformat(), language)
    if field.type == "boolean":
        return _("はい") if value is True else _("いいえ")
    if field.type == "integer" and _whole(value):
        unit = field.unit.in_language(language) if field.unit else ""
        return f"{value:,}{unit}"
    return str(value)
