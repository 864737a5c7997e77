"""lock: pin every dependency with hashes, into files that name no address."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from suigo.project.cli.installation import ROOT, CommandError, say


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's commands."""
    lock = commands.add_parser("lock", help="依存関係を固定する / pin the requirements again")
    lock.add_argument(
        "--upgrade", action="store_true", help="新しい版を許す / allow newer versions"
    )
    lock.set_defaults(handler=lock_requirements)


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
