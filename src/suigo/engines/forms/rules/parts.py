"""Answers that have parts: names, addresses, bank accounts."""

import re
from typing import Any

from suigo.engines.forms.spec import NameField
from suigo.kernel.japanese import banks
from suigo.kernel.japanese.characters import accepted, length_in_characters
from suigo.kernel.japanese.kana import accepted_katakana
from suigo.kernel.japanese.problems import Problem
from suigo.kernel.language import _, said

LONGEST_NAME_PART = 60  # characters; the resident register allows far less in practice
LONGEST_ADDRESS_PART = 120
ACCOUNT_TYPES = ("1", "2", "4")  # 普通, 当座, 貯蓄 (全銀 codes)
HOLDER = re.compile(r"[ァ-ヴー０-９Ａ-Ｚa-zA-Z0-9（）()「」．.・／/－\-　 ]+")

Errors = dict[str, str]


def check_name(spec: NameField, value: Any) -> Errors:
    """Faults of a name by part. The name itself is kept exactly as entered."""
    if not isinstance(value, dict):
        return {"": _("氏名を入力してください。")}
    asked = {"family": _("姓（名字）"), "given": _("名")}
    if spec.kana:
        asked |= {"family_kana": _("姓のフリガナ"), "given_kana": _("名のフリガナ")}
    errors = {}
    for part, label in asked.items():
        message = _name_part(part, value.get(part), label)
        if message is not None:
            errors[part] = message
    return errors


def _name_part(part: str, text: Any, label: str) -> str | None:
    if not text or not isinstance(text, str) or not text.strip():
        return _("「%(label)s」を入力してください。") % {"label": label}
    try:
        accepted(text)
        if part.endswith("_kana"):
            accepted_katakana(text)
    except Problem as problem:
        return said(problem)
    if length_in_characters(text) > LONGEST_NAME_PART:
        return _("%(max)d文字以内で入力してください。") % {"max": LONGEST_NAME_PART}
    return None


def check_address(value: Any) -> Errors:
    """Faults of an address by part. Everything but the building is needed."""
    if not isinstance(value, dict):
        return {"": _("住所を入力してください。")}
    labels = {
        "postal_code": _("郵便番号"),
        "prefecture": _("都道府県"),
        "city": _("市区町村"),
        "town": _("町名"),
        "block": _("番地"),
    }
    errors = {}
    for part, label in labels.items():
        if not value.get(part):
            errors[part] = _("「%(label)s」を入力してください。") % {"label": label}
    for part in (*labels, "building"):
        text = value.get(part)
        if part in errors or not text:
            continue
        if not isinstance(text, str):
            errors[part] = _("文字で入力してください。")
            continue
        try:
            accepted(text)
        except Problem as problem:
            errors[part] = said(problem)
            continue
        if len(text) > LONGEST_ADDRESS_PART:
            errors[part] = _("%(max)d文字以内で入力してください。") % {"max": LONGEST_ADDRESS_PART}
    code = value.get("postal_code")
    if "postal_code" not in errors and not re.fullmatch(r"\d{7}", str(code)):
        errors["postal_code"] = _("郵便番号は7けたの数字で入力してください。")
    return errors


def check_account(value: Any) -> Errors:
    """Faults of a bank account by part; the bank and branch must exist."""
    if not isinstance(value, dict):
        return {"": _("口座を入力してください。")}
    errors: Errors = {}
    bank = banks.bank(str(value.get("bank_code") or ""))
    if bank is None:
        errors["bank_code"] = _("金融機関を、名前か4けたの番号で選んでください。")
    elif banks.branch(bank.code, str(value.get("branch_code") or "")) is None:
        errors["branch_code"] = _("支店を、名前か3けたの番号で選んでください。")
    if value.get("account_type") not in ACCOUNT_TYPES:
        errors["account_type"] = _("口座の種類を選んでください。")
    if not re.fullmatch(r"\d{7}", str(value.get("number") or "")):
        errors["number"] = _("口座番号を7けたの数字で入力してください。")
    holder = value.get("holder_kana")
    if not isinstance(holder, str) or not holder.strip():
        errors["holder_kana"] = _("口座名義をカタカナで入力してください。")
    elif len(holder) > 60 or not HOLDER.fullmatch(holder):
        errors["holder_kana"] = _("口座名義は、通帳のとおりにカタカナで入力してください。")
    return errors
