"""`./suigo bench`: Suigo beside the least that Django can do, on one PostgreSQL, in one run.

Starts everything it needs and removes it at the end. Prints a Markdown table, and with `--output`
writes it next to a JSON file. Nothing here is a test: a figure that misses its goal is reported,
and only a wrong answer of a server ends the run.
"""

from __future__ import annotations

import argparse
import datetime
import signal
import sys
from pathlib import Path

sys.path[:0] = [
    str(Path(__file__).resolve().parent),
    str(Path(__file__).resolve().parents[1] / "src"),
]

from comparison import Bench
from experiments import EXPERIMENTS
from harness import machine, peer, servers
from harness.browser import WrongAnswer
from harness.report import Report
from sides import bare, suigo

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
ALSO = {"G6": "G5"}  # goals that are measured together with another


def arguments(words: list[str]) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(prog="./suigo bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each run of each side")
    parser.add_argument(
        "--quick", action="store_true", help="2 short rounds, fewer cases: to see that it works"
    )
    parser.add_argument("--only", default="", help="for example G1,G4")
    parser.add_argument("--peer", default="", help="address of a page of another running product")
    parser.add_argument("--peer-pid", type=int, help="its parent process, if on this machine")
    parser.add_argument("--output", type=Path, help="directory for results.json and results.md")
    parser.add_argument(
        "--record", action="store_true", help="put the table into docs/performance.md"
    )
    chosen = parser.parse_args(words)
    if chosen.quick:
        chosen.rounds, chosen.seconds = min(chosen.rounds, 2), min(chosen.seconds, 1.0)
    wanted = [ALSO.get(name, name) for name in chosen.only.upper().split(",") if name]
    unknown = sorted(set(wanted) - set(EXPERIMENTS))
    if unknown:
        parser.error(f"unknown goals: {', '.join(unknown)}")
    chosen.wanted = [name for name in EXPERIMENTS if not wanted or name in wanted]
    return chosen


def say(sentence: str) -> None:
    """Progress; standard output is for the result."""
    print(f"bench: {sentence}", file=sys.stderr, flush=True)


def main(words: list[str]) -> int:
    """Measure, print, and return 0; 1 when a server answered wrongly."""
    chosen = arguments(words)
    if not sys.platform.startswith("linux"):
        say("CPU and memory are read from /proc: this needs Linux.")
        return 1
    # also when told to end, so that the servers that were started end too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with servers.stage() as here:
        say("preparing both databases")
        bare.prepare(here)
        suigo.prepare(here)
        version = str(here.sql("postgres", "SHOW server_version")[0][0])
        bench = Bench(here, rounds=chosen.rounds, seconds=chosen.seconds, say=say)
        if chosen.quick:
            bench.small, bench.large, bench.demonstration = 20_000, 60_000, False
        report = Report(
            machine=machine.describe(postgresql=version),
            begun=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
            settings={
                "rounds": chosen.rounds,
                "seconds": chosen.seconds,
                "fsync": here.sql("postgres", "SHOW fsync")[0][0],
                "synchronous_commit": here.sql("postgres", "SHOW synchronous_commit")[0][0],
                "shared_buffers": here.sql("postgres", "SHOW shared_buffers")[0][0],
            },
        )
        try:
            for name in chosen.wanted:
                report.findings += EXPERIMENTS[name](bench)
            if chosen.peer:
                report.findings += peer.compare(bench, chosen.peer, pid=chosen.peer_pid)
        except WrongAnswer as wrong:
            say(f"a server answered wrongly, so nothing is reported: {wrong}")
            return 1
    print(report.as_markdown())
    if chosen.output is not None:
        chosen.output.mkdir(parents=True, exist_ok=True)
        (chosen.output / "results.md").write_text(report.as_markdown())
        (chosen.output / "results.json").write_text(report.as_json() + "\n")
    if chosen.record:
        page = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
        page.write_text(recorded(page.read_text(), report.as_markdown()))
    return 0


def recorded(page: str, table: str) -> str:
    """The page with the table between its two marks."""
    before, begun, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"the page has no place between {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table}\n{END}{after}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
