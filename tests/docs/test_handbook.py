"""The handbook speaks the words of the screens, and what it tells people to type works."""

import re
import shlex
from pathlib import Path

from suigo.project.cli.__main__ import parser

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "handbook").glob("*.md"))
BOLD = re.compile(r"\*\*([^*]+)\*\*")
EMPHASIS = {"太字", "暗号鍵"}  # stressed, not on a screen


def screen_words() -> str:
    """Everything that can stand on a screen: templates, code, and the content of the cities."""
    return "\n".join(
        path.read_text(encoding="utf-8")
        for folder, patterns in (("src", ("*.html", "*.py")), ("cities", ("*.yaml",)))
        for pattern in patterns
        for path in (ROOT / folder).rglob(pattern)
    )


def test_words_of_the_screens_are_as_on_the_screens() -> None:
    words = screen_words()
    unknown = {
        (page.name, bold)
        for page in PAGES
        for bold in BOLD.findall(page.read_text(encoding="utf-8"))
        if bold not in EMPHASIS and bold not in words
    }
    assert unknown == set()


def test_every_page_is_listed() -> None:
    index = (ROOT / "docs/handbook/README.md").read_text(encoding="utf-8")
    missing = [p.name for p in PAGES if p.name != "README.md" and f"({p.name})" not in index]
    assert missing == []


def test_the_first_administrator_is_registered_as_told() -> None:
    page = (ROOT / "docs/handbook/staff.md").read_text(encoding="utf-8")
    command = re.search(r"^\./suigo (administrator .+)$", page, re.MULTILINE)
    assert command
    told = parser().parse_args(shlex.split(command[1]))
    assert (told.email, told.name, told.post) == ("kanri@example.jp", "見本　管理", None)
