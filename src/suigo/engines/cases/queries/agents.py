"""Which agents a procedure takes, and for whom a draft is written."""

from datetime import datetime

from suigo.engines.cases.models import Draft
from suigo.engines.cases.queries.procedures import needed_assurance
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.spec import ServiceSpec
from suigo.engines.delegation.providers import Agents
from suigo.engines.delegation.queries import Acting, Need, require
from suigo.engines.facts.queries import known_facts
from suigo.engines.forms.rules import Known, KnownFacts, name_fact
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date


def agents_of(service: ServiceSpec) -> Agents:
    """Whose applications for somebody else a procedure takes. Where the applicant has to sign with
    their own card, nobody's, unless the content says otherwise."""
    if service.agents is not None:
        return service.agents
    return "none" if service.signature in ("required", "switchable") else "allowed"


def need_of(chosen: Procedure) -> Need:
    """What a procedure asks of an agent."""
    service = chosen.spec.service
    return Need(chosen.spec.id, agents_of(service), needed_assurance(service))


def acting_in(actor: Actor, draft: Draft, chosen: Procedure, *, now: datetime) -> Acting | None:
    """For whom a draft is written, None for its writer; no query then, else one. Raises
    ``GrantOver``."""
    if draft.grant_id is None:
        return None
    return require(actor, draft.grant_id, need_of(chosen), "fill", now=now)


def known_about(acting: Acting, *, now: datetime) -> KnownFacts:
    """What a form may start from when somebody acts for another: their name, and the facts that
    they keep only where they allowed it."""
    if acting.shares_facts and acting.person_id is not None:
        person = Actor(kind="resident", account_id=acting.person_id)
        return known_facts(person, now=now)
    name = name_fact(acting.person_name, "")
    return {"person.name": Known(name, "account", local_date(now).isoformat())} if name else {}
