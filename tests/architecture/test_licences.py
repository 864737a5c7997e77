"""What Suigo stands on may be given away with it: licences of every installed runtime package."""

import importlib.metadata as metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]

ALLOWED = frozenset(
    {
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "PSF-2.0",
        # weak copyleft, used unchanged as separate packages that an installer fetches
        "LGPL-3.0-only",
        "MPL-2.0",
    }
)

# Packages whose metadata does not say one SPDX name: what it is, and where that was read.
READ_BY_HAND = {
    "aiohttp": ("Apache-2.0", "its metadata: Apache-2.0 AND MIT, both allowed"),
    "aiosignal": ("Apache-2.0", "LICENSE in its wheel"),
    "aiosmtpd": ("Apache-2.0", "LICENSE in its wheel; its classifiers also hold a bare parent"),
    "django-csp": ("BSD-3-Clause", "LICENSE in its wheel: three clauses"),
    "pyasn1-modules": ("BSD-2-Clause", "LICENSE in its wheel: two clauses"),
    "pyopenssl": ("Apache-2.0", "LICENSE in its wheel: Apache License 2.0"),
    "pypdfium2": ("BSD-3-Clause", "its own code BSD-3-Clause or Apache-2.0; PDFium BSD-3-Clause"),
    "segno": ("BSD-3-Clause", "LICENSE in its wheel: three clauses"),
    "sqlparse": ("BSD-3-Clause", "LICENSE in its wheel: three clauses"),
}

CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
FREE_TEXT = {"MIT License": "MIT"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def runtime_packages() -> set[str]:
    """Every installed distribution that pyproject's dependencies lead to, extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    seen: dict[str, set[str]] = {}
    waiting = [Requirement(line) for line in project["dependencies"]]
    while waiting:
        wanted = waiting.pop()
        name, extras = normal(wanted.name), {"", *wanted.extras}
        if name in seen and extras <= seen[name]:
            continue
        seen.setdefault(name, set()).update(extras)
        for line in metadata.distribution(name).requires or ():
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(needed)
    return set(seen)


def licences_of(name: str) -> set[str]:
    """The licences that may be chosen, as SPDX names; what can't be read stays as it is written."""
    if name in READ_BY_HAND:
        return {READ_BY_HAND[name][0]}
    about = metadata.metadata(name)
    expression = about.get("License-Expression")
    if expression:
        return set(re.split(r" OR ", expression.strip("()")))
    written = (about.get("License") or "").strip()
    if written:
        return {FREE_TEXT.get(written, written.split("\n")[0])}
    return {
        CLASSIFIERS.get(line.rsplit(" :: ", 1)[-1], line)
        for line in about.get_all("Classifier") or ()
        if line.startswith("License :: ")
    }


@pytest.mark.parametrize("name", sorted(runtime_packages()))
def test_licence_is_allowed(name: str) -> None:
    assert licences_of(name) & ALLOWED, f"{name}: {sorted(licences_of(name))}"


def test_licences_read_by_hand_are_still_needed() -> None:
    assert set(READ_BY_HAND) - runtime_packages() == set()


def test_requirements_pin_every_runtime_package() -> None:
    """What was checked is what is installed: the names in requirements.txt cover the set."""
    pinned = {
        normal(found)
        for found in re.findall(
            r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE
        )
    }
    assert runtime_packages() - pinned == set()
