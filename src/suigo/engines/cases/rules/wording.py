"""The one sentence that tells people where a case stands, in the language they chose."""

import re
import string
from datetime import date

from suigo.engines.cases.spec import State
from suigo.kernel.japanese.plain import date_in_words

PLACEHOLDERS = frozenset({"due_date", "correction_due_date"})
_LATER = {"ja": "後日お知らせする日", "ja-easy": "あとで お知らせする 日", "en": "a later date"}


# Instead of the sentence that names a day, once that day is over.
_OVER = {
    "due_date": {
        "ja": "お知らせの予定日（{due_date}）を過ぎています。お待たせして申し訳ありません。",
        "ja-easy": "お知らせの 予定の日（{due_date}）を すぎて います。おそくなって すみません。",
        "en": "The day on which we meant to let you know ({due_date}) has passed. "
        "We are sorry to keep you waiting.",
    },
    "correction_due_date": {
        "ja": "期限（{correction_due_date}）を過ぎましたが、まだ送れます。",
        "ja-easy": "{correction_due_date}を すぎましたが、まだ 送る ことが できます。",
        "en": "The date for this ({correction_due_date}) has passed, but you can still send it.",
    },
}


def status_line(
    state: State, *, language: str, due: date | None, correction_due: date | None, today: date
) -> str:
    """The state's line with its days filled in. A day before ``today`` is never promised: the
    sentence that names it gives way to one that says so."""
    days = {"due_date": due, "correction_due_date": correction_due}
    line = state.line.in_language(language)
    for name, day in days.items():
        if day is not None and day < today:
            over = _OVER[name].get(language, _OVER[name]["en"])
            line = _sentence_naming(name).sub(r"\g<1>" + over, line)
    words = {
        name: date_in_words(day, language=language)
        if day is not None
        else _LATER.get(language, _LATER["en"])
        for name, day in days.items()
    }
    return line.format_map(words)


def _sentence_naming(name: str) -> re.Pattern[str]:
    """A whole sentence with the placeholder ``name``; group 1 is the space before it."""
    return re.compile(rf"(\s*)[^。.!?！？]*\{{{name}\}}[^。.!?！？]*[。.!?！？]?")


def unknown_placeholders(text: str) -> set[str]:
    """Placeholders of a state's line that nothing fills. A stray brace is reported as ``{``."""
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"{"}
    return names - PLACEHOLDERS
