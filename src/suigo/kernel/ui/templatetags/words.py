"""Days, moments and lists as people read them, in the language of the page."""

from collections.abc import Iterable
from datetime import date, datetime

from django import template
from django.utils.translation import get_language

from suigo.kernel import language
from suigo.kernel.clock import TOKYO
from suigo.kernel.japanese.plain import date_in_words, time_in_words

register = template.Library()


@register.filter
def day(value: date | datetime | None) -> str:
    """令和8年11月22日（日）; a moment is shown as its day in Japan."""
    if value is None:
        return ""
    found = value.astimezone(TOKYO).date() if isinstance(value, datetime) else value
    return date_in_words(found, language=get_language() or "ja", weekday=True)


@register.filter
def moment(value: datetime | None) -> str:
    """令和8年11月22日（日） 午前9時30分."""
    if value is None:
        return ""
    clock = time_in_words(value.astimezone(TOKYO).time(), language=get_language() or "ja")
    return f"{day(value)} {clock}"


@register.filter
def compact_day(value: date | datetime | None) -> str:
    """2026年11月22日 for columns and margins; in English November 22, 2026."""
    if value is None:
        return ""
    found = value.astimezone(TOKYO).date() if isinstance(value, datetime) else value
    shown = get_language() or "ja"
    return date_in_words(found, language="easy" if shown == "ja" else shown)


@register.filter
def compact_moment(value: datetime | None) -> str:
    """2026年11月22日 09:30."""
    if value is None:
        return ""
    return f"{compact_day(value)} {value.astimezone(TOKYO):%H:%M}"


@register.filter
def listed(names: Iterable[object]) -> str:
    """写真、PDF; in English Photo, PDF."""
    return language.listed(names)


@register.filter
def bracketed(text: object) -> str:
    """（text）, as it follows another text; in English with a space before."""
    return language.bracketed(text)
