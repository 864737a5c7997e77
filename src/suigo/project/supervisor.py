"""Keeps the parts of one installation running: PostgreSQL, web server, worker, mail catcher.

The supervisor itself loads none of the product, so it is small and hard to break. A part that dies
is started again, at once at first and more slowly when it keeps dying. The listening socket belongs
to the supervisor: while the web server is replaced, browsers wait instead of being refused.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from suigo.project import lifeline
from suigo.project.postgres import Cluster, PostgresError

LOOK_EVERY_SECONDS = 0.2
GRACE_SECONDS = 15.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
HEALTHY_AFTER_SECONDS = 5.0
PORTS = range(20_000, 32_000)

Say = Callable[[str], None]


@dataclass
class Part:
    """One process to keep running, and how it has been doing."""

    title: str
    command: list[str]
    descriptors: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    not_before: float = 0.0

    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None


@dataclass
class Supervisor:
    """Starts the parts in order, watches them, and stops them in reverse order."""

    say: Say
    cluster: Cluster | None
    parts: list[Part] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)
    _lifeline: tuple[int, int] = field(default_factory=lifeline.make)

    def add(
        self, title: str, module: str, *arguments: str, descriptors: tuple[int, ...] = ()
    ) -> None:
        """Have a Python module run as a part."""
        command = [sys.executable, "-m", module, *arguments]
        self.parts.append(Part(title=title, command=command, descriptors=descriptors))

    def end_on_signals(self) -> None:
        """Let Ctrl-C and SIGTERM end `run`; a second one stops the parts without mercy."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def end(self) -> None:
        """Let `run` end."""
        self._ending.set()

    def start(self) -> None:
        """Start every part."""
        for part in self.parts:
            self._spawn(part)

    def wait_until_answering(self, address: tuple[str, int], patience: float) -> bool:
        """Whether the web server gave an HTTP answer in time; keeps parts alive meanwhile."""
        end = time.monotonic() + patience
        while time.monotonic() < end and not self._ending.is_set():
            self._look_after_parts()
            with contextlib.suppress(OSError), socket.create_connection(address, timeout=5) as web:
                web.sendall(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                if web.recv(16).startswith(b"HTTP/1."):
                    return True
            self._ending.wait(0.05)
        return False

    def run(self) -> None:
        """Watch the parts until a signal asks to end; then stop them all."""
        try:
            while not self._ending.wait(LOOK_EVERY_SECONDS):
                self._look_after_database()
                self._look_after_parts()
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop every part, last started first, and wait until all are gone."""
        running = [part for part in reversed(self.parts) if part.is_running()]
        for part in running:
            self._signal(part, signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        for part in running:
            process = part.process
            if process is None:
                continue
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, end - time.monotonic()))
            # also what the part left behind in its process group
            self._signal(part, signal.SIGKILL, whole_group=True)
            process.wait()

    def _look_after_database(self) -> None:
        if self.cluster is None or self.cluster.is_alive():
            return
        self.say("データベースが止まったので再開します / The database stopped; starting it again")
        try:
            self.cluster.start()
        except PostgresError as problem:
            self.say(str(problem))

    def _look_after_parts(self) -> None:
        now = time.monotonic()
        for part in self.parts:
            if part.is_running():
                if now - part.started > HEALTHY_AFTER_SECONDS:
                    part.pause = FIRST_PAUSE_SECONDS
                continue
            if part.process is not None:
                self.say(
                    f"{part.title} が終了しました(コード {part.process.returncode})。再起動します"
                    f" / {part.title} ended; restarting it in {part.pause:.1f} s"
                )
                self._signal(part, signal.SIGKILL, whole_group=True)
                part.process = None
                part.not_before = now + part.pause
                part.pause = min(part.pause * 2, LONGEST_PAUSE_SECONDS)
            if now >= part.not_before:
                self._spawn(part)

    def _spawn(self, part: Part) -> None:
        reading, _ = self._lifeline
        part.process = subprocess.Popen(
            part.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the supervisor only, which stops in order
            pass_fds=(reading, *part.descriptors),
            env={**os.environ, lifeline.VARIABLE: str(reading)},
        )
        part.started = time.monotonic()

    def _signal(self, part: Part, number: int, *, whole_group: bool = False) -> None:
        if part.process is None:
            return
        # a part is the leader of its own session, so its process group has its id
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if whole_group:
                os.killpg(part.process.pid, number)
            elif part.is_running():
                os.kill(part.process.pid, number)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._ending.is_set():
            for part in self.parts:
                self._signal(part, signal.SIGKILL, whole_group=True)
        self._ending.set()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that children may inherit. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


def _unused_port() -> int:
    """Any free one of ``PORTS``. Raises ``OSError`` when none of many is."""
    for port in random.sample(PORTS, 200):
        with contextlib.suppress(OSError):
            listen("127.0.0.1", port).close()
            return port
    raise OSError(f"no free port from {PORTS.start} to {PORTS.stop - 1}")


def recorded_port(path: Path) -> int:
    """A port of 127.0.0.1 that stays the same over restarts, unless somebody else took it.

    It is free until the part that listens there has started, which may take a while: so it is one
    that no system hands out by itself (Linux begins at 32768, others at 49152). Otherwise somebody
    else's connection may sit on it by then. Raises ``OSError`` when none is free.
    """
    with contextlib.suppress(OSError, ValueError):
        port = int(path.read_text())
        listen("127.0.0.1", port).close()
        return port
    port = _unused_port()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(f"{port}\n")
    return port
