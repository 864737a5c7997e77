"""A page of fields, groups and rows."""

from collections.abc import Collection

from django.utils.html import escape
from django.utils.safestring import SafeString

from suigo.engines.forms.rendering.choosing import choice_html
from suigo.engines.forms.rendering.inputs import field_html
from suigo.engines.forms.rendering.markup import (
    FileView,
    FormView,
    anchor,
    error_html,
    hint_html,
    icon,
    note_html,
    paragraphs,
    stays_at,
)
from suigo.engines.forms.rules.answers import is_row, value_at
from suigo.engines.forms.rules.compiling import CompiledForm, Node, template_path
from suigo.engines.forms.rules.display import display_lines
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    ComputedField,
    ConsentField,
    DateField,
    GroupField,
    NameField,
    NoticeField,
    RepeatField,
)
from suigo.kernel.language import _, bracketed

__all__ = ["FileView", "FormView", "error_summary", "fields_html"]

FIRST_PART = {
    NameField: "family",
    AddressField: "postal_code",
    DateField: "year",
    BankAccountField: "bank_name",
}


def fields_html(
    compiled: CompiledForm, page_id: str, view: FormView, *, only: Collection[str] | None = None
) -> SafeString:
    """The fields of one page. With ``only``, just those paths (and the groups around them)."""
    parts: list[str] = []
    for node in compiled.page(page_id).nodes:
        _node(parts, node, node.path, view, only)
    html = "".join(parts)
    if view.focus:
        html = html.replace(f' id="{view.focus}"', f' id="{view.focus}" autofocus', 1)
    return SafeString(html)


def error_summary(compiled: CompiledForm, errors: dict[str, str]) -> list[tuple[str, str]]:
    """``(anchor, message)`` for every error, in the order of the form."""
    return [(target, message) for _path, target, message in placed_errors(compiled, errors)]


def placed_errors(compiled: CompiledForm, errors: dict[str, str]) -> list[tuple[str, str, str]]:
    """``(path, anchor, message)`` for every error, in the order of the form."""
    order = {path: index for index, path in enumerate(compiled.nodes)}

    def place(path: str) -> tuple[int, list[int]]:
        known = template_path(path)
        while known and known not in order:
            known = known.rpartition(".")[0]
        return order.get(known, len(order)), [int(p) for p in path.split(".") if is_row(p)]

    return [(path, _target(compiled, path), errors[path]) for path in sorted(errors, key=place)]


def page_of_path(compiled: CompiledForm, path: str) -> str:
    """The id of the page on which the field at ``path`` (or around it) stands, '' for none."""
    while path:
        node = compiled.node_at(path)
        if node is not None:
            return node.page
        path = path.rpartition(".")[0]
    return ""


def _target(compiled: CompiledForm, path: str) -> str:
    """The control that an error of ``path`` leads to."""
    node = compiled.node_at(path)
    part = FIRST_PART.get(type(node.field)) if node is not None else None
    return anchor(f"{path}.{part}" if part else path)


def _wanted(path: str, only: Collection[str] | None) -> bool:
    return only is None or any(p == path or p.startswith(f"{path}.") for p in only)


def _node(
    parts: list[str], node: Node, path: str, view: FormView, only: Collection[str] | None
) -> None:
    if not view.evaluation.shows(path) or not _wanted(path, only):
        return
    field = node.field
    if isinstance(field, GroupField):
        label = escape(field.label.in_language(view.language))
        hint = field.hint.in_language(view.language) if field.hint else ""
        # a group that is the whole page has said its name in the heading
        same = label == view.page_title
        look = "visually-hidden" if same else "fieldset__legend fieldset__legend--large"
        choice = view.about.get(path) if only is None else None
        restarts = f' data-restarts="{path}"' if choice else ""
        parts.append(
            f'<fieldset class="fieldset"{restarts}><legend class="{look}">{label}</legend>'
            f"{hint_html(path, hint)}"
        )
        if choice is not None:
            parts.append(choice_html(field, path, choice, view.language))
        for child in node.children:
            _node(parts, child, f"{path}.{child.field.id}", view, only)
        parts.append("</fieldset>")
    elif isinstance(field, RepeatField):
        _rows(parts, node, path, view, only)
    elif isinstance(field, NoticeField):
        if only is None:
            parts.append(_notice(field, path, view))
    elif isinstance(field, ComputedField):
        parts.append(_computed(field, path, view))
    elif path in view.fixed or (only is not None and path not in only):
        parts.append(_read_only(node, path, view))
    else:
        note = note_html(path, view.notes.get(path))
        affects = _affects(node, path, view.affecting)
        parts.append(field_html(node, path, view, note=note, affects=affects))


def _affects(node: Node, path: str, affecting: frozenset[str]) -> bool:
    """Whether other questions depend on this one."""
    repeat, star, inside = node.path.partition(".*.")
    names = {f"row.{inside}", repeat} if star else {path}
    prefixes = tuple(f"{name}." for name in names)
    return any(a in names or a.startswith(prefixes) for a in affecting)


def _rows(
    parts: list[str], node: Node, path: str, view: FormView, only: Collection[str] | None
) -> None:
    field = node.field
    assert isinstance(field, RepeatField)
    rows = value_at(view.answers, path)
    count = len(rows) if isinstance(rows, list) else 0
    item = field.item.in_language(view.language)
    name = escape(item)
    label = escape(field.label.in_language(view.language))
    same = label == view.page_title
    look = "visually-hidden" if same else "fieldset__legend fieldset__legend--large"
    hint = field.hint.in_language(view.language) if field.hint else ""
    parts.append(
        f'<section class="rows" id="{anchor(path)}" tabindex="-1">'
        f'<h2 class="{look}">{label}</h2>'
        f"{hint_html(path, hint)}{error_html(path, view.error(path))}"
    )
    for index in range(count):
        row_path = f"{path}.{index}"
        if not _wanted(row_path, only):
            continue
        parts.append(
            f'<fieldset class="row" id="{anchor(row_path)}" tabindex="-1">'
            f'<legend class="row__head">{name} {index + 1}</legend>'
        )
        for child in node.children:
            _node(parts, child, f"{row_path}.{child.field.id}", view, only)
        if only is None and count > field.at_least:
            removal = escape(_("%(item)s %(number)dを消す") % {"item": item, "number": index + 1})
            parts.append(
                f'<p class="row__remove"><button class="button" type="submit" '
                f'data-type="tertiary" data-size="small" name="_remove" value="{row_path}" '
                f"{stays_at(path)}>{icon('trash-2')}{removal}</button></p>"
            )
        parts.append("</fieldset>")
    if only is None and count < field.at_most:
        addition = escape(_("%(item)sを追加する") % {"item": item})
        parts.append(
            f'<p class="rows__add"><button class="button" type="submit" data-type="secondary" '
            f'name="_add" value="{path}" {stays_at(f"{path}.{count}")}>'
            f"{icon('plus')}{addition}</button></p>"
        )
    parts.append("</section>")


def _notice(field: NoticeField, path: str, view: FormView) -> str:
    kind = field.tone
    glyph = {"warning": "triangle-alert", "success": "circle-check"}.get(kind, "info")
    mark = f'<span class="mark mark--verify">{_("要確認")}</span> ' if field.verify else ""
    return (
        f'<div class="notice notice--{kind}" id="{anchor(path)}">{icon(glyph)}'
        f'<div class="notice__body"><p class="notice__title">{mark}'
        f"{escape(field.label.in_language(view.language))}</p>"
        f"<p>{paragraphs(field.text.in_language(view.language))}</p></div></div>"
    )


def _computed(field: ComputedField, path: str, view: FormView) -> str:
    computed = view.evaluation.computed[path]
    lines = display_lines(field, computed.value, view.language) if computed.determined else ()
    value = f'<p class="computed__value"><output>{escape(" ".join(lines))}</output></p>'
    if not lines:
        value = f'<p class="computed__waiting">{_("必要な項目を入力すると表示します")}</p>'
    mark = f'<span class="mark mark--sample">{_("サンプル")}</span> ' if field.sample else ""
    reason = escape(field.because.in_language(view.language))
    article = bracketed(escape(field.article)) if field.article else ""
    return (
        f'<div class="computed" id="{anchor(path)}"><p class="computed__label">'
        f"{escape(field.label.in_language(view.language))} {mark}</p>"
        f'{value}<p class="computed__reason">{reason}{article}</p></div>'
    )


def _read_only(node: Node, path: str, view: FormView) -> str:
    """An answer that stands and can't be changed here."""
    lines = display_lines(node.field, value_at(view.answers, path), view.language)
    shown = "<br>".join(escape(line) for line in lines) or _("（未入力）")
    origin = view.origins.get(path)
    why = ""
    if origin:
        advice = _(
            "ここでは変えられません。変わったときは「保存した情報」で消すと、次の申請で書けます。"
        )
        why = f'<p class="field__origin">{icon("lock")}<span>{escape(origin)} {advice}</span></p>'
    consent = node.field.text if isinstance(node.field, ConsentField) else node.field.label
    return (
        f'<div class="field field--fixed"><p class="field__label">'
        f"{escape(consent.in_language(view.language))}</p><p>{shown}</p>{why}</div>"
    )
