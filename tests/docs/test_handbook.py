"""The handbook speaks the words of the screens, and what it tells people to type works."""

import re
from pathlib import Path

import pytest

from suigo.engines.identity.queries import organisation, staff_of_department
from suigo.kernel import clock

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


@pytest.mark.django_db
def test_the_first_administrator_is_made_as_told(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs/handbook/staff.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code
    org = organisation()
    post = next(p.id for p in org.spec.posts if "identity.manage" in org.capabilities_of(p.id))
    told: dict[str, object] = {}
    exec(code[1].replace("dx-head", post), told)
    assert re.fullmatch(r"\S{16,}\n", capsys.readouterr().out)
    today = clock.local_date(clock.now())
    colleagues = staff_of_department(org.posts[post].department, today=today)
    assert [person.email for person in colleagues] == ["kanri@example.jp"]
