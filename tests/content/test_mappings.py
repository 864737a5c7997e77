"""Every mapping of every city, both ways: what it writes down it reads back as the same answers."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from suigo.engines.cases.rules.loading import load_specs
from suigo.engines.forms.rules import CompiledForm, compile_form, normalised
from suigo.engines.forms.rules.examples import Material, example_answers
from suigo.services.intake import samples
from suigo.services.intake.library import load_library
from suigo.services.intake.rules.mapping import mapped_answers
from suigo.services.intake.rules.package import read_package
from suigo.services.intake.rules.table import read_table
from suigo.services.intake.spec import CsvMapping, Mapping, PackageMapping

CITIES = Path(__file__).parents[2] / "cities"
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def mappings() -> list[tuple[str, Mapping, CompiledForm]]:
    found: list[tuple[str, Mapping, CompiledForm]] = []
    for root in sorted(CITIES.iterdir()):
        forms = {s.id: compile_form(s.form) for s in load_specs(root, known=None)}
        library = load_library(root)
        for name, mapping in (*library.tables.items(), *library.packages.items()):
            found.append((f"{root.name}/{name}", mapping, forms[mapping.procedure]))
    return found


def without_files(value: Any) -> Any:
    """Answers as a column can hold them: the digits of a 個人番号, and no files."""
    if isinstance(value, dict):
        if "sealed" in value:
            return value["sealed"]
        inner = {k: without_files(v) for k, v in value.items() if k not in FILL_IN}
        return {k: v for k, v in inner.items() if v not in (None, {})}
    if isinstance(value, list):
        kept = [without_files(v) for v in value]
        return None if kept == [NO_FILE] else kept
    return value


NO_FILE = "00000000-0000-7000-8000-000000000000"
FILL_IN = {"bank_name", "branch_name"}
MATERIAL = Material(seal=lambda number: number)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("name", "mapping", "form"), [pytest.param(*m, id=m[0]) for m in mappings()]
)
def test_a_mapping_reads_what_it_writes(
    name: str, mapping: Mapping, form: CompiledForm, seed: int
) -> None:
    birthday = {"birthday": "1990-04-01"} if name.startswith("example/") else {}
    answers = example_answers(
        form, today=TODAY, seed=seed, maximal=True, material=MATERIAL, fixed=birthday
    )
    if isinstance(mapping, PackageMapping):
        fields = samples.cells_of(mapping, form, answers)
        package = samples.package_file(
            mapping, fields, number="P-1", city_code="000000", moment=NOW
        )
        cells = read_package(package).fields
    else:
        assert isinstance(mapping, CsvMapping)
        table = read_table(samples.table_file(mapping, form, [("L-1", NOW, answers)]))
        cells = table.rows[0].cells
    mapped = mapped_answers(mapping, form, cells)
    assert mapped.faults == []
    expected = without_files(normalised(form, answers))
    assert without_files(normalised(form, mapped.answers)) == expected


def test_every_city_has_a_mapping() -> None:
    assert {name.split("/")[0] for name, _m, _f in mappings()} == {"example", "itako"}
