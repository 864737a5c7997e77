"""From a posted page to answers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.forms.sample import complete_answers, form
from suigo.engines.forms.rules import compile_form
from suigo.engines.forms.rules.reading import Reading, read_page, with_blank_rows

FORM = compile_form(form())
FILE = "0196f000-0000-7000-8000-000000000001"


def seal(text: str) -> str:
    return f"sealed:{len(text)}"


def read(page: str, answers: Mapping[str, Any] | None = None, /, **posted: Any) -> Reading:
    values: dict[str, Sequence[str]] = {
        key.replace("__", "."): value if isinstance(value, list) else [value]
        for key, value in posted.items()
    }
    return read_page(FORM, page, values, dict(answers or {}), seal=seal, own_files={FILE})


@pytest.mark.parametrize(
    ("era", "year", "expected"),
    [
        ("西暦", "2020", "2020-05-01"),
        ("令和", "2", "2020-05-01"),
        ("令和", "元", "2019-05-01"),
        ("西暦", "令和2", "2020-05-01"),
        ("西暦", "R2", "2020-05-01"),
        ("令和", "2020", "2020-05-01"),
        ("昭和", "６３", "1988-05-01"),
    ],
)
def test_a_date_in_either_calendar(era: str, year: str, expected: str) -> None:
    result = read(
        "you",
        birth_date__era=era,
        birth_date__year=year,
        birth_date__month="5",
        birth_date__day="１",
    )
    assert (result.answers["birth_date"], result.errors) == (expected, {})


def test_a_wrong_date_keeps_the_earlier_answer_and_says_why() -> None:
    result = read(
        "you",
        {"birth_date": "2000-01-01"},
        birth_date__era="西暦",
        birth_date__year="2020",
        birth_date__month="2",
        birth_date__day="30",
    )
    assert result.answers["birth_date"] == "2000-01-01"
    assert result.errors == {"birth_date": "2020年2月30日という日はありません。"}


@pytest.mark.parametrize("part", ["year", "month", "day"])
@pytest.mark.parametrize("typed", ["፩", "1" * 5000, "一", "-1"])
def test_odd_numerals_are_explained(part: str, typed: str) -> None:
    values = {"birth_date__year": "2020", "birth_date__month": "5", "birth_date__day": "1"}
    result = read("you", **(values | {f"birth_date__{part}": typed}))
    assert any(path.startswith("birth_date") for path in result.errors)


def test_names_are_kept_verbatim_and_kana_become_katakana() -> None:
    result = read(
        "you",
        applicant__family="髙﨑",
        applicant__given="葛\U000e0100子",
        applicant__family_kana="たかさき",
        applicant__given_kana="ｶﾂｺ",
    )
    assert result.answers["applicant"] == {
        "family": "髙﨑",
        "given": "葛\U000e0100子",
        "family_kana": "タカサキ",
        "given_kana": "カツコ",
    }


def test_broken_unicode_is_refused_with_a_sentence() -> None:
    result = read("you", applicant__family="水\x00郷", applicant__given="花")
    assert "applicant.family" in result.errors
    assert "applicant" not in result.answers


def test_a_personal_number_is_sealed_at_once() -> None:
    result = read("you", number="1234 5678 9018")
    assert result.answers["number"] == {"sealed": "sealed:12"}
    again = read("you", result.answers, number="")
    assert again.answers["number"] == {"sealed": "sealed:12"}
    assert "number" in read("you", number="123456789019").errors


def test_a_postal_code_fills_the_address() -> None:
    result = read("you", home__postal_code="〒311-2493", _lookup="home")
    assert result.restructured
    assert result.answers["home"]["prefecture"] == "茨城県"


def test_rows_are_added_and_removed_with_what_was_typed() -> None:
    first = read("children", children__0__living="apart", _add="children")
    assert first.restructured
    assert first.answers["children"] == [{"living": "apart"}, {}]
    second = read("children", first.answers, children__1__living="together", _remove="children.0")
    assert second.answers["children"] == [{"living": "together"}]


def test_a_hundred_thousand_rows_stop_at_the_form_s_limit() -> None:
    result = read("children", children__9999__living="apart")
    assert len(result.answers["children"]) == 5


def test_files_of_others_are_dropped() -> None:
    other = "0196f000-0000-7000-8000-00000000000f"
    assert read("apart", proof=["", FILE, other]).answers["proof"] == [FILE]
    assert read("apart", {"proof": [FILE]}, proof=["", FILE], _remove_file=FILE).answers == {
        "proof": []
    }


def test_a_bank_is_found_by_name_and_an_unclear_name_asks_back() -> None:
    found = read(
        "rest",
        account__bank_name="常陽",
        account__branch_name="潮来",
        account__account_type="1",
        account__number="123456",
        account__holder_kana="すいごう　はなこ",
    )
    assert found.answers["account"]["bank_code"] == "0130"
    assert found.answers["account"]["number"] == "0123456"
    assert found.answers["account"]["holder_kana"] == "スイゴウ ハナコ"
    unclear = read("rest", account__bank_name="信用")
    assert unclear.errors == {"account.bank_name": "候補の中から金融機関を選んでください。"}


def test_a_japan_post_account_is_converted() -> None:
    result = read(
        "rest",
        account__institution="post",
        account__symbol="10610",
        account__post_number="12345671",
        account__holder_kana="スイゴウ",
    )
    account = result.answers["account"]
    assert (account["bank_code"], account["account_type"]) == ("9900", "1")
    assert (account["branch_code"], account["number"]) == ("068", "1234567")


def test_a_correction_reads_only_what_it_asks_for() -> None:
    answers = complete_answers()
    result = read_page(
        FORM,
        "work",
        {"job": ["none"], "employer": ["新商店"]},
        answers,
        seal=seal,
        only={"employer"},
    )
    assert (result.answers["job"], result.answers["employer"]) == ("office", "新商店")


def test_a_fixed_answer_can_not_be_changed() -> None:
    result = read_page(
        FORM, "work", {"employer": ["別"]}, complete_answers(), seal=seal, fixed={"employer"}
    )
    assert result.answers["employer"] == "見本商店"


def test_a_page_offers_the_rows_it_needs() -> None:
    assert with_blank_rows(FORM, "children", {})["children"] == [{}]


names = st.sampled_from(
    [
        "applicant.family",
        "birth_date.year",
        "birth_date.month",
        "home.postal_code",
        "phone",
        "number",
        "email",
        "_add",
        "_remove",
        "_lookup",
        "children.0.living",
        "job",
        "income",
        "account.bank_name",
    ]
)


@given(st.dictionaries(names, st.lists(st.text(max_size=12), min_size=1, max_size=2), max_size=8))
def test_no_post_breaks_the_reading(posted: dict[str, list[str]]) -> None:
    for page in ("you", "work", "children", "rest"):
        read_page(FORM, page, posted, complete_answers(), seal=seal)


def test_today_is_a_day() -> None:
    typed = read("you", birth_date="2020-05-01")
    assert date.fromisoformat(typed.answers["birth_date"]) == date(2020, 5, 1)
