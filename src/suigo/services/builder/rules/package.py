"""The files of a procedure as texts: canonical YAML, content hash, and a zip of the folder.

A package is exactly what ``cities/<city>/services/<id>/`` holds, so what is made here can be put
there and the other way round.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from suigo.kernel.content import ContentErrors
from suigo.kernel.content.loader import parse

Files = Mapping[str, str]
NAME = re.compile(
    r"^(service|form|workflow|checklist)\.yaml$|^letters/[a-z][a-z0-9_-]{0,59}\.yaml$"
)
PROCEDURE_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,79}$")
LARGEST_ZIP = 2_000_000  # bytes, unpacked as well: a procedure is a few pages of text
MOST_FILES = 100
_EPOCH = (2020, 1, 1, 0, 0, 0)  # the same package gives the same zip
_PLAIN = re.compile(r"^(true|false|0|-?[1-9][0-9]*)$")


class BadPackage(ValueError):
    """A zip that is no procedure. The message is for the person who sent it."""


class _Dumper(yaml.SafeDumper):
    """YAML as a person would write it: small groups on one line, no ``&`` anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        # items of a list are indented below their key, as everywhere in the cities' folders
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    if _PLAIN.match(value):
        # the loader reads every scalar as text: 3000 and true need no quotes
        kind = "bool" if value in {"true", "false"} else "int"
        return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", value)
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def dumped(data: Mapping[str, Any]) -> str:
    """Plain data as canonical YAML. ``parsed`` gives the same data back."""
    return yaml.dump(
        _without_nothing(data),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=100,
    )


def _without_nothing(value: Any) -> Any:
    """Keys without a value are left out: what nobody filled in isn't there."""
    if isinstance(value, Mapping):
        cleaned = {key: _without_nothing(part) for key, part in value.items()}
        return {key: part for key, part in cleaned.items() if part not in (None, "", {}, [])}
    if isinstance(value, list | tuple):
        return [_without_nothing(part) for part in value]
    return value


def parsed(files: Files, name: str) -> dict[str, Any]:
    """One file as plain data; empty when it isn't there. Raises ``ContentErrors``."""
    if name not in files:
        return {}
    data = parse(files[name], file=Path(name)).data
    return data if isinstance(data, dict) else {}


def readable(files: Files, name: str) -> dict[str, Any]:
    """Like ``parsed``, but a file that can't be read counts as empty."""
    try:
        return parsed(files, name)
    except ContentErrors:
        return {}


def replaced(files: Files, name: str, data: Mapping[str, Any]) -> dict[str, str]:
    """The files with one of them written anew."""
    return {**files, name: dumped(data)}


def digest(files: Files) -> str:
    """SHA-256 over names and texts, in hex."""
    whole = hashlib.sha256()
    for name in sorted(files):
        for part in (name, files[name]):
            raw = part.encode()
            whole.update(len(raw).to_bytes(8, "big"))
            whole.update(raw)
    return whole.hexdigest()


def zipped(procedure_id: str, files: Files) -> bytes:
    """The folder as a zip. The same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{procedure_id}/{name}", date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return out.getvalue()


def unzipped(raw: bytes) -> tuple[str, dict[str, str]]:
    """The procedure's id ('' when the files lie at the top) and its files.

    Reads nothing but the names a procedure may have, each from below one folder. Raises
    ``BadPackage``.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except zipfile.BadZipFile as broken:
        raise BadPackage("zip") from broken
    files: dict[str, str] = {}
    folders: set[str] = set()
    with archive:
        entries = [entry for entry in archive.infolist() if not _ignored(entry)]
        if len(entries) > MOST_FILES or sum(e.file_size for e in entries) > LARGEST_ZIP:
            raise BadPackage("large")
        for entry in entries:
            folder, name = _place(entry.filename)
            folders.add(folder)
            try:
                with archive.open(entry) as inside:
                    text = inside.read(LARGEST_ZIP + 1)
                if len(text) > entry.file_size:
                    raise BadPackage("large")
                files[name] = text.decode("utf-8-sig").replace("\r\n", "\n")
            except UnicodeDecodeError as wrong:
                raise BadPackage("encoding") from wrong
            except (RuntimeError, zipfile.BadZipFile, NotImplementedError) as wrong:
                raise BadPackage("zip") from wrong  # a password, or a damaged file
    if len(folders) > 1:
        raise BadPackage("several")
    if not {"service.yaml", "form.yaml"} <= files.keys():
        raise BadPackage("missing")
    folder = folders.pop()
    return (folder if PROCEDURE_ID.match(folder) else ""), files


def _ignored(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename).parts
    return entry.is_dir() or "__MACOSX" in parts or parts[-1] in {".DS_Store", "Thumbs.db"}


def _place(filename: str) -> tuple[str, str]:
    """The folder and the name below it. Raises ``BadPackage`` for anything else."""
    parts = PurePosixPath(filename.replace("\\", "/")).parts
    if ".." in parts or filename.startswith("/"):
        raise BadPackage("names")
    for depth in (0, 1):
        name = "/".join(parts[depth:])
        if NAME.match(name):
            return "/".join(parts[:depth]), name
    raise BadPackage("names")
