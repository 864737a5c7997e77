"""Fiscal years (年度, April to March) and ages by Japanese law.

Two ways of counting an age are in use, one day apart:

- *in ordinary life and in most administration* a person is a year older on the birthday: `age_on`;
- *by law* (年齢計算ニ関スル法律, 明治35年法律第50号, with 民法143条) the birth day counts, so an
age is reached at the end of the day *before* the birthday. Statutes that speak of the day on which
an age is reached (〜歳に達した日, 達する日以後) mean that day before: 学校教育法17条,
児童手当法3条, 介護保険法, 公職選挙法. `day_reaching_age` and `legal_age_on` follow it. This is why
a child born on 1 April goes to school with those born in the fiscal year before.
"""

from datetime import date, timedelta

from suigo.kernel.japanese.eras import era_of


def fiscal_year(day: date) -> int:
    """The year in which the fiscal year of a day began: 2026 for 2026-04-01 to 2027-03-31."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_start(year: int) -> date:
    """1 April of the fiscal year."""
    return date(year, 4, 1)


def fiscal_year_end(year: int) -> date:
    """31 March with which the fiscal year ends."""
    return date(year + 1, 3, 31)


def fiscal_year_label(year: int) -> str:
    """令和8年度 for 2026, named by the era of its 1 April except that 2019 is 令和元年度.

    The year in which 令和 began is called 令和元年度 as a whole after
    改元に伴う元号による年表示の取扱い (新元号への円滑な移行に向けた関係省庁連絡会議申合せ,
    平成31年4月2日); 1989 is 平成元年度 because that era had begun before its April.
    """
    era = era_of(fiscal_year_end(year) if year == 2019 else fiscal_year_start(year))
    number = year - era.year_one + 1
    return f"{era.name}{'元' if number == 1 else number}年度"


def fiscal_year_short(year: int) -> str:
    """R8 for 2026, R1 for 2019: as in case numbers and timetables."""
    era = era_of(fiscal_year_end(year) if year == 2019 else fiscal_year_start(year))
    return f"{era.letter}{year - era.year_one + 1}"


def birthday_in(birth: date, *, year: int) -> date:
    """The birthday in a year; 1 March in common years for those born on 29 February."""
    if (birth.month, birth.day) == (2, 29) and not _is_leap(year):
        return date(year, 3, 1)
    return date(year, birth.month, birth.day)


def age_on(birth: date, day: date) -> int:
    """Full years of age on a day in the ordinary sense: one more from each birthday on.

    Raises ValueError when the day lies before the birth.
    """
    if day < birth:
        raise ValueError(f"{day} is before the birth on {birth}")
    return day.year - birth.year - (day < birthday_in(birth, year=day.year))


def day_reaching_age(birth: date, age: int) -> date:
    """The day on whose end an age is reached by law (〜歳に達する日): the day before the birthday.

    29 February births reach it on 28 February in every year (民法143条2項 ただし書 in common
    years).
    """
    return birthday_in(birth, year=birth.year + age) - timedelta(days=1)


def legal_age_on(birth: date, day: date) -> int:
    """The age that has been reached by law by the end of a day: one more from each birthday's eve
    on.

    Raises ValueError when the day lies before the birth.
    """
    if day < birth:
        raise ValueError(f"{day} is before the birth on {birth}")
    return age_on(birth, day + timedelta(days=1))


def fiscal_year_end_age(birth: date, *, year: int) -> int:
    """年度末年齢: the ordinary age on the last day, 31 March, of fiscal year `year`.

    Vaccinations, check-ups and screenings are offered by it. Someone born on 1 April is still a
    year younger here, though the law has the age reached that day. Raises ValueError when not yet
    born then.
    """
    return age_on(birth, fiscal_year_end(year))


def last_day_of_fiscal_year_at_age(birth: date, age: int) -> date:
    """〜歳に達する日以後の最初の3月31日, as 児童手当法3条1項 and 児童扶養手当法3条1項 have it for
    18.
    """
    reached = day_reaching_age(birth, age)
    return fiscal_year_end(fiscal_year(reached))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
