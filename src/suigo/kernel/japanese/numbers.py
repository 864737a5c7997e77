"""National numbers with a check digit: 個人番号, 法人番号, and the municipality codes."""

import re
import unicodedata

from suigo.kernel.japanese.problems import UnreadableNumber, gettext_noop

_SEPARATORS = re.compile(r"[-‐‑‒–—―−ー\s]")

_PERSONAL_LENGTH = gettext_noop("個人番号（マイナンバー）は12けたの数字で入力してください。")
_PERSONAL_CHECK = gettext_noop(
    "個人番号（マイナンバー）が正しくありません。番号をもう一度確かめてください。"
)
_CORPORATE_LENGTH = gettext_noop("法人番号は13けたの数字で入力してください。")
_CORPORATE_CHECK = gettext_noop("法人番号が正しくありません。番号をもう一度確かめてください。")
_MUNICIPALITY = gettext_noop(
    "全国地方公共団体コードは6けたの数字で、検査数字が合う必要があります。"
)


def digits_of(text: str) -> str:
    """The text without spaces and dashes, in half-width characters."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))


def personal_number_check_digit(first_eleven: str) -> int:
    """The 12th digit of a 個人番号 for its first eleven.

    行政手続における特定の個人を識別するための番号の利用等に関する法律施行令8条, 同法の総務省令
    (平成26年総務省令第85号) 5条: 11 - (sum of Pn x Qn mod 11), 0 when the remainder is 0 or 1; Pn
    counted from the right, Qn = n + 1 for n up to 6 and n - 5 from 7 on.
    """
    total = sum(
        int(digit) * (n + 1 if n <= 6 else n - 5)
        for n, digit in enumerate(reversed(first_eleven), start=1)
    )
    remainder = total % 11
    return 0 if remainder <= 1 else 11 - remainder


def accepted_personal_number(text: str) -> str:
    """Twelve half-width digits of a 個人番号 whose check digit is right.

    Raises UnreadableNumber; the sentence never repeats the number, so that it can be logged and
    shown.
    """
    digits = digits_of(text)
    if not re.fullmatch(r"[0-9]{12}", digits):
        raise UnreadableNumber(_PERSONAL_LENGTH)
    if personal_number_check_digit(digits[:11]) != int(digits[11]):
        raise UnreadableNumber(_PERSONAL_CHECK)
    return digits


def corporate_number_check_digit(last_twelve: str) -> int:
    """The first digit of a 法人番号 for the twelve after it (基礎番号).

    法人番号の指定等に関する省令 (平成26年財務省令第70号) 2条: 9 - (sum of Pn x Qn mod 9), Pn
    counted from the right, Qn = 1 for odd n and 2 for even n.
    """
    total = sum(
        int(digit) * (1 if n % 2 else 2) for n, digit in enumerate(reversed(last_twelve), start=1)
    )
    return 9 - total % 9


def accepted_corporate_number(text: str) -> str:
    """Thirteen half-width digits of a checked 法人番号. Raises UnreadableNumber."""
    digits = digits_of(text)
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise UnreadableNumber(_CORPORATE_LENGTH)
    if corporate_number_check_digit(digits[1:]) != int(digits[0]):
        raise UnreadableNumber(_CORPORATE_CHECK)
    return digits


def municipality_check_digit(first_five: str) -> int:
    """The sixth digit of a 全国地方公共団体コード for the five of JIS X 0401 and X 0402.

    The digits are weighted 6, 5, 4, 3, 2. A sum of at least 11 gives the last digit of 11 - (sum
    mod 11), a smaller sum that of 11 - sum.
    """
    total = sum(
        int(digit) * weight for digit, weight in zip(first_five, (6, 5, 4, 3, 2), strict=True)
    )
    return (11 - total % 11) % 10


def accepted_municipality_code(text: str) -> str:
    """Six half-width digits of a 全国地方公共団体コード whose check digit is right. Raises
    UnreadableNumber.
    """
    digits = digits_of(text)
    if not re.fullmatch(r"[0-9]{6}", digits) or municipality_check_digit(digits[:5]) != int(
        digits[5]
    ):
        raise UnreadableNumber(_MUNICIPALITY)
    return digits
