"""When the city answers, until when the law lets people apply, and how long records stay."""

from dataclasses import dataclass
from datetime import date, timedelta

from suigo.engines.cases.spec import ServiceSpec, StandardPeriod
from suigo.engines.forms.rules import value_at
from suigo.kernel.japanese.business_days import (
    WorkingDays,
    add_business_days,
    business_days_between,
    deadline_after,
)
from suigo.kernel.japanese.fiscal import fiscal_year, fiscal_year_end


def due_date(period: StandardPeriod, *, received: date, calendar: WorkingDays) -> date:
    """The last day of the 標準処理期間. The day of receipt is not counted (民法140条)."""
    return _later(received, period.days, period=period, calendar=calendar)


def resumed_due_date(
    due: date, *, paused: date, resumed: date, period: StandardPeriod, calendar: WorkingDays
) -> date:
    """The due date after the applicant had the case from ``paused`` to ``resumed``.

    The time for a correction does not count towards the period (行政手続法6条, 補正に要する期間).
    """
    if period.unit == "business_days":
        lost = business_days_between(paused, resumed, calendar=calendar)
    else:
        lost = (resumed - paused).days
    return _later(due, lost, period=period, calendar=calendar) if lost > 0 else due


def _later(day: date, count: int, *, period: StandardPeriod, calendar: WorkingDays) -> date:
    if period.unit == "business_days":
        return add_business_days(day, count, calendar=calendar)
    return day + timedelta(days=count)


@dataclass(frozen=True, slots=True)
class LegalDeadline:
    """The deadline the law counts from an event, and whether the application kept it."""

    event: date
    last_day: date
    in_time: bool
    article: str | None
    verify: bool


def legal_deadline(
    service: ServiceSpec,
    answers: dict[str, object],
    *,
    received: date,
    calendar: WorkingDays,
) -> LegalDeadline | None:
    """The counted deadline of a procedure for one application; None when it counts none.

    A last day on which the city is closed moves to the next working day (地方自治法4条の2第4項)
    unless the content says that this law does not extend.
    """
    counted = service.counted_deadline
    if counted is None or counted.from_field is None:
        return None
    event = value_at(answers, counted.from_field)
    if not isinstance(event, str):
        return None
    day = date.fromisoformat(event)
    last = deadline_after(day, counted.days, extended=calendar if counted.extended else None)
    return LegalDeadline(day, last, received <= last, counted.article, counted.verify)


def keep_until(years: int, *, closed: date) -> date:
    """The last day of the 保存期間: full years, counted from the fiscal year after the closing.

    Cities count from 1 April of the following year; a city that counts from the closing itself
    keeps its records a little longer, never shorter.
    """
    return fiscal_year_end(fiscal_year(closed) + years)
