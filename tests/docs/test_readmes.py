"""Every package explains itself on one page."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUIGO = ROOT / "src" / "suigo"
PACKAGES = sorted(
    folder
    for floor in ("kernel", "engines", "services")
    for folder in (SUIGO / floor).iterdir()
    if (folder / "__init__.py").is_file()
)
LONGEST = 160  # lines; the component library lists its parts


def test_every_package_has_a_page() -> None:
    missing = [str(f.relative_to(ROOT)) for f in PACKAGES if not (f / "README.md").is_file()]
    assert missing == []


@pytest.mark.parametrize(
    "page",
    [folder / "README.md" for folder in PACKAGES if (folder / "README.md").is_file()],
    ids=lambda page: page.parent.name,
)
def test_page_says_what_a_newcomer_asks(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    said = {
        "whom it serves": re.search(r"\b(serves|used by)\b", text, re.IGNORECASE),
        "its terms": re.search(r"^Terms:|^\|[-| ]+\|$", text, re.MULTILINE),
        "how to try it": re.search(r"try it|see it", text, re.IGNORECASE),
        "what it will not do": re.search(r"will not", text, re.IGNORECASE),
    }
    assert [what for what, found in said.items() if not found] == []
    assert len(text.splitlines()) <= LONGEST
