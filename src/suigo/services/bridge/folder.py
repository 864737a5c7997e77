"""The folder between the nodes: whole files or none, and nothing that is not ours."""

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from suigo.services.bridge.rules.packets import LARGEST

PACKET = ".packet"
NOTE = ".note"
REJECTED = ".rejected"
ABANDONED_SECONDS = 3600
_NAME = re.compile(r"([0-9a-f-]{36})-(\d{12})\.packet")


def packet_name(stream: UUID, number: int) -> str:
    """The name says the order to people and to file systems; the program reads the header."""
    return f"{stream}-{number:012d}{PACKET}"


def note_name(stream: UUID) -> str:
    """The note that stands beside a stream's packets."""
    return f"{stream}{NOTE}"


def write(path: Path, content: bytes) -> None:
    """Whole or not at all, also when the machine stops. Raises ``OSError``."""
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
        unfinished = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            unfinished.chmod(0o640)
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def remove_packets(directory: Path, stream: UUID, *, through: int) -> None:
    """Remove our own packets that arrived, and what a killed writer left half-written."""
    for path in directory.iterdir():
        found = _NAME.fullmatch(path.name)
        arrived = found and found[1] == str(stream) and int(found[2]) <= through
        unfinished = path.name.startswith(".") and path.name.endswith(".part")
        if arrived or (unfinished and _is_old(path)):
            discard(path)


def _is_old(path: Path) -> bool:
    """Whether nobody can still be writing it."""
    try:
        return time.time() - path.stat().st_mtime > ABANDONED_SECONDS
    except OSError:
        return False


def contents(directory: Path, suffix: str, *, but: UUID) -> Iterator[tuple[Path, bytes | None]]:
    """Every file with a suffix, in the order of names, but those of our own stream; None for one
    that is too large to be ours.

    Links are not followed: the folder may be written by a machine that is not trusted.
    """
    for path in sorted(directory.glob(f"*{suffix}")):
        try:
            if path.name.startswith(str(but)) or path.is_symlink() or not path.is_file():
                continue
            with path.open("rb") as file:
                content = file.read(LARGEST + 1)
        except OSError:
            continue  # gone again, or not ours to read; what is missing is shown as missing
        yield path, content if len(content) <= LARGEST else None


def discard(path: Path) -> None:
    """Remove a file if that is possible: a stick may be read-only."""
    with contextlib.suppress(OSError):
        path.unlink()


def reject(path: Path) -> None:
    """Leave a file where it is under a name that is not read again, if that is possible."""
    with contextlib.suppress(OSError):
        path.replace(path.with_name(path.name + REJECTED))
