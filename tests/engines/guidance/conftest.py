"""The guides of the invented city, and one written for a test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from suigo.engines.guidance.rules.compiling import Guide, compile_guide
from suigo.engines.guidance.rules.loading import load_guides
from suigo.engines.guidance.spec import Entry, GuideSpec, Thing

EXAMPLE = Path(__file__).parents[3] / "cities" / "example"
ENTRIES = {
    name: Entry.model_validate({"title": name, "kind": "useful", "department": "library"})
    for name in ("everybody", "some", "other")
}
EVERYBODY = {"id": "everybody", "because": "みんな"}


@pytest.fixture(scope="session")
def moving_in() -> Guide:
    return next(g for g in load_guides(EXAMPLE).guides if g.id == "moving-in")


def written(questions: list[dict[str, object]], results: list[dict[str, object]]) -> Guide:
    """A guide with these questions and rows, and one row for everybody."""
    rows = [{"because": "理由", **row} for row in results]
    spec = {
        "letter": "T",
        "order": 1,
        "icon": "flag",
        "title": "試験",
        "summary": "試験",
        "questions": [{"title": str(q["id"]), **q} for q in questions],
        "results": [EVERYBODY, *rows],
    }
    things = {"paper": Thing.model_validate({"title": "紙"})}
    return compile_guide("test", GuideSpec.model_validate(spec), entries=ENTRIES, things=things)


Write = Callable[[list[dict[str, object]], list[dict[str, object]]], Guide]


@pytest.fixture
def write() -> Write:
    return written
