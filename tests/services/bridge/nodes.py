"""Two nodes on one machine: two databases, two data folders, and the folders between them."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

from suigo.services.bridge.rules.keys import new_key

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Node:
    """A node in a process of its own (``node.py``)."""

    zone: str
    environment: dict[str, str]
    options: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    kills: int = 0
    listens: bool = False

    def start(self) -> None:
        """Begin; ``ready`` waits until it listens."""
        self.listens = False
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("node.py")), *self.options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def ready(self) -> None:
        """Wait until it listens, once."""
        if not self.listens:
            assert self._line() == "ready"
        self.listens = True

    def stop(self) -> None:
        if self.process is not None:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.close()
            self.process.wait(timeout=30)
            self.process.stdout.close()

    def do(self, name: str, *, cut: int = 0, after: float = 0.0, **arguments: Any) -> Any:
        """What the command answers; None when it was killed. ``cut`` kills it at that step,
        ``after`` from outside when so many seconds have passed."""
        assert self.process is not None
        assert self.process.stdin is not None
        told = {"do": name, "with": arguments, "cut": cut}
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        pid = json.loads(self._line())["pid"]
        if after:
            time.sleep(after)
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        answers = []
        while "killed" not in (answer := json.loads(self._line())):
            answers.append(answer)
        if answer["killed"]:
            self.kills += 1
        if answers and "failed" in answers[0]:
            raise AssertionError(f"{self.zone} {name}: {answers[0]['failed']}")
        return answers[0]["done"] if answers else None

    def _line(self) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline().rstrip("\n")
        assert line, f"the {self.zone} node ended"
        return line


@dataclass
class World:
    """Both nodes, and the two folders: one for each way."""

    outer: Node
    inner: Node
    inward: Path
    outward: Path
    data: Path

    @contextmanager
    def restored(self, node: Node) -> Iterator[None]:
        """Whatever the node does meanwhile is gone afterwards, as after a restore."""
        url = node.environment["SUIGO_DATABASE_URL"]
        name = urlsplit(url).path.lstrip("/")
        server = with_database(url, "postgres")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}_kept TEMPLATE {name}")
        yield
        with psycopg.connect(server, autocommit=True) as connection:
            drop(connection, name)
            connection.execute(f"ALTER DATABASE {name}_kept RENAME TO {name}")

    def exchange(self, *, now: str) -> None:
        """The link is whole: everything that waits crosses, both ways."""
        self.outer.do("send", directory=str(self.inward), now=now)
        self.inner.do("receive", directory=str(self.inward), now=now)
        self.inner.do("send", directory=str(self.outward), now=now)
        self.outer.do("receive", directory=str(self.outward), now=now)


def with_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


# A database without rows, for each server: migrating one costs more than many tests.
_EMPTY: dict[str, str] = {}


@contextmanager
def two_nodes(
    url: str,
    *,
    options: tuple[str, ...] = (),
    outer_city: Path | None = None,
    both: Mapping[str, str] | None = None,
) -> Iterator[World]:
    """Two nodes with empty databases and keys for each other, gone afterwards. ``both`` are further
    settings of each."""
    data = Path(tempfile.mkdtemp(prefix="suigo-bridge-"))
    suffix = uuid4().hex[:12]
    names = {zone: f"bridge_{zone}_{suffix}" for zone in ("outer", "inner")}
    keys = {zone: new_key(f"{zone}-1") for zone in ("outer", "inner")}
    other = {"outer": "inner", "inner": "outer"}
    # a node is nobody's worker: its data are where it is told
    ours = ("SUIGO_", "PYTEST_")
    kept = {name: v for name, v in os.environ.items() if not name.startswith(ours)}
    nodes = {
        zone: Node(
            zone,
            {
                **kept,
                "SUIGO_ENV": "test",
                "SUIGO_ZONE": zone,
                "SUIGO_DATA": str(data / zone),
                "SUIGO_DATABASE_URL": with_database(url, names[zone]),
                "SUIGO_BRIDGE_KEYS": keys[zone][0],
                "SUIGO_BRIDGE_PEER_KEYS": keys[other[zone]][1],
                # neither can open what the other sealed
                "SUIGO_ENCRYPTION_KEYS": f"{zone}:{urlsafe_b64encode(os.urandom(32)).decode()}",
                "SUIGO_RESIDENTS_URL": "https://tetsuzuki.example.jp",
                "DJANGO_SETTINGS_MODULE": "settings_for_tests",
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}",
                **(both or {}),
            },
            list(options),
        )
        for zone in ("outer", "inner")
    }
    if outer_city is not None:
        nodes["outer"].environment["SUIGO_CITY"] = str(outer_city)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, data, ignore_errors=True)
        empty = _EMPTY.get(url, "")
        for node, name in ((nodes[zone], names[zone]) for zone in ("outer", "inner")):
            stack.callback(_drop, url, name)
            _create(url, name, like=empty or "template1")
            node.start()
            stack.callback(node.stop)
            if not empty:
                node.ready()
                node.do("migrate")
                empty = _EMPTY[url] = f"bridge_empty_{suffix}"
                atexit.register(_forget, url, empty)
                _create(url, empty, like=name)
        for node in nodes.values():
            node.ready()
        for node in nodes.values():
            node.do("people")
        world = World(nodes["outer"], nodes["inner"], data / "inward", data / "outward", data)
        world.inward.mkdir()
        world.outward.mkdir()
        yield world


def _create(url: str, name: str, *, like: str) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {like}")


def _drop(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        drop(server, name)


def _forget(url: str, name: str) -> None:
    """At the end of the process, unless the server has ended before."""
    with suppress(psycopg.OperationalError):
        _drop(url, name)


def drop(server: psycopg.Connection[Any], name: str) -> None:
    """Remove a database, as soon as the server's own vacuum has left it."""
    for _try in range(50):
        with suppress(psycopg.errors.InsufficientPrivilege):
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            return
        time.sleep(0.2)
    raise AssertionError(f"{name} is still in use")
