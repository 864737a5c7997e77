"""Periods as the law counts them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.guidance.rules.deadlines import last_day
from suigo.engines.guidance.spec import Deadline
from suigo.kernel.japanese.business_days import (
    WorkingDays,
    YearlyClosure,
    deadline_after_months,
    is_business_day,
)

CALENDAR = WorkingDays(closures=(YearlyClosure(start=(12, 29), end=(1, 3)),))


def until(event: date, **counted: object) -> date:
    spec = Deadline.model_validate({"text": "期限", "from": "day", **counted})
    return last_day(spec, event, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("counted", "event", "expected"),
    [
        # 児童手当: 15 days, the first not counted; 2026-11-24 is a Tuesday
        ({"days": 15}, date(2026, 11, 24), date(2026, 12, 9)),
        # 転入届: 14 days; 6 December is a Sunday
        ({"days": 14}, date(2026, 11, 22), date(2026, 12, 7)),
        ({"days": 14, "extended": False}, date(2026, 11, 22), date(2026, 12, 6)),
        # 出生届: the day of birth counts (戸籍法43条); the 14th day is 7 December
        ({"days": 14, "first_day": "counted"}, date(2026, 11, 24), date(2026, 12, 7)),
        # 死亡届: 7 days counting the day it was known; the last day is in the closure
        ({"days": 7, "first_day": "counted"}, date(2026, 12, 24), date(2027, 1, 4)),
        ({"business_days": 2}, date(2026, 11, 20), date(2026, 11, 25)),
        ({"business_days": 1, "before": True}, date(2026, 11, 24), date(2026, 11, 20)),
        ({"days": 7, "before": True}, date(2026, 11, 24), date(2026, 11, 17)),
        ({"months": 3}, date(2026, 11, 10), date(2027, 2, 10)),
        ({"years": 2}, date(2026, 11, 24), date(2028, 11, 24)),
    ],
)
def test_a_period_ends_as_the_law_says(
    counted: dict[str, object], event: date, expected: date
) -> None:
    assert until(event, **counted) == expected


@pytest.mark.parametrize(
    ("event", "months", "expected"),
    [
        (date(2026, 1, 10), 3, date(2026, 4, 10)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),  # 31 January has no answer in February
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 2, 28), 1, date(2027, 3, 31)),  # begins on 1 March, so it is all of March
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_months_end_before_the_answering_day(event: date, months: int, expected: date) -> None:
    assert deadline_after_months(event, months) == expected


DATES = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))


@given(event=DATES, days=st.integers(0, 60))
def test_an_extended_period_is_never_shorter_and_ends_on_a_working_day(
    event: date, days: int
) -> None:
    plain = until(event, days=days, extended=False)
    extended = until(event, days=days)
    assert plain == event + timedelta(days=days)
    assert extended >= plain
    assert is_business_day(extended, calendar=CALENDAR)


@given(event=DATES, months=st.integers(1, 36))
def test_months_grow_with_the_event_and_with_their_number(event: date, months: int) -> None:
    last = deadline_after_months(event, months)
    assert last <= deadline_after_months(event + timedelta(days=1), months)
    assert last < deadline_after_months(event, months + 1)
