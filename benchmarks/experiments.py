"""The goals, each as one experiment that alternates bare → Suigo → bare in every round."""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness import machine
from harness.load import Operation, Sample, measure
from harness.report import Finding, disturbed
from harness.servers import (
    BENCHMARKS,
    Server,
    Stage,
    bare_environment,
    suigo_environment,
)
from harness.starting import migrations, starts, until
from sides import bare, suigo
from sides.clerk import Archive, Clerk

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


def g1(bench: Bench) -> list[Finding]:
    """The whole application: start, three pages, confirm."""
    guests = [bare.BareVisitor(bench.b.port, protected=True) for _ in range(MANY)]
    residents = [suigo.Resident(bench.suigo.port) for _ in range(MANY)]
    theirs, ours = warm([g.apply for g in guests]), warm([r.apply for r in residents])
    flow = bench.alternate(
        "G1", lambda: bench.sample(bench.b, theirs), lambda: bench.sample(bench.suigo, ours)
    )
    theirs = warm([g.apply_page_by_page for g in guests])
    ours = warm([r.apply_page_by_page for r in residents])
    pages = bench.alternate(
        "G1 with pages",
        lambda: bench.sample(bench.b, theirs),
        lambda: bench.sample(bench.suigo, ours),
    )
    return [
        flow.finding(
            "G1",
            "application of 3 steps and 15 questions, 5 posts, 16 clients",
            "CPU ms",
            lambda s: s.cpu_ms,
            limit_name="bare B",
            target=2.0,
            note=flow.parts(),
        ),
        flow.finding("G1", "the same", "applications per s", lambda s: s.rate, limit_name="bare B"),
        pages.finding(
            "G1",
            "the same with every page looked at in between",
            "CPU ms",
            lambda s: s.cpu_ms,
            limit_name="bare B",
        ),
        *_jobs_after(bench, residents),
    ]


def _jobs_after(bench: Bench, residents: Sequence[suigo.Resident]) -> list[Finding]:
    """What the worker does afterwards for each case (the mail finds nobody listening here)."""
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    with Worker(bench) as worker:
        until(lambda: bench.here.sql("suigo", waiting + " AND scheduled_at IS NULL") == [(0,)])
        warm([r.apply for r in residents], times=5)
        before = machine.cpu_seconds(worker.pid)
        until(lambda: bench.here.sql("suigo", waiting + " AND scheduled_at IS NULL") == [(0,)])
        used = machine.cpu_seconds(worker.pid) - before
    per_case = used * 1000 / (5 * len(residents))
    title = "jobs of the worker after each application, one try to send the mail included"
    return [Finding("G1", title, "CPU ms", [per_case])]


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


def g2(bench: Bench) -> list[Finding]:
    """The last click alone."""
    guests = [bare.BareVisitor(bench.b.port, protected=True) for _ in range(MANY)]
    senders = [suigo.Confirmer(bench.here, bench.suigo.port) for _ in range(MANY)]

    def stock() -> None:
        for sender in senders:
            sender.stock(int(80 * bench.seconds))

    def ours() -> Sample:
        stock()
        return bench.sample(bench.suigo, [s.confirm for s in senders])

    stock()
    theirs = warm([g.insert for g in guests])
    warm([s.confirm for s in senders])
    pairs = bench.alternate("G2", lambda: bench.sample(bench.b, theirs), ours)
    return [
        pairs.finding(
            "G2",
            "confirming: data, number, ledger and outbox in one transaction, 16 clients",
            "confirmations per s",
            lambda s: s.rate,
            limit_name="bare B, one INSERT",
            target=0.45,
            at_most=False,
        ),
        pairs.finding(
            "G2",
            "the same",
            "ms at the 99th percentile",
            lambda s: s.p99,
            limit_name="bare B, one INSERT",
            target=2.5,
        ),
        pairs.finding(
            "G2",
            "the same",
            "CPU ms",
            lambda s: s.cpu_ms,
            limit_name="bare B, one INSERT",
            note=pairs.parts(),
        ),
    ]


def g3(bench: Bench) -> list[Finding]:
    """Number in the answer itself, then the receipt as PDF, while a worker runs."""
    senders = [suigo.Confirmer(bench.here, bench.suigo.port) for _ in range(FEW)]
    stock = [sender.stock(int(40 * bench.seconds * bench.rounds) + 10) for sender in senders]
    assert len(stock) == FEW
    warm([s.confirm_and_save_receipt for s in senders], times=1)
    samples = []
    with Worker(bench):
        for number in range(bench.rounds):
            samples.append(bench.sample(bench.suigo, [s.confirm_and_save_receipt for s in senders]))
            bench.say(f"G3 {number + 1}/{bench.rounds}: {samples[-1].p50:.0f} ms")
    told = {"disturbed": disturbed(samples), "rounds": len(samples)}
    title = "from the last click to the receipt as PDF; the number is in the answer itself"
    return [
        Finding("G3", f"{title}, 8 clients", "ms at the median", [s.p50 for s in samples], **told),
        Finding("G3", "the same", "per s", [s.rate for s in samples], **told),
        Finding("G3", "the same", "CPU ms", [s.cpu_ms for s in samples], **told),
    ]


def g4(bench: Bench) -> list[Finding]:
    """A form page, complete without a script."""
    guest = bare.BareVisitor(bench.a.port, protected=False)
    resident = suigo.Resident(bench.suigo.port)
    resident.keep_a_form()
    # more times than there are worker threads: one visitor's requests reach both processes
    warm([guest.see_form], 30)
    warm([resident.see_form], 30)
    pairs = bench.alternate(
        "G4",
        lambda: bench.sample(bench.a, [guest.see_form]),
        lambda: bench.sample(bench.suigo, [resident.see_form]),
    )
    return [
        pairs.finding(
            "G4",
            "form page, 1 client (Suigo 7 questions with 19 inputs, bare 15 fields)",
            "CPU ms",
            lambda s: s.cpu_ms,
            limit_name="bare A",
            target=1.2,
            note=pairs.parts(),
        ),
        pairs.finding("G4", "the same", "ms at the median", lambda s: s.p50, limit_name="bare A"),
    ]


def g5(bench: Bench) -> list[Finding]:
    """The inbox, small and large."""
    archive = bench.archive
    bench.say(f"G5: inserting {bench.small:,} cases")
    archive.grow(bench.small)
    bare.fill_inbox(bench.here, rows=bench.small)
    guest = bare.BareVisitor(bench.a.port, protected=False)
    clerk = Clerk(bench.suigo.port, archive.cookie)
    warm([guest.see_inbox], 30)
    warm([clerk.see_inbox], 30)
    pairs = bench.alternate(
        "G5",
        lambda: bench.sample(bench.a, [guest.see_inbox]),
        lambda: bench.sample(bench.suigo, [clerk.see_inbox]),
    )
    findings = [
        pairs.finding(
            "G5",
            f"inbox, {bench.small:,} cases, filter, order, 50 rows, total, 1 client",
            "CPU ms",
            lambda s: s.cpu_ms,
            limit_name="bare A",
            target=2.0,
            note=pairs.parts(),
        ),
        pairs.finding("G5", "the same", "ms at the median", lambda s: s.p50, limit_name="bare A"),
        *_g6(bench, clerk),
    ]
    bench.say(f"G5: inserting {bench.large:,} cases")
    archive.grow(bench.large)
    warm([clerk.see_inbox], 30)
    large = [bench.sample(bench.suigo, [clerk.see_inbox]) for _ in range(bench.rounds)]
    for unit, of in (
        ("CPU ms", lambda s: s.cpu_ms),
        ("ms at the median", lambda s: s.p50),
    ):
        findings.append(
            Finding(
                "G5",
                f"inbox, {bench.large:,} cases",
                unit,
                [of(s) for s in large],
                [of(s) for s in pairs.suigo],
                f"Suigo, {bench.small:,}",
                target=1.3,
                disturbed=disturbed([*large, *pairs.suigo]),
                rounds=len(large) * 2,
            )
        )
    return findings + _g6(bench, clerk, told_only=True)


def _g6(bench: Bench, clerk: Clerk, *, told_only: bool = False) -> list[Finding]:
    """Searching among the cases that are there now."""
    name, kana = bench.archive.someone
    rows = bench.large if told_only else bench.small
    number = "R8-S01-1000001"  # of the first inserted row that is the library's
    number = str(
        bench.here.sql(
            "suigo",
            "SELECT number FROM cases_case WHERE department = 'library' ORDER BY id DESC LIMIT 1",
        )[0][0]
    )
    findings = []
    for what, words, expect, most in (
        ("number", number, number, 1),
        ("name", name, name, 50),
        ("kana", kana, name, 50),
    ):

        def search(words: str = words, expect: str = expect, most: int = most) -> None:
            clerk.find(words, expect=expect, most=most)

        warm([search], 10)
        samples = [bench.sample(bench.suigo, [search]) for _ in range(bench.rounds)]
        bench.say(f"G6 {what}: {statistics.median(s.p50 for s in samples):.1f} ms")
        findings.append(
            Finding(
                "G6",
                f"search by {what} among {rows:,} cases, whole page, 1 client",
                "ms at the median",
                [s.p50 for s in samples],
                target=None if told_only else 9.99,
                disturbed=disturbed(samples),
                rounds=len(samples),
                note=f"{statistics.median(s.cpu_ms for s in samples):.1f} ms CPU",
            )
        )
    return findings


def g15(bench: Bench) -> list[Finding]:
    """Memory after work, a second start, and migrations on an empty database."""
    residents = [suigo.Resident(bench.suigo.port) for _ in range(MANY)]
    with Worker(bench) as worker:
        warm([r.apply_page_by_page for r in residents], 10)
        time.sleep(3)
        memory = machine.proportional_megabytes(
            [*machine.tree(bench.suigo.pid), *machine.tree(worker.pid)]
        )
    guests = [bare.BareVisitor(bench.b.port, protected=True) for _ in range(MANY)]
    warm([g.apply_page_by_page for g in guests], 10)
    limit = machine.proportional_megabytes(machine.tree(bench.b.pid))
    bench.say(f"G15: {memory:.0f} MB (bare {limit:.0f} MB); starting a demonstration")
    first, second = starts(bench.here)
    bench.say(f"G15: second start {second:.1f} s; migrating")
    ours, theirs = zip(*(migrations(bench.here) for _ in range(min(3, bench.rounds))), strict=True)
    return [
        Finding(
            "G15",
            f"memory (PSS) of two web processes, their parent and a worker after work"
            f" (bare, no worker: {limit:.0f} MB)",
            "MB",
            [memory],
            target=350,
        ),
        Finding("G15", "second `./suigo run` to the first page", "s", [second], target=5),
        Finding("G15", "first `./suigo run`, database and demonstration made", "s", [first]),
        Finding(
            "G15",
            f"migrations on an empty database (bare: {statistics.median(theirs):.1f} s)",
            "s",
            ours,
            target=12,
        ),
    ]


EXPERIMENTS: Mapping[str, Callable[[Bench], list[Finding]]] = {
    "G1": g1,
    "G2": g2,
    "G3": g3,
    "G4": g4,
    "G5": g5,
    "G15": g15,
}
assert BENCHMARKS
