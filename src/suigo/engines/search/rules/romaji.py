"""Japanese typed in Latin letters: teate is てあて, hikkoshi is ひっこし."""

_CONSONANTS = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの",
    "h": "はひふへほ", "m": "まみむめも", "r": "らりるれろ", "g": "がぎぐげご", "z": "ざじずぜぞ",
    "d": "だぢづでど", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ",
}  # fmt: skip
_OTHERS = {
    "ya": "や", "yu": "ゆ", "yo": "よ", "wa": "わ", "wo": "を", "shi": "し", "chi": "ち",
    "tsu": "つ", "fu": "ふ", "ji": "じ",
}  # fmt: skip
_GLIDES = {
    "ky": "き", "sh": "し", "sy": "し", "ch": "ち", "ty": "ち", "cy": "ち", "ny": "に", "hy": "ひ",
    "my": "み", "ry": "り", "gy": "ぎ", "j": "じ", "jy": "じ", "zy": "じ", "by": "び", "py": "ぴ",
}  # fmt: skip


def _table() -> dict[str, str]:
    plain = {c + v: k for c, row in _CONSONANTS.items() for v, k in zip("aiueo", row, strict=True)}
    small = {"a": "ゃ", "u": "ゅ", "o": "ょ"}
    glides = {g + v: k + s for g, k in _GLIDES.items() for v, s in small.items()}
    return plain | _OTHERS | glides


_TABLE = _table()
_LONGEST = max(map(len, _TABLE))


def hiragana(word: str) -> str | None:
    """A word of small Latin letters in hiragana; None when it is not Japanese."""
    text, at = "", 0
    while at < len(word):
        rest = word[at:]
        if rest[0] == "n" and (len(rest) == 1 or rest[1] not in "aiueoy"):
            text, at = text + "ん", at + 1
            continue
        if len(rest) > 1 and rest[0] == rest[1] and rest[0] in "kstpcgdbz":
            text, at = text + "っ", at + 1
            continue
        for length in range(min(_LONGEST, len(rest)), 0, -1):
            if (kana := _TABLE.get(rest[:length])) is not None:
                text, at = text + kana, at + length
                break
        else:
            return None
    return text
