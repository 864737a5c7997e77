"""Every template compiles, and every address that is asked for by name exists."""

import re
from pathlib import Path

import pytest
from django.template import loader

from suigo.project.docs_map import addresses
from suigo.project.installed import manifests

ROOT = Path(__file__).parents[2]
PATTERNS = {
    ".html": re.compile(r"{%\s*url\s+['\"]([\w-]+)['\"]"),
    ".py": re.compile(
        r"\b(?:reverse|reverse_lazy|redirect)\(\s*\"([\w-]+)\"|url_name=\"([\w-]+)\""
    ),
}


def names() -> list[str]:
    """Names as views ask for them: the path below a ``templates`` folder."""
    return sorted(
        str(path.relative_to(folder))
        for folder in (ROOT / "src").rglob("templates")
        if folder.is_dir()
        for path in folder.rglob("*.html")
    )


@pytest.mark.parametrize("name", names())
def test_template_compiles(name: str) -> None:
    loader.get_template(name)


def test_no_two_packages_claim_one_name() -> None:
    """The first one found would silently win."""
    found = names()
    assert len(found) == len(set(found))


def test_every_address_asked_for_by_name_exists() -> None:
    """``{% url 'x' %}`` and ``reverse("x")`` of an unknown name fail only when shown."""
    known = {address.name for m in manifests() for address in addresses(m.urls)}
    asked: dict[str, set[str]] = {}
    for path in (ROOT / "src").rglob("*"):
        pattern = PATTERNS.get(path.suffix)
        if pattern is None or "vendor" in path.parts:
            continue
        for found in pattern.finditer(path.read_text(encoding="utf-8")):
            name = next(group for group in found.groups() if group)
            asked.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    assert {name: sorted(where) for name, where in asked.items() if name not in known} == {}
