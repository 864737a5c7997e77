"""What the product is made of, as CycloneDX 1.6, and whether any of it is known to be vulnerable.

The lock file says what is installed, package metadata what it may be used for, and the vendor
manifest what is served to browsers. Nothing is guessed: a licence nobody states is left out.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from suigo.kernel.fetching import Allowed, Answer, Limits, NotAllowed, Unreachable, fetch

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)(.*)$", re.M)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
DATABASE = "api.osv.dev"
ASKED_AT_ONCE = 500

Ask = Callable[[bytes], Answer]


@dataclass(frozen=True, slots=True)
class Part:
    """Something the product contains. ``integrity`` are the SHA-256 of its distributions."""

    name: str
    version: str
    purl: str
    licence: str
    hashes: tuple[str, ...]
    scope: str = "required"


def locked(lock: Path) -> list[Part]:
    """The pinned packages of a requirements file."""
    text = lock.read_text(encoding="utf-8")
    found = list(PINNED.finditer(text))
    parts = []
    for match, following in zip(found, [*found[1:], None], strict=True):
        block = text[match.start() : following.start() if following else len(text)]
        name, version = match[1], match[2]
        parts.append(
            Part(
                name=name,
                version=version,
                purl=f"pkg:pypi/{name.lower().replace('_', '-')}@{version}",
                licence=_licence(name),
                hashes=tuple(HASH.findall(block)),
            )
        )
    return parts


def vendored(manifest: Path) -> list[Part]:
    """What is served to browsers from packages of npm."""
    packages = json.loads(manifest.read_text(encoding="utf-8"))["packages"]
    return [
        Part(
            name=package["name"],
            version=package["version"],
            purl=f"pkg:npm/{package['name'].replace('@', '%40')}@{package['version']}",
            licence=package["licence"],
            hashes=(),
        )
        for package in packages
    ]


def _licence(name: str) -> str:
    try:
        stated = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    return next(iter(stated.get_all("License-Expression") or ()), "")


def bill(parts: Iterable[Part], *, version: str, now: datetime) -> dict[str, Any]:
    """The document. The same parts give the same serial number."""
    components = [_component(part) for part in sorted(parts, key=lambda p: p.purl)]
    named = json.dumps([c["purl"] for c in components])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, named)}",
        "version": 1,
        "metadata": {
            "timestamp": now.isoformat(timespec="seconds"),
            "component": {
                "type": "application",
                "name": "suigo",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": components,
    }


def _component(part: Part) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "scope": part.scope,
    }
    if part.licence:
        made["licenses"] = [{"expression": part.licence}]
    if part.hashes:
        # a package has several distributions; which one is installed depends on the machine
        made["properties"] = [
            {"name": "suigo:distribution-sha256", "value": digest} for digest in part.hashes
        ]
    return made


@dataclass(frozen=True, slots=True)
class Known:
    """A vulnerability that the database knows of a part."""

    part: Part
    id: str


def vulnerabilities(parts: list[Part], *, ask: Ask | None = None) -> list[Known]:
    """What OSV knows of these versions. Raises ``Unreachable`` when it can't be asked."""
    asking = ask or ask_osv
    found = []
    for begun in range(0, len(parts), ASKED_AT_ONCE):
        some = parts[begun : begun + ASKED_AT_ONCE]
        queries = [{"package": {"purl": part.purl}} for part in some]
        answer = asking(json.dumps({"queries": queries}).encode())
        if answer.status != 200:
            raise Unreachable(f"{DATABASE} answered {answer.status}")
        try:
            results = json.loads(answer.body)["results"]
            for part, result in zip(some, results, strict=True):
                found += [Known(part, entry["id"]) for entry in result.get("vulns", ())]
        except (ValueError, KeyError, TypeError) as odd:
            raise Unreachable(f"{DATABASE} answered something else: {odd}") from odd
    return found


def ask_osv(body: bytes) -> Answer:
    """One question to OSV. Raises ``Unreachable``."""
    try:
        return fetch(
            f"https://{DATABASE}/v1/querybatch",
            method="POST",
            body=body,
            headers={"Content-Type": "application/json"},
            limits=Limits(seconds=30, size=10_000_000),
            allowed=Allowed(frozenset({DATABASE})),
        )
    except NotAllowed as inside:  # a resolver that leads everything inside, as offline ones do
        raise Unreachable(str(inside)) from inside
