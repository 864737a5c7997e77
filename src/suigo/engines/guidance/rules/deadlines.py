"""The last day of a period, as the law counts it."""

from datetime import date, timedelta

from suigo.engines.guidance.spec import Deadline
from suigo.kernel.japanese.business_days import (
    WorkingDays,
    add_business_days,
    deadline_after,
    deadline_after_months,
    next_business_day,
)


def last_day(deadline: Deadline, event: date, *, calendar: WorkingDays) -> date:
    """The last day on which it can be done, counted from ``event``."""
    extended = calendar if deadline.extended else None
    if deadline.business_days is not None:
        count = -deadline.business_days if deadline.before else deadline.business_days
        return add_business_days(event, count, calendar=calendar)
    if deadline.days is not None:
        if deadline.before:
            return event - timedelta(days=deadline.days)
        first = 1 if deadline.first_day == "counted" and deadline.days else 0
        return deadline_after(event - timedelta(days=first), deadline.days, extended=extended)
    months = (deadline.months or 0) + 12 * (deadline.years or 0)
    first = 1 if deadline.first_day == "counted" else 0
    last = deadline_after_months(event - timedelta(days=first), months)
    return last if extended is None else next_business_day(last, calendar=extended)
