"""How applicants are found again: by number, by name, by reading.

One text per case holds search words, each behind a space: family and given name together, the
given name alone, and the same for the reading. A database can find the beginning of such a word
through a trigram index from the first character on, which matters because most family names have
two characters.
"""

from dataclasses import dataclass
from typing import Any

from suigo.kernel.japanese.names import search_key

NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Applicant:
    """The applicant's name as entered, its reading, and the words it is found by."""

    name: str
    kana: str
    search_text: str


def applicant_of(answer: Any) -> Applicant:
    """The applicant from the answer to a name field, or to a text field for an organisation."""
    words: tuple[str, ...]
    if isinstance(answer, dict):
        family, given = _part(answer, "family"), _part(answer, "given")
        family_kana, given_kana = _part(answer, "family_kana"), _part(answer, "given_kana")
        name, kana = f"{family} {given}".strip(), f"{family_kana} {given_kana}".strip()
        words = (name, given, kana, given_kana)
    else:
        name, kana = (answer if isinstance(answer, str) else ""), ""
        words = (name,)
    keys = dict.fromkeys(key for key in map(search_key, words) if key)
    return Applicant(
        name=name[:NAME_LIMIT],
        kana=kana[:NAME_LIMIT],
        search_text="".join(f" {key}" for key in keys),
    )


def _part(answer: dict[str, Any], key: str) -> str:
    value = answer.get(key)
    return value.strip() if isinstance(value, str) else ""


def looked_for(typed: str) -> str:
    """The piece of ``search_text`` that finds what was typed; '' when nothing can be found by it.

    One or two characters are looked for at the beginning of a word only: a trigram index knows
    nothing shorter inside a word.
    """
    key = search_key(typed)
    return key if len(key) > 2 or not key else f" {key}"
