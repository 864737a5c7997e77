"""The file format of a backup: a plain tar of a dump, the stored files, and a manifest at the end.

    database.dump      pg_dump's custom format (compressed by itself)
    files/…            the file store as it is on disk: encrypted, named by content
    manifest.json      sizes and SHA-256 of every member, row counts, versions, a proof of the keys

An archive without a manifest is an interrupted one and refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

FORMAT = 1
BLOCK = 1 << 20
DUMP = "database.dump"
FILES = "files/"
MANIFEST = "manifest.json"


class BadArchive(Exception):
    """The archive is incomplete or altered; the message says where."""


@dataclass(frozen=True)
class Member:
    """One file in the archive."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What the archive holds and what must be true after it was restored."""

    format: int
    suigo_version: str
    made_at: str
    city: str
    postgres_version: str
    migrations: list[tuple[str, str]]
    rows: dict[str, int]
    key_proof: str
    members: dict[str, Member]

    def to_json(self) -> bytes:
        """As stored in the archive."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Manifest:
        """As read from an archive. Raises BadArchive."""
        try:
            values = json.loads(content)
            if values["format"] != FORMAT:
                raise BadArchive(f"形式 {values['format']} は読めません / unknown format")
            values["migrations"] = [(app, name) for app, name in values["migrations"]]
            values["members"] = {name: Member(**m) for name, m in values["members"].items()}
            return cls(**values)
        except (ValueError, KeyError, TypeError) as problem:
            raise BadArchive(f"manifest.json が壊れています / is damaged: {problem}") from problem


class Writer:
    """Adds members to a new archive while computing their hashes."""

    def __init__(self, file: IO[bytes]) -> None:
        """Write to an open binary file."""
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.members: dict[str, Member] = {}

    def add(self, name: str, path: Path) -> None:
        """Add a file. Raises FileNotFoundError, before anything is written, when it is gone."""
        with path.open("rb") as file:
            info = tarfile.TarInfo(name)
            info.size = path.stat().st_size
            info.mode = 0o600
            counted = _Hashing(file)
            self._tar.addfile(info, counted)
        self.members[name] = Member(size=info.size, sha256=counted.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest and end the archive."""
        content = manifest.to_json()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(content)
        info.mode = 0o600
        self._tar.addfile(info, io.BytesIO(content))
        self._tar.close()


def verify(path: Path) -> Manifest:
    """Read the whole archive and compare every hash and size. Raises BadArchive."""
    seen: dict[str, Member] = {}
    manifest: Manifest | None = None
    for name, file in _members(path):
        if name == MANIFEST:
            manifest = Manifest.from_json(file.read())
            continue
        if name in seen or not _is_safe(name):
            raise BadArchive(f"予期しない内容 / unexpected member: {name}")
        counted = _Hashing(file)
        size = 0
        try:
            while block := counted.read(BLOCK):
                size += len(block)
        except tarfile.TarError as problem:
            raise BadArchive(f"途中で切れています / cut off within {name}") from problem
        seen[name] = Member(size=size, sha256=counted.hexdigest())
    if manifest is None:
        raise BadArchive("途中で切れたバックアップです / The backup is incomplete: no manifest")
    for name in sorted(seen.keys() | manifest.members.keys()):
        if seen.get(name) != manifest.members.get(name):
            raise BadArchive(f"内容が違います / differs from the manifest: {name}")
    return manifest


def extract(path: Path, *, dump: Path, files: Path) -> None:
    """Write the dump and the stored files to disk. The archive must have been verified before."""
    for name, file in _members(path):
        if name == MANIFEST or not _is_safe(name):
            continue
        target = dump if name == DUMP else files / name.removeprefix(FILES)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("xb") as output:
            while block := file.read(BLOCK):
                output.write(block)
        target.chmod(0o600)


def _members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    try:
        with tarfile.open(path, mode="r:") as tar:
            for info in tar:
                file = tar.extractfile(info)
                if file is None:
                    raise BadArchive(f"予期しない内容 / unexpected member: {info.name}")
                yield info.name, file
    except (tarfile.TarError, EOFError) as problem:
        raise BadArchive(f"読めないバックアップです / unreadable: {problem}") from problem


def _is_safe(name: str) -> bool:
    """Whether a member's name stays inside the places that archives may fill."""
    if name == DUMP:
        return True
    parts = name.split("/")
    return name.startswith(FILES) and len(parts) > 1 and not {"", ".", ".."} & set(parts)


class _Hashing(io.RawIOBase):
    """A reader that computes the SHA-256 of all that passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._total = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._total.update(block)
        return block

    def hexdigest(self) -> str:
        return self._total.hexdigest()
