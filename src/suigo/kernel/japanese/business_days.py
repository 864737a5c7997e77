"""Days on which the city works, and deadlines counted in days.

Holidays are those of 国民の祝日に関する法律 (through jpholiday); the year-end closure is the city's
own data (地方自治法4条の2 with the city's ordinance) and is always passed in, never assumed.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import jpholiday

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class YearlyClosure:
    """Days closed every year, both ends included, as (month, day); may run over the new year."""

    start: tuple[int, int]
    end: tuple[int, int]

    def covers(self, day: date) -> bool:
        """Whether the day lies in the closure."""
        this = (day.month, day.day)
        if self.start <= self.end:
            return self.start <= this <= self.end
        return this >= self.start or this <= self.end


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """When the offices work: weekdays that are neither holidays nor closed.

    `closed` are single extra days off (a typhoon, a move), `open` single days worked although they
    would be off (a Sunday counter). `open` wins over everything.
    """

    closures: tuple[YearlyClosure, ...] = ()
    closed: frozenset[date] = field(default_factory=frozenset)
    open: frozenset[date] = field(default_factory=frozenset)


@lru_cache(maxsize=32)
def public_holidays(year: int) -> dict[date, str]:
    """The holidays of a year with their names, 振替休日 and 国民の休日 included. Do not change the
    answer.
    """
    return dict(jpholiday.year_holidays(year))


def holiday_name(day: date) -> str | None:
    """勤労感謝の日 for its day, None on other days."""
    return public_holidays(day.year).get(day)


def is_business_day(day: date, *, calendar: WorkingDays) -> bool:
    """Whether the offices work on a day."""
    if day in calendar.open:
        return True
    return not (
        day.weekday() >= 5
        or day in calendar.closed
        or any(closure.covers(day) for closure in calendar.closures)
        or day in public_holidays(day.year)
    )


def next_business_day(day: date, *, calendar: WorkingDays) -> date:
    """The day itself when the offices work, otherwise the first day after it on which they do."""
    while not is_business_day(day, calendar=calendar):
        day += _ONE_DAY
    return day


def add_business_days(day: date, count: int, *, calendar: WorkingDays) -> date:
    """The `count`-th business day after a day (before it when negative); the day itself is not
    counted.

    A period of 10 business days for something that arrived on `day` ends with the answer. 0 gives
    the day itself when the offices work, otherwise the next day on which they do.
    """
    if count == 0:
        return next_business_day(day, calendar=calendar)
    step = _ONE_DAY if count > 0 else -_ONE_DAY
    remaining = abs(count)
    while remaining:
        day += step
        remaining -= is_business_day(day, calendar=calendar)
    return day


def business_days_between(start: date, end: date, *, calendar: WorkingDays) -> int:
    """How many business days lie after `start` up to and including `end`; negative when `end` is
    earlier.

    The inverse of `add_business_days` on business days.
    """
    if end < start:
        return -business_days_between(end, start, calendar=calendar)
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    return sum(is_business_day(day, calendar=calendar) for day in days)


def deadline_after(event: date, days: int, *, extended: WorkingDays | None = None) -> date:
    """The last day of a period of calendar days that begins with an event.

    The first day is not counted (民法140条), so 15 days from the 1st end on the 16th. With
    `extended`, a last day on which the offices are closed moves to the next working day: 民法142条,
    and for applications and notices to a local government under a statute 地方自治法4条の2第4項.
    Statutes may order otherwise, therefore the caller decides.
    """
    last = event + timedelta(days=days)
    return last if extended is None else next_business_day(last, calendar=extended)


def deadline_after_months(event: date, months: int) -> date:
    """The last day of a period of calendar months (12 for a year) that begins with an event.

    The first day is not counted (民法140条), the period ends on the day before the one that
    answers to its first day, and with the month where that day is missing (民法143条2項): three
    months from 10 January end on 10 April, one month from 28 February 2027 on 31 March.
    """
    first = event + _ONE_DAY
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    month += 1
    if first.day > monthrange(year, month)[1]:
        return date(year, month, monthrange(year, month)[1])
    return date(year, month, first.day) - _ONE_DAY


@dataclass(frozen=True, slots=True)
class FifteenDays:
    """What the 15-day rule says about one claim."""

    deadline: date
    in_time: bool
    first_month: date
    """First day of the month for which the allowance is paid first."""


def fifteen_day_rule(
    event: date, claimed: date, *, extended: WorkingDays | None = None
) -> FifteenDays:
    """The 15-day rule of 児童手当法8条3項 and 9条2項 (15日特例) for a birth or a move.

    A claim made within 15 days of the day after the event counts as if made in the month of the
    event: the allowance starts with the month after the event. A later claim starts with the month
    after the claim.
    """
    deadline = deadline_after(event, 15, extended=extended)
    in_time = claimed <= deadline
    counted = event if in_time else claimed
    following = date(counted.year, counted.month, 1) + timedelta(days=32)
    return FifteenDays(deadline=deadline, in_time=in_time, first_month=following.replace(day=1))
