"""The product as it really runs, in a data directory of its own, and ways to hurt it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from suigo.project.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
CLI = [sys.executable, "-m", "suigo.project.cli"]


def eventually(holds: Callable[[], bool], *, within: float) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


@dataclass
class Product:
    """`./suigo run` on a free port."""

    data: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The example city, its own database, and quick rescue of a dead worker's jobs."""
        kept = {name: v for name, v in os.environ.items() if not name.startswith("SUIGO_")}
        return {
            **kept,
            "SUIGO_ENV": "test",
            "SUIGO_DATA": str(self.data),
            "SUIGO_WORKER_DEAD_AFTER": "3",
            # one address applies more often here than a whole school would
            "SUIGO_HOURLY_STARTS": "1000000",
            "SUIGO_HOURLY_SENDS": "1000000",
            "DJANGO_SETTINGS_MODULE": "suigo.project.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        with (self.data / "product.log").open("ab") as log:
            offset = log.tell()
            self.process = subprocess.Popen(
                [*CLI, "run", "--port", "0", "--data", str(self.data)],
                stdout=log,
                stderr=log,
                env=self.environment,
            )
        ready = eventually(lambda: b"Ready in" in self.log()[offset:], within=240)
        assert ready, self.log()[offset:].decode()

    def log(self) -> bytes:
        """Everything that it has said."""
        return (self.data / "product.log").read_bytes()

    def stop(self) -> None:
        """Ctrl-C, and nothing is left."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            assert self.process.wait(timeout=60) == 0

    @property
    def address(self) -> tuple[str, int]:
        """Where it answers."""
        recorded = json.loads((self.data / "running.json").read_text())["address"]
        found = re.fullmatch(r"http://([\d.]+):(\d+)", recorded)
        assert found is not None
        return found[1], int(found[2])

    @property
    def cluster(self) -> Cluster:
        """Its PostgreSQL."""
        return Cluster(self.data / "postgres")

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """A connection to its database, for looking."""
        with psycopg.connect(self.cluster.url(), connect_timeout=10) as connection:
            yield connection

    def web_workers(self) -> list[int]:
        """Processes that answer requests."""
        return [child.pid for master in self._parts("web") for child in _children(master)]

    def parts(self, command: str, *, older_than: float = 0.0) -> list[int]:
        """Processes of one part of the product, web (its master) or worker.

        `older_than` seconds: those that had time to start, which the supervisor restarts at once.
        """
        latest = time.time() - older_than
        return [part.pid for part in self._parts(command) if part.create_time() < latest]

    def postmaster(self) -> list[int]:
        """The database server's main process."""
        try:
            return [int((self.cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])]
        except (FileNotFoundError, ValueError):
            return []

    def _parts(self, command: str) -> list[psutil.Process]:
        assert self.process is not None
        found = []
        for child in _children(psutil.Process(self.process.pid)):
            try:
                words = child.cmdline()
            except psutil.Error:
                continue
            if command in words and "suigo.project.cli" in words:
                found.append(child)
        return found


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.NoSuchProcess:
        return []


def kill(pid: int, number: int = signal.SIGKILL) -> bool:
    """End a process without mercy; False when it was gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
