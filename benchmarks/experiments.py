"""The goals, each as one experiment that alternates bare → Suigo → bare in every round."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence

from comparison import FEW, MANY, Bench, Pairs, Worker, until, warm
from footprint import g15
from harness import machine
from harness.load import Sample
from harness.report import Finding, alone, disturbed
from many import many
from sides import bare, suigo
from sides.clerk import Clerk

TIMES = 20  # applications of each resident that the worker deals with: above the clock's tick


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
        before = machine.cpu_seconds(worker.pid)
        warm([r.apply for r in residents], times=TIMES)
        until(lambda: bench.here.sql("suigo", waiting + " AND scheduled_at IS NULL") == [(0,)])
        used = machine.cpu_seconds(worker.pid) - before
    per_case = used * 1000 / (TIMES * len(residents))
    title = "jobs of the worker after each application, one try to send the mail included"
    return [Finding("G1", title, "CPU ms", [per_case])]


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
    for sender in senders:
        sender.stock(int(40 * bench.seconds * bench.rounds) + 10)
    warm([s.confirm_and_save_receipt for s in senders], times=1)
    samples = []
    with Worker(bench):
        for number in range(bench.rounds):
            samples.append(bench.sample(bench.suigo, [s.confirm_and_save_receipt for s in senders]))
            bench.say(f"G3 {number + 1}/{bench.rounds}: {samples[-1].p50:.0f} ms")
    title = "from the last click to the receipt as PDF; the number is in the answer itself"
    return [
        alone("G3", f"{title}, 8 clients", "ms at the median", samples, lambda s: s.p50),
        alone("G3", "the same", "per s", samples, lambda s: s.rate),
        alone("G3", "the same", "CPU ms", samples, lambda s: s.cpu_ms),
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
    later = bench.alternate(
        "G5 large",
        lambda: bench.sample(bench.a, [guest.see_inbox]),
        lambda: bench.sample(bench.suigo, [clerk.see_inbox]),
    )
    measures: tuple[tuple[str, Callable[[Sample], float]], ...] = (
        ("CPU", lambda s: s.cpu_ms),
        ("time at the median", lambda s: s.p50),
    )
    for unit, of in measures:
        # minutes lie between the two, so each is taken as a multiple of the bare inbox beside it
        small, large = (_multiples(which, of) for which in (pairs, later))
        findings.append(
            Finding(
                "G5",
                f"inbox, {bench.large:,} cases",
                f"{unit} as a multiple of the bare inbox with {bench.small:,}",
                large,
                small,
                f"Suigo, {bench.small:,}",
                target=1.3,
                disturbed=disturbed([*later.suigo, *pairs.suigo]),
                rounds=len(later.suigo) * 2,
            )
        )
    return findings + _g6(bench, clerk, told_only=True)


def _multiples(pairs: Pairs, of: Callable[[Sample], float]) -> list[float]:
    """Suigo as a multiple of the limit, round by round."""
    return pairs.finding("", "", "", of, limit_name="").compared


def _g6(bench: Bench, clerk: Clerk, *, told_only: bool = False) -> list[Finding]:
    """Searching among the cases that are there now."""
    name, kana = bench.archive.someone
    rows = bench.large if told_only else bench.small
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


EXPERIMENTS: Mapping[str, Callable[[Bench], list[Finding]]] = {
    "G1": g1,
    "G2": g2,
    "G3": g3,
    "G4": g4,
    "G5": g5,
    "G15": g15,
    "GUIDE": many,
}
