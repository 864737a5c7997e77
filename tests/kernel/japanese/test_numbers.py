import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.japanese import numbers
from suigo.kernel.japanese.amounts import parse_yen, yen
from suigo.kernel.japanese.problems import UnreadableNumber


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text(alphabet="0123456789", min_size=length, max_size=length)


def test_published_examples() -> None:
    # 法人番号 of 国税庁 and a worked example; 全国地方公共団体コード of two places.
    assert numbers.accepted_corporate_number("7000012050002") == "7000012050002"
    assert numbers.accepted_corporate_number("７１２３-４５６７-８９０１-２") == "7123456789012"
    assert numbers.accepted_municipality_code("131016") == "131016"
    assert numbers.accepted_municipality_code("082228") == "082228"
    # A number made for forms and manuals, not anybody's.
    assert numbers.accepted_personal_number("1234 5678 9018") == "123456789018"


@pytest.mark.parametrize(
    "text", ["", "12345678901", "1234567890123", "12345678901a", "123456789012"]
)
def test_wrong_personal_numbers_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(UnreadableNumber) as problem:
        numbers.accepted_personal_number(text)
    assert not text or text not in str(problem.value)


@given(digits(11), st.integers(min_value=0, max_value=9))
def test_exactly_one_check_digit_fits_a_personal_number(first: str, last: int) -> None:
    fitting = numbers.personal_number_check_digit(first)
    if last == fitting:
        assert numbers.accepted_personal_number(f"{first}{last}") == f"{first}{last}"
    else:
        with pytest.raises(UnreadableNumber):
            numbers.accepted_personal_number(f"{first}{last}")


@given(digits(12), st.integers(min_value=0, max_value=9))
def test_exactly_one_check_digit_fits_a_corporate_number(rest: str, first: int) -> None:
    fitting = numbers.corporate_number_check_digit(rest)
    assert 1 <= fitting <= 9
    if first == fitting:
        assert numbers.accepted_corporate_number(f"{first}{rest}") == f"{first}{rest}"
    else:
        with pytest.raises(UnreadableNumber):
            numbers.accepted_corporate_number(f"{first}{rest}")


@given(digits(12), st.integers(min_value=0, max_value=11), st.integers(min_value=1, max_value=8))
def test_one_mistyped_digit_of_a_corporate_number_is_seen(rest: str, at: int, by: int) -> None:
    number = f"{numbers.corporate_number_check_digit(rest)}{rest}"
    changed = (int(rest[at]) + by) % 10
    if {changed, int(rest[at])} == {0, 9} or (changed - int(rest[at])) % 9 == 0:
        return  # 0 and 9 can't be told apart by a check digit modulo 9
    with pytest.raises(UnreadableNumber):
        numbers.accepted_corporate_number(f"{number[0]}{rest[:at]}{changed}{rest[at + 1 :]}")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12000", 12000),
        ("12,000円", 12000),
        ("¥12,000", 12000),
        ("￥１２，０００", 12000),
        ("1万2千円", 12000),
        ("1億2,000万円", 120000000),
        ("3千円", 3000),
        ("0", 0),
        ("-500", -500),
    ],
)
def test_amounts_are_read(typed: str, amount: int) -> None:
    assert parse_yen(typed) == amount


@pytest.mark.parametrize("typed", ["", "円", "12.5", "1,2,3", "百円", "12,00", "1e5"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(UnreadableNumber):
        parse_yen(typed)


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_amounts_come_back(amount: int) -> None:
    assert parse_yen(yen(amount)) == amount
    assert yen(amount, language="en").endswith(" yen")
