"""How far each measure has come, which measures a reader asked for, and what figures say. Pure
functions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from suigo.engines.insight.providers import ServiceRef, Services
from suigo.engines.insight.spec import Measure, Phase, PlanSpec, Policy, Section, Year
from suigo.kernel.japanese.fiscal import fiscal_year, fiscal_year_end, fiscal_year_start


class State(StrEnum):
    """How far a measure has come, for the people who wait for it."""

    WORKING = "working"
    PARTIAL = "partial"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Entry:
    """A measure of the plan with what serves it and the state that follows."""

    measure: Measure
    policy: Policy
    section: Section
    services: tuple[ServiceRef, ...]
    state: State


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of years in a measure's row of the timetable; empty phases mean an empty cell."""

    years: tuple[Year, ...]
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many measures are in each state."""

    working: int
    partial: int
    planned: int

    @property
    def total(self) -> int:
        return self.working + self.partial + self.planned


def state_of(services: Sequence[ServiceRef]) -> State:
    """The state of a measure by what serves it.

    Working only if one of its services declares that the measure works with it; partial while
    there are services but none declares so; planned without any.
    """
    if any(service.works for service in services):
        return State.WORKING
    return State.PARTIAL if services else State.PLANNED


def entries(plan: PlanSpec, services: Services) -> tuple[Entry, ...]:
    """Every measure in the order of the plan."""
    found: list[Entry] = []
    for policy in plan.policies:
        for section in policy.sections:
            for measure in section.measures:
                serving = tuple(services.get(measure.id, ()))
                found.append(Entry(measure, policy, section, serving, state_of(serving)))
    return tuple(found)


def counts(measures: Iterable[Entry]) -> Counts:
    """How many of the measures are in each state."""
    states = [entry.state for entry in measures]
    return Counts(
        working=states.count(State.WORKING),
        partial=states.count(State.PARTIAL),
        planned=states.count(State.PLANNED),
    )


def selected(
    measures: Iterable[Entry],
    *,
    policy: str | None = None,
    department: str | None = None,
    state: State | None = None,
) -> tuple[Entry, ...]:
    """The measures that meet every criterion given, in their order.

    A measure of every department is found under each of them.
    """
    return tuple(
        entry
        for entry in measures
        if (policy is None or entry.policy.id == policy)
        and (
            department is None
            or entry.measure.every_department
            or department in entry.measure.departments
        )
        and (state is None or entry.state is state)
    )


def timetable(plan: PlanSpec, measure: Measure) -> tuple[Slot, ...]:
    """The row of a measure, covering every year of the plan exactly once."""
    phases = {phase.id: phase for phase in plan.phases}
    cells = {cell.years[0]: cell for cell in measure.timetable}
    slots: list[Slot] = []
    remaining = list(plan.years)
    while remaining:
        cell = cells.get(remaining[0].id)
        span = len(cell.years) if cell else 1
        slots.append(
            Slot(
                years=tuple(remaining[:span]),
                phases=tuple(phases[phase] for phase in cell.phases) if cell else (),
            )
        )
        del remaining[:span]
    return tuple(slots)


def faults(
    plan: PlanSpec, *, departments: Collection[str], services: Mapping[str, object]
) -> list[str]:
    """What in the plan points nowhere: departments without a place in the organisation, and
    services that name a measure the plan does not have. One sentence each, for a start-up check.
    """
    unknown = [
        f"plan.yaml: {measure.id}: no department {department!r} in org.yaml"
        for measure in plan.measures()
        for department in measure.departments
        if department not in departments
    ]
    known = {measure.id for measure in plan.measures()}
    return unknown + [
        f"a service names the measure {measure!r}, which plan.yaml does not have"
        for measure in sorted(services)
        if measure not in known
    ]


FEWEST_SHOWN = 5
ONLINE = ("web", "api")
THROUGH_A_FORM = ("web", "counter", "phone", "paper")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days that somebody asks about, both ends included."""

    id: str
    since: date
    until: date


def periods(today: date) -> tuple[Period, ...]:
    """The periods to choose from, seen from ``today``."""
    month = today.replace(day=1)
    last = (month - timedelta(days=1)).replace(day=1)
    year = fiscal_year(today)
    before = year - 1
    return (
        Period("day", today, today),
        Period("month", month, today),
        Period("last-month", last, month - timedelta(days=1)),
        Period("year", fiscal_year_start(year), today),
        Period("last-year", fiscal_year_start(before), fiscal_year_end(before)),
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """What a procedure did in a period; None where there is nothing to say.

    Days are business days from the day after receipt to the day of the decision, waiting for the
    applicant included; minutes are those at the form, a pause counting as ten at most. Both are
    values that really occurred (nearest rank). ``online`` is the share in per cent.
    """

    sent: int
    sent_online: int
    corrected: int
    decided: int
    days: int | None
    slow_days: int | None
    minutes: int | None
    online: int | None


def rank(values: Iterable[int], share: float) -> int | None:
    """The smallest value that ``share`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(1, ceil(share * len(ordered))) - 1] if ordered else None


def figures(
    *,
    sent: Mapping[str, int],
    corrected: int,
    waited: Sequence[int],
    seconds: Sequence[int],
) -> Figures:
    """The figures of a procedure, or of several together. ``waited`` are days until decisions."""
    total = sum(sent.values())
    online = sum(sent.get(channel, 0) for channel in ONLINE)
    at_the_form = rank(seconds, 0.5)
    return Figures(
        sent=total,
        sent_online=online,
        corrected=corrected,
        decided=len(waited),
        days=rank(waited, 0.5),
        slow_days=rank(waited, 0.9),
        minutes=None if at_the_form is None else max(1, round(at_the_form / 60)),
        online=round(100 * online / total) if total else None,
    )


def tells_nothing_of_few(part: int, whole: int) -> bool:
    """Whether neither ``part`` nor the rest of ``whole`` is a few people: 0 is nobody."""
    return all(n == 0 or n >= FEWEST_SHOWN for n in (part, whole - part, whole))


def for_everybody(found: Figures) -> Figures:
    """The same without what could say something about single people: fewer than five, also where
    that would follow from the others."""
    sent = found.sent if found.sent >= FEWEST_SHOWN else 0
    decided = found.decided if found.decided >= FEWEST_SHOWN else 0
    shares = tells_nothing_of_few(found.sent_online, found.sent)
    return Figures(
        sent=sent,
        sent_online=found.sent_online if sent and shares else 0,
        corrected=found.corrected if tells_nothing_of_few(found.corrected, found.sent) else 0,
        decided=decided,
        days=found.days if decided else None,
        slow_days=found.slow_days if decided else None,
        minutes=found.minutes if sent else None,
        online=found.online if sent and shares else None,
    )


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many applications got so far, and how many of those before did not."""

    title: str
    count: int
    lost: int


def funnel(
    steps: Sequence[tuple[str, str]],
    *,
    started: int,
    reached: Mapping[str, int],
    sent: Mapping[str, int],
    last: tuple[str, str],
    end: str,
) -> tuple[FunnelStep, ...]:
    """From the first page to sending. Nobody is lost on a page that their answers skipped: a page
    counts as reached by everybody who reached a later one."""
    finished = sum(sent.get(channel, 0) for channel in THROUGH_A_FORM)
    named = [*steps, last]
    counts = [started, *(reached.get(step, 0) for step, _title in named[1:]), finished]
    for place in range(len(counts) - 2, -1, -1):
        counts[place] = max(counts[place], counts[place + 1])
    titles = [title for _step, title in named] + [end]
    return tuple(
        FunnelStep(title, count, counts[place - 1] - count if place else 0)
        for place, (title, count) in enumerate(zip(titles, counts, strict=True))
    )
