"""The folder that proofs are exported to. On a share that can only be written once, or copied
elsewhere every day, it shows what even an administrator of the database altered."""

import contextlib
import os
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

STATEMENT = ".json"
FILES = ".files.txt"
STAMP = ".tst"


def folder() -> Path:
    """``SUIGO_PROOF_FOLDER``, or a folder beside the stored files."""
    return Path(settings.SUIGO_PROOF_FOLDER or settings.SUIGO_DATA / "proofs")


def path_of(day: date, suffix: str) -> Path:
    """Where a day's statement, its list of files, or its time stamp is exported."""
    return folder() / f"{day.isoformat()}{suffix}"


def read(path: Path) -> bytes | None:
    """What was exported; None when it isn't there."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write(path: Path, content: bytes) -> None:
    """Whole or not at all, and never over another content. Raises ``OSError``."""
    if read(path) == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        unfinished = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            unfinished.chmod(0o444)
            os.link(unfinished, path)  # fails where something stands already
        finally:
            with contextlib.suppress(FileNotFoundError):
                unfinished.unlink()
