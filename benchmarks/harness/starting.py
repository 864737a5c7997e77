"""How long starting takes: a fresh installation, a second run, migrations on an empty database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

from harness.servers import ROOT, Stage, bare_environment, free_port, listens, suigo_environment


def starts(here: Stage) -> tuple[float, float]:
    """Seconds from the command to the first page: of a fresh installation, and of a second run."""
    data = here.directory / "installation"
    environment = {k: v for k, v in suigo_environment(here).items() if "SUIGO_" not in k}
    launcher = [str(ROOT / "suigo"), "run"]
    if (Path(sys.prefix) / "suigo-installed.json").exists():
        environment["SUIGO_VENV"] = sys.prefix
    else:  # this environment was not made by the launcher: begin where the launcher hands over
        launcher = ["-m", "suigo.project.cli", "run"]
    took = []
    for _ in range(2):
        port = free_port()
        begun = time.monotonic()
        with (here.directory / "installation.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *launcher, "--port", str(port), "--data", str(data)],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            until(lambda port=port: listens(port) and _is_home(port), patience=300)
            took.append(time.monotonic() - begun)
        finally:
            os.kill(process.pid, signal.SIGINT)
            process.wait(60)
    return took[0], took[1]


def _is_home(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        return answer.status == 200 and b"</html>" in answer.read()
    except OSError:
        return False
    finally:
        connection.close()


def migrations(here: Stage) -> tuple[float, float]:
    """Seconds of both on empty databases."""
    took = []
    for name, environment in (
        ("empty", suigo_environment(here, database="empty")),
        ("empty", bare_environment(here, full=True)),
    ):
        here.make_database(name)
        environment |= {"BARE_DATABASE_URL": here.database_url(name)}
        options = ["--run-syncdb"] if "BARE_MIDDLEWARE" in environment else []
        begun = time.monotonic()
        here.run(["django", "migrate", "--verbosity=0", *options], environment)
        took.append(time.monotonic() - begun)
    return took[0], took[1]


def until(holds: Callable[[], bool], *, patience: float = 120.0) -> None:
    """Wait for a condition. Raises ``TimeoutError`` after ``patience`` seconds."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        time.sleep(0.1)
