"""Another product that somebody runs: one of its pages beside Suigo's form page."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.browser import WrongAnswer
from harness.load import Sample, measure
from harness.report import Finding, disturbed
from sides import suigo

if TYPE_CHECKING:
    from comparison import Bench


class PeerVisitor:
    """Looks at one page over a kept connection."""

    def __init__(self, address: str) -> None:
        self._parts = urlsplit(address)
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        self._connection = kind(self._parts.netloc, timeout=60)

    def see(self) -> None:
        """The page; anything but 200 ends the measurement."""
        path = self._parts.path or "/"
        query = f"?{self._parts.query}" if self._parts.query else ""
        self._connection.request("GET", path + query, headers={"Accept-Language": "ja"})
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200 or not body:
            raise WrongAnswer(f"the peer answered {answer.status}")


def compare(bench: Bench, address: str, *, pid: int | None) -> list[Finding]:
    """Time, and with ``pid`` also CPU, of the peer's page and of Suigo's form page, alternating."""
    visitor, resident = PeerVisitor(address), suigo.Resident(bench.suigo.port)
    resident.keep_a_form()
    for act in (visitor.see, resident.see_form):
        for _ in range(10):
            act()
    theirs, ours = [], []
    for _ in range(bench.rounds):
        trees = {"peer": pid} if pid else {}
        theirs.append(measure([visitor.see], seconds=bench.seconds, trees=trees))
        ours.append(bench.sample(bench.suigo, [resident.see_form]))
        time.sleep(0.1)
    title = f"form page beside {address}, 1 client"
    busy, rounds = disturbed(ours), len(ours)
    measures: list[tuple[str, str, Callable[[Sample], float]]] = [
        ("ms at the median", "peer", lambda s: s.p50)
    ]
    if pid:
        measures.append(("CPU ms", "peer (its tree alone)", lambda s: s.cpu_ms))
    return [
        Finding(
            "peer",
            title,
            unit,
            [of(s) for s in ours],
            [of(s) for s in theirs],
            limit_name,
            disturbed=busy,
            rounds=rounds,
        )
        for unit, limit_name, of in measures
    ]
