"""What the kernel knows about processes: CPU time, memory, and who else is busy (Linux only)."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """A process and everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields is not None:
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """User and system time of a process tree so far, with children that ended and were reaped."""
    ticks = 0
    for pid in tree(root):
        fields = _stat(pid)
        if fields is not None:
            ticks += sum(int(value) for value in fields[11:15])
    return ticks / TICKS_PER_SECOND


def own_cpu_seconds() -> float:
    """What this program, which is the client, used itself."""
    times = os.times()
    return times.user + times.system


def busy_seconds() -> float:
    """CPU time that everybody on this machine has used, over all cores."""
    first = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq = (int(value) for value in first[:7])
    return (user + nice + system + irq + softirq) / TICKS_PER_SECOND


def proportional_megabytes(pids: Iterable[int]) -> float:
    """PSS of processes in MB: private memory, and their part of what is shared."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total * 1024 / 1_000_000


def _stat(pid: int) -> list[str] | None:
    """Fields of ``/proc/PID/stat`` after the name (so the state comes first); None when gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


@dataclass(frozen=True)
class Machine:
    """Where the figures come from."""

    system: str
    processor: str
    cores: int
    memory_gb: float
    versions: dict[str, str]


def describe(*, postgresql: str) -> Machine:
    """This machine and the versions of what runs on it."""
    info = Path("/proc/cpuinfo").read_text()
    names = [
        line.split(":", 1)[1].strip() for line in info.split("\n") if line.startswith("model name")
    ]
    names = names or [platform.machine()]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    packages = ("django", "gunicorn", "psycopg", "procrastinate", "typst")
    return Machine(
        system=f"{platform.system()} {platform.release()}",
        processor=names[0],
        cores=len(names),
        memory_gb=round(memory, 1),
        versions={
            "Python": platform.python_version(),
            "PostgreSQL": postgresql,
            **{name: importlib.metadata.version(name) for name in packages},
        },
    )
