"""How far each measure has come, and which measures a reader asked for. Pure functions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from suigo.engines.insight.providers import ServiceRef, Services
from suigo.engines.insight.spec import Measure, Phase, PlanSpec, Policy, Section, Year


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
