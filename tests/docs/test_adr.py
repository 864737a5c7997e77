"""The records of decisions are complete and can be followed."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))


def test_numbers_are_consecutive() -> None:
    assert [int(r.name[:4]) for r in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_record_says_what_was_rejected(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert text.startswith(f"# {record.name[:4]} ")
    assert re.search(r"^Date: \d{4}-\d{2}-\d{2}\. Status: ", text, re.MULTILINE)
    assert "Rejected" in text or "Instead of" in text
    assert len(text.splitlines()) <= 70


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_record_is_listed(record: Path) -> None:
    listed = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    assert f"[{record.name[:4]}]({record.name})" in listed


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {Requirement(line).name for line in project["dependencies"]}
    page = (ROOT / "docs/adr/0002-dependencies.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ")]
    reasoned = {name for row in rows for name in re.findall(r"[a-z0-9][a-z0-9-]*", row[1])}
    assert wanted - reasoned == set()
    assert {row[1].strip() for row in rows if not row[3].strip()} == set()


def test_numbers_named_anywhere_exist() -> None:
    numbers = {record.name[:4] for record in RECORDS}
    named = {
        (str(path.relative_to(ROOT)), number)
        for folder in ("docs", "src", "tests", "deploy")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".md", ".py", ".html"}
        for number in re.findall(r"ADR[ -](\d{4})\b", path.read_text(encoding="utf-8"))
    }
    assert {entry for entry in named if entry[1] not in numbers} == set()
