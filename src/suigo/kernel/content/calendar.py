"""The days on which this city works."""

from functools import lru_cache

from suigo.kernel.content.city import Closure, city
from suigo.kernel.japanese.business_days import WorkingDays, YearlyClosure


def working_days() -> WorkingDays:
    """Weekdays that are neither public holidays nor in the city's yearly closure."""
    return _working_days(city().spec.closure)


@lru_cache(maxsize=4)
def _working_days(closures: tuple[Closure, ...]) -> WorkingDays:
    return WorkingDays(
        closures=tuple(
            YearlyClosure(start=_month_day(c.from_day), end=_month_day(c.to_day)) for c in closures
        )
    )


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
