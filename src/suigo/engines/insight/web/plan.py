"""The public pages of the plan, and of what the city says about this city hall."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from suigo.engines.insight import queries, rules
from suigo.engines.insight.spec import PlanSpec, Policy, Section
from suigo.kernel.clock import local_date, now

STATE_NAMES: dict[rules.State, Promise] = {
    rules.State.WORKING: _("使えます"),
    rules.State.PARTIAL: _("一部使えます"),
    rules.State.PLANNED: _("準備中"),
}
STATE_TONES = {
    rules.State.WORKING: "done",
    rules.State.PARTIAL: "active",
    rules.State.PLANNED: "waiting",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A measure as a page shows it."""

    entry: rules.Entry
    responsible: str
    state_name: Promise
    state_tone: str
    slots: tuple[rules.Slot, ...]


@dataclass(frozen=True, slots=True)
class SectionRows:
    """The chosen measures of one section."""

    section: Section
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PolicyRows:
    """The chosen measures of one policy, by section."""

    policy: Policy
    sections: tuple[SectionRows, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a filter."""

    value: str
    title: object
    chosen: bool


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The whole plan, or the measures that the filters in the address choose.

    A filter value that does not exist is taken as no filter, so that old links keep working.
    """
    spec = queries.plan()
    everything = queries.entries()
    policies = {policy.id: policy.title for policy in spec.policies}
    named = {one for entry in everything for one in entry.measure.departments}
    departments = {
        department.id: department.name
        for department in queries.departments().values()
        if department.id in named
    }
    states = {state.value: name for state, name in STATE_NAMES.items()}
    policy = _known(request.GET.get("policy"), policies)
    department = _known(request.GET.get("department"), departments)
    state = _known(request.GET.get("state"), states)
    chosen = rules.selected(
        everything,
        policy=policy,
        department=department,
        state=rules.State(state) if state else None,
    )
    return render(
        request,
        "insight/plan.html",
        {
            "plan": spec,
            "counts": rules.counts(everything),
            "chosen_count": len(chosen),
            "filtered": any((policy, department, state)),
            "policies": _by_policy(spec, chosen),
            "policy_choices": _choices(policies, policy),
            "department_choices": _choices(departments, department),
            "state_choices": _choices(states, state),
        },
    )


@require_safe
def measure(request: HttpRequest, measure_id: str) -> HttpResponse:
    """One measure. Raises ``NotFound``."""
    spec = queries.plan()
    row = _row(spec, queries.entry(measure_id))
    order = list(spec.measures())
    at = order.index(row.entry.measure)
    return render(
        request,
        "insight/measure.html",
        {
            "plan": spec,
            "row": row,
            "previous": order[at - 1] if at > 0 else None,
            "next": order[at + 1] if at + 1 < len(order) else None,
            "indicators": _indicators(row.entry),
            "fewest": rules.FEWEST_SHOWN,
        },
    )


def _indicators(entry: rules.Entry) -> rules.Figures | None:
    """What this fiscal year's applications say about the measure; None without procedures."""
    found = queries.measure_figures(entry, today=local_date(now()))
    return rules.for_everybody(found) if found is not None else None


@require_safe
def information(request: HttpRequest, page_id: str) -> HttpResponse:
    """How personal data is used, how accessible this is. Raises ``NotFound``."""
    return render(request, "insight/information.html", {"about": queries.information(page_id)})


def _known(value: str | None, options: Mapping[str, object]) -> str | None:
    return value if value in options else None


def _choices(options: Mapping[str, object], chosen: str | None) -> list[Choice]:
    return [Choice(value, title, value == chosen) for value, title in options.items()]


def _row(spec: PlanSpec, entry: rules.Entry) -> Row:
    return Row(
        entry=entry,
        responsible=queries.responsible(entry.measure),
        state_name=STATE_NAMES[entry.state],
        state_tone=STATE_TONES[entry.state],
        slots=rules.timetable(spec, entry.measure),
    )


def _by_policy(spec: PlanSpec, chosen: Iterable[rules.Entry]) -> list[PolicyRows]:
    grouped: list[PolicyRows] = []
    for _policy_id, of_policy in groupby(chosen, key=lambda entry: entry.policy.id):
        sections: list[SectionRows] = []
        members = list(of_policy)
        for _section_id, of_section in groupby(members, key=lambda entry: entry.section.id):
            rows = tuple(_row(spec, entry) for entry in of_section)
            sections.append(SectionRows(rows[0].entry.section, rows))
        grouped.append(PolicyRows(members[0].policy, tuple(sections)))
    return grouped
