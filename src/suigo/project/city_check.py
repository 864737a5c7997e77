"""``./suigo city check PATH``: everything that is wrong with a city's folder, each with its line.

Reads the files only; no database is needed. What the running program reads is what is checked:
the city, its organisation, plan, messages and guides, every procedure to its last expression and
placeholder, and every mapping of what other services send.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO, TypeVar

from suigo.engines.cases.queries.looking import load_access
from suigo.engines.cases.rules.checks import Known
from suigo.engines.cases.rules.loading import load_specs
from suigo.engines.forms.rules import compile_form
from suigo.engines.guidance.rules import loading as guides
from suigo.engines.identity.organisation import load_organisation
from suigo.engines.identity.spec import OrgSpec
from suigo.engines.insight.spec import InformationPage, PlanSpec
from suigo.engines.notices.library import load_library
from suigo.engines.search.queries import load_synonyms
from suigo.kernel.access import capabilities
from suigo.kernel.content import ContentError, ContentErrors, load, load_document
from suigo.kernel.content.city import load_city
from suigo.services.builder.spec import BlockFile
from suigo.services.counter.rules import loading as counters
from suigo.services.intake.library import check_library

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CityReport:
    """What a check found. A folder without errors can be run."""

    procedures: tuple[str, ...]
    errors: tuple[ContentError, ...]
    to_confirm: int


def check_city(root: Path) -> CityReport:
    """Check the city in ``root``. Never raises on what the files hold."""
    errors: list[ContentError] = []
    found_city = _attempt(errors, lambda: load_city(root))
    organisation = _attempt(errors, lambda: load_organisation(root))
    if organisation is not None:
        errors.extend(_unknown_capabilities(root, organisation.spec))
    plan = None
    if (root / "plan.yaml").exists():
        plan = _attempt(errors, lambda: load(root / "plan.yaml", PlanSpec))
    for page in sorted(root.glob("pages/*.yaml")):
        _attempt(errors, partial(load, page, InformationPage))
    for blocks in sorted(root.glob("blocks/*.yaml")):
        _attempt(errors, partial(load, blocks, BlockFile))
    if (root / "notices").is_dir():
        _attempt(errors, lambda: load_library(root))
    known = Known(
        departments=frozenset(organisation.departments) if organisation is not None else None,
        capabilities=frozenset(capabilities.known()),
        measures=frozenset(m.id for m in plan.measures()) if plan is not None else None,
        procedures=frozenset(f.parent.name for f in root.glob("services/*/service.yaml")),
        handling=found_city.spec.handling is not None if found_city is not None else None,
    )
    _attempt(errors, lambda: load_synonyms(root))
    _attempt(
        errors,
        lambda: guides.load_guides(
            root, known=guides.Known(known.departments, known.procedures or frozenset())
        ),
    )
    names = frozenset(file.stem for file in root.glob("guides/*.yaml"))
    _attempt(
        errors,
        lambda: counters.load_counters(root, known=counters.Known(known.departments, names)),
    )
    _attempt(errors, lambda: load_access(root))
    specs = _attempt(errors, lambda: load_specs(root, known=known)) or ()
    forms = {spec.id: compile_form(spec.form) for spec in specs}
    errors.extend(_attempt(errors, lambda: check_library(root, forms)) or ())
    return CityReport(
        procedures=tuple(spec.id for spec in specs),
        errors=tuple(errors),
        to_confirm=sum(len(spec.service.to_confirm) for spec in specs),
    )


def _attempt(errors: list[ContentError], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except ContentErrors as broken:
        errors.extend(broken.errors)
        return None


def _unknown_capabilities(root: Path, org: OrgSpec) -> list[ContentError]:
    document = load_document(root / "org.yaml")
    declared = capabilities.known()
    return [
        document.error(
            ("roles", index, "capabilities", place),
            f"no installed package declares {capability!r}",
        )
        for index, role in enumerate(org.roles)
        for place, capability in enumerate(role.capabilities)
        if capability not in declared
    ]


def write_report(report: CityReport, *, root: Path, out: TextIO) -> None:
    """The report for people: one line per error, then a sum."""
    for error in report.errors:
        try:
            place = error.file.relative_to(root)
        except ValueError:
            place = error.file
        where = f" {error.where}:" if error.where else ""
        out.write(f"{place}:{error.line}:{where} {error.message}\n")
    if report.errors:
        out.write(f"✗ {len(report.errors)} 件の誤り / errors\n")
        return
    out.write(
        f"✓ {len(report.procedures)} 手続、誤りなし / procedures, no errors. "
        f"要確認 / to confirm: {report.to_confirm}\n"
    )


def main(words: Sequence[str]) -> int:
    """Check the folder named by the only word; 1 when something is wrong. Needs Django set up."""
    root = Path(words[0])
    if not root.is_dir():
        sys.stdout.write(f"✗ フォルダーがありません / no such folder: {root}\n")
        return 1
    report = check_city(root)
    write_report(report, root=root, out=sys.stdout)
    return 1 if report.errors else 0
