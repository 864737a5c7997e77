"""Every question can be asked, every result can occur; otherwise the city hears where."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engines.guidance.conftest import EXAMPLE, Write
from suigo.engines.guidance.rules import coverage
from suigo.engines.guidance.rules.compiling import GuideFaults
from suigo.engines.guidance.rules.loading import Known, load_guides
from suigo.kernel.content import ContentErrors

YES_NO = {"id": "one", "kind": "yes_no"}
CHOICE = {
    "id": "place",
    "kind": "choice",
    "options": [{"id": "here", "title": "市内"}, {"id": "abroad", "title": "国外"}],
}
Rows = list[dict[str, object]]


@pytest.mark.parametrize(
    ("questions", "results", "expected"),
    [
        ([YES_NO], [{"id": "some", "when": "one"}], []),
        (
            [CHOICE],
            [{"id": "some", "when": 'place == "moon"'}],
            [(("results", 1, "when"), "this result never occurs")],
        ),
        (
            [YES_NO, CHOICE],
            [{"id": "some", "when": 'one && place == "here" && !one'}],
            [(("results", 1, "when"), "this result never occurs")],
        ),
        # a question that is hidden counts as no: this can't be yes
        (
            [YES_NO, {"id": "two", "kind": "yes_no", "show": "one"}],
            [{"id": "some", "when": "two && !one"}],
            [(("results", 1, "when"), "this result never occurs")],
        ),
        (
            [YES_NO, {"id": "two", "kind": "yes_no", "show": "one && !one"}],
            [{"id": "some", "when": "one || two"}],
            [(("questions", 1, "show"), "this question is never asked")],
        ),
        (
            [YES_NO, CHOICE],
            [{"id": "some", "when": "one"}],
            [(("questions", 1), "nothing depends on the answer to 'place': don't ask")],
        ),
        (
            [YES_NO],
            [{"id": "some", "when": "one"}, {"id": "some", "when": "one"}],
            [(("results", 2), "'some' is listed twice under the same condition")],
        ),
    ],
)
def test_what_can_never_happen_is_found(
    write: Write, questions: Rows, results: Rows, expected: list[object]
) -> None:
    assert list(coverage.faults(write(questions, results))) == expected


def test_what_cannot_be_proved_is_refused(write: Write) -> None:
    options = [{"id": f"o{i}", "title": "選択"} for i in range(13)]
    condition = " || ".join(f"many.o{i}" for i in range(13))
    guide = write(
        [{"id": "many", "kind": "several", "options": options}],
        [{"id": "some", "when": condition}],
    )
    assert list(coverage.faults(guide)) == [
        (
            ("results", 1, "when"),
            "depends on 8192 combinations of answers; more than 4096 can't be checked:"
            " ask in another way",
        )
    ]


@pytest.mark.parametrize(
    ("conditions", "left_out"),
    [
        (["one"], True),
        (["one", "!one"], False),
        (['place == "here"', 'place == "abroad"'], False),
        (['place == "here"', "one"], True),
    ],
)
def test_nobody_gets_an_empty_list(write: Write, conditions: list[str], left_out: bool) -> None:
    guide = write([YES_NO, CHOICE], [{"id": "some", "when": when} for when in conditions])
    alone = replace(guide, rows=guide.rows[1:])
    found = [where for where, _message in coverage.faults(alone)]
    assert (("results",) in found) is left_out


def test_only_the_answers_that_matter_are_tried(write: Write) -> None:
    """Thirty questions are no harder to prove than one, where no condition joins them."""
    questions: Rows = [{"id": f"q{i}", "kind": "yes_no"} for i in range(30)]
    results: Rows = [{"id": "some", "when": f"q{i}"} for i in range(30)]
    assert list(coverage.faults(write(questions, results))) == []


@pytest.mark.parametrize(
    ("results", "place"),
    [
        ([{"id": "some", "when": "oen"}], ("results", 1, "when")),
        ([{"id": "some", "when": "one + 1"}], ("results", 1, "when")),
        ([{"id": "nobody"}], ("results", 1, "id")),
        ([{"id": "some", "bring": ["nothing"]}], ("results", 1, "bring", 0)),
        (
            [{"id": "some", "deadline": {"text": "期限", "from": "one", "days": 3}}],
            ("results", 1, "deadline", "from"),
        ),
    ],
)
def test_wrong_names_are_found(write: Write, results: Rows, place: tuple[object, ...]) -> None:
    with pytest.raises(GuideFaults) as wrong:
        write([YES_NO], results)
    assert [where for where, _message in wrong.value.faults] == [place]


def test_faults_name_file_and_line(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "guides", tmp_path / "guides")
    entries = tmp_path / "guides" / "shared" / "entries.yaml"
    text = entries.read_text(encoding="utf-8")
    entries.write_text(
        text.replace("g01-bulky-waste", "g99-nothing").replace(
            "department: welfare", "department: moon"
        ),
        encoding="utf-8",
    )
    moving = tmp_path / "guides" / "moving-in.yaml"
    moving.write_text(
        moving.read_text(encoding="utf-8")
        .replace('furniture == "few"', 'furniture == "fwe"')
        .replace(' || furniture == "many"', ""),
        encoding="utf-8",
    )
    known = Known(
        frozenset({"general-affairs", "library", "welfare"}), frozenset({"s01-library-card"})
    )
    with pytest.raises(ContentErrors) as wrong:
        load_guides(tmp_path, known=known)
    assert [str(error).removeprefix(f"{tmp_path}/guides/") for error in wrong.value.errors] == [
        "moving-in.yaml:49: results.3.when: this result never occurs",
        "shared/entries.yaml:13: entries.bulky-waste.procedure: no procedure 'g99-nothing'",
        "shared/entries.yaml:24: entries.school-transfer.department:"
        " org.yaml has no department 'moon'",
    ]


def test_the_example_city_is_right() -> None:
    known = Known(
        frozenset({"general-affairs", "library", "welfare"}),
        frozenset({"s01-library-card", "g01-bulky-waste"}),
    )
    assert [guide.id for guide in load_guides(EXAMPLE, known=known).guides] == [
        "moving-in",
        "birth",
    ]
