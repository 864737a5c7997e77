"""Once only: what applications take from a resident's kept facts, and give to them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from suigo.engines.cases.models import Case
from suigo.engines.cases.queries.drafts import KNOWN_PURPOSE
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.facts.actions import Origin, confirm_facts, keep_facts
from suigo.engines.facts.spec import kept_kinds
from suigo.engines.forms.rules import CompiledForm, KnownFacts, evaluate
from suigo.engines.forms.rules.prefilling import Told, facts_asked, facts_in
from suigo.engines.forms.spec.fields import AnswerField
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.crypto import seal

CONFIRMING = ("approved", "partly_approved", "issued")


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the applicant chose at the end: which facts to keep for the next time, and which of
    them in place of what is kept already. Nothing unless they said so."""

    keep: Collection[str] = ()
    replace: Collection[str] = ()


NOTHING_KEPT = Keeping()


def seal_known(known: KnownFacts, form: CompiledForm) -> str:
    """The facts that a form can use, as a draft keeps them; '' for none."""
    asked = facts_asked(form)
    used = {key: asdict(fact) for key, fact in known.items() if key in asked}
    return seal(json.dumps(used, ensure_ascii=False), purpose=KNOWN_PURPOSE) if used else ""


def keep_told(
    case: Case,
    title: str,
    told: Mapping[str, Told],
    keeping: Keeping,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what the applicant told about themselves, as far as they chose, in the transaction
    that makes the case."""
    wanted = {*keeping.keep, *keeping.replace} & told.keys() & kept_kinds().keys()
    if not wanted or not actor.is_resident or case.applicant_id != actor.account_id:
        return
    keep_facts(
        actor,
        {key: one for key, one in told.items() if key in wanted},
        origin=Origin(case.public_id, case.number, title),
        replace=keeping.replace,
        now=now,
    )


def confirms(case: Case, form: CompiledForm) -> bool:
    """Whether the decision that was just taken says that facts of the applicant are right."""
    return (
        case.outcome in CONFIRMING
        and case.applicant_id is not None
        and any(
            isinstance(node.field, AnswerField) and node.field.checked_by_city
            for node in form.nodes.values()
        )
    )


def confirm_decided(case_id: UUID, *, now: datetime) -> int:
    """Mark what the clerk checked for a decision in the applicant's facts; returns how many.

    Running it again changes nothing, nor does running it for a case that was reopened meanwhile.
    """
    case = Case.objects.filter(public_id=case_id, erased_at=None).first()
    if case is None or case.applicant_id is None or case.outcome not in CONFIRMING:
        return 0
    chosen = defined(case.definition_id)
    received = local_date(case.received_at)
    told = facts_in(chosen.form, case.answers, evaluate(chosen.form, case.answers, today=received))
    checked = {
        key: one.value for key, one in told.items() if one.checked_by_city and key in kept_kinds()
    }
    origin = Origin(case.public_id, case.number, chosen.spec.service.title.ja)
    return confirm_facts(case.applicant_id, checked, origin=origin, now=now) if checked else 0
