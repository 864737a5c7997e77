"""Finding and ordering names without ever changing them.

A name is stored exactly as it was entered: 髙 and 﨑 stay, an ideographic variation sequence stays,
and no Unicode normalisation is applied (NFC alone would already replace some characters of real
names). What is searched and sorted are separate keys made here; they are never shown.
"""

import re
import unicodedata
from collections.abc import Mapping

from suigo.kernel.japanese.characters import without_variation_selectors
from suigo.kernel.japanese.kana import katakana
from suigo.kernel.japanese.variant_kanji import TABLE as _VARIANT_KANJI

_SMALL_TO_LARGE = str.maketrans("ぁぃぅぇぉゕゖっゃゅょゎ", "あいうえおかけつやゆよわ")
_OLD_TO_NEW_SOUND = str.maketrans("ぢづゐゑを", "じずいえお")
_ROWS = {
    "あ": "あかがさざただなはばぱまやらわ",
    "い": "いきぎしじちぢにひびぴみりゐ",
    "う": "うくぐすずつづぬふぶぷむゆるゔ",
    "え": "えけげせぜてでねへべぺめれゑ",
    "お": "おこごそぞとどのほぼぽもよろを",
}
_VOWEL_OF = {kana: vowel for vowel, row in _ROWS.items() for kana in row}
# The long vowels that are not written with the vowel before them: えい and おう in spelling.
_AS_SPELT = {"え": "い", "お": "う"}
_AS_HEARD: Mapping[str, str] = {}
_VU = {"ゔあ": "ば", "ゔい": "び", "ゔえ": "べ", "ゔお": "ぼ", "ゔ": "ぶ"}
# Spaces, dots, and voicing marks that joined no kana.
_IGNORED_IN_SEARCH = re.compile(r"[\s・=＝'’`´.,，．、。゛゜\u3099\u309a]+")
_VOICING_MARKS = "\u3099\u309a"


def search_key(text: str) -> str:
    """The form in which names, kana readings and addresses are compared when somebody searches.

    Folds what people do not remember or cannot type: glyph variants (IVS), width, case, hiragana
    and katakana, small kana, ぢ and じ, づ and ず, を and お, ヴ and バ行, the long vowel mark (as
    it is spelt in hiragana: ヨーコ is ようこ), old and variant kanji (髙 is 高), spaces and middle
    dots. Every step looks only at a character and the one before it, so the key of a part is found
    inside the key of the whole, save where the part starts with ー or ゝ. Idempotent.
    """
    plain = katakana(without_variation_selectors(text))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
    folded = _to_hiragana(_IGNORED_IN_SEARCH.sub("", folded)).translate(_SMALL_TO_LARGE)
    folded = _written_out(_usual_vu(folded), long_vowels=_AS_SPELT)
    folded = _usual_vu(folded)  # うゞ repeats as うゔ
    return folded.translate(_OLD_TO_NEW_SOUND).translate(_VARIANT_KANJI)


def _usual_vu(text: str) -> str:
    for sound, usual in _VU.items():
        text = text.replace(sound, usual)
    return text


def sort_key(kana: str) -> str:
    """A key that puts readings in 五十音 order when it is compared code point by code point.

    First without voicing, small kana and long vowel marks (ー counts as the vowel before it), then,
    for readings equal so far, unvoiced before voiced before half-voiced (はし, ばし, ぱし), after
    JIS X 4061. A space between family and given name sorts before every kana, which keeps families
    together.
    """
    plain = katakana(without_variation_selectors(kana))
    reading = _written_out(_to_hiragana(unicodedata.normalize("NFKC", plain).casefold()))
    spelt = _written_out(reading.translate(_SMALL_TO_LARGE), long_vowels=_AS_HEARD)
    base, voicing = "", ""
    for character in unicodedata.normalize("NFD", spelt):
        if character in _VOICING_MARKS:
            voicing = voicing[:-1] + ("1" if character == _VOICING_MARKS[0] else "2")
        else:
            base += character
            voicing += "0"
    return f"{base}!{voicing}!{reading}"


def _to_hiragana(text: str) -> str:
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" or c in "ヽヾ" else c for c in text)


def _written_out(text: str, *, long_vowels: Mapping[str, str] | None = None) -> str:
    """Write iteration marks out (みすゞ is みすず) and, with ``long_vowels``, each long vowel mark
    as the vowel it lengthens. Both in one pass, as either may follow the other (ぁゝー)."""
    letters: list[str] = []
    for character in text:
        vowel = _VOWEL_OF.get(letters[-1]) if letters else None
        if vowel is not None and character in "ゝゞ":
            plain = unicodedata.normalize("NFD", letters[-1])[0]
            mark = "\u3099" if character == "ゞ" else ""
            letters.append(unicodedata.normalize("NFC", plain + mark)[0])
        elif vowel is not None and character == "ー" and long_vowels is not None:
            letters.append(long_vowels.get(vowel, vowel))
        else:
            letters.append(character)
    return "".join(letters)
