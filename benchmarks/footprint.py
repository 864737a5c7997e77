"""G15: memory, start and migrations."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

from comparison import MANY, Bench, Worker, until, warm
from harness import machine
from harness.report import Finding
from harness.servers import ROOT, Server, bare_environment, free_port, listens, suigo_environment
from sides import bare, suigo


def g15(bench: Bench) -> list[Finding]:
    """Memory after work, a second start, and migrations on an empty database."""
    bench.restart_suigo()
    residents = [suigo.Resident(bench.suigo.port) for _ in range(MANY)]
    with Worker(bench) as worker:
        warm([r.apply_page_by_page for r in residents], 10)
        memory = _settled(bench, worker)
        warm([r.save_receipt for r in residents], 10)
        after_printing = _settled(bench, worker)
    guests = [bare.BareVisitor(bench.b.port, protected=True) for _ in range(MANY)]
    warm([g.apply_page_by_page for g in guests], 10)
    limit = machine.proportional_megabytes(machine.tree(bench.b.pid))
    bench.say(f"G15: {memory:.0f} MB (bare {limit:.0f} MB); starting a demonstration")
    first, second = _starts(bench)
    bench.say(f"G15: second start {second:.1f} s; migrating")
    ours, theirs = zip(*(_migrations(bench) for _ in range(min(3, bench.rounds))), strict=True)
    return [
        Finding(
            "G15",
            f"memory (PSS) of two web processes, their parent and a worker after work"
            f" (bare, no worker: {limit:.0f} MB)",
            "MB",
            [memory],
            target=350,
        ),
        Finding("G15", "the same after 160 receipts were printed as PDF", "MB", [after_printing]),
        Finding("G15", "second `./suigo run` to the first page", "s", [second], target=5),
        Finding(
            "G15",
            "first `./suigo run`, database"
            + (" and demonstration made" if bench.demonstration else " made, no demonstration"),
            "s",
            [first],
        ),
        Finding(
            "G15",
            f"migrations on an empty database (bare: {statistics.median(theirs):.1f} s)",
            "s",
            ours,
            target=12,
        ),
    ]


def _settled(bench: Bench, worker: Server) -> float:
    """Megabytes (PSS) of the web server's processes and the worker, once they are idle."""
    time.sleep(3)
    return machine.proportional_megabytes(
        [*machine.tree(bench.suigo.pid), *machine.tree(worker.pid)]
    )


def _starts(bench: Bench) -> tuple[float, float]:
    """Seconds from the command to the first page: of a fresh installation, and of a second run."""
    data = bench.here.directory / "installation"
    environment = {k: v for k, v in suigo_environment(bench.here).items() if "SUIGO_" not in k}
    if not bench.demonstration:
        environment["SUIGO_ENV"] = "test"
    launcher = [str(ROOT / "suigo"), "run"]
    if (Path(sys.prefix) / "suigo-installed.json").exists():
        environment["SUIGO_VENV"] = sys.prefix
    else:  # this environment was not made by the launcher: begin where the launcher hands over
        launcher = ["-m", "suigo.project.cli", "run"]
    took = []
    for _ in range(2):
        port = free_port()
        begun = time.monotonic()
        with (bench.here.directory / "installation.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *launcher, "--port", str(port), "--data", str(data)],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            until(partial(_is_home, port), patience=900)
            took.append(time.monotonic() - begun)
        finally:
            os.kill(process.pid, signal.SIGINT)
            process.wait(60)
    return took[0], took[1]


def _is_home(port: int) -> bool:
    if not listens(port):
        return False
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        return answer.status == 200 and b"</html>" in answer.read()
    except OSError:
        return False
    finally:
        connection.close()


def _migrations(bench: Bench) -> tuple[float, float]:
    """Seconds of both on empty databases."""
    took = []
    for name, environment in (
        ("empty", suigo_environment(bench.here, database="empty")),
        ("empty", bare_environment(bench.here, full=True)),
    ):
        bench.here.make_database(name)
        environment |= {"BARE_DATABASE_URL": bench.here.database_url(name)}
        options = ["--run-syncdb"] if "BARE_MIDDLEWARE" in environment else []
        begun = time.monotonic()
        bench.here.run(["django", "migrate", "--verbosity=0", *options], environment)
        took.append(time.monotonic() - begun)
    return took[0], took[1]
