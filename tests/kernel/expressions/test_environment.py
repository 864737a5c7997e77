"""Expressions: checked when they are written, total when they are used."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.expressions import Environment, ExpressionError, ValueType

NAMES = {
    "name.family": ValueType.TEXT,
    "age": ValueType.INTEGER,
    "born": ValueType.DATE,
    "agrees": ValueType.BOOLEAN,
    "wishes": ValueType.TEXTS,
    "children": ValueType.RECORDS,
    "children.born": ValueType.DATES,
    "today": ValueType.DATE,
}
ENVIRONMENT = Environment(NAMES, {"children": {"born": ValueType.DATE, "name": ValueType.TEXT}})
TODAY = date(2026, 11, 24)


def evaluate(source: str, expects: ValueType = ValueType.BOOLEAN, /, **values: Any) -> Any:
    named = {key.replace("__", "."): value for key, value in values.items()}
    outcome = ENVIRONMENT.compile(source, expects=expects).evaluate({"today": TODAY, **named})
    return outcome.value if outcome.determined else outcome


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nmae.family == 'x'", "undeclared reference"),
        ("age == 'x'", "no matching overload"),
        ("age + 1", "gives INT, expected boolean"),
        ("age >", "Syntax error"),
        ("age_on('x', today) > 1", "no matching overload"),
        ("children.exists(c, c.born < today)", "types do not fit"),
        ("children.exists(c, c.brother == 'x')", "types do not fit"),
    ],
)
def test_a_wrong_expression_is_refused_when_it_is_written(source: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        ENVIRONMENT.compile(source, expects=ValueType.BOOLEAN)


def test_it_knows_the_names_it_depends_on() -> None:
    compiled = ENVIRONMENT.compile("name.family == 'today' && age > 3", expects=ValueType.BOOLEAN)
    assert compiled.names == ("name.family", "age")


def test_an_answer_that_is_missing_leaves_it_undetermined() -> None:
    outcome = evaluate("age > 3")
    assert (outcome.determined, outcome.missing, outcome.holds) == (False, ("age",), False)


def test_what_is_decided_without_the_missing_answer_is_decided() -> None:
    assert evaluate("agrees || age > 3", agrees=True) is True
    assert evaluate("agrees && age > 3", agrees=False) is False


def test_division_by_zero_and_a_missing_row_are_undetermined() -> None:
    assert not evaluate("10 / age > 1", age=0).determined
    assert not evaluate("wishes[3] == 'x'", wishes=["a"]).determined


@pytest.mark.parametrize(
    ("source", "expects", "expected"),
    [
        ("age_on(born, today)", ValueType.INTEGER, 26),
        ("fiscal_year(today)", ValueType.INTEGER, 2026),
        ("last_day_of_fiscal_year_at_age(born, 18)", ValueType.DATE, date(2019, 3, 31)),
        ("add_days(today, 15)", ValueType.DATE, date(2026, 12, 9)),
        ("add_months(date('2026-01-31'), 1)", ValueType.DATE, date(2026, 2, 28)),
        ("days_between(date('2026-11-01'), today)", ValueType.INTEGER, 23),
        # 23 November is a holiday (a Monday in 2026)
        ("add_business_days(date('2026-11-20'), 1)", ValueType.DATE, date(2026, 11, 24)),
        ("at_most(7, 5)", ValueType.INTEGER, 5),
        ("at_least(7, 5)", ValueType.INTEGER, 7),
        ("count_where(children, 'name', 'a')", ValueType.INTEGER, 2),
        ("count_younger(children, 'born', 3, today)", ValueType.INTEGER, 1),
        ("size(children)", ValueType.INTEGER, 3),
    ],
)
def test_the_city_s_functions(source: str, expects: ValueType, expected: Any) -> None:
    children = [
        {"name": "a", "born": date(2025, 1, 1)},
        {"name": "a", "born": date(2015, 1, 1)},
        {"name": "b"},
    ]
    assert evaluate(source, expects, born=date(2000, 5, 6), children=children) == expected


def test_columns_of_rows_are_typed() -> None:
    days = [date(2020, 1, 1), date(2025, 1, 1)]
    assert evaluate("children.born.exists(b, b > date('2024-01-01'))", children__born=days) is True


values = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.lists(st.text(max_size=3), max_size=2),
    st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2), max_size=2),
)


@given(st.dictionaries(st.sampled_from(list(NAMES)), values))
def test_no_value_makes_it_raise(given_values: dict[str, Any]) -> None:
    for source in (
        "age > 3 && name.family != ''",
        "age_on(born, today) >= 18",
        "count_where(children, 'name', 'a') > 0 || 'x' in wishes",
        "children.born.all(b, b < today)",
    ):
        ENVIRONMENT.compile(source, expects=ValueType.BOOLEAN).evaluate(given_values)
