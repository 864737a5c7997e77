"""Starts, finds and stops the embedded PostgreSQL server of one data directory.

A home directory holds everything about one server:

    cluster/       the database files (PGDATA)
    server.json    port, socket directory and passwords, readable by the owner only
    postgres.log   what the server says
    in-use.lock    every program that uses the server holds this lock shared; who can take it
                   exclusively at its end is the last one and stops the server

The server listens on a unix socket of its own and on a recorded free port of 127.0.0.1. It survives
the death of the program that started it; the next program attaches to it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path
from urllib.parse import quote

import psycopg

from suigo.project.postgres_account import account_for_server, reachable
from suigo.project.postgres_binaries import Binaries, find_binaries
from suigo.project.postgres_contents import CONTENTS_VERSION, prepare_contents

# An old postmaster's backends may need this long to notice its death before a new one may start.
START_PATIENCE_SECONDS = 30.0
RECOVERY_PATIENCE_SECONDS = 600.0
STOP_PATIENCE_SECONDS = 60.0
LONGEST_SOCKET_DIRECTORY = 80  # bytes; "/.s.PGSQL.65535" and the system's limit of about 100 remain
LOG_LIMIT = 10_000_000  # bytes
HOME_FOR_ROOT = Path("/var/lib/suigo/postgres")  # when root's own directories are closed to others


class Profile(Enum):
    """How much the server does to keep what it acknowledged."""

    DURABLE = "durable"  # an acknowledged commit survives crash and power loss
    THROWAWAY = "throwaway"  # tests: fast, worthless after a crash


class PostgresError(Exception):
    """The server could not be started or used; the message says why, for the operator."""


@dataclass(frozen=True)
class Server:
    """What is recorded about one server in `server.json`."""

    port: int
    socket_directory: str
    superuser_password: str
    password: str
    prepared: int = 0


Progress = Callable[[str], None]


class Cluster:
    """The PostgreSQL server of one home directory."""

    def __init__(
        self, home: Path, *, profile: Profile = Profile.DURABLE, progress: Progress = lambda _: None
    ) -> None:
        """Name the server; nothing happens before `start`."""
        self._account = account_for_server()
        self.home = home.resolve()
        self._profile = profile
        self._progress = progress
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.home / "postgres.log"

    def url(self, *, superuser: bool = False, database: str = "suigo") -> str:
        """The address for `SUIGO_DATABASE_URL`: by unix socket, as the application's role."""
        server = self._recorded()
        user = "postgres" if superuser else "suigo"
        password = server.superuser_password if superuser else server.password
        return (
            f"postgresql://{user}:{quote(password)}@/{database}"
            f"?host={quote(server.socket_directory, safe='')}&port={server.port}"
        )

    def start(self) -> bool:
        """Make sure that the server runs and answers; True when this call started it.

        Makes the cluster at the first call. Raises PostgresError.
        """
        self._place()
        with _locked(self.home / "start.lock"):
            if self.is_answering():
                return False
            binaries = self._binaries()
            if not self.data.exists():
                self._initialise(binaries)
            self._launch(binaries)
            if self._recorded().prepared != CONTENTS_VERSION:
                prepare_contents(
                    self.url(superuser=True, database="postgres"),
                    password=self._recorded().password,
                    may_create_databases=self._profile is Profile.THROWAWAY,
                )
                self._record(replace(self._recorded(), prepared=CONTENTS_VERSION))
            return True

    def is_answering(self) -> bool:
        """Whether this very server (not somebody else's on the same port) accepts a login."""
        if not (self.home / "server.json").exists():
            return False
        try:
            with psycopg.connect(
                self.url(superuser=True, database="postgres"), connect_timeout=5
            ) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and os.path.realpath(str(row[0])) == os.path.realpath(self.data)

    def is_alive(self) -> bool:
        """Whether the server process exists (cheap; for a supervisor's loop)."""
        if self._process is not None:
            return self._process.poll() is None
        return self._server_pid() is not None

    def stop(self, *, immediate: bool = False) -> None:
        """Stop the server and wait until it is gone; nothing happens when it doesn't run."""
        pid = self._server_pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT if immediate else signal.SIGINT)
        if not self._gone(within=STOP_PATIENCE_SECONDS):
            os.kill(pid, signal.SIGQUIT)  # crash recovery at the next start; no commit is lost
            self._gone(within=STOP_PATIENCE_SECONDS)
        if self._process is not None:
            self._process.wait()  # it has ended; leave no zombie
            self._process = None

    @contextlib.contextmanager
    def in_use(self) -> Iterator[Cluster]:
        """Run the server for the length of a block; the last user stops it."""
        self._place()
        with (self.home / "in-use.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            self.start()
            try:
                yield self
            finally:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.stop(immediate=self._profile is Profile.THROWAWAY)

    def _place(self) -> None:
        """Make the home directory; elsewhere, with a link to it, when the server can't reach it."""
        self.home.mkdir(parents=True, exist_ok=True)
        if reachable(self.home, self._account) or (self.home / "server.json").exists():
            return
        mark = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        elsewhere = HOME_FOR_ROOT / mark
        self._progress(
            f"root で実行していて、ここは利用者 {self._account.name} から見えないため、"
            f"データベースを {elsewhere} に置きます"
            f" / Running as root below a private directory: the database lives in {elsewhere}"
        )
        elsewhere.mkdir(parents=True, exist_ok=True)
        self.home.rmdir()
        self.home.symlink_to(elsewhere)
        self.home = elsewhere

    def _binaries(self) -> Binaries:
        version_file = self.data / "PG_VERSION"
        major = int(version_file.read_text()) if version_file.exists() else None
        binaries = find_binaries(major=major)
        if self._account.demoted and not reachable(binaries.directory / "postgres", self._account):
            # a virtual environment below a private home directory: that account can't see it
            copy = self.home / f"programs-{binaries.major}"
            if not (copy / "complete").exists():
                self._progress("PostgreSQL をデータの隣に写します / Copying PostgreSQL to its data")
                shutil.rmtree(copy, ignore_errors=True)
                for part in binaries.parts():
                    shutil.copytree(binaries.base / part, copy / part, symlinks=True)
                (copy / "complete").touch()
            directory = copy / binaries.directory.relative_to(binaries.base)
            binaries = Binaries(directory=directory, major=binaries.major)
        return binaries

    def _initialise(self, binaries: Binaries) -> None:
        self._progress("データベースを作ります / Creating the database")
        server = Server(
            port=_free_port(),
            socket_directory="",
            superuser_password=secrets.token_urlsafe(24),
            password=secrets.token_urlsafe(24),
        )
        unfinished = self.home / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._account.give(unfinished)
        with tempfile.NamedTemporaryFile("w", dir=self.home, prefix="initial-") as password_file:
            password_file.write(server.superuser_password)
            password_file.flush()
            self._account.give(Path(password_file.name))
            self._initdb(binaries, unfinished, Path(password_file.name))
        self._record(server)
        unfinished.rename(self.data)

    def _initdb(self, binaries: Binaries, data: Path, password_file: Path) -> None:
        # with LC_CTYPE=C trigrams of Japanese text are empty: searches find nothing, silently
        locales = (
            [["--locale=C.UTF-8"], ["--locale=en_US.UTF-8"]]
            if binaries.major < 17
            else [
                [
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--lc-collate=C",
                    f"--lc-ctype={name}",
                ]
                for name in ("C.UTF-8", "en_US.UTF-8")
            ]
        )
        for locale in locales:
            done = self._account.run(
                [
                    binaries.program("initdb"),
                    f"--pgdata={data}",
                    "--username=postgres",
                    f"--pwfile={password_file}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--data-checksums",
                    *locale,
                    *(["--no-sync"] if self._profile is Profile.THROWAWAY else []),
                ]
            )
            if done.returncode == 0:
                return
            said = done.stderr.strip()
            if "invalid locale" not in said:
                break
        raise PostgresError(f"データベースを作れません / initdb failed: {said}")

    def _launch(self, binaries: Binaries) -> None:
        begun = time.monotonic()
        said_waiting = False
        while True:
            self._forget_dead_parent()
            server = self._ready_to_listen()
            self._record(server)
            process = self._spawn(binaries, server)
            while process.poll() is None:
                if self.is_answering():
                    self._process = process
                    return
                waited = time.monotonic() - begun
                if waited > 5 and not said_waiting:
                    self._progress("データベースの復旧待ちです / Waiting for recovery")
                    said_waiting = True
                if waited > RECOVERY_PATIENCE_SECONDS:
                    break
                time.sleep(0.05)
            if time.monotonic() - begun > START_PATIENCE_SECONDS:
                raise PostgresError(
                    f"PostgreSQL が起動しません。記録: {self.log} / PostgreSQL did not start:\n"
                    + "\n".join(self.log.read_text(errors="replace").splitlines()[-6:])
                )
            time.sleep(0.3)  # backends of a killed server leave one by one

    def _spawn(self, binaries: Binaries, server: Server) -> subprocess.Popen[bytes]:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(server.port),
            "unix_socket_directories": server.socket_directory,
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "random_page_cost": "1.1",
            "max_connections": "100",
            **(
                {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
                if self._profile is Profile.THROWAWAY
                else {"shared_buffers": "128MB"}
            ),
        }
        command = [binaries.program("postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            return self._account.spawn(command, output=log)

    def _forget_dead_parent(self) -> None:
        """Let a new server start although the recorded process id looks alive to it.

        That is so while a killed server isn't reaped by its parent, and when the id belongs to
        another program by now (after a restart of the machine). It is replaced by the id of a dead
        process; the rest of the file stays, so that a new server still waits for the old one's
        shared memory to be free.
        """
        if self._process is not None:
            self._process.poll()  # reaps our own
        pid = self._recorded_pid()
        if pid is not None and Path(f"/proc/{pid}").exists() and self._server_pid() is None:
            path = self.data / "postmaster.pid"
            _, _, rest = path.read_text().partition("\n")
            dead = subprocess.Popen([sys.executable, "-S", "-c", ""])
            dead.wait()
            path.write_text(f"{dead.pid}\n{rest}")

    def _ready_to_listen(self) -> Server:
        """The recorded server with a free port and an existing socket directory."""
        server = self._recorded()
        if not _is_free(server.port):
            server = replace(server, port=_free_port())
        directory = self.home / "socket"
        if len(os.fsencode(directory)) > LONGEST_SOCKET_DIRECTORY:
            # the recorded short one may have been cleaned away, or be somebody else's by now
            short = Path(server.socket_directory or "/nonexistent")
            if short.is_dir() and short.owner() == self._account.name:
                directory = short
            else:
                directory = Path(tempfile.mkdtemp(prefix="suigo-", dir="/tmp"))
        directory.mkdir(mode=0o700, exist_ok=True)
        self._account.give(directory)
        return replace(server, socket_directory=str(directory))

    def _gone(self, *, within: float) -> bool:
        end = time.monotonic() + within
        while time.monotonic() < end:
            if self._process is not None:
                self._process.poll()  # reaps it
            if self._server_pid() is None:
                return True
            time.sleep(0.02)
        return False

    def _server_pid(self) -> int | None:
        """The process id of the running server: recorded, alive, and really this server."""
        pid = self._recorded_pid()
        if pid is None or str(self.data) not in _command_of(pid):
            return None
        return pid

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _recorded(self) -> Server:
        return Server(**json.loads((self.home / "server.json").read_text()))

    def _record(self, server: Server) -> None:
        path = self.home / "server.json"
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(asdict(server), indent=1) + "\n")
        fresh.replace(path)


@contextlib.contextmanager
def throwaway(*, progress: Progress = lambda _: None) -> Iterator[Cluster]:
    """A fast server in a temporary directory, gone at the end of the block (for tests)."""
    home = Path(tempfile.mkdtemp(prefix="suigo-test-"))
    home.chmod(0o755)  # the server's account must reach it; everything secret inside is 0600
    cluster = Cluster(home, profile=Profile.THROWAWAY, progress=progress)
    try:
        with cluster.in_use():
            yield cluster
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _command_of(pid: int) -> str:
    """The command line of a process; empty when it is dead, reaped or not."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""
    asked = ["ps", "-o", "args=", "-p", str(pid)]  # macOS
    return subprocess.run(asked, check=False, capture_output=True, text=True).stdout


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
