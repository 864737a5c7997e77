"""What was found, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from harness.load import Sample
from harness.machine import Machine

QUIET = 0.2  # cores that others may use before a round counts as disturbed


@dataclass(frozen=True)
class Finding:
    """One line: what Suigo took, what the limit took, and how that compares with the goal.

    ``suigo`` and ``limit`` hold one value per round; without a limit the value itself is compared.
    ``target`` is None for what is only told.
    """

    goal: str
    title: str
    unit: str
    suigo: Sequence[float]
    limit: Sequence[float] = ()
    limit_name: str = ""
    target: float | None = None
    at_most: bool = True
    disturbed: int = 0  # rounds in which others used more than ``QUIET`` cores
    rounds: int = 0
    note: str = ""

    @property
    def compared(self) -> list[float]:
        """The ratio to the limit in each round, or the values themselves."""
        if not self.limit:
            return list(self.suigo)
        return [s / b for s, b in zip(self.suigo, self.limit, strict=True)]

    @property
    def reached(self) -> bool | None:
        """Whether the median meets the goal; None without one."""
        if self.target is None:
            return None
        median = statistics.median(self.compared)
        return median <= self.target if self.at_most else median >= self.target


def alone(
    goal: str, title: str, unit: str, samples: Sequence[Sample], of: Callable[[Sample], float]
) -> Finding:
    """What Suigo took, without a limit or a goal."""
    values = [of(sample) for sample in samples]
    return Finding(goal, title, unit, values, disturbed=disturbed(samples), rounds=len(samples))


@dataclass
class Report:
    """All findings of one run."""

    machine: Machine
    begun: str
    settings: dict[str, object]
    findings: list[Finding] = field(default_factory=list)

    def as_json(self) -> str:
        """Everything, with the computed medians."""
        document = asdict(self)
        for finding, row in zip(self.findings, document["findings"], strict=True):
            row["median"] = statistics.median(finding.suigo)
            row["ratio"] = statistics.median(finding.compared) if finding.limit else None
            row["reached"] = finding.reached
        return json.dumps(document, ensure_ascii=False, indent=1)

    def as_markdown(self) -> str:
        """Machine, versions, and one table."""
        versions = ", ".join(f"{name} {number}" for name, number in self.machine.versions.items())
        lines = [
            f"- Run: {self.begun}; {', '.join(f'{k} {v}' for k, v in self.settings.items())}",
            f"- Machine: {self.machine.processor}, {self.machine.cores} cores,"
            f" {self.machine.memory_gb:.0f} GB, {self.machine.system}",
            f"- Versions: {versions}",
            "",
            "| Goal | What | Limit | Suigo | Ratio | Target | Reached | Disturbed rounds |",
            "|---|---|---|---|---|---|---|---|",
        ]
        lines += [_line(finding) for finding in self.findings]
        return "\n".join(lines) + "\n"


def disturbed(samples: Sequence[Sample]) -> int:
    """In how many of these others were busy."""
    return sum(sample.foreign_cores > QUIET for sample in samples)


def spread(values: Sequence[float]) -> str:
    """Median and range."""
    median = _short(statistics.median(values))
    if len(values) == 1:
        return median
    return f"{median} ({_short(min(values))}–{_short(max(values))})"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _line(finding: Finding) -> str:
    sign = "≤" if finding.at_most else "≥"
    unit = "" if finding.limit else f" {finding.unit}"
    target = "" if finding.target is None else f"{sign} {finding.target:g}{unit or '×'}"
    reached = {None: "", True: "yes", False: "**no**"}[finding.reached]
    limit = f"{spread(finding.limit)} ({finding.limit_name})" if finding.limit else ""
    ratio = f"{spread(finding.compared)}×" if finding.limit else ""
    noise = f"{finding.disturbed} of {finding.rounds}" if finding.rounds else ""
    title = f"{finding.title}, {finding.unit}" + (f"; {finding.note}" if finding.note else "")
    return (
        f"| {finding.goal} | {title} | {limit} | {spread(finding.suigo)} | {ratio} | {target}"
        f" | {reached} | {noise} |"
    )
