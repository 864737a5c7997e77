"""Every template compiles, with the loaders and components of the product."""

from pathlib import Path

import pytest
from django.template import loader

ROOT = Path(__file__).parents[2]


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
