"""Puts a backup back: everything or nothing.

The whole archive is verified before anything is touched. Then the stored files are laid ready, and
one database transaction empties, fills and counts the tables; a difference rolls it all back.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from suigo.project.archive import DUMP, Manifest, extract, verify
from suigo.project.backup import row_counts
from suigo.project.postgres_contents import EXTENSIONS
from suigo.project.postgres_programs import client_programs, run_program

Say = Callable[[str], None]

# pg_dump writes these into its script, but the schema is there already
SCHEMA_ENTRIES = (" SCHEMA - public ", " ACL - SCHEMA public", " COMMENT - SCHEMA public")


class RestoreRefused(Exception):
    """Nothing was changed; the message says why and what to do."""


def restore_backup(
    source: Path,
    *,
    database_url: str,
    store: Path,
    known_migrations: set[tuple[str, str]],
    opens_proof: Callable[[str], bool],
    force: bool,
    say: Say,
) -> Manifest:
    """Replace database and file store by the archive's. Returns its manifest.

    `known_migrations` are those of this version of the code; `opens_proof` tells whether this
    installation's keys open the archive's proof. Without `force`, both database and store must be
    empty. Raises RestoreRefused and BadArchive, both with nothing changed.
    """
    say("バックアップを検証します / Verifying the backup")
    manifest = verify(source)
    _check_fit(manifest, known_migrations=known_migrations, opens_proof=opens_proof)
    _check_target(database_url, store, force=force)
    store.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.parent, prefix=".suigo-restore-") as directory:
        work = Path(directory)
        fresh = work / "files"
        fresh.mkdir(mode=0o700)
        say("ファイルを取り出します / Extracting")
        extract(source, dump=work / DUMP, files=fresh)
        replaced = work / "replaced"
        if store.exists():
            store.rename(replaced)
        fresh.rename(store)
        try:
            say("データベースを戻します / Restoring the database")
            _fill(work, database_url=database_url, rows=manifest.rows)
        except BaseException:
            shutil.rmtree(store)
            if replaced.exists():
                replaced.rename(store)
            raise
    return manifest


def _check_fit(
    manifest: Manifest,
    *,
    known_migrations: set[tuple[str, str]],
    opens_proof: Callable[[str], bool],
) -> None:
    newer = [item for item in manifest.migrations if item not in known_migrations]
    if newer:
        app, name = newer[0]
        raise RestoreRefused(
            f"このバックアップは新しい版のものです({app}.{name})。その版で戻してください"
            f" / This backup was made by a newer version ({manifest.suigo_version}): use that one."
        )
    if not opens_proof(manifest.key_proof):
        raise RestoreRefused(
            "SUIGO_ENCRYPTION_KEYS がバックアップのときの鍵と違います。当時の鍵を加えてください"
            " / The encryption keys differ from those at the time of the backup: without them its"
            " contents can't be read. Add them to SUIGO_ENCRYPTION_KEYS."
        )


def _somebody_else(connection: psycopg.Connection[Any]) -> bool:
    """Whether others are connected, and still are after a second: who has just left is seen for a
    moment longer."""
    for _ in range(10):
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchone()
        if not row or not row[0]:
            return False
        connection.rollback()  # what is seen of others stays the same within a transaction
        time.sleep(0.1)
    return True


def _check_target(database_url: str, store: Path, *, force: bool) -> None:
    with psycopg.connect(database_url) as connection:
        if _somebody_else(connection):
            raise RestoreRefused(
                "ほかの接続があります。Suigo を止めてから実行してください"
                " / The database is in use: stop Suigo (web and worker) first."
            )
        occupied = any(row_counts(connection).values())
    if (occupied or (store.exists() and any(store.iterdir()))) and not force:
        raise RestoreRefused(
            "すでにデータがあります。置き換えるには --force を付けてください"
            " / There is data here already. To replace all of it, use --force."
        )


def _fill(work: Path, *, database_url: str, rows: dict[str, int]) -> None:
    with psycopg.connect(database_url) as connection:
        programs = client_programs(
            connection.info.server_version // 10000, database_url=database_url
        )
    listed = run_program(
        [programs.program("pg_restore"), "--list", str(work / DUMP)], database_url=database_url
    )
    entries = [
        line
        for line in listed.stdout.splitlines()
        if line and not line.startswith(";") and not any(entry in line for entry in SCHEMA_ENTRIES)
    ]
    (work / "entries").write_text("\n".join(entries) + "\n")
    script = run_program(
        [
            programs.program("pg_restore"),
            *("--no-owner", "--no-privileges", "--file=-"),
            *("--use-list", str(work / "entries"), str(work / DUMP)),
        ],
        database_url=database_url,
        stdout=work / "script.sql",
    )
    if listed.returncode != 0 or script.returncode != 0:
        raise RestoreRefused(f"pg_restore: {listed.stderr}{script.stderr}".strip())
    extensions = "".join(f"CREATE EXTENSION IF NOT EXISTS {name};\n" for name in EXTENSIONS)
    (work / "before.sql").write_text(EMPTY_SCHEMA + extensions)
    (work / "after.sql").write_text(_count_check(rows))
    done = run_program(
        [
            programs.program("psql"),
            *("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
            f"--file={work / 'before.sql'}",
            f"--file={work / 'script.sql'}",
            f"--file={work / 'after.sql'}",
        ],
        database_url=database_url,
        stdout=work / "output",
    )
    if done.returncode != 0:
        raise RestoreRefused(
            "データベースを戻せませんでした。何も変えていません"
            f" / The database could not be restored; nothing was changed: {done.stderr.strip()}"
        )


# Everything of ours in the schema, but not what belongs to an extension.
EMPTY_SCHEMA = """
SET client_min_messages = warning;
DO $$
DECLARE thing record;
BEGIN
  FOR thing IN
    SELECT format('public.%I', c.relname) AS name, CASE c.relkind
        WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
        ELSE 'TABLE' END AS kind
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relkind IN ('S'), c.oid
  LOOP
    EXECUTE format('DROP %s IF EXISTS %s CASCADE', thing.kind, thing.name);
  END LOOP;
  FOR thing IN
    SELECT format('public.%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) AS name
    FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', thing.name);
  END LOOP;
  FOR thing IN
    SELECT format('public.%I', t.typname) AS name FROM pg_type t
    WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('c', 'd', 'e', 'r')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype IN ('e', 'i'))
  LOOP
    EXECUTE format('DROP TYPE IF EXISTS %s CASCADE', thing.name);
  END LOOP;
END $$;
"""


def _count_check(rows: dict[str, int]) -> str:
    """SQL that fails unless every table has exactly the rows it had at the time of the backup."""
    lines = ["DO $$ DECLARE found bigint; BEGIN"]
    for table, expected in sorted(rows.items()):
        name = '"' + table.replace('"', '""') + '"'
        text = table.replace("'", "''").replace("%", "%%")
        lines.append(
            f"SELECT count(*) INTO found FROM public.{name};"  # noqa: S608 (quoted, and verified)
            f" IF found <> {int(expected)} THEN"
            f" RAISE EXCEPTION 'table {text}: % rows instead of {int(expected)}', found; END IF;"
        )
    lines.append("END $$;")
    return "\n".join(lines)
