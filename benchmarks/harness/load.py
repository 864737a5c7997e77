"""A closed loop: so many visitors, each of whom acts again as soon as the answer is there."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness import machine

Operation = Callable[[], None]


class UsedUp(Exception):
    """An operation has nothing prepared to work on any more; its visitor stops."""


@dataclass(frozen=True)
class Sample:
    """One run of one side: what it got done and what that cost. Times in milliseconds."""

    operations: int
    seconds: float
    cpu: Mapping[str, float]  # per operation, by process tree
    p50: float
    p99: float
    foreign_cores: float  # what others used meanwhile, in cores

    @property
    def rate(self) -> float:
        """Operations per second."""
        return self.operations / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU per operation, all trees together."""
        return sum(self.cpu.values())


def measure(visitors: Sequence[Operation], *, seconds: float, trees: Mapping[str, int]) -> Sample:
    """Let the visitors act for ``seconds``; ``trees`` are root process ids by name.

    Raises whatever a visitor's operation raises: a wrong answer ends the measurement.
    """
    looked = time.perf_counter()
    busy, own = machine.busy_seconds(), machine.own_cpu_seconds()
    before = {name: machine.cpu_seconds(root) for name, root in trees.items()}
    begun = time.perf_counter()
    took = _act(visitors, until=begun + seconds)
    elapsed = time.perf_counter() - begun
    used = {name: machine.cpu_seconds(root) - before[name] for name, root in trees.items()}
    foreign = machine.busy_seconds() - busy - (machine.own_cpu_seconds() - own) - sum(used.values())
    foreign /= time.perf_counter() - looked
    if not took:
        raise UsedUp("not one operation was completed")
    ordered = sorted(took)
    return Sample(
        operations=len(took),
        seconds=elapsed,
        cpu={name: value * 1000 / len(took) for name, value in used.items()},
        p50=statistics.median(ordered) * 1000,
        p99=ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000,
        foreign_cores=max(0.0, foreign),
    )


def _act(visitors: Sequence[Operation], *, until: float) -> list[float]:
    took: list[list[float]] = [[] for _ in visitors]
    failures: list[BaseException] = []

    def visit(operation: Operation, mine: list[float]) -> None:
        try:
            while not failures and time.perf_counter() < until:
                begun = time.perf_counter()
                operation()
                mine.append(time.perf_counter() - begun)
        except UsedUp:
            return
        except BaseException as failure:
            failures.append(failure)

    threads = [
        threading.Thread(target=visit, args=(operation, mine))
        for operation, mine in zip(visitors, took, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [one for mine in took for one in mine]
