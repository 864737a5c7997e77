"""The table of OWASP ASVS is whole, its sums are right, and what it names is there."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security/asvs.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| ([a-z ]+) \| (.+) \|$", re.M)
STATES = ("met", "partly", "not met", "not applicable")
# how many requirements of levels 1 and 2 each chapter of version 5.0.0 has
CHAPTERS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13,
    14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip
FILE = re.compile(r"`([A-Za-z0-9_./-]+/[A-Za-z0-9_./-]+|[A-Za-z0-9_-]+\.(?:md|toml|py))`")


def rows() -> list[tuple[str, str, str, str, str]]:
    return [(m[1], m[2], m[3], m[4], m[5]) for m in ROW.finditer(PAGE)]


def test_every_requirement_has_one_row() -> None:
    found = [row[0] for row in rows()]
    assert len(found) == len(set(found)) == sum(CHAPTERS.values())
    assert Counter(int(i.split(".")[0]) for i in found) == CHAPTERS


def test_the_sums_are_right() -> None:
    told = dict(re.findall(r"^\| ([a-z ]+) \| (\d+) \|$", PAGE, re.M))
    counted = Counter(row[3] for row in rows())
    assert set(counted) <= set(STATES)
    assert {state: int(told[state]) for state in STATES} == {s: counted[s] for s in STATES}


def test_what_is_named_is_there() -> None:
    named = {path for row in rows() for path in FILE.findall(row[4])}
    assert len(named) > 60
    missing = sorted(p for p in named if not p.startswith("./") and not (ROOT / p).exists())
    assert missing == []


def test_whatever_is_met_says_by_what() -> None:
    silent = [row[0] for row in rows() if row[3] in {"partly", "not met"} and len(row[4]) < 12]
    assert silent == []
