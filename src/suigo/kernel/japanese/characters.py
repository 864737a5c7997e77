"""Which characters may enter the system at all, and how long a text is for a person who reads it.

Text is checked, never repaired: whoever typed it is told. The only change made is that a line ends
with a line feed alone, because browsers send two characters for what people see as one line end.
"""

import re
import unicodedata

from suigo.kernel.japanese.problems import UnacceptableText, gettext_noop

# UAX #9: embeddings, overrides and isolates can make text read differently from what is stored.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Whatever lies outside needs a closer look, character by character; almost no text has any.
_HARMLESS = (
    r"\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\uf900-\ufdcf\ufdf0-\ufffc"
    r"\U00010000-\U0001fffd\U00020000-\U0002fffd\U00030000-\U0003fffd\U000e0000-\U000efffd"
)
_ONE_LINE = re.compile(f"[{_HARMLESS}]*")
_LINES = re.compile(f"[{_HARMLESS}\t\n]*")
_BROKEN = gettext_noop(
    "文字が壊れています（%(position)s文字目）。その部分を消して、入力し直してください。"
)
_CONTROL = gettext_noop(
    "画面に表示できない制御文字が入っています（%(position)s文字目）。"
    "その部分を消して、入力し直してください。"
)
_LINE_BREAK = gettext_noop("改行は入力できません。1行で入力してください。")
_DIRECTION = gettext_noop(
    "文字の並ぶ向きを変える記号が入っています（%(position)s文字目）。"
    "その部分を消して、入力し直してください。"
)
_PRIVATE = gettext_noop(
    "お使いの機器だけで表示できる外字が入っています（%(position)s文字目）。"
    "近い字で入力し、正しい字は備考などでお知らせください。"
)


def is_variation_selector(character: str) -> bool:
    """Whether this is a selector that only picks a glyph of the character before it (IVS, SVS)."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def without_variation_selectors(text: str) -> str:
    """The text with every glyph choice dropped, for searching and comparing only."""
    return "".join(c for c in text if not is_variation_selector(c))


def accepted(text: str, *, multiline: bool = False) -> str:
    """Return the text as it may be stored, otherwise verbatim.

    Raises UnacceptableText for lone surrogates, noncharacters, the replacement character (something
    was already lost before it reached us), control characters including NUL, bidirectional
    controls, private use characters (外字 that exist on one machine only) and, unless `multiline`,
    line breaks.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if (_LINES if multiline else _ONE_LINE).fullmatch(text):
        return text
    for index, character in enumerate(text):
        sentence = _refusal(character, multiline=multiline)
        if sentence is not None:
            parameters = {"position": str(index + 1)} if "%(position)s" in sentence else None
            raise UnacceptableText(sentence, parameters)
    return text


def _refusal(character: str, *, multiline: bool) -> str | None:
    code = ord(character)
    if code == 0xFFFD or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        return _BROKEN
    if character in _BIDI_CONTROLS:
        return _DIRECTION
    match unicodedata.category(character):
        case "Cs":
            return _BROKEN
        case "Co":
            return _PRIVATE
        case "Zl" | "Zp":
            return None if multiline else _LINE_BREAK
        case "Cc":
            if character == "\n":
                return None if multiline else _LINE_BREAK
            return None if character == "\t" and multiline else _CONTROL
    return None


def length_in_characters(text: str) -> int:
    """How many characters a reader counts: a kanji with its variation selector is one, か + ゛ is
    one.
    """
    return sum(
        1
        for c in text
        if not is_variation_selector(c) and unicodedata.category(c) not in ("Mn", "Me")
    )
