from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from suigo.engines.insight.spec import PlanSpec
from suigo.kernel.content import ContentErrors
from suigo.kernel.content.loader import Document, load_document, validate

EXAMPLE = Path(__file__).parents[3] / "cities" / "example" / "plan.yaml"


@pytest.fixture
def document() -> Any:
    return deepcopy(load_document(EXAMPLE).data)


def faults_of(data: Any) -> str:
    with pytest.raises(ContentErrors) as refused:
        validate(Document(EXAMPLE, data, ""), PlanSpec)
    return str(refused.value)


def first_measure(data: Any) -> Any:
    return data["policies"][0]["sections"][0]["measures"][0]


def test_the_example_is_a_plan(document: Any) -> None:
    plan = validate(Document(EXAMPLE, document, ""), PlanSpec)
    assert [measure.id for measure in plan.measures()] == ["1-1-01", "1-1-02", "2-1-01"]


def test_measures_belong_under_their_section(document: Any) -> None:
    first_measure(document)["id"] = "1-2-01"
    assert "1-2-01 does not belong under 1-1" in faults_of(document)


def test_ids_are_unique(document: Any) -> None:
    first_measure(document)["id"] = "1-1-02"
    assert "measure ids appear twice: ['1-1-02']" in faults_of(document)


@pytest.mark.parametrize(
    "cells",
    [
        [{"years": ["R8", "R10"], "phases": ["study"]}],
        [{"years": ["R9"], "phases": ["study"]}, {"years": ["R8"], "phases": ["trial"]}],
        [{"years": ["R8", "R9"], "phases": ["study"]}, {"years": ["R9"], "phases": ["trial"]}],
    ],
)
def test_years_run_in_order_without_overlap(document: Any, cells: Any) -> None:
    first_measure(document)["timetable"] = cells
    assert "1-1-01: years must run in order without overlap" in faults_of(document)


def test_years_and_phases_are_declared(document: Any) -> None:
    first_measure(document)["timetable"] = [{"years": ["R11"], "phases": ["study"]}]
    assert "unknown years ['R11']" in faults_of(document)
    first_measure(document)["timetable"] = [{"years": ["R8"], "phases": ["later"]}]
    assert "unknown phases ['later']" in faults_of(document)


def test_somebody_is_responsible(document: Any) -> None:
    first_measure(document)["departments"] = []
    assert "name departments or say every_department" in faults_of(document)


def test_progress_cannot_be_typed(document: Any) -> None:
    first_measure(document)["state"] = "working"
    assert "Extra inputs are not permitted" in faults_of(document)
