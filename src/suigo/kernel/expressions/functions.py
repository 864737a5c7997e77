"""The city's functions inside expressions. Pure, total, and typed for the checker."""

import calendar
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from cel_expr_python import cel

from suigo.kernel.content.calendar import working_days
from suigo.kernel.japanese import business_days, fiscal

T = cel.Type
RECORDS = T.List(T.Map(T.STRING, T.DYN))


def _date(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _day(moment: Any) -> datetime:
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def _age_on(birth: datetime, day: datetime) -> int:
    return fiscal.age_on(birth.date(), day.date())


def _fiscal_year(day: datetime) -> int:
    return fiscal.fiscal_year(day.date())


def _last_day_of_fiscal_year_at_age(birth: datetime, age: int) -> datetime:
    return _day(fiscal.last_day_of_fiscal_year_at_age(birth.date(), int(age)))


def _days_between(start: datetime, end: datetime) -> int:
    return (end.date() - start.date()).days


def _add_days(day: datetime, days: int) -> datetime:
    return _day(day.date() + timedelta(days=int(days)))


def _add_months(day: datetime, months: int) -> datetime:
    index = day.year * 12 + day.month - 1 + int(months)
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime(year, month + 1, min(day.day, last), tzinfo=UTC)


def _add_business_days(day: datetime, days: int) -> datetime:
    added = business_days.add_business_days(day.date(), int(days), calendar=working_days())
    return _day(added)


def _count_where(rows: list[dict[str, Any]], key: str, value: str) -> int:
    return sum(1 for row in rows if row.get(key) == value)


def _sum_of(rows: list[dict[str, Any]], key: str) -> int:
    return sum(int(row[key]) for row in rows if isinstance(row.get(key), int | float))


def _count_younger(rows: list[dict[str, Any]], key: str, age: int, day: datetime) -> int:
    births = [_date(row[key]) for row in rows if row.get(key)]
    return sum(1 for birth in births if _age_on(birth, day) < age)


def _min(a: int, b: int) -> int:
    return min(a, b)


def _max(a: int, b: int) -> int:
    return max(a, b)


def _function(
    name: str, impl: Callable[..., Any], parameters: list[cel.Type], result: cel.Type
) -> cel.FunctionDecl:
    return cel.FunctionDecl(
        name, [cel.Overload(f"city_{name}", return_type=result, parameters=parameters, impl=impl)]
    )


CITY_FUNCTIONS: list[cel.FunctionDecl] = [
    _function("date", _date, [T.STRING], T.TIMESTAMP),
    _function("age_on", _age_on, [T.TIMESTAMP, T.TIMESTAMP], T.INT),
    _function("fiscal_year", _fiscal_year, [T.TIMESTAMP], T.INT),
    _function(
        "last_day_of_fiscal_year_at_age",
        _last_day_of_fiscal_year_at_age,
        [T.TIMESTAMP, T.INT],
        T.TIMESTAMP,
    ),
    _function("days_between", _days_between, [T.TIMESTAMP, T.TIMESTAMP], T.INT),
    _function("add_days", _add_days, [T.TIMESTAMP, T.INT], T.TIMESTAMP),
    _function("add_months", _add_months, [T.TIMESTAMP, T.INT], T.TIMESTAMP),
    _function("add_business_days", _add_business_days, [T.TIMESTAMP, T.INT], T.TIMESTAMP),
    _function("count_where", _count_where, [RECORDS, T.STRING, T.STRING], T.INT),
    _function("count_younger", _count_younger, [RECORDS, T.STRING, T.INT, T.TIMESTAMP], T.INT),
    _function("sum_of", _sum_of, [RECORDS, T.STRING], T.INT),
    _function("at_most", _min, [T.INT, T.INT], T.INT),
    _function("at_least", _max, [T.INT, T.INT], T.INT),
]
