"""A short code that opens the same result again: at the counter, on another device, from paper.

It holds the answers and nothing else: no name, no number of a person, nothing is stored. Letters
and digits are Crockford's base 32 (no I, L, O, U), so it can be read out over the telephone.
"""

import hashlib
from datetime import date, timedelta

from suigo.engines.guidance.rules.compiling import Guide
from suigo.engines.guidance.rules.evaluation import Answer, Answers
from suigo.engines.guidance.spec import UNKNOWN, Question

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
FIRST_DAY = date(2000, 1, 1)
DAYS = 40_000  # to 2109
CHECK = len(DIGITS) ** 3
LONGEST = 80


class UnreadableCode(ValueError):
    """Mistyped, or made when the guide asked other questions."""


def encode(guide: Guide, answers: Answers) -> str:
    """``K7Q2-9M4…``: the guide's letter, the answers, three characters that check them."""
    number = 0
    for question in reversed(guide.spec.questions):
        number = number * _size(question) + _index(question, answers.get(question.id))
    text = guide.spec.letter + _base32(number) + _base32(_check(guide, number)).rjust(3, "0")
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def letter_of(code: str) -> str:
    """The letter of the guide that made the code."""
    return plain(code)[:1]


def plain(code: str) -> str:
    """The code without what people add: spaces, hyphens, small letters."""
    return "".join(c for c in code.upper()[:LONGEST] if c.isascii() and c.isalnum())


def decode(guide: Guide, code: str) -> dict[str, Answer]:
    """The answers. Raises ``UnreadableCode``."""
    typed = plain(code)
    digits = typed[1:].translate(MISREAD)
    if len(digits) < 4 or typed[:1] != guide.spec.letter or set(digits) - set(DIGITS):
        raise UnreadableCode(code)
    number, check = _number(digits[:-3]), _number(digits[-3:])
    if check != _check(guide, number):
        raise UnreadableCode(code)
    answers: dict[str, Answer] = {}
    for question in guide.spec.questions:
        number, index = divmod(number, _size(question))
        answer = _answer(question, index)
        if answer is not None:
            answers[question.id] = answer
    return answers


def _check(guide: Guide, number: int) -> int:
    """Depends on what the guide asks, so that an old code is refused, never misunderstood."""
    asked = [f"{q.id}:{q.kind}:{','.join(o.id for o in q.options)}" for q in guide.spec.questions]
    digest = hashlib.sha256(f"{guide.id}|{'|'.join(asked)}|{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % CHECK


def _single(question: Question) -> list[str]:
    options = [o.id for o in question.options] if question.kind == "choice" else ["yes", "no"]
    return [*options, UNKNOWN]


def _size(question: Question) -> int:
    match question.kind:
        case "date":
            return DAYS + 1
        case "several":
            return int(2 ** len(question.options))
        case _:
            return len(_single(question)) + 1


def _index(question: Question, answer: Answer | None) -> int:
    if isinstance(answer, date):
        days = (answer - FIRST_DAY).days
        return days + 1 if 0 <= days < DAYS else 0
    if isinstance(answer, tuple):
        return sum(1 << i for i, option in enumerate(question.options) if option.id in answer)
    return _single(question).index(answer) + 1 if answer is not None else 0


def _answer(question: Question, index: int) -> Answer | None:
    if question.kind == "several":
        return tuple(o.id for i, o in enumerate(question.options) if index >> i & 1)
    if index == 0:
        return None
    if question.kind == "date":
        return FIRST_DAY + timedelta(days=index - 1)
    return _single(question)[index - 1]


def _base32(number: int) -> str:
    text = ""
    while True:
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
        if not number:
            return text


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * len(DIGITS) + DIGITS.index(digit)
    return number
