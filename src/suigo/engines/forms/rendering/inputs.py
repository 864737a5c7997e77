"""One field as HTML."""

from typing import Any

from django.utils.html import escape

from suigo.engines.forms.rendering.composites import (
    account_html,
    address_html,
    date_html,
    files_html,
    name_html,
)
from suigo.engines.forms.rendering.markup import (
    FormView,
    anchor,
    attributes,
    described_by,
    error_html,
    hint_html,
    origin_html,
    paragraphs,
    required_mark,
)
from suigo.engines.forms.rules.answers import value_at
from suigo.engines.forms.rules.checking import is_required
from suigo.engines.forms.rules.compiling import Node
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    ChoiceField,
    ChoicesField,
    ConsentField,
    DateField,
    EmailField,
    FileField,
    KanaField,
    MoneyField,
    MultilineField,
    MyNumberField,
    NameField,
    NumberField,
    PhoneField,
    TextField,
    YesNoField,
)
from suigo.engines.forms.spec.fields import AnswerField
from suigo.kernel.content import Text
from suigo.kernel.japanese.problems import gettext_noop
from suigo.kernel.language import _

RADIOS_AT_MOST = 7
SEALED_HINT = gettext_noop("入力済みです。変えるときだけ、もう一度入力してください。")


def field_html(node: Node, path: str, view: FormView, *, note: str, affects: bool) -> str:
    """A field with label, hint, the clerk's note, error and control."""
    field = node.field
    assert isinstance(field, AnswerField)
    label = escape(field.label.in_language(view.language))
    hint = field.hint.in_language(view.language) if field.hint else ""
    mark = required_mark(is_required(node, path, view.evaluation))
    origin = "" if path in view.errors else origin_html(path, view.origins.get(path))
    around = hint_html(path, hint) + origin + note + error_html(path, view.error(path))
    value = value_at(view.answers, path)
    wrong = " field--error" if view.has_error(path) else ""
    aria = described_by(
        path,
        hint=bool(hint),
        error=path in view.errors,
        note=path in view.notes,
        origin=bool(origin),
    )
    match field:
        case NameField():
            inside = name_html(field, path, value, view)
        case AddressField():
            inside = address_html(field, path, value, view)
        case DateField():
            inside = date_html(field, path, value, view, aria=aria, affects=affects)
        case BankAccountField():
            inside = account_html(path, value, view)
        case FileField():
            inside = files_html(field, path, value, view, aria=aria)
        case YesNoField() | ChoicesField():
            inside = _choices(field, path, value, view, affects=affects)
        case ChoiceField() if _is_radio(field):
            inside = _choices(field, path, value, view, affects=affects)
        case ConsentField():
            return _consent(field, path, value, view, around=around, aria=aria, affects=affects)
        case _:
            control = _control(field, path, value, view, aria=aria, affects=affects)
            return (
                f'<div class="field{wrong}"><label class="field__label" for="{anchor(path)}">'
                f"{label}{mark}</label>{around}{control}</div>"
            )
    return (
        f'<fieldset class="fieldset{wrong}" id="{anchor(path)}" tabindex="-1"{aria}>'
        f'<legend class="fieldset__legend">{label}{mark}</legend>{around}{inside}</fieldset>'
    )


def _is_radio(field: ChoiceField) -> bool:
    return field.style == "radio" or (field.style is None and len(field.options) <= RADIOS_AT_MOST)


def _shown(path: str, value: Any, view: FormView) -> str:
    """What stands in the box: what was typed if it was wrong, else what is stored."""
    if path in view.errors:
        typed = view.typed(path)
        if typed is not None:
            return typed
    return "" if value is None else str(value)


def _control(
    field: AnswerField, path: str, value: Any, view: FormView, *, aria: str, affects: bool
) -> str:
    common = attributes(id=anchor(path), name=path, data_affects=affects) + aria
    shown = _shown(path, value, view)
    match field:
        case MultilineField():
            limits = attributes(
                rows=field.rows,
                data_count=f"{anchor(path)}-count",
                data_count_most=field.max_length,
                data_count_text=_("あと{n}文字"),
                data_count_over=_("{n}文字多すぎます"),
            )
            return (
                f'<textarea class="textarea"{common}{limits}>\n{escape(shown)}</textarea>'
                f'<p class="field__count" id="{anchor(path)}-count" hidden></p>'
            )
        case ChoiceField():
            return _select(field, common, shown, view.language)
        case TextField():
            extra = attributes(
                inputmode=field.input_mode if field.input_mode != "text" else None,
                autocomplete=field.autocomplete,
            )
            size = field.width if field.width == "full" else f"w{field.width}"
            return _input(common + extra, shown, size)
        case KanaField():
            return _input(common, shown, "full")
        case MoneyField():
            extra = attributes(inputmode="numeric")
            return _with_unit(_input(common + extra, _grouped(shown), "w12"), _("円"))
        case NumberField():
            box = _input(common + attributes(inputmode="numeric"), shown, "w8")
            return _with_unit(box, field.unit.in_language(view.language)) if field.unit else box
        case PhoneField():
            auto = "tel-national" if field.of_applicant else None
            extra = attributes(type="tel", inputmode="tel", autocomplete=auto)
            return _input(common + extra, shown, "w20")
        case EmailField():
            extra = attributes(type="email", inputmode="email", autocomplete="email")
            return _input(common + extra, shown, "full")
        case MyNumberField():
            return _my_number(path, value, view, common)
        case _:
            raise TypeError(f"no control for {type(field).__name__}")


def _input(attrs: str, value: str, size: str) -> str:
    return f'<input class="input input--{size}"{attrs} value="{escape(value)}">'


def _with_unit(box: str, unit: str) -> str:
    return f'<span class="affix">{box}<span class="affix__unit">{escape(unit)}</span></span>'


def _grouped(shown: str) -> str:
    return f"{int(shown):,}" if shown.isascii() and shown.isdecimal() else shown


def _my_number(path: str, value: Any, view: FormView, common: str) -> str:
    """The number itself is never sent back to a page."""
    extra = attributes(inputmode="numeric", autocomplete="off", maxlength=20)
    box = _input(common + extra, view.typed(path) or "" if path in view.errors else "", "w20")
    if isinstance(value, dict) and value.get("sealed"):
        box += f'<p class="field__hint">{_(SEALED_HINT)}</p>'
    return box


def _select(field: ChoiceField, common: str, shown: str, language: str) -> str:
    options = "".join(
        f'<option value="{o.id}"{" selected" if o.id == shown else ""}>'
        f"{escape(o.label.in_language(language))}</option>"
        for o in field.options
    )
    first = _("選んでください")
    return f'<select class="select"{common}><option value="">{first}</option>{options}</select>'


def _choices(
    field: ChoiceField | ChoicesField | YesNoField,
    path: str,
    value: Any,
    view: FormView,
    *,
    affects: bool,
) -> str:
    """Radio buttons or check boxes. The first one has the field's own anchor for error links."""
    if isinstance(field, YesNoField):
        options: list[tuple[str, Text, Text | None]] = [
            ("yes", field.yes, None),
            ("no", field.no, None),
        ]
        chosen = {True: ["yes"], False: ["no"]}.get(value, []) if isinstance(value, bool) else []
    else:
        options = [(o.id, o.label, o.hint) for o in field.options]
        chosen = value if isinstance(value, list) else [value]
    many = isinstance(field, ChoicesField)
    kind = "checkbox" if many else "radio"
    inline = " choices--inline" if isinstance(field, YesNoField) else ""
    parts = [f'<div class="choices{inline}">']
    if many:
        parts.append(f'<input type="hidden" name="{path}" value="">')
    for option, label, hint in options:
        more = ""
        if hint is not None:
            more = f'<span class="choice__hint">{escape(hint.in_language(view.language))}</span>'
        attrs = attributes(checked=option in chosen, data_affects=affects)
        parts.append(
            f'<label class="choice"><input type="{kind}" name="{path}" value="{option}"'
            f' id="{anchor(path)}-{option}"{attrs}>'
            f"<span>{escape(label.in_language(view.language))}{more}</span></label>"
        )
    parts.append("</div>")
    return "".join(parts)


def _consent(
    field: ConsentField,
    path: str,
    value: Any,
    view: FormView,
    *,
    around: str,
    aria: str,
    affects: bool,
) -> str:
    wrong = " field--error" if path in view.errors else ""
    attrs = attributes(checked=value is True, data_affects=affects)
    return (
        f'<div class="field{wrong}"><p class="field__label">'
        f"{escape(field.label.in_language(view.language))}{required_mark(field.required)}</p>"
        f'{around}<input type="hidden" name="{path}" value=""><div class="choices">'
        f'<label class="choice"><input type="checkbox" id="{anchor(path)}" name="{path}" '
        f'value="yes"{attrs}{aria}>'
        f"<span>{paragraphs(field.text.in_language(view.language))}</span></label></div></div>"
    )
