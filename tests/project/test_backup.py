"""Backup and restore on a real database: everything comes back, or nothing changes."""

import dataclasses
import io
import os
import tarfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from suigo.project.archive import BadArchive, Manifest, verify
from suigo.project.backup import BackupFailed, make_backup
from suigo.project.restore import RestoreRefused, restore_backup

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
MIGRATIONS = {("cases", "0001_initial"), ("cases", "0002_more")}


@pytest.fixture
def databases() -> Iterator[tuple[str, str]]:
    """Addresses of two databases; the first holds related tables, a trigger and a sequence."""
    base = os.environ["SUIGO_DATABASE_URL"]
    names = [f"backup_{kind}_{os.getpid()}" for kind in ("source", "target")]
    with psycopg.connect(base, autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}".encode())
    source, target = (make_conninfo(base, dbname=name) for name in names)
    with psycopg.connect(source) as connection:
        connection.execute(
            """
            CREATE TYPE mood AS ENUM ('calm', 'glad');
            CREATE TABLE people (id bigserial PRIMARY KEY, name text NOT NULL, feels mood);
            CREATE TABLE "Cases %" (id bigserial PRIMARY KEY, person bigint REFERENCES people);
            CREATE TABLE django_migrations (id bigserial PRIMARY KEY, app text, name text);
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN RAISE EXCEPTION 'append only'; END$$;
            CREATE TRIGGER guard BEFORE DELETE ON people FOR EACH ROW EXECUTE FUNCTION refuse();
            CREATE INDEX by_name ON people USING gin (name gin_trgm_ops);
            INSERT INTO people (name, feels)
                SELECT '髙橋' || n, 'glad' FROM generate_series(1, 500) n;
            INSERT INTO "Cases %" (person) SELECT n FROM generate_series(1, 300) n;
            INSERT INTO django_migrations (app, name) VALUES ('cases', '0001_initial');
            """
        )
    yield source, target
    with psycopg.connect(base, autocommit=True) as connection:
        for name in names:
            dropped(connection, name)


def dropped(connection: psycopg.Connection[Any], name: str) -> None:
    """Drop a database. Now and then the server's own cleaner is at work in it, which nobody but a
    superuser may end: wait for it."""
    for _ in range(100):
        try:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{name} is still there")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A file store with three files."""
    for name in ("aa/one", "ab/two", "ab/three"):
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 1000)
    return tmp_path / "files"


def back_up(url: str, store: Path, target: Path) -> Manifest:
    return make_backup(
        target,
        database_url=url,
        store=store,
        city="example",
        key_proof="proof",
        now=NOW,
        say=lambda _: None,
    )


def put_back(
    archive: Path,
    url: str,
    store: Path,
    *,
    force: bool = False,
    known: bool = True,
    keys: bool = True,
) -> Manifest:
    return restore_backup(
        archive,
        database_url=url,
        store=store,
        known_migrations=MIGRATIONS if known else set(),
        opens_proof=lambda proof: keys and proof == "proof",
        force=force,
        say=lambda _: None,
    )


def contents(url: str) -> dict[str, object]:
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        return {
            table: connection.execute(f'SELECT * FROM "{table}" ORDER BY id'.encode()).fetchall()
            for (table,) in tables
        }


def files(store: Path) -> dict[str, bytes]:
    return {str(p.relative_to(store)): p.read_bytes() for p in store.rglob("*") if p.is_file()}


def test_everything_comes_back(databases: tuple[str, str], store: Path, tmp_path: Path) -> None:
    source, target = databases
    made = back_up(source, store, tmp_path / "b")
    assert made.rows == {"Cases %": 300, "django_migrations": 1, "people": 500}
    assert set(made.members) == {"database.dump", "files/aa/one", "files/ab/two", "files/ab/three"}
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    assert put_back(tmp_path / "b", target, tmp_path / "other") == made
    assert contents(target) == contents(source)
    assert files(tmp_path / "other") == files(store)
    with psycopg.connect(target) as connection:
        row = connection.execute("SELECT nextval('people_id_seq')").fetchone()
        assert row == (501,)
        with pytest.raises(psycopg.errors.RaiseException, match="append only"):
            connection.execute("DELETE FROM people")


def test_it_replaces_only_when_told_to(
    databases: tuple[str, str], store: Path, tmp_path: Path
) -> None:
    source, target = databases
    back_up(source, store, tmp_path / "b")
    before = contents(source)
    with psycopg.connect(source) as connection:
        connection.execute("INSERT INTO people (name) VALUES ('あとから')")
        connection.execute("CREATE TABLE later (id bigserial PRIMARY KEY)")
    (store / "aa" / "later").write_bytes(b"later")
    with pytest.raises(RestoreRefused, match="--force"):
        put_back(tmp_path / "b", source, store)
    assert (store / "aa" / "later").exists()
    put_back(tmp_path / "b", source, store, force=True)
    assert contents(source) == before
    assert sorted(files(store)) == ["aa/one", "ab/three", "ab/two"]
    assert contents(target) == {}


@pytest.mark.parametrize("place", [0.01, 0.3, 0.6, 0.9, 0.98])
def test_one_altered_bit_is_found_before_anything_is_touched(
    databases: tuple[str, str], store: Path, tmp_path: Path, place: float
) -> None:
    source, target = databases
    back_up(source, store, tmp_path / "b")
    content = bytearray((tmp_path / "b").read_bytes())
    # the end of the manifest, before tar's padding of zeros
    end = len(bytes(content).rstrip(b"\0"))
    content[int(end * place)] ^= 0b100
    (tmp_path / "altered").write_bytes(content)
    with pytest.raises(BadArchive):
        put_back(tmp_path / "altered", target, tmp_path / "other")
    assert contents(target) == {}
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("kept", [0.2, 0.7, 0.95])
def test_a_cut_off_archive_is_refused(
    databases: tuple[str, str], store: Path, tmp_path: Path, kept: float
) -> None:
    source, target = databases
    back_up(source, store, tmp_path / "b")
    content = (tmp_path / "b").read_bytes().rstrip(b"\0")
    (tmp_path / "cut").write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(BadArchive):
        put_back(tmp_path / "cut", target, tmp_path / "other")
    assert contents(target) == {}


@pytest.mark.parametrize(
    ("known", "keys", "sentence"),
    [(False, True, "newer version"), (True, False, "encryption keys differ")],
)
def test_what_this_installation_could_not_read_is_refused(
    databases: tuple[str, str],
    store: Path,
    tmp_path: Path,
    known: bool,
    keys: bool,
    sentence: str,
) -> None:
    source, target = databases
    back_up(source, store, tmp_path / "b")
    with pytest.raises(RestoreRefused, match=sentence):
        put_back(tmp_path / "b", target, tmp_path / "other", known=known, keys=keys)
    assert contents(target) == {}


def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    databases: tuple[str, str], store: Path, tmp_path: Path
) -> None:
    """The manifest promises a row that the dump doesn't hold: found after everything was filled."""
    source, target = databases
    back_up(source, store, tmp_path / "b")
    with psycopg.connect(target) as connection:
        connection.execute("CREATE TABLE people (id int); INSERT INTO people VALUES (7)")
    other = tmp_path / "other"
    other.mkdir()
    (other / "kept").write_text("kept")
    manifest = verify(tmp_path / "b")
    wrong = {**manifest.rows, "people": 501}
    rewrite_rows(tmp_path / "b", tmp_path / "wrong", manifest, wrong)
    before = contents(target)
    with pytest.raises(RestoreRefused, match="table people: 500 rows instead of 501"):
        put_back(tmp_path / "wrong", target, other, force=True)
    assert contents(target) == before
    assert files(other) == {"kept": b"kept"}


def rewrite_rows(archive: Path, target: Path, manifest: Manifest, rows: dict[str, int]) -> None:
    """The same archive with other row counts in its manifest."""
    with tarfile.open(archive) as old, tarfile.open(target, "w") as new:
        for info in old:
            content = old.extractfile(info)
            assert content is not None
            if info.name == "manifest.json":
                text = dataclasses.replace(manifest, rows=rows).to_json()
                info.size = len(text)
                new.addfile(info, io.BytesIO(text))
            else:
                new.addfile(info, content)


def test_a_running_product_is_not_overwritten(
    databases: tuple[str, str], store: Path, tmp_path: Path
) -> None:
    source, target = databases
    back_up(source, store, tmp_path / "b")
    with psycopg.connect(target), pytest.raises(RestoreRefused, match="in use"):
        put_back(tmp_path / "b", target, tmp_path / "other", force=True)


def test_who_has_just_left_is_not_in_the_way(
    databases: tuple[str, str], store: Path, tmp_path: Path
) -> None:
    source, target = databases
    back_up(source, store, tmp_path / "b")
    leaving = psycopg.connect(target)
    timer = threading.Timer(0.3, leaving.close)
    timer.start()
    put_back(tmp_path / "b", target, tmp_path / "other")
    timer.join()
    assert contents(target) == contents(source)


def test_a_backup_during_writes_is_one_moment(
    databases: tuple[str, str], store: Path, tmp_path: Path
) -> None:
    """Each write stores a file first and then adds a row in each of two tables."""
    source, target = databases
    ending = threading.Event()

    def write() -> None:
        with psycopg.connect(source, autocommit=True) as connection:
            number = 0
            while not ending.is_set():
                number += 1
                (store / "aa" / f"n{number}").write_text(str(number))
                with connection.transaction():
                    connection.execute("INSERT INTO people (name) VALUES (%s)", (f"n{number}",))
                    connection.execute('INSERT INTO "Cases %%" (person) VALUES (1)', ())

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = back_up(source, store, tmp_path / "b")
    finally:
        ending.set()
        writer.join()
    put_back(tmp_path / "b", target, tmp_path / "other")
    assert made.rows["people"] - 500 == made.rows["Cases %"] - 300
    restored = contents(target)["people"]
    assert isinstance(restored, list)
    named = [name for _, name, _ in restored if name.startswith("n")]
    assert len(named) == made.rows["people"] - 500
    assert all((tmp_path / "other" / "aa" / name).exists() for name in named)


def test_an_existing_file_is_never_overwritten(
    databases: tuple[str, str], store: Path, tmp_path: Path
) -> None:
    (tmp_path / "b").write_text("precious")
    with pytest.raises(BackupFailed, match="exists already"):
        back_up(databases[0], store, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "precious"


@pytest.mark.parametrize("name", ["../escape", "files/../../escape", "/escape", "files/", "other"])
def test_an_archive_can_not_write_elsewhere(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "evil", "w") as tar:
        info = tarfile.TarInfo(name)
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(BadArchive):
        verify(tmp_path / "evil")
