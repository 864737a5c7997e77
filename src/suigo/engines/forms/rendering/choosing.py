"""The question whom of a known list a group is about, at its top."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.html import escape

from suigo.engines.forms.rendering.markup import anchor
from suigo.engines.forms.rules.evaluation import iso_day
from suigo.engines.forms.rules.members import OTHER, Choice
from suigo.engines.forms.spec import GroupField
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.language import _, bracketed


def about_anchor(path: str, value: str) -> str:
    """The id of one of the options."""
    return f"{anchor(path)}-about-{value}"


def choice_html(field: GroupField, path: str, choice: Choice, language: str) -> str:
    """Everybody known, with names and dates of birth, and somebody else."""
    item = escape(field.item.in_language(language)) if field.item else ""
    question = _("どの%(item)sのことですか") % {"item": item}
    other = _("ほかの%(item)s") % {"item": item}
    options = [
        _option(path, value, escape(member_in_words(member, language)), choice.chosen)
        for value, member in choice.options.items()
    ]
    options.append(_option(path, OTHER, other, choice.chosen))
    help_id = f"{anchor(path)}-about-hint"
    return (
        f'<fieldset class="fieldset" data-about id="{anchor(path)}-about" '
        f'aria-describedby="{help_id}"><legend class="fieldset__legend">{question}</legend>'
        f'<p class="field__hint" id="{help_id}">'
        f"{_('選ぶと、保存してある内容が下に入ります。ちがうところは直せます。')}</p>"
        f'<input type="hidden" name="_about_before.{path}" value="{choice.chosen}">'
        f'<div class="choices">{"".join(options)}</div></fieldset>'
    )


def member_in_words(member: Mapping[str, Any], language: str) -> str:
    """「水野 花子（令和8年11月20日生まれ）」"""
    name = member.get("name")
    parts = [name.get(p) for p in ("family", "given")] if isinstance(name, dict) else []
    words = " ".join(part for part in parts if part) or _("名前なし")
    born = iso_day(member.get("birth_date"))
    return words + _born(born, language) if born else words


def _born(day: date, language: str) -> str:
    return bracketed(_("%(day)s生まれ") % {"day": date_in_words(day, language=language)})


def _option(path: str, value: str, label: str, chosen: str) -> str:
    checked = " checked" if value == chosen else ""
    return (
        f'<label class="choice"><input type="radio" id="{about_anchor(path, value)}" '
        f'name="_about.{path}" value="{value}" data-affects{checked}><span>{label}</span></label>'
    )
