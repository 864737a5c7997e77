"""``docs/map.md``: what is installed, on one page, made from what the packages declare.

python -m suigo.project.docs_map           writes the page
python -m suigo.project.docs_map --check   says whether it is up to date (1 when it is not)
"""

from __future__ import annotations

import inspect
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

    from suigo.kernel.manifest import Manifest

ROOT = Path(__file__).resolve().parents[3]
MAP = ROOT / "docs" / "map.md"
COMMAND = "python -m suigo.project.docs_map"


@dataclass(frozen=True, slots=True)
class Address:
    """A place on the site: its pattern and its name."""

    pattern: str
    name: str


def addresses(patterns: Iterable[URLPattern | URLResolver], prefix: str = "/") -> Iterator[Address]:
    """Every address below ``patterns``, includes unfolded."""
    for pattern in patterns:
        here = f"{prefix}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, here)
        else:
            yield Address(here, pattern.name or "")


def api_operations(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Every operation a package adds to the API: method with path, and what it does."""
    for prefix, router in manifest.api_routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    summary = _first_sentence(operation.view_func) or operation.summary
                    yield f"`{method} /api/v1{prefix}{path}`", summary


def events_of(package: str) -> list[type]:
    """The events a package declares, in the order of its file."""
    if find_spec(f"{package}.events") is None:
        return []
    module = import_module(f"{package}.events")
    return [
        member
        for member in vars(module).values()
        if inspect.isclass(member) and member.__module__ == module.__name__
    ]


@dataclass(frozen=True, slots=True)
class Job:
    """Durable work of a package; ``cron`` when it also runs by the clock (UTC)."""

    name: str
    cron: str


def jobs_by_package() -> dict[str, list[Job]]:
    """Registered jobs by the package whose module defines them, ordered by name."""
    from procrastinate.contrib.django import app  # noqa: PLC0415 - needs loaded apps

    crons = {
        periodic.task.name: periodic.cron
        for periodic in app.periodic_registry.periodic_tasks.values()
    }
    found: dict[str, list[Job]] = defaultdict(list)
    for name, task in sorted(app.tasks.items()):
        module: str = task.func.__module__
        if module.startswith("suigo."):
            package = ".".join(module.split(".")[:3])
            found[package].append(Job(name, crons.get(name, "")))
    return found


def page() -> str:
    """The whole page. Needs Django set up."""
    from django.utils import translation  # noqa: PLC0415 - settings are read at import

    with translation.override("ja"):
        return "\n".join([*_head(), *_packages(), *_kernel(), *_procedures()]) + "\n"


def _head() -> list[str]:
    return [
        "# Map",
        "",
        f"Generated from `src/suigo/project/installed.py` and `cities/` by `{COMMAND}`; "
        "do not edit. Titles are those of the screens.",
        "",
        "Where a file goes: [the four floors](../CONTRIBUTING.md#where-things-are). "
        "How a request runs: [life-of-a-request.md](life-of-a-request.md).",
        "",
    ]


def _packages() -> Iterator[str]:
    from suigo.project.installed import PACKAGES, manifests  # noqa: PLC0415 - needs loaded apps

    jobs = jobs_by_package()
    listeners: dict[type, list[str]] = defaultdict(list)
    for manifest in manifests():
        for subscription in manifest.subscriptions:
            listeners[subscription.event].append(f"{manifest.id} (`{subscription.job}`)")
    pairs = list(zip(PACKAGES, manifests(), strict=True))
    yield "## Packages, lowest tier first"
    yield ""
    yield from _table(
        ("Id", "Title", "For", "Measures", "Addresses", "Capabilities", "Ledger", "Jobs"),
        (
            (
                f"[{m.id}](#{m.id})",
                str(m.title),
                str(m.audience),
                ", ".join(m.measures) or "–",
                str(len(list(addresses(m.urls)))),
                str(len(m.capabilities)),
                str(len(m.audit_types)),
                str(len(jobs.get(package, ()))),
            )
            for package, m in pairs
        ),
    )
    for package, manifest in pairs:
        yield from _package(package, manifest, jobs.get(package, []), listeners)


def _package(
    package: str,
    manifest: Manifest,
    jobs: Sequence[Job],
    listeners: dict[type, list[str]],
) -> Iterator[str]:
    folder = f"src/{package.replace('.', '/')}"
    readme = f"{folder}/README.md"
    yield from ("", f"## {manifest.id}", "")
    if (ROOT / readme).is_file():
        yield f"{manifest.title}. [`{folder}/README.md`](../{readme})"
    else:
        yield f"{manifest.title}. `{folder}/`"
    rows: list[tuple[str, ...]]
    places = [(f"`{a.pattern}`", f"`{a.name}`") for a in addresses(manifest.urls)]
    if places:
        yield from ("", *_table(("Address", "Name"), places))
    operations = list(api_operations(manifest))
    if operations:
        yield from ("", *_table(("API", "What it does"), operations))
    if manifest.capabilities:
        rows = [(f"`{c.id}`", str(c.title)) for c in manifest.capabilities]
        yield from ("", *_table(("Capability", "What it allows"), rows))
    if manifest.audit_types:
        rows = [(f"`{t.id}`", str(t.sentence), str(t.erasure)) for t in manifest.audit_types]
        yield from ("", *_table(("Ledger entry", "Sentence", "Erasure of personal data"), rows))
    events = events_of(package)
    if events:
        rows = [
            (f"`{e.__name__}`", _first_sentence(e), ", ".join(listeners.get(e, ())) or "nobody yet")
            for e in events
        ]
        yield from ("", *_table(("Event", "When", "Heard by"), rows))
    if manifest.subscriptions:
        rows = [
            (f"`{s.event.__module__}.{s.event.__name__}`", f"`{s.job}`")
            for s in manifest.subscriptions
        ]
        yield from ("", *_table(("Listens to", "With the job"), rows))
    if jobs:
        rows = [(f"`{job.name}`", f"`{job.cron}`" if job.cron else "on demand") for job in jobs]
        yield from ("", *_table(("Job", "When"), rows))
    if manifest.content_kinds:
        yield from ("", "Content kinds: " + ", ".join(f"`{k}`" for k in manifest.content_kinds))


def _kernel() -> Iterator[str]:
    yield from ("", "## Kernel", "")
    kernel = ROOT / "src" / "suigo" / "kernel"
    rows = []
    for path in sorted(kernel.iterdir()):
        module = path / "__init__.py" if path.is_dir() else path
        if module.suffix != ".py" or not module.is_file() or path.name == "__init__.py":
            continue
        readme = path / "README.md"
        name = f"`{path.stem}`"
        if readme.is_file():
            name = f"[{name}](../{readme.relative_to(ROOT)})"
        rows.append((name, _first_sentence(import_module(f"suigo.kernel.{path.stem}"))))
    yield from _table(("Module", "What it is"), rows)


def _procedures() -> Iterator[str]:
    from suigo.engines.cases.rules.loading import load_specs  # noqa: PLC0415 - needs loaded apps

    for city in sorted(path.parent for path in (ROOT / "cities").glob("*/city.yaml")):
        yield from ("", f"## Procedures of `cities/{city.name}`", "")
        yield from _table(
            ("Id", "Title", "Department", "Measures", "Assurance", "Workflow", "To confirm"),
            (
                (
                    f"[`{spec.id}`](../cities/{city.name}/services/{spec.id}/service.yaml)",
                    spec.service.title.ja,
                    f"`{spec.service.department}`",
                    ", ".join(spec.service.measures) or "–",
                    spec.service.assurance,
                    spec.service.workflow or "own",
                    str(len(spec.service.to_confirm)),
                )
                for spec in load_specs(city, known=None)
            ),
        )


def _first_sentence(thing: object) -> str:
    text = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    head, stop, _rest = text.partition(". ")
    return head + stop.strip()


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def main(arguments: Sequence[str]) -> int:
    """Write the page, or with ``--check`` compare it with the one in ``docs/``."""
    text = page()
    if "--check" in arguments:
        current = MAP.read_text(encoding="utf-8") if MAP.is_file() else ""
        if current != text:
            sys.stderr.write(f"docs/map.md is out of date: run {COMMAND}\n")
            return 1
        return 0
    MAP.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suigo.project.settings")
    import_module("django").setup()
    sys.exit(main(sys.argv[1:]))
