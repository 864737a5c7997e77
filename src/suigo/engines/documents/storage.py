"""The folder of encrypted files: ``SUIGO_DATA/files/ab/cd/<address>``, next to ``incoming/``.

Drawn pages are in ``SUIGO_DATA/previews``: they can be drawn again and need no backup.

A file is written under a random name, flushed to the disk, and only then given its address; its
row comes after that. Whatever crashes in between leaves an orphan, never a row without its file.
"""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

ADDRESS_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Orphan:
    """Something in the folder that may belong to nobody: a file, and its address if it has one."""

    path: Path
    address: str | None


def root() -> Path:
    """The folder of the encrypted files."""
    return Path(settings.SUIGO_DATA) / "files"


def previews_root() -> Path:
    """The folder of the drawn pages."""
    return Path(settings.SUIGO_DATA) / "previews"


def path_of(address: str) -> Path:
    """Where the file with this address is."""
    return root() / address[:2] / address[2:4] / address


def previews_of(address: str) -> Path:
    """The folder of the file's drawn pages (encrypted too)."""
    return previews_root() / address[:2] / address[2:4] / address


def write_incoming(pieces: Iterable[bytes]) -> Path:
    """Write ``pieces`` to a new file in ``incoming`` and flush it to the disk.

    Nothing stays behind when ``pieces`` raises.
    """
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{secrets.token_hex(16)}.part"  # what a backup leaves out
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def publish(incoming: Path, address: str) -> None:
    """Give an incoming file its address, durably: the folders' entries are flushed as well."""
    target = path_of(address)
    missing = [p for p in (target.parent, target.parent.parent, root()) if not p.exists()]
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    incoming.replace(target)
    for folder in (target.parent, *(p.parent for p in missing)):
        _flush_folder(folder)


def discard(incoming: Path) -> None:
    """Remove an incoming file that was not needed in the end."""
    incoming.unlink(missing_ok=True)


def open_file(address: str) -> BinaryIO:
    """The encrypted file. Raises ``FileNotFoundError``."""
    return path_of(address).open("rb")


def exists(address: str) -> bool:
    """Whether there is a file with this address."""
    return path_of(address).is_file()


def remove(address: str) -> None:
    """Remove a file and its drawn pages. The caller holds the address's lock."""
    shutil.rmtree(previews_of(address), ignore_errors=True)
    path_of(address).unlink(missing_ok=True)


def read_preview(address: str, name: str) -> BinaryIO | None:
    """A drawn page (encrypted), if it was drawn before."""
    try:
        return (previews_of(address) / name).open("rb")
    except FileNotFoundError:
        return None


def write_preview(address: str, name: str, pieces: Iterable[bytes]) -> None:
    """Keep a drawn page. Losing it does no harm, so it is not flushed to the disk."""
    folder = previews_of(address)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}.{secrets.token_hex(8)}.part"
    try:
        with path.open("xb") as file:
            file.writelines(pieces)
        path.replace(folder / name)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def older_than(*, seconds: float, at: float | None = None) -> Iterator[Orphan]:
    """Everything that was last written more than ``seconds`` before ``at`` (now, if not given).

    These are candidates: whether a row needs them is the caller's question.
    """
    oldest = (time.time() if at is None else at) - seconds
    for path, address in everything():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime <= oldest:
                yield Orphan(path, address)


def everything() -> Iterator[tuple[Path, str | None]]:
    """Every file in the folders, with the address it belongs to if it has one."""
    for folder, _folders, names in os.walk(root()):
        for name in names:
            path = Path(folder) / name
            at_home = len(name) == ADDRESS_CHARACTERS and path == path_of(name)
            yield path, name if at_home else None
    for folder, _folders, names in os.walk(previews_root()):
        for name in names:
            yield Path(folder) / name, Path(folder).name


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
