"""Every template compiles, and every address that is asked for by name exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import loader
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[2]
PATTERNS = {
    ".html": re.compile(r"{%\s*url\s+['\"]([\w:-]+)['\"]"),
    ".py": re.compile(r"\b(?:reverse|reverse_lazy|redirect)\(\s*\"([\w:-]+)\""),
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


def names_of(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Every name of an address, with its namespaces."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield ":".join([*spaces, pattern.name])
        else:
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from names_of(pattern, inner)


def test_every_address_asked_for_by_name_exists() -> None:
    """``{% url 'x' %}`` and ``reverse("x")`` of an unknown name fail only when shown."""
    known = set(names_of(get_resolver()))
    asked: dict[str, set[str]] = {}
    for path in (ROOT / "src").rglob("*"):
        pattern = PATTERNS.get(path.suffix)
        if pattern is None or "vendor" in path.parts:
            continue
        for name in pattern.findall(path.read_text(encoding="utf-8")):
            asked.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    assert {name: sorted(where) for name, where in asked.items() if name not in known} == {}
