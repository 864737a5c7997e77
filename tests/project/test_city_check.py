"""`./suigo city check` and `./suigo schemas`."""

import json
import shutil
from pathlib import Path

import pytest
from pydantic import BaseModel

from suigo.kernel.content.loader import load_document
from suigo.project import city_check, schemas

CITIES = Path(__file__).resolve().parents[2] / "cities"


@pytest.mark.parametrize("city", ["example", "itako"])
def test_the_cities_in_the_repository_are_right(
    city: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert city_check.main([str(CITIES / city)]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out.startswith("✓ ")


def test_every_fault_of_every_file_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "city"
    shutil.copytree(CITIES / "example", root)

    def edit(file: str, old: str, new: str) -> None:
        text = (root / file).read_text(encoding="utf-8")
        assert old in text
        (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    edit("org.yaml", "cases.export", "cases.exprot")
    edit("services/s01-library-card/service.yaml", "department: library", "department: moon")
    edit("city.yaml", "accent:", "accents:")
    (root / "blocks").mkdir()
    (root / "blocks" / "pets.yaml").write_text("blocks:\n  - {id: dog, title: 犬}\n", "utf-8")
    assert city_check.main([str(root)]) == 1
    out = capsys.readouterr().out.splitlines()
    assert "no installed package declares 'cases.exprot'" in "\n".join(out)
    assert any(
        line.startswith("services/s01-library-card/service.yaml:17: department:") for line in out
    )
    assert any(line.startswith("city.yaml:") for line in out)
    assert any(line.startswith("blocks/pets.yaml:2:") for line in out)
    assert out[-1].startswith("✗ ")


def test_a_folder_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert city_check.main(["/no/such/city"]) == 1
    assert "/no/such/city" in capsys.readouterr().out


def test_schemas_describe_the_keys_people_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert schemas.main([str(tmp_path)]) == 0
    assert f"{len(schemas.MODELS)} schemas" in capsys.readouterr().out
    workflow = json.loads((tmp_path / "workflow.schema.json").read_text(encoding="utf-8"))
    action = workflow["$defs"]["Action"]["properties"]
    assert "from" in action
    assert action["kind"]["enum"][0] == "move"


@pytest.mark.parametrize("name", sorted(schemas.MODELS))
def test_every_schema_belongs_to_files_that_its_model_reads(name: str) -> None:
    model, patterns = schemas.MODELS[name]
    files = [f for city in CITIES.iterdir() for p in patterns for f in city.glob(p)]
    assert files
    for file in files:
        assert isinstance(model.model_validate(load_document(file).data), BaseModel)
