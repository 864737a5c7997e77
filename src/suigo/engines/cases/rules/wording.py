"""The one sentence that tells people where a case stands, in the language they chose."""

import string
from datetime import date

from suigo.engines.cases.spec import State
from suigo.kernel.japanese.plain import date_in_words

PLACEHOLDERS = frozenset({"due_date", "correction_due_date"})
_LATER = {"ja": "後日お知らせする日", "ja-easy": "あとで お知らせする 日", "en": "a later date"}


def status_line(
    state: State, *, language: str, due: date | None, correction_due: date | None
) -> str:
    """The state's line with its days filled in."""
    days = {"due_date": due, "correction_due_date": correction_due}
    words = {
        name: date_in_words(day, language=language)
        if day is not None
        else _LATER.get(language, _LATER["en"])
        for name, day in days.items()
    }
    return state.line.in_language(language).format_map(words)


def unknown_placeholders(text: str) -> set[str]:
    """Placeholders of a state's line that nothing fills. A stray brace is reported as ``{``."""
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"{"}
    return names - PLACEHOLDERS
