"""Fields typed in several boxes: names, addresses, dates, bank accounts, files."""

from datetime import date
from typing import Any

from django.utils.html import escape

from suigo.engines.forms.rendering.markup import (
    FileView,
    FormView,
    anchor,
    attributes,
    described_by,
    error_html,
    icon,
    stays_at,
)
from suigo.engines.forms.rules.evaluation import iso_day
from suigo.engines.forms.rules.reading_parts import ERA_CHOICES, WESTERN
from suigo.engines.forms.spec import AddressField, DateField, FileField, NameField
from suigo.kernel.japanese import banks
from suigo.kernel.japanese.eras import era_of
from suigo.kernel.language import _, bracketed, listed

ACCEPTED_TYPES = {
    "pdf": ".pdf,application/pdf",
    "image": "image/*",
    "office": ".docx,.xlsx",
    "text": ".txt,.csv",
    "signature": ".p7s",
}


def _part(value: Any, part: str) -> str:
    inner = value.get(part) if isinstance(value, dict) else None
    return "" if inner is None else str(inner)


def _box(
    path: str,
    part: str,
    label: str,
    value: Any,
    view: FormView,
    *,
    size: str = "full",
    autocomplete: str | None = None,
    input_mode: str | None = None,
    hint: str = "",
    affects: bool = False,
) -> str:
    """One labelled box of a composite field."""
    name = f"{path}.{part}"
    typed = view.typed(name)
    shown = typed if typed is not None and view.has_error(path) else _part(value, part)
    error = view.error(name)
    aria = described_by(name, hint=bool(hint), error=error is not None)
    attrs = attributes(
        id=anchor(name),
        name=name,
        autocomplete=autocomplete,
        inputmode=input_mode,
        data_affects=affects,
    )
    help_text = (
        f'<p class="field__hint" id="{anchor(name)}-hint">{escape(hint)}</p>' if hint else ""
    )
    wrong = " field--error" if error else ""
    return (
        f'<div class="field field--part{wrong}"><label class="field__label" for="{anchor(name)}">'
        f"{escape(label)}</label>{help_text}{error_html(name, error)}"
        f'<input class="input input--{size}"{attrs}{aria} value="{escape(shown)}"></div>'
    )


def name_html(field: NameField, path: str, value: Any, view: FormView) -> str:
    """姓 and 名, and their readings."""
    own = field.of_applicant
    boxes = [
        _box(
            path,
            "family",
            _("姓（名字）"),
            value,
            view,
            size="w20",
            autocomplete="family-name" if own else None,
        ),
        _box(
            path,
            "given",
            _("名"),
            value,
            view,
            size="w20",
            autocomplete="given-name" if own else None,
        ),
    ]
    if field.kana:
        boxes += [
            _box(path, "family_kana", _("姓のフリガナ"), value, view, size="w20"),
            _box(path, "given_kana", _("名のフリガナ"), value, view, size="w20"),
        ]
    return f'<div class="parts parts--pairs">{"".join(boxes)}</div>'


def address_html(field: AddressField, path: str, value: Any, view: FormView) -> str:
    """Postal code with a look-up that works without script, then the parts it fills in."""
    own = field.of_applicant
    lookup = (
        f'<button class="button" type="submit" data-type="secondary" data-size="small" '
        f'name="_lookup" value="{path}" {stays_at(path)}>{icon("search")}'
        f"{_('郵便番号から住所を入れる')}</button>"
    )
    boxes = [
        '<div class="parts__line">',
        _box(
            path,
            "postal_code",
            _("郵便番号"),
            value,
            view,
            size="w12",
            input_mode="numeric",
            autocomplete="postal-code" if own else None,
        ),
        lookup,
        "</div>",
        _box(
            path,
            "prefecture",
            _("都道府県"),
            value,
            view,
            size="w12",
            autocomplete="address-level1" if own else None,
        ),
        _box(
            path,
            "city",
            _("市区町村"),
            value,
            view,
            size="w20",
            autocomplete="address-level2" if own else None,
        ),
        _box(
            path,
            "town",
            _("町名"),
            value,
            view,
            size="w20",
            autocomplete="address-level3" if own else None,
        ),
        _box(path, "block", _("番地"), value, view, size="w20", hint=_("例: 1丁目2番3号、626")),
        _box(path, "building", _("建物名・部屋番号（あれば）"), value, view),
    ]
    return f'<div class="parts">{"".join(boxes)}</div>'


def date_html(
    field: DateField, path: str, value: Any, view: FormView, *, aria: str, affects: bool
) -> str:
    """Era or western year, month, day. A stored day is shown in the calendar of the reader."""
    day = iso_day(value)
    era, year, month, day_text = _date_parts(day, view.language)
    if view.has_error(path) and view.typed(f"{path}.year") is not None:
        era, year, month, day_text = (
            view.typed(f"{path}.{p}") or "" for p in ("era", "year", "month", "day")
        )
    options = "".join(
        f'<option value="{e}"{" selected" if e == era else ""}>{_(e)}</option>' for e in ERA_CHOICES
    )
    birthday = field.birthday
    affecting = attributes(data_affects=affects)
    boxes = [
        f'<select class="select" id="{anchor(path)}-era" name="{path}.era" '
        f'aria-label="{_("元号または西暦")}"{affecting}>{options}</select>'
    ]
    for part, shown, unit, auto in (
        ("year", year, _("年"), "bday-year"),
        ("month", month, _("月"), "bday-month"),
        ("day", day_text, _("日"), "bday-day"),
    ):
        name = f"{path}.{part}"
        wrong = name in view.errors
        attrs = attributes(
            id=anchor(name),
            name=name,
            inputmode="numeric" if part != "year" else None,
            autocomplete=auto if birthday and (part != "year" or era == WESTERN) else None,
            maxlength=6 if part == "year" else 2,
            aria_invalid="true" if wrong else None,
            aria_describedby=f"{anchor(name)}-error" if wrong else None,
            data_affects=affects,
        )
        boxes.append(
            f'<span class="date-input__part"><input class="input input--w4"{attrs} '
            f'value="{escape(shown)}"><label for="{anchor(name)}">{unit}</label></span>'
        )
    errors = "".join(
        error_html(f"{path}.{p}", view.error(f"{path}.{p}")) for p in ("year", "month", "day")
    )
    return f'{errors}<div class="date-input">{"".join(boxes)}</div>'


def _date_parts(day: date | None, language: str) -> tuple[str, str, str, str]:
    if day is None:
        return WESTERN, "", "", ""
    era = era_of(day)
    if language == "ja" and era.name in ERA_CHOICES:
        return era.name, str(day.year - era.year_one + 1), str(day.month), str(day.day)
    return WESTERN, str(day.year), str(day.month), str(day.day)


def account_html(path: str, value: Any, view: FormView) -> str:
    """A bank account, or 記号 and 番号 of a Japan Post one."""
    typed = view.typed(f"{path}.institution")
    is_post = (typed or ("post" if _part(value, "symbol") else "bank")) == "post"
    bank_name = view.typed(f"{path}.bank_name") or _part(value, "bank_name")
    branch_name = view.typed(f"{path}.branch_name") or _part(value, "branch_name")
    bank_code = _part(value, "bank_code") or view.typed(f"{path}.bank_code") or ""
    parts = [
        '<div class="choices choices--inline">',
        _radio(path, "institution", "bank", _("銀行・信用金庫・農協など"), not is_post),
        _radio(path, "institution", "post", _("ゆうちょ銀行"), is_post),
        "</div>",
    ]
    if is_post:
        parts += [
            _box(path, "symbol", _("記号（5けた）"), value, view, size="w12", input_mode="numeric"),
            _box(
                path,
                "post_number",
                _("番号（8けたまで）"),
                value,
                view,
                size="w12",
                input_mode="numeric",
            ),
        ]
    else:
        parts += [
            _box(
                path,
                "bank_name",
                _("金融機関の名前か番号"),
                value,
                view,
                size="w20",
                hint=_("名前の一部か、4けたの番号でさがせます。"),
            ),
            _candidates(
                path,
                "bank_code",
                banks.find_banks(bank_name, limit=8),
                bank_name,
                _part(value, "bank_code"),
            ),
            _lookup_button(f"{path}#bank", _("金融機関をさがす")),
            _box(path, "branch_name", _("支店の名前か番号"), value, view, size="w20"),
            _candidates(
                path,
                "branch_code",
                banks.find_branches(bank_code, branch_name, limit=8) if bank_code else (),
                branch_name,
                _part(value, "branch_code"),
            ),
            _lookup_button(f"{path}#branch", _("支店をさがす")),
            '<fieldset class="fieldset"><legend class="fieldset__legend">'
            f"{_('口座の種類')}</legend>"
            f"{error_html(path + '.account_type', view.error(path + '.account_type'))}"
            '<div class="choices choices--inline">',
            *(
                _radio(path, "account_type", code, name, _part(value, "account_type") == code)
                for code, name in (("1", _("普通")), ("2", _("当座")), ("4", _("貯蓄")))
            ),
            "</div></fieldset>",
            _box(
                path,
                "number",
                _("口座番号（7けたまで）"),
                value,
                view,
                size="w12",
                input_mode="numeric",
            ),
        ]
    parts.append(
        _box(
            path,
            "holder_kana",
            _("口座名義（カタカナ）"),
            value,
            view,
            size="w20",
            hint=_("通帳に書かれているとおりに入力してください。"),
        )
    )
    return f'<div class="parts">{"".join(parts)}</div>'


def _radio(path: str, part: str, value: str, label: str, checked: bool) -> str:
    name = f"{path}.{part}"
    attrs = attributes(checked=checked, data_affects=part == "institution")
    return (
        f'<label class="choice"><input type="radio" name="{name}" value="{value}" '
        f'id="{anchor(name)}-{value}"{attrs}><span>{escape(label)}</span></label>'
    )


def _lookup_button(value: str, label: str) -> str:
    return (
        f'<p><button class="button" type="submit" data-type="secondary" data-size="small" '
        f'name="_lookup" value="{value}" {stays_at(value.replace("#", ".") + "_name")}>'
        f"{icon('search')}{label}</button></p>"
    )


def _candidates(
    path: str,
    part: str,
    found: tuple[banks.Bank, ...] | tuple[banks.Branch, ...],
    query: str,
    chosen: str,
) -> str:
    """What was found for a name: chosen by one tap, nothing to choose when it is settled."""
    settled = next((f for f in found if f.code == chosen and query in {f.name, f.code}), None)
    if settled is not None:
        return (
            f'<input type="hidden" name="{path}.{part}" value="{settled.code}">'
            f'<p class="field__hint">{icon("circle-check")}'
            f"{escape(settled.name)}{bracketed(settled.code)}</p>"
        )
    if not query or not found:
        return ""
    choices = "".join(
        _radio(path, part, f.code, f"{f.name}{bracketed(f.code)}", f.code == chosen) for f in found
    )
    legend = _("候補（%(count)d件）") % {"count": len(found)}
    return (
        f'<fieldset class="fieldset"><legend class="fieldset__legend">{legend}</legend>'
        f'<div class="choices">{choices}</div></fieldset>'
    )


def files_html(field: FileField, path: str, value: Any, view: FormView, *, aria: str) -> str:
    """Uploaded files with removal, and a chooser that also opens the camera on a phone."""
    ids = [str(v) for v in value] if isinstance(value, list) else []
    listed = [view.files[i] for i in ids if i in view.files]
    sending = attributes(
        data_upload=f"{view.upload_url}{path}/" if view.upload_url else None,
        data_field="file",
        data_text_sending=_("送っています"),
        data_text_failed=_("送れませんでした"),
        data_text_retry=_("もう一度送る"),
    )
    parts = [
        f'<div class="upload"{sending}><input type="hidden" name="{path}" value="">'
        f'<div class="upload__list">{"".join(file_html(path, file) for file in listed)}</div>'
    ]
    if len(listed) < field.at_most:
        accept = ",".join(ACCEPTED_TYPES[kind] for kind in field.taken)
        attrs = attributes(
            id=anchor(path) + "-files",
            name=f"{path}.upload",
            accept=accept,
            multiple=field.at_most > 1,
        )
        label = _("ファイルを選ぶか、写真をとる")
        parts.append(
            f'<label class="upload__label" for="{anchor(path)}-files">{label}</label>'
            f'<input class="upload__input" type="file"{attrs}{aria}>'
        )
    rules = _("%(types)s。%(max)d個まで、1つ20MBまで。") % {
        "types": _type_names(field),
        "max": field.at_most,
    }
    original = ""
    if field.original_needed:
        original = f'<p class="field__hint">{_("原本も、あとで提出していただきます。")}</p>'
    parts.append(f'<p class="upload__rules">{escape(rules)}</p>{original}</div>')
    return "".join(parts)


def file_html(path: str, file: FileView) -> str:
    """One uploaded file; also the answer to an upload that a script sent."""
    removal = escape(_("%(name)sを消す") % {"name": file.name})
    return (
        f'<div class="file">{icon("file-text")}<span class="file__name">'
        f'<a href="{escape(file.url)}">{escape(file.name)}</a> '
        f'<span class="file__meta">{escape(file.size)}</span></span>'
        f'<span class="file__state">{escape(file.state)}</span>'
        f'<input type="hidden" name="{path}" value="{file.id}">'
        f'<button class="button" type="submit" data-type="tertiary" data-size="small" '
        f'name="_remove_file" value="{file.id}" {stays_at(path)} '
        f'aria-label="{removal}">{icon("trash-2")}{_("消す")}</button></div>'
    )


def file_refused_html(name: str, message: str) -> str:
    """An upload that was refused, in the place of the file."""
    return (
        f'<div class="file file--failed">{icon("circle-alert")}<span class="file__name">'
        f'{escape(name)}</span><span class="file__state">{escape(message)}</span></div>'
    )


def _type_names(field: FileField) -> str:
    names = {
        "pdf": _("PDF"),
        "image": _("写真（JPEG・PNG）"),
        "office": _("Word・Excel"),
        "text": _("テキスト・CSV"),
    }
    return listed(names[kind] for kind in field.accept)
