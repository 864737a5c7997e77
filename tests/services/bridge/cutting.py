"""A life of two nodes in which everything is cut: processes, files, and the way between.

Used by ``test_cuts.py`` and, for hours, by ``./suigo soak``.
"""

import random
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from services.bridge.nodes import World

BEGIN = datetime.fromisoformat("2026-11-24T01:00:00+00:00")
ASKED = {"wishes": "もう少し詳しくお書きください"}
# a receipt of a bad packet is allowed to name only what was really done to it on the way
EXPECTED_REASONS = {"unreadable", "forged", "unknown_key", "not_for_us", "altered"}


@dataclass
class Life:
    """What happened so far, and what must be true at the end."""

    world: World
    chance: random.Random
    now: datetime = BEGIN
    acknowledged: dict[str, str] = field(default_factory=dict)  # number by id
    cuts: int = 0
    damage: int = 0
    sent: int = 0

    @property
    def moment(self) -> str:
        """Every event has a moment of its own."""
        self.now += timedelta(seconds=1)
        return self.now.isoformat()

    def cut(self) -> int:
        """Where to cut the next command: early, halfway, or so late that a long one is needed."""
        return self.chance.randint(1, self.chance.choice([8, 20, 60]))

    def submit(self, *, cut: int = 0) -> None:
        """A resident applies, perhaps with a file; what is told to them is remembered."""
        self.sent += 1
        size = self.chance.choice([0, 0, 3_000])
        told = self.world.outer.do(
            "submit", cut=cut, now=self.moment, wishes=f"願い {self.sent}", file=size
        )
        if told is not None:
            self.acknowledged[told["id"]] = told["number"]

    def act(self, *, cut: int = 0) -> None:
        """Somebody on either side does something with some case, whether it fits or not."""
        if not self.acknowledged:
            return
        case = self.chance.choice(list(self.acknowledged))
        inner, outer = self.world.inner, self.world.outer
        at = {"case": case, "now": self.moment, "cut": cut}
        match self.chance.randrange(7):
            case 0 | 1:
                inner.do("act", action="start_check", post="library-officer", **at)
            case 2:
                inner.do("act", action="request_correction", post="library-officer",
                         items=ASKED, **at)  # fmt: skip
            case 3 | 4:
                answers = {"wishes": f"直した願い {self.chance.random()}"}
                outer.do("act", action="answer_correction", post="", answers=answers, **at)
            case 5:
                inner.do("act", action="approve", post="library-head", **at)
            case 6 if self.chance.random() < 0.3:
                outer.do("act", action="withdraw", post="", reason="やめます", **at)

    def carry(self, *, cut: int = 0, after: float = 0.0) -> None:
        """One of the four steps of the link."""
        world = self.world
        node, verb, folder = self.chance.choice(
            [
                (world.outer, "send", world.inward),
                (world.inner, "receive", world.inward),
                (world.inner, "send", world.outward),
                (world.outer, "receive", world.outward),
            ]
        )
        node.do(verb, directory=str(folder), now=self.moment, cut=cut, after=after)

    def harm(self) -> None:
        """The way between: files are lost, doubled, renamed, cut, altered, or come back."""
        folder = self.chance.choice([self.world.inward, self.world.outward])
        files = sorted(f for f in folder.iterdir() if f.suffix in (".packet", ".note"))
        if not files:
            return
        self.damage += 1
        file = self.chance.choice(files)
        match self.chance.randrange(6):
            case 0:
                file.unlink()
            case 1:
                shutil.copy(file, folder / f"copy-{self.damage}{file.suffix}")
            case 2:
                file.rename(folder / f"renamed-{self.damage}{file.suffix}")
            case 3:
                content = file.read_bytes()
                file.write_bytes(content[: self.chance.randrange(len(content))])
            case 4:
                changed = bytearray(file.read_bytes())
                if changed:
                    changed[self.chance.randrange(len(changed))] ^= 1 << self.chance.randrange(8)
                    file.write_bytes(bytes(changed))
            case 5:
                other = {self.world.inward: self.world.outward}.get(folder, self.world.inward)
                shutil.copy(file, other / f"back-{self.damage}{file.suffix}")

    def live(self, *, rounds: int, real: int = 0) -> None:
        """So many rounds; in each something is cut. ``real`` of them are killed from outside."""
        for number in range(rounds):
            if self.chance.random() < 0.4:
                self.submit(cut=self.chance.choice([0, 0, self.cut()]))
            if self.chance.random() < 0.4:
                self.act(cut=self.chance.choice([0, 0, self.cut()]))
            if self.chance.random() < 0.3:
                self.harm()
            if number < real:
                self.carry(after=self.chance.uniform(0.005, 0.1))
            self.carry(cut=self.cut())
            self.carry(cut=self.chance.choice([0, self.cut()]))
        self.cuts = self.world.outer.kills + self.world.inner.kills

    def heal(self) -> None:
        """The link is whole again, workers run, and everybody waits until nothing moves."""
        for _round in range(12):
            self.world.inner.do("letters", now=self.moment)
            self.world.inner.do("mails", now=self.moment)
            self.world.exchange(now=self.moment)
            waiting = [n.do("waiting") for n in (self.world.outer, self.world.inner)]
            if waiting == [0, 0]:
                return
        raise AssertionError(f"something still waits: {waiting}")


def promises(life: Life) -> None:
    """Everything that must hold once the link is whole."""
    outer, inner = life.world.outer.do("state"), life.world.inner.do("state")
    assert outer["ledger"]
    assert inner["ledger"]
    assert outer["held"] == inner["held"] == []
    assert set(life.acknowledged) <= set(inner["cases"])
    assert {i: outer["cases"][i]["number"] for i in life.acknowledged} == life.acknowledged
    # once each, with the same answers, files, corrections, decisions and letters on both sides
    assert _without_refusals(outer) == _without_refusals(inner)
    assert sum(case["refused"] for case in outer["cases"].values()) == inner["refused"]
    # what an applicant did was done once, or refused once
    done = inner["steps_done"] + inner["refused"]
    assert done == outer["steps_sent"], "steps done or refused, and steps sent"
    assert outer["relayed"] == inner["bridge_messages"]
    assert outer["received_keys"] == inner["sent_keys"]
    assert inner["received_keys"] == outer["sent_keys"]
    numbers = [case["number"] for case in outer["cases"].values()]
    assert len(numbers) == len(set(numbers))
    assert set(outer["set_aside"]) | set(inner["set_aside"]) <= EXPECTED_REASONS


def _without_refusals(state: dict[str, dict[str, dict[str, object]]]) -> object:
    """A refused step is kept where its applicant sees it."""
    return {
        case_id: {key: value for key, value in case.items() if key != "refused"}
        for case_id, case in state["cases"].items()
    }


def leftovers(folder: Path) -> list[str]:
    """Half-written files that a reader could take for packets."""
    return [f.name for f in folder.iterdir() if f.name.endswith(".part") and f.name[0] != "."]
