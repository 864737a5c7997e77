"""The plan of this city, joined with its departments and the services that serve it. Public."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from suigo.engines.cases.queries.figures import Measured, Offered, measured, offered
from suigo.engines.identity.queries import organisation
from suigo.engines.identity.spec import Department
from suigo.engines.insight import policy, providers, rules
from suigo.engines.insight.spec import InformationPage, Measure, PlanSpec
from suigo.kernel.access import Actor
from suigo.kernel.content import load
from suigo.kernel.content.calendar import working_days
from suigo.kernel.content.reload import Reloadable
from suigo.kernel.errors import NotFound
from suigo.kernel.japanese.business_days import business_days_between

_plan = Reloadable(lambda root: load(root / "plan.yaml", PlanSpec))
_pages = Reloadable(
    lambda root: {f.stem: load(f, InformationPage) for f in sorted(root.glob("pages/*.yaml"))}
)


def plan() -> PlanSpec:
    """The city's plan. Raises ``ContentErrors`` when it never could be read."""
    return _plan.get()


def information(page_id: str) -> InformationPage:
    """What the city says in ``pages/<page_id>.yaml``. Raises ``NotFound``."""
    found = _pages.get().get(page_id)
    if found is None:
        raise NotFound
    return found


def departments() -> Mapping[str, Department]:
    """Every department of the city by its id, in the order of ``org.yaml``."""
    return organisation().departments


def entries() -> tuple[rules.Entry, ...]:
    """Every measure of the plan with its services and state."""
    return rules.entries(plan(), providers.services())


def entry(measure_id: str) -> rules.Entry:
    """One measure. Raises ``NotFound``."""
    for found in entries():
        if found.measure.id == measure_id:
            return found
    raise NotFound


def responsible(measure: Measure) -> str:
    """Who is responsible, as the plan words it: 財政課・会計課, DX戦略室（庁内横断的）, 全課."""
    if measure.every_department:
        return _("全課")
    known = departments()
    ids = measure.departments
    names = _("・").join(str(known[one].name) if one in known else one for one in ids)
    return _("%(names)s（庁内横断的）") % {"names": names} if measure.across else names


def faults() -> list[str]:
    """What in the plan points nowhere; empty when all is well."""
    return rules.faults(plan(), departments=departments().keys(), services=providers.services())


@dataclass(frozen=True, slots=True)
class ProcedureFigures:
    """A procedure with what it did in a period."""

    offered: Offered
    department: str
    measured: Measured
    figures: rules.Figures


def figures_for(
    actor: Actor, period: rules.Period, *, language: str
) -> tuple[ProcedureFigures, ...]:
    """The figures of the procedures this member of staff may know; four queries.

    Raises ``Forbidden``.
    """
    actor.require(policy.FIGURES)
    found = offered(language=language, departments=policy.departments_of(actor))
    return _figures(found, period, language)


def open_figures(period: rules.Period, *, language: str) -> tuple[ProcedureFigures, ...]:
    """The figures of every procedure, to be made fit for everybody; four queries."""
    return _figures(offered(language=language), period, language)


def _figures(
    found: Sequence[Offered], period: rules.Period, language: str
) -> tuple[ProcedureFigures, ...]:
    counted = measured([one.id for one in found], since=period.since, until=period.until)
    names = {d.id: d.name.in_language(language) for d in departments().values()}
    return tuple(
        ProcedureFigures(
            one,
            names.get(one.department, one.department),
            counted[one.id],
            _summed([counted[one.id]]),
        )
        for one in found
    )


def measure_figures(entry: rules.Entry, *, today: date) -> rules.Figures | None:
    """The figures of this fiscal year of all procedures that serve a measure; None when none does,
    without asking the database then."""
    known = {one.id for one in offered(language="ja")}
    ids = [service.id for service in entry.services if service.id in known]
    if not ids:
        return None
    year = next(p for p in rules.periods(today) if p.id == "year")
    return _summed(list(measured(ids, since=year.since, until=year.until).values()))


def _summed(several: Sequence[Measured]) -> rules.Figures:
    calendar = working_days()
    sent: Counter[str] = Counter()
    for one in several:
        sent.update(one.sent)
    return rules.figures(
        sent=sent,
        corrected=sum(one.corrected for one in several),
        waited=[
            business_days_between(start, end, calendar=calendar)
            for one in several
            for start, end in one.decided
        ],
        seconds=[second for one in several for second in one.seconds],
    )


def waiting(one: ProcedureFigures) -> list[tuple[int, int]]:
    """``(business days, how many decisions took so many)``, in order, gaps included."""
    calendar = working_days()
    days = Counter(business_days_between(a, b, calendar=calendar) for a, b in one.measured.decided)
    return [(day, days[day]) for day in range(max(days) + 1)] if days else []
