"""Makes one archive of what an installation can't get back: the database and the stored files.

Both belong to the same moment: the dump and the row counts share one database snapshot, and every
file that the snapshot mentions was stored before it. The product may keep running meanwhile.
Encryption keys are not in the archive: without them it is worthless, also to a thief.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg
from psycopg import sql

from suigo.project.archive import DUMP, FILES, FORMAT, Manifest, Writer
from suigo.project.postgres_programs import client_programs, run_program

NOT_KEPT = {"incoming"}  # uploads that no row mentions yet
KEY_PROOF_TEXT = "suigo"
KEY_PROOF_PURPOSE = "backup.proof"

Say = Callable[[str], None]


class BackupFailed(Exception):
    """No backup was made; the message says why."""


def make_backup(
    target: Path,
    *,
    database_url: str,
    store: Path,
    city: str,
    key_proof: str,
    now: datetime,
    say: Say,
) -> Manifest:
    """Write the archive `target` (which must not exist) and return what it holds.

    `store` is the file store's directory. Raises BackupFailed, and leaves no file behind then.
    """
    if target.exists():
        raise BackupFailed(f"{target} はすでにあります / exists already: choose another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".suigo-backup-") as directory:
        work = Path(directory)
        early = _linked_copy(store, work / "files")
        with psycopg.connect(database_url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            snapshot = str(_one(connection, "SELECT pg_export_snapshot()"))
            say("データベースを書き出します / Dumping the database")
            _dump(work / DUMP, database_url=database_url, snapshot=snapshot, connection=connection)
            rows = row_counts(connection)
            migrations = applied_migrations(connection)
            server = str(_one(connection, "SHOW server_version"))
        say("ファイルをまとめます / Collecting the stored files")
        unfinished = work / "archive"
        with unfinished.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            writer = Writer(file)
            writer.add(DUMP, work / DUMP)
            for name in sorted(_names(store) | _names(early)):
                with contextlib.suppress(FileNotFoundError):
                    _add_stored(writer, name, store, early)
            manifest = Manifest(
                format=FORMAT,
                suigo_version=suigo_version(),
                made_at=now.isoformat(),
                city=city,
                postgres_version=server,
                migrations=migrations,
                rows=rows,
                key_proof=key_proof,
                members=writer.members,
            )
            writer.finish(manifest)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    return manifest


def row_counts(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, int]:
    """How many rows each table has, as this connection sees them."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    counts = {}
    for (table,) in tables:
        query = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(str(table)))
        row = connection.execute(query).fetchone()
        counts[str(table)] = int(str(row[0])) if row else 0
    return counts


def applied_migrations(
    connection: psycopg.Connection[tuple[object, ...]],
) -> list[tuple[str, str]]:
    """App and name of every migration that this database has; empty for an empty database."""
    if _one(connection, "SELECT to_regclass('public.django_migrations')") is None:
        return []
    found = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    return [(str(app), str(name)) for app, name in found]


def suigo_version() -> str:
    """The product's version, also from a checkout that isn't installed."""
    with contextlib.suppress(PackageNotFoundError):
        return version("suigo")
    project = Path(__file__).resolve().parents[3] / "pyproject.toml"
    for line in project.read_text(encoding="utf-8").splitlines():
        if line.startswith("version = "):
            return line.split('"')[1]
    return "unknown"


def _dump(
    path: Path,
    *,
    database_url: str,
    snapshot: str,
    connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    programs = client_programs(connection.info.server_version // 10000, database_url=database_url)
    command = [programs.program("pg_dump"), "--format=custom", f"--snapshot={snapshot}"]
    command += ["--schema=public", "--no-owner", "--no-privileges", "--no-comments"]
    done = run_program(command, database_url=database_url, stdout=path)
    if done.returncode != 0:
        raise BackupFailed(f"pg_dump: {done.stderr.strip()}")


def _linked_copy(store: Path, copy: Path) -> Path:
    """A second name for every stored file, so that a purge during the backup takes none away."""
    if store.exists():
        with contextlib.suppress(OSError):  # another file system: the store itself must do then
            shutil.copytree(store, copy, copy_function=os.link)
    return copy


def _names(directory: Path) -> set[str]:
    paths = (path.relative_to(directory) for path in directory.rglob("*") if path.is_file())
    return {str(path) for path in paths if path.parts[0] not in NOT_KEPT}


def _add_stored(writer: Writer, name: str, store: Path, early: Path) -> None:
    try:
        writer.add(f"{FILES}{name}", store / name)
    except FileNotFoundError:
        writer.add(f"{FILES}{name}", early / name)


def _one(connection: psycopg.Connection[tuple[object, ...]], query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None
