"""The plan of this city, joined with its departments and the services that serve it. Public."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from suigo.engines.identity.queries import organisation
from suigo.engines.identity.spec import Department
from suigo.engines.insight import providers, rules
from suigo.engines.insight.spec import InformationPage, Measure, PlanSpec
from suigo.kernel.content import load
from suigo.kernel.content.reload import Reloadable
from suigo.kernel.errors import NotFound

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
