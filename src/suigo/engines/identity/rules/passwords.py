"""Words that are easy to guess in one city hall, and finding them in a password.

Capitals, widths, katakana, spaces, signs and the usual digits for letters hide no word.
"""

import unicodedata
from collections.abc import Iterable

from suigo.kernel.japanese.kana import hiragana, latin

PRODUCT = ("suigo", "すいごう", "水郷")
SHORTEST_LATIN = 4  # "dx" would be found in half of all passwords
SHORTEST = 2
_KINDS = {"市": ("し",), "町": ("ちょう", "まち"), "村": ("そん", "むら"), "区": ("く",)}
_GENERAL = frozenset({"city", "town", "village", "ward", "prefecture", "sample"})
_DIGITS_FOR_LETTERS = str.maketrans("013457@$", "oieastas")


def _plain(text: str) -> str:
    """Letters and digits only, in one form."""
    return "".join(
        c for c in hiragana(unicodedata.normalize("NFKC", text).casefold()) if c.isalnum()
    )


def place_words(name: str, reading: str, latin_name: str) -> set[str]:
    """What a place is called: with and without 市, in kanji, kana and Latin letters."""
    words = {name, reading, latin(reading)}
    words |= {w for w in latin_name.casefold().split() if w.strip("()") not in _GENERAL}
    if name[-1:] in _KINDS:
        stem = reading
        for ending in _KINDS[name[-1]]:
            stem = stem.removesuffix(ending) if stem == reading else stem
        words |= {name[:-1], stem, latin(stem)}
    return words


def found_word(password: str, words: Iterable[str]) -> str | None:
    """The longest of ``words`` that stands in ``password``; None when there is none."""
    typed = _plain(password)
    readings = (typed, _plain(password.translate(_DIGITS_FOR_LETTERS)))
    for word in sorted(words, key=len, reverse=True):
        plain = _plain(word)
        if len(plain) < (SHORTEST_LATIN if plain.isascii() else SHORTEST):
            continue
        if any(plain in reading for reading in readings):
            return word
    return None
