"""One durable PostgreSQL, the bare application twice, and Suigo as in production."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from harness.browser import HOST
from suigo.project.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
START_PATIENCE_SECONDS = 60.0
END_PATIENCE_SECONDS = 20.0


@dataclass
class Server:
    """A program that was started; ``port`` is 0 when it serves none."""

    name: str
    process: subprocess.Popen[bytes]
    port: int = 0

    @property
    def pid(self) -> int:
        """The root of its process tree."""
        return self.process.pid

    def end(self) -> None:
        """Have it finish, or else kill it."""
        self.process.terminate()
        try:
            self.process.wait(END_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Stage:
    """Where everything runs. Programs that were started here end with the stage."""

    directory: Path
    cluster: Cluster
    running: list[Server] = field(default_factory=list)

    def database_url(self, name: str) -> str:
        """The address of a database of this stage for the role ``suigo``."""
        return self.cluster.url(database=name)

    def make_database(self, name: str) -> None:
        """An empty database."""
        address = self.cluster.url(superuser=True, database="postgres")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
            connection.execute(f'CREATE DATABASE "{name}" OWNER suigo')

    def sql(self, database: str, statement: str) -> list[tuple[object, ...]]:
        """Run one statement as the superuser and return its rows."""
        address = self.cluster.url(superuser=True, database=database)
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    @property
    def postgres_pid(self) -> int:
        """The root of PostgreSQL's process tree."""
        return int((self.cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])

    def start(self, name: str, command: list[str], environment: Mapping[str, str]) -> Server:
        """Start a Python module that serves no port."""
        with (self.directory / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=dict(environment),
                cwd=BENCHMARKS,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        server = Server(name, process)
        self.running.append(server)
        return server

    def serve(self, name: str, command: list[str], environment: Mapping[str, str]) -> Server:
        """Start a Python module that listens at the address appended to ``command``."""
        port = free_port()
        server = self.start(name, [*command, f"127.0.0.1:{port}"], environment)
        server.port = port
        end = time.monotonic() + START_PATIENCE_SECONDS
        while not listens(port):
            if server.process.poll() is not None or time.monotonic() > end:
                said = (self.directory / f"{name}.log").read_text()
                raise RuntimeError(f"{name} ended with {server.process.poll()}: {said}")
            time.sleep(0.02)
        return server

    def run(self, command: list[str], environment: Mapping[str, str]) -> str:
        """Run a Python module to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", *command],
            env=dict(environment),
            cwd=BENCHMARKS,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
        return done.stdout


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """A fresh stage, removed at the end."""
    directory = Path(tempfile.mkdtemp(prefix="suigo-bench-"))
    directory.chmod(0o755)  # PostgreSQL's account must reach its data when root runs this
    cluster = Cluster(directory / "postgres")
    try:
        with cluster.in_use():
            here = Stage(directory, cluster)
            try:
                yield here
            finally:
                for server in reversed(here.running):
                    server.end()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def bare_environment(here: Stage, *, full: bool) -> dict[str, str]:
    """The surroundings of the bare application; ``full`` is setting B."""
    return {
        **_inherited(),
        "PYTHONPATH": str(BENCHMARKS),
        "DJANGO_SETTINGS_MODULE": "bare.settings",
        "BARE_DATABASE_URL": here.database_url("bare"),
        "BARE_MIDDLEWARE": "full" if full else "none",
    }


def suigo_environment(here: Stage, *, database: str = "suigo") -> dict[str, str]:
    """The surroundings of Suigo as in production: secure cookies behind a proxy, own secrets."""
    data = here.directory / f"data-{database}"
    data.mkdir(exist_ok=True)
    keys = here.directory / "keys"
    if not keys.exists():
        key = base64.urlsafe_b64encode(os.urandom(32)).decode()
        keys.write_text(f"{secrets.token_urlsafe(64)}\nbench:{key}")
    secret, encryption = keys.read_text().split("\n")
    return {
        **_inherited(),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(BENCHMARKS)]),
        "DJANGO_SETTINGS_MODULE": "suigo.project.settings",
        "SUIGO_ENV": "production",
        "SUIGO_PROXY_HOPS": "0",
        "SUIGO_DATA": str(data),
        "SUIGO_CITY": str(ROOT / "cities" / "example"),
        "SUIGO_DATABASE_URL": here.database_url(database),
        "SUIGO_SECRET_KEY": secret,
        "SUIGO_ENCRYPTION_KEYS": encryption,
        "SUIGO_BASE_URL": f"https://{HOST}",
        "SUIGO_ALLOWED_HOSTS": HOST,
        "SUIGO_SMTP_URL": "smtp://127.0.0.1:9",
        # a whole city's visitors come from one address here
        "SUIGO_HOURLY_STARTS": "1000000",
        "SUIGO_HOURLY_UPLOADS": "1000000",
        "SUIGO_HOURLY_SENDS": "1000000",
    }


def _inherited() -> dict[str, str]:
    """This program's environment without the settings of any installation."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SUIGO_") and name != "DJANGO_SETTINGS_MODULE"
    } | {"PYTHONUTF8": "1"}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
