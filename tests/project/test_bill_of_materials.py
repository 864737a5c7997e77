"""The bill of materials holds what is installed, and what is known of it is told."""

import json
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import pytest

from suigo.kernel.fetching import Answer, Unreachable
from suigo.project import bill_of_materials as materials
from suigo.project.cli.__main__ import main

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
LOCK = """# by hand
django==5.2.19 \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
Odd_Name==1.0 ; python_version < "3.12" \\
    --hash=sha256:{a}
""".format(a="a" * 64, b="b" * 64)


def test_a_lock_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(LOCK)
    django, odd = materials.locked(file)
    assert (django.name, django.version, django.hashes) == (
        "django",
        "5.2.19",
        ("a" * 64, "b" * 64),
    )
    assert (odd.purl, odd.hashes, odd.licence) == ("pkg:pypi/odd-name@1.0", ("a" * 64,), "")


def test_every_pinned_package_is_in_the_bill() -> None:
    parts = materials.locked(ROOT / "requirements.txt")
    text = (ROOT / "requirements.txt").read_text()
    pinned = {line.split("==")[0].lower() for line in text.splitlines() if "==" in line}
    assert {part.name.lower() for part in parts} == pinned
    assert all(part.hashes for part in parts)
    installed = {d.metadata["Name"].lower(): d.version for d in metadata.distributions()}
    named = [p for p in parts if installed.get(p.name.lower()) == p.version]
    assert len(named) > 20


def test_the_bill_is_cyclonedx(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(LOCK)
    parts = materials.locked(file)
    made = materials.bill(parts, version="1.2.3", now=NOW)
    assert (made["bomFormat"], made["specVersion"], made["version"]) == ("CycloneDX", "1.6", 1)
    assert made["metadata"]["component"]["version"] == "1.2.3"
    refs = [c["bom-ref"] for c in made["components"]]
    assert refs == ["pkg:pypi/django@5.2.19", "pkg:pypi/odd-name@1.0"]
    again = materials.bill(reversed(parts), version="1.2.3", now=NOW)
    assert again == made


def test_the_command_writes_it(tmp_path: Path) -> None:
    out = tmp_path / "bom.json"
    assert main(["sbom", str(out)]) == 0
    found = {c["purl"].split("@")[0] for c in json.loads(out.read_text())["components"]}
    assert {"pkg:pypi/django", "pkg:pypi/cryptography", "pkg:npm/lucide-static"} & found >= {
        "pkg:pypi/django",
        "pkg:pypi/cryptography",
    }


def parts(number: int) -> list[materials.Part]:
    return [materials.Part(f"p{n}", "1", f"pkg:pypi/p{n}@1", "", ()) for n in range(number)]


def test_what_is_known_is_told_of_the_right_part() -> None:
    asked: list[int] = []

    def ask(body: bytes) -> Answer:
        queries = json.loads(body)["queries"]
        asked.append(len(queries))
        results = [
            {"vulns": [{"id": "PYSEC-1"}]} if q["package"]["purl"] == "pkg:pypi/p501@1" else {}
            for q in queries
        ]
        return Answer(200, {}, json.dumps({"results": results}).encode())

    (known,) = materials.vulnerabilities(parts(502), ask=ask)
    assert (known.part.name, known.id) == ("p501", "PYSEC-1")
    assert asked == [500, 2]


@pytest.mark.parametrize(
    "answer",
    [Answer(500, {}, b""), Answer(200, {}, b"<html>"), Answer(200, {}, b'{"results": []}')],
)
def test_an_odd_answer_is_no_all_clear(answer: Answer) -> None:
    with pytest.raises(Unreachable):
        materials.vulnerabilities(parts(1), ask=lambda _body: answer)


def test_without_a_network_it_says_so_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def silent(_body: bytes) -> Answer:
        raise Unreachable("no network")

    monkeypatch.setattr(materials, "ask_osv", silent)
    assert main(["dependencies"]) == 0
    told = capsys.readouterr()
    assert "DEPENDENCIES WERE NOT LOOKED UP" in told.out + told.err


def test_something_known_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(body: bytes) -> Answer:
        queries = json.loads(body)["queries"]
        results = [{"vulns": [{"id": "GHSA-x"}]} for _query in queries]
        return Answer(200, {}, json.dumps({"results": results}).encode())

    monkeypatch.setattr(materials, "ask_osv", ask)
    assert main(["dependencies"]) == 1
