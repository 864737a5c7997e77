"""The embedded PostgreSQL server, started and stopped for real."""

import os
import shutil
import signal
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from suigo.project.postgres import Cluster, PostgresError, throwaway
from suigo.project.postgres_binaries import PostgresMissingError, find_binaries


@pytest.fixture
def home(open_directory: Path) -> Path:
    return open_directory / "server"


@pytest.fixture
def cluster(home: Path) -> Iterator[Cluster]:
    server = Cluster(home)
    server.start()
    yield server
    server.stop(immediate=True)


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    """One durable server for the tests that don't stop it."""
    directory = Path(tempfile.mkdtemp(prefix="suigo-test-"))
    directory.chmod(0o755)
    server = Cluster(directory / "server")
    with server.in_use():
        yield server
    shutil.rmtree(directory)


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_the_server_can_do_what_the_product_needs(running: Cluster) -> None:
    url = running.url()
    assert one(url, "SELECT current_user") == "suigo"
    assert (
        one(
            url,
            "SELECT rolsuper OR rolbypassrls OR rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user",
        )
        is False
    )
    assert one(url, "SELECT show_trgm('市役所') <> '{}'") is True
    assert one(url, "SHOW data_checksums") == "on"
    assert one(url, "SHOW fsync") == "on"
    assert one(url, "SHOW synchronous_commit") == "on"
    assert one(
        url,
        "SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension"
        " WHERE extname <> 'plpgsql'",
    ) == ["btree_gist", "pg_trgm", "unaccent"]


def test_only_this_computer_and_only_with_the_password(running: Cluster) -> None:
    assert one(running.url(), "SHOW listen_addresses") == "127.0.0.1"
    wrong = running.url().replace("postgresql://suigo:", "postgresql://suigo:x")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert stat.S_IMODE((running.home / "server.json").stat().st_mode) == 0o600


def test_a_second_program_attaches_and_does_not_start_another(running: Cluster) -> None:
    other = Cluster(running.home)
    assert other.start() is False
    assert other.is_alive()
    assert other.url() == running.url()


def test_what_was_committed_survives_the_killing_of_the_server(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    for number in range(3):
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("INSERT INTO kept VALUES (%s)", (number,))
        pid = int((cluster.data / "postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, signal.SIGKILL)
        assert cluster.start() is True
    assert one(cluster.url(), "SELECT array_agg(n ORDER BY n) FROM kept") == [0, 1, 2]


def test_a_taken_port_is_replaced_by_a_free_one(cluster: Cluster, home: Path) -> None:
    taken = int(str(one(cluster.url(), "SHOW port")))
    cluster.stop()
    with socket.socket() as occupant:
        occupant.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        occupant.bind(("127.0.0.1", taken))
        occupant.listen()
        cluster.start()
        assert int(str(one(cluster.url(), "SHOW port"))) != taken


def test_a_path_too_long_for_a_socket_gets_a_short_one(open_directory: Path) -> None:
    server = Cluster(open_directory / ("long-" * 20))
    try:
        server.start()
        assert one(server.url(), "SELECT 1") == 1
        directory = str(one(server.url(superuser=True), "SHOW unix_socket_directories"))
        assert len(os.fsencode(directory)) < 80
    finally:
        server.stop(immediate=True)


def test_the_last_user_stops_the_server(home: Path) -> None:
    first, second = Cluster(home), Cluster(home)
    with first.in_use():
        with second.in_use():
            pass
        assert first.is_answering()
    assert not first.is_answering()
    assert not first.is_alive()


def test_data_of_another_major_version_is_refused_with_the_way_out(home: Path) -> None:
    server = Cluster(home)
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(PostgresMissingError, match="made by PostgreSQL 12"):
        server.start()


def test_a_server_that_can_not_start_says_what_it_logged(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Cluster(home)
    server.start()
    server.stop()
    (server.data / "global" / "pg_control").unlink()
    monkeypatch.setattr("suigo.project.postgres.START_PATIENCE_SECONDS", 0.5)
    with pytest.raises(PostgresError, match="pg_control"):
        server.start()


def test_a_throwaway_server_leaves_nothing_behind() -> None:
    with throwaway() as server:
        assert one(server.url(), "SHOW fsync") == "off"
        home = server.home
    assert not home.exists()


def test_binaries_named_by_the_operator_are_the_only_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SUIGO_PG_BIN", str(tmp_path))
    with pytest.raises(PostgresMissingError):
        find_binaries()
