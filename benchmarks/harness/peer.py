"""Another product that somebody runs: one of its pages beside Suigo's form page."""

from __future__ import annotations

import time
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.browser import WrongAnswer
from harness.load import measure
from harness.report import Finding, disturbed
from sides import suigo

if TYPE_CHECKING:
    from experiments import Bench


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
    told = {"disturbed": disturbed(ours), "rounds": len(ours)}
    findings = [
        Finding(
            "peer",
            title,
            "ms at the median",
            [s.p50 for s in ours],
            [s.p50 for s in theirs],
            "peer",
            **told,
        )
    ]
    if pid:
        findings.append(
            Finding(
                "peer",
                title,
                "CPU ms",
                [s.cpu_ms for s in ours],
                [s.cpu_ms for s in theirs],
                "peer (its tree alone)",
                **told,
            )
        )
    return findings
