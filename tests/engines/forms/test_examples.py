"""Artificial answers: repeatable, at the edges of what a field takes, within the checks."""

from datetime import date
from typing import Any

import pytest

from suigo.engines.forms.rules import check, compile_form
from suigo.engines.forms.rules.examples import NoExample, example_answers
from suigo.engines.forms.spec import FormSpec

TODAY = date(2026, 11, 24)
FIELDS: list[dict[str, Any]] = [
    {"kind": "number", "id": "people", "label": "人数", "minimum": 2, "maximum": 9},
    {"kind": "date", "id": "day", "label": "日", "earliest": "today-10", "latest": "today+20"},
    {"kind": "text", "id": "title", "label": "題", "min_length": 2, "max_length": 5},
    {"kind": "yes_no", "id": "paid", "label": "有料"},
    {"kind": "money", "id": "price", "label": "額", "maximum": 500, "show_when": "paid"},
    {
        "kind": "choices",
        "id": "where",
        "label": "場所",
        "at_most": 2,
        "options": [{"id": i, "label": i} for i in ("a", "b", "c")],
    },
    {
        "kind": "repeat",
        "id": "rows",
        "label": "行",
        "item": "行",
        "at_least": 1,
        "at_most": 3,
        "fields": [{"kind": "number", "id": "n", "label": "数", "minimum": 0, "maximum": 7}],
    },
]


def form_with(*checks: dict[str, Any]) -> Any:
    pages = [{"id": "page", "title": "頁", "fields": FIELDS}]
    return compile_form(FormSpec.model_validate({"pages": pages, "checks": list(checks)}))


def test_the_lowest_and_the_highest_answers() -> None:
    form = form_with()
    assert example_answers(form, today=TODAY, seed=1, edge="lowest") == {
        "people": 2,
        "day": "2026-11-14",
        "title": "見見",
        "paid": False,
        "where": ["a"],
        "rows": [{"n": 0}],
    }
    assert example_answers(form, today=TODAY, seed=1, edge="highest") == {
        "people": 9,
        "day": "2026-12-14",
        "title": "見見見見見",
        "paid": True,
        "price": 500,
        "where": ["a", "b"],
        "rows": [{"n": 7}] * 3,
    }


def test_an_edge_that_a_check_refuses_is_left() -> None:
    rule = {"id": "odd", "when": "paid && people > 8", "field": "price", "message": "多い"}
    form = form_with(rule)
    made = example_answers(form, today=TODAY, seed=1, edge="highest")
    assert check(form, made, today=TODAY).errors == {}
    assert (made["day"], made["rows"]) == ("2026-12-14", [{"n": 7}] * 3)


def test_the_same_seed_gives_the_same_answers_and_fixed_ones_stay() -> None:
    form = form_with()
    one = example_answers(form, today=TODAY, seed=7, fixed={"people": 4})
    assert one == example_answers(form, today=TODAY, seed=7, fixed={"people": 4})
    assert one["people"] == 4


def test_a_form_that_contradicts_itself_has_no_example() -> None:
    rule = {"id": "never", "when": "people >= 2", "field": "people", "message": "だめ"}
    with pytest.raises(NoExample, match="だめ"):
        example_answers(form_with(rule), today=TODAY, seed=1)
