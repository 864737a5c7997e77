"""``./suigo measures``: every measure of the city's plan, and what serves it."""

import json
import sys
from collections.abc import Sequence
from typing import TextIO, TypedDict

from suigo.engines.insight import queries, rules


class MeasureLine(TypedDict):
    """One object of the JSON list."""

    id: str
    title: str
    department: str
    services: list[str]
    state: str


def measure_lines() -> list[MeasureLine]:
    """Every measure in the order of the plan; services by their ids."""
    return [
        MeasureLine(
            id=entry.measure.id,
            title=entry.measure.title.ja,
            department=queries.responsible(entry.measure),
            services=[service.id for service in entry.services],
            state=entry.state.value,
        )
        for entry in queries.entries()
    ]


def write_text(lines: Sequence[MeasureLine], *, out: TextIO) -> None:
    """One line per measure, tab-separated, and how many are in each state."""
    for line in lines:
        serving = ", ".join(line["services"]) or "-"
        out.write(
            f"{line['id']}\t{line['state']}\t{line['title']}\t{line['department']}\t{serving}\n"
        )


def main(arguments: Sequence[str]) -> int:
    """Print the measures as text, or with ``--json`` as a list of objects. Needs Django set up."""
    lines = measure_lines()
    if "--json" in arguments:
        json.dump(lines, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return 0
    write_text(lines, out=sys.stdout)
    counts = rules.counts(queries.entries())
    sys.stderr.write(
        f"{counts.total}: working {counts.working}, partial {counts.partial},"
        f" planned {counts.planned}\n"
    )
    return 0
