"""People apply while processes are killed at random; afterwards every promise is checked."""

import http.client
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from reliability.product import CLI, Product, eventually, kill
from reliability.visitor import Unexpected, Visitor

BROKEN = (OSError, http.client.HTTPException, Unexpected)

# What is killed: its name, where its process ids come from, and the signal.
Target = tuple[str, Callable[[Product], list[int]], int]
WEB_WORKER: Target = ("web worker", Product.web_workers, signal.SIGKILL)
WEB_MASTER: Target = ("web master", lambda p: p.parts("web", older_than=5.5), signal.SIGKILL)
JOB_WORKER: Target = ("job worker", lambda p: p.parts("worker", older_than=2.5), signal.SIGKILL)
DATABASE: Target = ("database", Product.postmaster, signal.SIGKILL)
DATABASE_AT_ONCE: Target = ("database, immediate", Product.postmaster, signal.SIGQUIT)


@dataclass
class Sent:
    """An application that somebody tried to send: what they know about it."""

    visitor: Visitor
    check: str
    number: str | None

    @property
    def key(self) -> str:
        """How the case remembers this draft."""
        return f"draft:{self.check.split('/')[2]}"


@dataclass
class Outcome:
    """What happened: every try to send, and every kill."""

    sent: list[Sent] = field(default_factory=list)
    kills: list[str] = field(default_factory=list)
    interrupted: int = 0

    @property
    def acknowledged(self) -> list[Sent]:
        """Those whose sender saw a number."""
        return [one for one in self.sent if one.number is not None]


def live_through(
    product: Product, *, targets: list[Target], kills: int, seed: int, people: int = 4
) -> Outcome:
    """Let people apply until so many kills have happened, and then some time in peace."""
    outcome, ending, lock = Outcome(), threading.Event(), threading.Lock()
    host, port = product.address
    chance = random.Random(seed)

    def apply_again_and_again() -> None:
        while not ending.is_set():
            visitor = Visitor(host, port)
            try:
                check = visitor.fill()
            except BROKEN:
                outcome.interrupted += 1
                time.sleep(0.02)
                continue
            number = None
            try:
                number = visitor.send(check)
            except BROKEN:
                outcome.interrupted += 1
            with lock:
                outcome.sent.append(Sent(visitor, check, number))

    threads = [threading.Thread(target=apply_again_and_again) for _ in range(people)]
    for thread in threads:
        thread.start()
    try:
        while len(outcome.kills) < kills:
            time.sleep(chance.uniform(0.02, 0.6))
            name, find, number = chance.choice(targets)
            found = find(product)
            if found and kill(chance.choice(found), number):
                outcome.kills.append(name)
        wait_until_it_answers(product)
        time.sleep(0.3)
    finally:
        ending.set()
        for thread in threads:
            thread.join()
    return outcome


def wait_until_it_answers(product: Product) -> None:
    """Until one application goes through."""
    host, port = product.address

    def goes_through() -> bool:
        try:
            visitor = Visitor(host, port, timeout=10)
            visitor.fill()
        except BROKEN:
            return False
        return True

    assert eventually(goes_through, within=60), product.log()[-3000:].decode()


def settle(outcome: Outcome) -> None:
    """Everybody who saw no number sends once more, as people do; each must get one now."""
    for one in outcome.sent:
        if one.number is None:
            one.number = one.visitor.send(one.check)


def check_promises(product: Product, outcome: Outcome) -> None:
    """Nothing acknowledged is lost, nothing is doubled, numbers have no gaps, the ledger holds."""
    acknowledged = {one.key: one.number for one in outcome.acknowledged}
    with product.database() as connection:
        stored = dict(connection.execute("SELECT submit_key, number FROM cases_case").fetchall())
        lost = {key: number for key, number in acknowledged.items() if stored.get(key) != number}
        assert lost == {}
        settle(outcome)
        everything = {one.key: one.number for one in outcome.sent}
        connection.rollback()
        stored = dict(connection.execute("SELECT submit_key, number FROM cases_case").fetchall())
        ours = {key: number for key, number in stored.items() if key in everything}
        assert ours == everything
        gaps = connection.execute(
            "SELECT c.procedure_id, count(*), max(c.sequence) FROM cases_case c"
            " GROUP BY c.procedure_id, c.fiscal_year HAVING count(*) <> max(c.sequence)"
        ).fetchall()
        assert gaps == []
        once = connection.execute(
            "SELECT count(*), count(DISTINCT subject_id) FROM audit_entry"
            " WHERE action = 'case.received'"
        ).fetchone()
        assert once == (len(stored), len(stored))


def check_ledger(product: Product) -> None:
    """The audit chain is whole, by the product's own command."""
    done = subprocess.run(
        [*CLI, "audit", "verify", "--data", str(product.data)],
        check=False,
        capture_output=True,
        text=True,
        env=product.environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
