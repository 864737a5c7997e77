"""Kana as forms and ledgers need it: full-width katakana, and hiragana for reading aids."""

import re
import unicodedata

import jaconv

from suigo.kernel.japanese.characters import accepted
from suigo.kernel.japanese.problems import UnacceptableText, gettext_noop

_NOT_KATAKANA = re.compile(r"[^ァ-ヺー・ヽヾ ]")
_SPACES = re.compile(r"\s+")
# Dashes that people and bank files use for the long vowel mark, when they follow a kana.
_DASH_AFTER_KANA = re.compile(r"(?<=[ァ-ヺぁ-ゖー])[-‐‑‒–—―−－](?![0-9])")


def katakana(text: str) -> str:
    """The text in full-width katakana as the ledgers keep it, other characters untouched.

    Half-width katakana become full-width (ｶﾞ is ガ), hiragana become katakana, a dash after a kana
    becomes the long vowel mark, and white space becomes single half-width spaces (the separator
    between family and given name in GIF). Idempotent.
    """
    composed = unicodedata.normalize("NFC", jaconv.h2z(text, kana=True, ascii=False, digit=False))
    full_width = unicodedata.normalize("NFC", _combine_voicing(jaconv.hira2kata(composed)))
    return _SPACES.sub(" ", _DASH_AFTER_KANA.sub("ー", full_width)).strip()


def _combine_voicing(text: str) -> str:
    """A voicing mark typed as its own character joins the kana before it (カ゛ is ガ)."""
    if "゛" not in text and "゜" not in text:
        return text
    return re.sub(
        r"(?<=[ァ-ヺ])[゛゜]", lambda mark: "\u3099" if mark[0] == "゛" else "\u309a", text
    )


def hiragana(text: str) -> str:
    """The text with katakana turned into hiragana (ヷ ヸ ヹ ヺ, which hiragana lacks, stay)."""
    return str(jaconv.kata2hira(katakana(text)))


def accepted_katakana(text: str) -> str:
    """Return a kana reading in full-width katakana, from whatever kana was typed.

    Raises UnacceptableText naming the characters that are not kana (kanji, Latin letters, ...).
    """
    reading = katakana(accepted(text))
    wrong = _NOT_KATAKANA.findall(reading)
    if wrong:
        raise UnacceptableText(
            gettext_noop("カナで入力してください。カナにできない文字: %(characters)s"),
            {"characters": " ".join(dict.fromkeys(wrong))},
        )
    return reading


def latin(text: str) -> str:
    """Kana in small Latin letters, as people type them (みほん is mihon); the rest stays."""
    return str(jaconv.kana2alphabet(hiragana(text)))
