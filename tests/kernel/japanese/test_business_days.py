from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.japanese.business_days import (
    FifteenDays,
    WorkingDays,
    YearlyClosure,
    add_business_days,
    business_days_between,
    deadline_after,
    fifteen_day_rule,
    holiday_name,
    is_business_day,
    next_business_day,
)

CITY = WorkingDays(closures=(YearlyClosure(start=(12, 29), end=(1, 3)),))
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 11, 23), False),
        (date(2026, 9, 22), False),
        (date(2026, 5, 6), False),
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),
        (date(2026, 12, 31), False),
        (date(2025, 1, 3), False),
        (date(2026, 1, 5), True),
    ],
)
def test_days_on_which_the_city_works(day: date, works: bool) -> None:
    assert is_business_day(day, calendar=CITY) is works


def test_closures_within_a_year_and_single_days() -> None:
    summer = WorkingDays(
        closures=(YearlyClosure(start=(8, 13), end=(8, 15)),),
        closed=frozenset({date(2026, 8, 17)}),
        open=frozenset({date(2026, 8, 16)}),
    )
    worked = [day for day in range(10, 20) if is_business_day(date(2026, 8, day), calendar=summer)]
    assert worked == [10, 12, 16, 18, 19]


def test_holiday_names() -> None:
    assert holiday_name(date(2026, 11, 23)) == "勤労感謝の日"
    assert holiday_name(date(2026, 11, 24)) is None


def test_counting_skips_weekends_holidays_and_the_closure() -> None:
    assert add_business_days(date(2026, 12, 25), 3, calendar=CITY) == date(2027, 1, 5)
    assert add_business_days(date(2026, 11, 22), 0, calendar=CITY) == date(2026, 11, 24)
    assert add_business_days(date(2026, 11, 24), -1, calendar=CITY) == date(2026, 11, 20)
    assert business_days_between(date(2026, 12, 25), date(2027, 1, 5), calendar=CITY) == 3
    assert business_days_between(date(2027, 1, 5), date(2026, 12, 25), calendar=CITY) == -3


@given(days, st.integers(min_value=0, max_value=60))
def test_adding_and_counting_are_inverse(day: date, count: int) -> None:
    start = next_business_day(day, calendar=CITY)
    end = add_business_days(start, count, calendar=CITY)
    assert is_business_day(end, calendar=CITY)
    assert business_days_between(start, end, calendar=CITY) == count
    assert add_business_days(end, -count, calendar=CITY) == start if count else end == start


def test_legal_periods_do_not_count_the_first_day() -> None:
    assert deadline_after(date(2026, 11, 7), 15) == date(2026, 11, 22)
    assert deadline_after(date(2026, 11, 7), 15, extended=CITY) == date(2026, 11, 24)


@given(days, st.integers(min_value=1, max_value=100))
def test_an_extended_deadline_is_the_next_working_day(event: date, count: int) -> None:
    last = deadline_after(event, count)
    extended = deadline_after(event, count, extended=CITY)
    assert last == event + timedelta(days=count)
    assert is_business_day(extended, calendar=CITY)
    between = [last + timedelta(days=n) for n in range((extended - last).days)]
    assert not any(is_business_day(day, calendar=CITY) for day in between)


@pytest.mark.parametrize(
    ("event", "claimed", "expected"),
    [
        (
            date(2026, 10, 25),
            date(2026, 11, 9),
            FifteenDays(deadline=date(2026, 11, 9), in_time=True, first_month=date(2026, 11, 1)),
        ),
        (
            date(2026, 10, 25),
            date(2026, 11, 10),
            FifteenDays(deadline=date(2026, 11, 9), in_time=False, first_month=date(2026, 12, 1)),
        ),
        (
            date(2026, 12, 31),
            date(2027, 1, 15),
            FifteenDays(deadline=date(2027, 1, 15), in_time=True, first_month=date(2027, 1, 1)),
        ),
    ],
)
def test_fifteen_day_rule(event: date, claimed: date, expected: FifteenDays) -> None:
    assert fifteen_day_rule(event, claimed) == expected
