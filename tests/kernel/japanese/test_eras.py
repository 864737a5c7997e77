from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.japanese.eras import (
    date_from_parts,
    parse_date,
    to_wareki,
    to_wareki_short,
    wareki_year,
)
from suigo.kernel.japanese.problems import UnreadableDate

days = st.dates(min_value=date(1873, 1, 1), max_value=date(2117, 12, 31))


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(1873, 1, 1), "明治6年1月1日", "M6.1.1"),
        (date(1912, 7, 29), "明治45年7月29日", "M45.7.29"),
        (date(1912, 7, 30), "大正元年7月30日", "T1.7.30"),
        (date(1926, 12, 24), "大正15年12月24日", "T15.12.24"),
        (date(1926, 12, 25), "昭和元年12月25日", "S1.12.25"),
        (date(1989, 1, 7), "昭和64年1月7日", "S64.1.7"),
        (date(1989, 1, 8), "平成元年1月8日", "H1.1.8"),
        (date(2019, 4, 30), "平成31年4月30日", "H31.4.30"),
        (date(2019, 5, 1), "令和元年5月1日", "R1.5.1"),
        (date(2026, 11, 22), "令和8年11月22日", "R8.11.22"),
    ],
)
def test_eras_change_on_the_right_day(day: date, long: str, short: str) -> None:
    assert to_wareki(day) == long
    assert to_wareki_short(day) == short
    assert parse_date(long) == day
    assert parse_date(short) == day


def test_weekday_and_year_forms() -> None:
    assert to_wareki(date(2026, 11, 22), weekday=True) == "令和8年11月22日（日）"
    assert wareki_year(date(2019, 12, 31)) == "令和元年"


@pytest.mark.parametrize(
    "text",
    [
        "令和8年11月22日",
        "令和８年１１月２２日（日）",
        "令和8年11月22日(日曜日)",
        "令和八年十一月二十二日",
        "二〇二六年十一月二十二日",
        "令和 8 年 11 月 22 日",
        "㋿8年11月22日",
        "令8.11.22",
        "R8.11.22",
        "r08/11/22",
        "R.8.11.22",
        "Ｒ８．１１．２２",
        "2026-11-22",
        "2026/11/22",
        "2026.11.22",
        "2026年11月22日 日曜",
        "20261122",
    ],
)
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert parse_date(text) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("昭和64年1月8日", "昭和は昭和64年1月7日までです。この日は平成元年1月8日です。"),
        ("平成31年5月1日", "平成は平成31年4月30日までです。この日は令和元年5月1日です。"),
        ("平成38年11月22日", "平成は平成31年4月30日までです。この日は令和8年11月22日です。"),
        ("令和元年4月30日", "令和は令和元年5月1日からです。この日は平成31年4月30日です。"),
        ("大正元年7月29日", "大正は大正元年7月30日からです。この日は明治45年7月29日です。"),
        ("令和8年2月29日", "令和8年2月29日という日はありません。"),
        ("2026-13-01", "2026年13月1日という日はありません。"),
        ("0000-01-01", "0000年1月1日という日はありません。"),
        ("明治5年12月2日", "明治5年以前（旧暦）の日付は入力できません。"),
        ("令和8年11月22日（月）", "2026年11月22日は日曜日です。日付か曜日を確かめてください。"),
        ("きのう", "日付として読めません。例: 令和8年11月22日、R8.11.22、2026-11-22"),
        ("令和0年1月1日", "日付として読めません。例: 令和8年11月22日、R8.11.22、2026-11-22"),
        ("2026-11-22です", "日付として読めません。例: 令和8年11月22日、R8.11.22、2026-11-22"),
        ("", "日付として読めません。例: 令和8年11月22日、R8.11.22、2026-11-22"),
    ],
)
def test_refusals_say_what_to_type_instead(text: str, sentence: str) -> None:
    with pytest.raises(UnreadableDate) as problem:
        parse_date(text)
    assert str(problem.value) == sentence
    assert problem.value.msgid % problem.value.parameters == sentence


def test_the_day_of_change_is_read_with_the_old_era_too() -> None:
    assert parse_date("明治45年7月30日") == date(1912, 7, 30)
    assert parse_date("大正15年12月25日") == date(1926, 12, 25)


def test_parts_take_name_first_character_or_letter() -> None:
    for era in ("令和", "令", "R"):
        assert date_from_parts(era=era, year=1, month=5, day=1) == date(2019, 5, 1)
    with pytest.raises(UnreadableDate):
        date_from_parts(era="慶応", year=1, month=1, day=1)


@given(days)
def test_every_day_comes_back(day: date) -> None:
    for text in (
        to_wareki(day),
        to_wareki(day, weekday=True),
        to_wareki_short(day),
        day.isoformat(),
        f"{day:%Y%m%d}",
    ):
        assert parse_date(text) == day


@given(days, st.integers(min_value=1, max_value=6))
def test_a_wrong_weekday_is_never_accepted(day: date, shift: int) -> None:
    wrong = "月火水木金土日"[(day + timedelta(days=shift)).weekday()]
    with pytest.raises(UnreadableDate):
        parse_date(f"{to_wareki(day)}（{wrong}）")


@given(
    st.text(max_size=30)
    | st.from_regex(r"[MTSHR明大昭平令]\d{1,2}([./]\d{1,2}){2}", fullmatch=True)
)
def test_any_text_is_a_date_or_a_refusal(text: str) -> None:
    try:
        day = parse_date(text)
    except UnreadableDate:
        return
    assert parse_date(day.isoformat()) == day
