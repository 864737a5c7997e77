"""sqlmap for the tests: found, or unpacked from Debian's package without installing it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PACKAGE = "sqlmap"


def find_or_unpack(into: Path) -> str | None:
    """The path of an sqlmap that runs, or None where Debian's package can't be had."""
    if chosen := os.environ.get("SUIGO_SQLMAP"):
        return chosen
    if found := shutil.which(PACKAGE):
        return found
    fetch, unpack = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if fetch is None or unpack is None or not _download(into, fetch):
        return None
    packages = sorted(into.glob(f"{PACKAGE}_*.deb"))
    done = subprocess.run(
        [unpack, "-x", str(packages[-1]), str(into / PACKAGE)], check=False, capture_output=True
    )
    program = into / PACKAGE / "usr" / "share" / "sqlmap" / "sqlmap.py"
    return str(program) if done.returncode == 0 and program.is_file() else None


def _download(into: Path, fetch: str) -> bool:
    """From the lists that are there, else after bringing them up to date as root."""
    into.mkdir(parents=True, exist_ok=True)
    commands = [[fetch, "download", "-q", PACKAGE]]
    if os.geteuid() == 0:
        commands += [[fetch, "update", "-q"], commands[0]]
    for command in commands:
        subprocess.run(command, check=False, capture_output=True, cwd=into)
        if list(into.glob(f"{PACKAGE}_*.deb")):
            return True
    return False
