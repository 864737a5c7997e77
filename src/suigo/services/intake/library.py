"""The city's mappings, read once and again after an edit."""

from collections.abc import Mapping as ByName
from dataclasses import dataclass
from pathlib import Path

from suigo.engines.forms.rules import CompiledForm
from suigo.kernel.content import ContentError, ContentErrors, load
from suigo.kernel.content.loader import load_document
from suigo.kernel.content.reload import Reloadable
from suigo.services.intake.rules.mapping_checks import mapping_faults
from suigo.services.intake.spec import CsvMapping, PackageMapping

CSV, PITTARI = Path("imports") / "csv", Path("imports") / "pittari"


@dataclass(frozen=True, slots=True)
class Library:
    """Mappings by the names of their files."""

    tables: ByName[str, CsvMapping]
    packages: ByName[str, PackageMapping]

    def package_of(self, procedure_code: str) -> PackageMapping | None:
        """The mapping for a 手続ID of the portal."""
        found = (m for m in self.packages.values() if m.procedure_code == procedure_code)
        return next(found, None)


def load_library(root: Path) -> Library:
    """Read ``imports/`` of the city in ``root``. Raises ``ContentErrors`` with every fault."""
    errors: list[ContentError] = []
    tables: dict[str, CsvMapping] = {}
    packages: dict[str, PackageMapping] = {}
    for file in sorted((root / CSV).glob("*.yaml")):
        try:
            tables[file.stem] = load(file, CsvMapping)
        except ContentErrors as faults:
            errors.extend(faults.errors)
    for file in sorted((root / PITTARI).glob("*.yaml")):
        try:
            packages[file.stem] = load(file, PackageMapping)
        except ContentErrors as faults:
            errors.extend(faults.errors)
    if errors:
        raise ContentErrors(errors)
    return Library(tables, packages)


def check_library(root: Path, forms: ByName[str, CompiledForm]) -> list[ContentError]:
    """Everything wrong with the mappings of a city whose procedures have ``forms``."""
    library = load_library(root)
    errors: list[ContentError] = []
    named = [(root / CSV / f"{n}.yaml", m) for n, m in library.tables.items()]
    codes: dict[str, Path] = {}
    for file, mapping in (
        *named,
        *[(root / PITTARI / f"{n}.yaml", m) for n, m in library.packages.items()],
    ):
        document = load_document(file)
        form = forms.get(mapping.procedure)
        if form is None:
            message = f"the city has no procedure {mapping.procedure!r}"
            errors.append(document.error(("procedure",), message))
            continue
        errors.extend(document.error(*fault) for fault in mapping_faults(mapping, form))
        if isinstance(mapping, PackageMapping):
            if mapping.procedure_code in codes:
                message = f"{codes[mapping.procedure_code].name} has the same procedure_code"
                errors.append(document.error(("procedure_code",), message))
            codes[mapping.procedure_code] = file
    return errors


_library = Reloadable(load_library)


def library() -> Library:
    """The mappings of this deployment's city. Raises ``ContentErrors``."""
    return _library.get()
