"""The paper twin: the same questions as boxes to write into (documents' ``paper_form``)."""

from typing import Any

from suigo.engines.forms.rules.compiling import CompiledForm, Node
from suigo.engines.forms.rules.wording import who_answers
from suigo.engines.forms.spec import (
    ChoiceField,
    ChoicesField,
    ComputedField,
    Condition,
    ConsentField,
    GroupField,
    MultilineField,
    NameField,
    NoticeField,
    NumberField,
    RepeatField,
    YesNoField,
)
from suigo.engines.forms.spec.fields import AnswerField
from suigo.kernel.content import Text
from suigo.kernel.language import _

ROWS_ON_PAPER = 3  # of a repeating group; whoever needs more uses a second sheet

Item = dict[str, Any]


def paper_pages(compiled: CompiledForm, language: str = "ja") -> list[dict[str, Any]]:
    """Every page of the form as ``{title, items}``. Nothing is hidden on paper: a conditional
    question says when it has to be answered."""
    pages = []
    for page, spec in zip(compiled.pages, compiled.spec.pages, strict=True):
        title = spec.title.in_language(language)
        condition = _reason(compiled, spec.show_when, "", language)
        if condition:
            title = f"{title}（{condition}）"
        items = [
            item for node in page.nodes for item in _top_items(compiled, node, spec.title, language)
        ]
        pages.append({"title": title, "items": items})
    return pages


def _top_items(form: CompiledForm, node: Node, page_title: Text, language: str) -> list[Item]:
    """A group that is the whole page does not repeat the page's heading."""
    field = node.field
    if isinstance(field, GroupField) and field.label == page_title and field.show_when is None:
        return [_item(form, child, language) for child in node.children]
    return [_item(form, node, language)]


def _reason(form: CompiledForm, condition: Condition | None, path: str, language: str) -> str:
    if condition is None:
        return ""
    if condition.because is not None:
        return condition.because.in_language(language)
    return who_answers(form, condition.when, path, language) or _("あてはまる方のみ")


def _item(form: CompiledForm, node: Node, language: str) -> Item:
    field = node.field
    item: Item = {"kind": field.kind, "label": field.label.in_language(language)}
    if field.hint is not None:
        item["hint"] = field.hint.in_language(language)
    condition = _reason(form, field.show_when, node.path, language)
    if condition:
        item["condition"] = condition
    if isinstance(field, AnswerField):
        item["required"] = field.required and field.require_when is None and not condition
    return item | _more(form, node, language)


def _more(form: CompiledForm, node: Node, language: str) -> Item:
    """What the kind of field adds."""
    match node.field:
        case NameField() as field:
            return {"kana": field.kana}
        case MultilineField() as field:
            return {"rows": field.rows}
        case NumberField() as field:
            return {"unit": field.unit.in_language(language) if field.unit else ""}
        case YesNoField() as field:
            return {"yes": field.yes.in_language(language), "no": field.no.in_language(language)}
        case ChoiceField() | ChoicesField() as field:
            return {"options": [option.label.in_language(language) for option in field.options]}
        case ConsentField() as field:
            return {"text": field.text.in_language(language)}
        case NoticeField() as field:
            text = f"{field.label.in_language(language)}\n{field.text.in_language(language)}"
            return {"text": text, "verify": field.verify}
        case ComputedField() as field:
            reason = field.because.in_language(language)
            return {"text": f"{_('市が計算します。記入は要りません。')}\n{reason}"}
        case GroupField():
            return {"items": [_item(form, child, language) for child in node.children]}
        case RepeatField() as field:
            return {
                "item": field.item.in_language(language),
                "count": min(ROWS_ON_PAPER, field.at_most),
                "items": [_item(form, child, language) for child in node.children],
            }
        case _:
            return {}
