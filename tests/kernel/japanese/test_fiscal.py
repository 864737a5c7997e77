from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.japanese import fiscal

births = st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "year", "label", "short"),
    [
        (date(2026, 3, 31), 2025, "令和7年度", "R7"),
        (date(2026, 4, 1), 2026, "令和8年度", "R8"),
        (date(2019, 4, 1), 2019, "令和元年度", "R1"),
        (date(2019, 3, 31), 2018, "平成30年度", "H30"),
        (date(1989, 4, 1), 1989, "平成元年度", "H1"),
        (date(1989, 1, 7), 1988, "昭和63年度", "S63"),
    ],
)
def test_fiscal_years(day: date, year: int, label: str, short: str) -> None:
    assert fiscal.fiscal_year(day) == year
    assert fiscal.fiscal_year_label(year) == label
    assert fiscal.fiscal_year_short(year) == short


@given(births)
def test_every_day_lies_in_its_fiscal_year(day: date) -> None:
    year = fiscal.fiscal_year(day)
    assert fiscal.fiscal_year_start(year) <= day <= fiscal.fiscal_year_end(year)


@pytest.mark.parametrize(
    ("birth", "day", "ordinary", "legal"),
    [
        (date(2020, 4, 1), date(2026, 3, 31), 5, 6),
        (date(2020, 4, 1), date(2026, 4, 1), 6, 6),
        (date(2020, 4, 2), date(2026, 3, 31), 5, 5),
        (date(2004, 2, 29), date(2022, 2, 27), 17, 17),
        (date(2004, 2, 29), date(2022, 2, 28), 17, 18),
        (date(2004, 2, 29), date(2022, 3, 1), 18, 18),
        (date(2004, 2, 29), date(2024, 2, 28), 19, 20),
        (date(2004, 2, 29), date(2024, 2, 29), 20, 20),
        (date(2026, 11, 22), date(2026, 11, 22), 0, 0),
    ],
)
def test_ages_in_life_and_by_law(birth: date, day: date, ordinary: int, legal: int) -> None:
    assert fiscal.age_on(birth, day) == ordinary
    assert fiscal.legal_age_on(birth, day) == legal


def test_no_age_before_birth() -> None:
    with pytest.raises(ValueError, match="before the birth"):
        fiscal.age_on(date(2026, 1, 2), date(2026, 1, 1))
    with pytest.raises(ValueError, match="before the birth"):
        fiscal.legal_age_on(date(2026, 1, 2), date(2026, 1, 1))


@given(births, st.integers(min_value=1, max_value=110))
def test_an_age_is_reached_by_law_on_exactly_one_day(birth: date, age: int) -> None:
    reached = fiscal.day_reaching_age(birth, age)
    assert fiscal.legal_age_on(birth, reached) == age
    assert fiscal.legal_age_on(birth, reached - timedelta(days=1)) == age - 1
    assert fiscal.age_on(birth, reached + timedelta(days=1)) == age


@pytest.mark.parametrize(
    ("birth", "last"),
    [
        (date(2008, 4, 1), date(2026, 3, 31)),
        (date(2008, 4, 2), date(2027, 3, 31)),
        (date(2008, 3, 31), date(2026, 3, 31)),
        (date(2009, 1, 15), date(2027, 3, 31)),
    ],
)
def test_last_march_of_the_allowance(birth: date, last: date) -> None:
    assert fiscal.last_day_of_fiscal_year_at_age(birth, 18) == last


@given(births, st.integers(min_value=1, max_value=100))
def test_last_march_is_the_first_31_march_from_the_day_on(birth: date, age: int) -> None:
    last = fiscal.last_day_of_fiscal_year_at_age(birth, age)
    assert (last.month, last.day) == (3, 31)
    assert 0 <= (last - fiscal.day_reaching_age(birth, age)).days <= 365


def test_fiscal_year_end_age() -> None:
    assert fiscal.fiscal_year_end_age(date(1986, 4, 1), year=2026) == 40
    assert fiscal.fiscal_year_end_age(date(1986, 4, 2), year=2026) == 40
    assert fiscal.fiscal_year_end_age(date(1987, 4, 1), year=2026) == 39
    assert fiscal.fiscal_year_end_age(date(1987, 3, 31), year=2026) == 40
