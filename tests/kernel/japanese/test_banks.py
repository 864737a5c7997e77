import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.japanese.banks import (
    Account,
    Bank,
    accepted_account_number,
    account_of_symbol_and_number,
    bank,
    branch,
    find_banks,
    find_branches,
)
from suigo.kernel.japanese.problems import UnreadableNumber


def test_by_code() -> None:
    assert bank("0001") == Bank("0001", "みずほ", "ミズホ")
    assert bank("９９００") == bank("9900")
    assert bank("0000") is None
    assert branch("0001", "001") is not None
    assert branch("0001", "../001") is None
    assert branch("../../banks", "0001") is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("みずほ銀行", "0001"),
        ("三菱ＵＦＪ銀行", "0005"),
        ("ﾕｳﾁﾖ", "9900"),
        ("ゆうちょ銀行", "9900"),
        ("99", "9900"),
    ],
)
def test_banks_are_found_by_name_reading_and_code(query: str, code: str) -> None:
    assert code in [found.code for found in find_banks(query)]


def test_branches_are_found_and_limited() -> None:
    assert [b.code for b in find_branches("9900", "〇一八")] == ["018"]
    assert len(find_branches("0001", "0", limit=5)) == 5
    assert find_branches("0000", "本店") == ()
    assert find_banks("  ") == ()


def test_names_that_begin_with_the_query_come_first() -> None:
    names = [found.name for found in find_banks("東京", limit=50)]
    starts = [name.startswith("東京") for name in names]
    assert True in starts
    assert starts == sorted(starts, reverse=True)


@pytest.mark.parametrize(
    ("symbol", "number", "account"),
    [
        ("10530", "12345671", Account("9900", "058", "1", "1234567")),
        ("１０５３０", "２３４５１", Account("9900", "058", "1", "0002345")),
        ("10530-2", "12345671", Account("9900", "058", "1", "1234567")),
        ("00180", "123456", Account("9900", "019", "2", "0123456")),
    ],
)
def test_japan_post_accounts(symbol: str, number: str, account: Account) -> None:
    assert account_of_symbol_and_number(symbol, number) == account


@pytest.mark.parametrize(
    ("symbol", "number"),
    [
        ("20530", "12345671"),
        ("1053", "12345671"),
        ("10530", "12345672"),
        ("10530", "123456781"),
        ("10530", "1"),
        ("10530", "0000001"),
        ("11530", "12345671"),
        ("", ""),
    ],
)
def test_impossible_passbooks_are_refused(symbol: str, number: str) -> None:
    with pytest.raises(UnreadableNumber):
        account_of_symbol_and_number(symbol, number)


@given(st.integers(min_value=1, max_value=9_999_999))
def test_account_numbers_have_seven_digits(number: int) -> None:
    assert accepted_account_number(str(number)) == f"{number:07}"


@pytest.mark.parametrize("text", ["", "12345678", "12a", "0000000"])
def test_what_is_no_account_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNumber):
        accepted_account_number(text)
