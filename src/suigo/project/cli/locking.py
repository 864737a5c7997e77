"""lock, sbom, dependencies: what the product is made of, pinned, listed and looked up."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from suigo.kernel.fetching import Unreachable
from suigo.project import bill_of_materials
from suigo.project.cli.installation import ROOT, CommandError, say


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's commands."""
    lock = commands.add_parser("lock", help="依存関係を固定する / pin the requirements again")
    lock.add_argument(
        "--upgrade", action="store_true", help="新しい版を許す / allow newer versions"
    )
    lock.set_defaults(handler=lock_requirements)

    sbom = commands.add_parser(
        "sbom", help="部品表を書き出す (CycloneDX) / write the bill of materials"
    )
    sbom.add_argument(
        "file", type=Path, nargs="?", help="なければ画面へ / to the screen without it"
    )
    sbom.set_defaults(handler=write_bill)

    dependencies = commands.add_parser(
        "dependencies",
        help="部品の既知の脆弱性を調べる / known vulnerabilities of what it is made of",
        description="OSV に版の一覧を送ります。つながらないときは、調べられなかったと言います。"
        " / Sends the list of versions to OSV; says loudly when it could not be asked.",
    )
    dependencies.set_defaults(handler=look_up)


def lock_requirements(arguments: argparse.Namespace) -> int:
    """Write requirements.txt, requirements-dev.txt and requirements-bootstrap.txt."""
    upgrade = ["--upgrade"] if arguments.upgrade else []
    _compile(["pyproject.toml", *upgrade], ROOT / "requirements.txt")
    _compile(
        ["pyproject.toml", "--group", "dev", "-c", "requirements.txt", *upgrade],
        ROOT / "requirements-dev.txt",
    )
    with tempfile.TemporaryDirectory() as directory:
        tool = Path(directory) / "uv.in"
        tool.write_text("uv\n")
        _compile([str(tool), *upgrade], ROOT / "requirements-bootstrap.txt")
    return 0


def _parts() -> list[bill_of_materials.Part]:
    vendor = ROOT / "src" / "suigo" / "kernel" / "ui" / "static" / "ui" / "vendor" / "manifest.json"
    return [
        *bill_of_materials.locked(ROOT / "requirements.txt"),
        *bill_of_materials.vendored(vendor),
    ]


def write_bill(arguments: argparse.Namespace) -> int:
    """Write the bill of materials."""
    with (ROOT / "pyproject.toml").open("rb") as project:
        version = tomllib.load(project)["project"]["version"]
    made = bill_of_materials.bill(_parts(), version=version, now=datetime.now(UTC))
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    if arguments.file is None:
        print(text, end="")
    else:
        arguments.file.write_text(text, encoding="utf-8")
        say(f"{arguments.file}: {len(made['components'])} 部品 / components")
    return 0


def look_up(_arguments: argparse.Namespace) -> int:
    """Ask OSV about every part: 0 when it knows of nothing, 1 when it does, 0 with loud words when
    it could not be asked (a build without a network is no failure, and no proof either)."""
    parts = _parts()
    try:
        known = bill_of_materials.vulnerabilities(parts)
    except Unreachable as silent:
        say("=" * 78)
        say(f"脆弱性を調べられませんでした / DEPENDENCIES WERE NOT LOOKED UP: {silent}")
        say("=" * 78)
        return 0
    for entry in known:
        say(f"✗ {entry.part.name} {entry.part.version}: https://osv.dev/vulnerability/{entry.id}")
    if not known:
        say(f"✓ {len(parts)} 部品に既知の脆弱性はありません / nothing known of {len(parts)} parts")
    return 1 if known else 0


def addresses_in(text: str) -> list[str]:
    """Lines of a requirements file that would tie it to one registry or machine."""
    return [line for line in text.splitlines() if re.search(r"https?://|file:|@ ", line)]


def _compile(inputs: list[str], output: Path) -> None:
    say(f"{output.name} を書きます / Writing {output.name}")
    command = [
        str(Path(sys.executable).parent / "uv"),
        *("pip", "compile", *inputs),
        *("--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"),
        *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate"),
        *("--custom-compile-command", "./suigo lock", "--output-file", str(output)),
    ]
    if subprocess.run(command, check=False, cwd=ROOT).returncode != 0:
        raise CommandError(
            "固定できませんでした(上の説明を見てください) / Could not pin, see above"
        )
    if found := addresses_in(output.read_text()):
        raise CommandError(f"{output.name} にアドレスが入りました / holds an address: {found[0]}")
