"""The stage with both applications on it, and comparisons that alternate between them."""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.load import Operation, Sample, measure
from harness.report import Finding, disturbed
from harness.servers import Server, Stage, bare_environment, suigo_environment
from sides import suigo
from sides.clerk import Archive

MANY = 16  # visitors at a time where the goal says many
FEW = 8
Say = Callable[[str], None]


@dataclass
class Bench:
    """The stage with both applications on it, and how long to look."""

    here: Stage
    rounds: int
    seconds: float
    say: Say
    small: int = 100_000
    large: int = 1_000_000
    demonstration: bool = True  # whether the installation of G15 makes its people and cases

    @cached_property
    def a(self) -> Server:
        """The bare application without middleware."""
        return self.here.serve("bare-a", ["bare.server"], bare_environment(self.here, full=False))

    @cached_property
    def b(self) -> Server:
        """The bare application with the usual middleware."""
        return self.here.serve("bare-b", ["bare.server"], bare_environment(self.here, full=True))

    @cached_property
    def suigo(self) -> Server:
        """Suigo's web server: two processes with four threads, as the bare ones."""
        command = ["suigo.project.cli", "web", "--bind"]
        return self.here.serve("suigo", command, suigo_environment(self.here))

    def restart_suigo(self) -> None:
        """Suigo's web server anew: without what earlier experiments left in its memory."""
        if "suigo" in self.__dict__:
            self.suigo.end()
            self.here.running.remove(self.suigo)
            del self.suigo

    @cached_property
    def archive(self) -> Archive:
        """The many cases."""
        suigo.Resident(self.suigo.port).apply()
        return Archive(self.here)

    def sample(self, server: Server, visitors: Sequence[Operation]) -> Sample:
        """One run of one side."""
        trees = {server.name: server.pid, "postgresql": self.here.postgres_pid}
        return measure(visitors, seconds=self.seconds, trees=trees)

    def alternate(
        self, name: str, limit: Callable[[], Sample], ours: Callable[[], Sample]
    ) -> Pairs:
        """All rounds of one comparison; the first operations of both sides warm up unmeasured."""
        pairs = Pairs([], [])
        for number in range(self.rounds):
            before, own, after = limit(), ours(), limit()
            pairs.limit.append((before, after))
            pairs.suigo.append(own)
            self.say(
                f"{name} {number + 1}/{self.rounds}:"
                f" bare {before.cpu_ms:.2f}/{after.cpu_ms:.2f} ms CPU"
                f" {before.rate:.0f}/{after.rate:.0f} per s,"
                f" Suigo {own.cpu_ms:.2f} ms {own.rate:.0f} per s,"
                f" others {own.foreign_cores:.2f} cores"
            )
        return pairs


@dataclass
class Pairs:
    """What the rounds of one comparison gave."""

    limit: list[tuple[Sample, Sample]]
    suigo: list[Sample]

    def finding(
        self,
        goal: str,
        title: str,
        unit: str,
        of: Callable[[Sample], float],
        *,
        limit_name: str,
        target: float | None = None,
        at_most: bool = True,
        note: str = "",
    ) -> Finding:
        """One comparison; the limit of a round is the mean of its two runs."""
        everything = [*self.suigo, *itertools.chain.from_iterable(self.limit)]
        return Finding(
            goal=goal,
            title=title,
            unit=unit,
            suigo=[of(sample) for sample in self.suigo],
            limit=[(of(before) + of(after)) / 2 for before, after in self.limit],
            limit_name=limit_name,
            target=target,
            at_most=at_most,
            disturbed=disturbed(everything),
            rounds=len(everything),
            note=note,
        )

    def parts(self) -> str:
        """Where Suigo's CPU goes, by process tree."""
        names = self.suigo[0].cpu
        medians = {n: statistics.median(sample.cpu[n] for sample in self.suigo) for n in names}
        return " + ".join(f"{value:.2f} {name}" for name, value in medians.items())


def warm(visitors: Sequence[Operation], times: int = 3) -> Sequence[Operation]:
    """Let every visitor act a few times, so that each worker process has loaded everything."""
    threads = [
        threading.Thread(target=lambda act=act: [act() for _ in range(times)]) for act in visitors
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return visitors


class Worker:
    """A job worker for the length of a block."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __enter__(self) -> Server:
        environment = suigo_environment(self._bench.here)
        self._server = self._bench.here.start(
            "worker", ["suigo.project.cli", "worker"], environment
        )
        return self._server

    def __exit__(self, *_: object) -> None:
        self._server.end()
        self._bench.here.running.remove(self._server)


def until(holds: Callable[[], bool], *, patience: float = 120.0) -> None:
    """Wait for something. Raises ``TimeoutError``."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        time.sleep(0.1)
