"""How hard a Japanese text is to read: a simple measure that anybody can work out by hand.

Three things make a text hard for many readers: long sentences, many kanji, and words of offices
and laws. Each has a limit; a text over a limit is named together with the reason. The limits are
this product's own choice, after the advice of the 在留支援のためのやさしい日本語ガイドライン
(出入国在留管理庁・文化庁, 2020) to keep sentences short and to reword 難しい言葉.
"""

import re
from dataclasses import dataclass

LONGEST_SENTENCE = 60  # characters
MOST_KANJI = 0.45  # of all letters, in a text of some length
SHORTEST_TEXT = 30  # characters; the share of kanji in a label says nothing
# what offices write, and what people say
HARD_WORDS: dict[str, str] = {
    "当該": "その",
    "及び": "と",
    "並びに": "と",
    "若しくは": "または",
    "遅滞なく": "すぐに",
    "速やかに": "早めに",
    "事由": "理由",
    "所定の": "決められた",
    "疎明": "説明",
    "具備": "そなえる",
    "勘案": "考えに入れる",
    "充当": "あてる",
    "瑕疵": "不備",
    "交付": "お渡し",
    "受領": "受け取り",
    "徴収": "集める",
    "添付されたい": "添えてください",
    "提出されたい": "出してください",
    "申請者におかれましては": "申請する方は",
    "別途": "ほかに",
    "期日": "日",
    "該当する": "あてはまる",
    "記載": "書くこと",
    "押下": "押す",
}
_SENTENCE = re.compile(r"[^。！？!?\n]+")
_KANJI = re.compile(r"[一-鿿々]")
_LETTER = re.compile(r"[一-鿿々ぁ-んァ-ヴーA-Za-z0-9０-９]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What makes one text hard. ``longest`` is the length of its longest sentence."""

    longest: int
    kanji: float
    words: tuple[tuple[str, str], ...]

    @property
    def long_sentence(self) -> bool:
        return self.longest > LONGEST_SENTENCE

    @property
    def many_kanji(self) -> bool:
        return self.kanji > MOST_KANJI

    @property
    def hard(self) -> bool:
        return self.long_sentence or self.many_kanji or bool(self.words)


def reading(text: str) -> Reading:
    """The measure of one text."""
    sentences = [len(sentence.strip()) for sentence in _SENTENCE.findall(text)]
    letters = len(_LETTER.findall(text))
    share = len(_KANJI.findall(text)) / letters if letters >= SHORTEST_TEXT else 0.0
    words = tuple((hard, plain) for hard, plain in HARD_WORDS.items() if hard in text)
    return Reading(max(sentences, default=0), share, words)
