"""docs/life-of-a-request.md names files and functions: they exist, where it says."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "life-of-a-request.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|") and "`src/" in line
]
NAMED = [
    (CODE.findall(row[-2])[0], CODE.findall(row[-1])[0])
    for row in ROWS
    if row[-1] and not row[-1].startswith("`src/")
]


@cache
def defined_in(path: str) -> frozenset[str]:
    """Functions, classes and methods of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


def test_the_tables_are_read() -> None:
    assert ("src/suigo/engines/cases/web/apply.py", "check_answers") in NAMED
    assert len(NAMED) >= 20


@pytest.mark.parametrize("path", sorted({p for p in CODE.findall(PAGE) if "/" in p and ".py" in p}))
def test_file_exists(path: str) -> None:
    if path.startswith(("src/", "tests/")):
        assert (ROOT / path).is_file()
    else:
        assert (ROOT / "src/suigo" / path).is_file()


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_function_is_there(path: str, name: str) -> None:
    assert name in defined_in(path)


def test_names_in_the_text_are_functions_of_the_files_named() -> None:
    """Outside the tables and in the table of failures too."""
    files = {path for path in CODE.findall(PAGE) if path.startswith("src/") and ".py" in path}
    files |= {"src/suigo/kernel/errors.py", "src/suigo/engines/cases/queries/drafts.py"}
    everything = frozenset().union(*(defined_in(path) for path in files))
    everything |= {"submit_key", "Actor"}  # a column, and a class of kernel/access
    names = {name for name in CODE.findall(PAGE) if re.fullmatch(r"_?[A-Za-z]+(_[a-z]+)*", name)}
    assert names - everything == set()


def test_the_order_is_the_order_of_the_program() -> None:
    """Steps 10 to 16 happen in ``receive_application`` in the order told."""
    source = (ROOT / "src/suigo/engines/cases/actions/submission.py").read_text(encoding="utf-8")
    receive = source[source.index("def receive_application(") : source.index("def next_sequence(")]
    told = ["next_sequence(", "case_number(", "due_date(",
        "insert_case(", "hold_files(", "publish(",
            "tell_applicant(", "record("]  # fmt: skip
    places = [receive.index(call) for call in told]
    assert places == sorted(places)
