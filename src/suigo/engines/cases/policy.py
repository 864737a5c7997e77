"""Who may see and do what with a case. ``visible_cases`` and ``can_view_case`` agree (tested)."""

import hashlib
from collections.abc import Callable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from suigo.engines.cases import providers
from suigo.engines.cases.models import Case, CaseDisclosure, Draft
from suigo.engines.cases.rules.workflow import Side, allows
from suigo.engines.cases.spec import Action
from suigo.engines.delegation.queries import still_may
from suigo.engines.delegation.rules import Reach
from suigo.kernel.access import Actor

VIEW = "cases.view"
VIEW_ALL = "cases.view_all"
CHECK = "cases.check"
DECIDE = "cases.decide"
ASSIGN = "cases.assign"
REOPEN = "cases.reopen"
EXPORT = "cases.export"
ENTER = "cases.enter"
MY_NUMBER = "mynumber.view"
REVIEW_CONTENT = "cases.review_content"

# How an application reaches a member of staff who enters it for somebody.
DESK_CHANNELS = ("counter", "phone", "paper")


def token_digest(token: str) -> str:
    """How the secret of an anonymous visitor's browser is stored; '' for no secret."""
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def handled_cases(actor: Actor) -> QuerySet[Case]:
    """The cases this actor works on, or applied for.

    Staff: those of the departments in which a post of theirs lets them, or all with
    ``cases.view_all``; a resident: their own.
    """
    cases = Case.objects.all()
    if actor.kind == "system" or (actor.is_staff and actor.can(VIEW_ALL)):
        return cases
    if actor.is_staff and actor.can(VIEW):
        departments = sorted(actor.where(VIEW))
        if len(departments) == 1:
            return cases.filter(department=departments[0])
        return cases.filter(department__in=departments)
    if actor.is_resident and actor.account_id is not None:
        return cases.filter(applicant_id=actor.account_id)
    return cases.none()


def shared_cases(actor: Actor) -> QuerySet[Case]:
    """Cases of other departments that this member of staff may read on a recorded legal basis:
    of a procedure that the city's content shares with a department of theirs, or disclosed to one
    for some days."""
    if not actor.is_staff or not actor.can(VIEW) or actor.today is None:
        return Case.objects.none()
    others = ~Q(department__in=sorted(actor.where(VIEW)))
    return Case.objects.filter(others, _shared_with(actor))


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """The cases this actor may see: those they work on and those shared with them.

    For looking one up. Lists are made of ``handled_cases`` or ``shared_cases``, which have their
    indexes.
    """
    handled = handled_cases(actor)
    if not actor.is_staff or not actor.can(VIEW) or actor.can(VIEW_ALL) or actor.today is None:
        return handled
    return Case.objects.filter(Q(department__in=sorted(actor.where(VIEW))) | _shared_with(actor))


def can_handle_case(actor: Actor, case: Case) -> bool:
    """Whether this actor may work on this case, or applied for it."""
    if actor.kind == "system":
        return True
    if actor.is_staff:
        return actor.can_in(case.department, VIEW) or actor.can(VIEW_ALL)
    return (
        actor.is_resident and actor.account_id is not None and case.applicant_id == actor.account_id
    )


def can_view_case(actor: Actor, case: Case) -> bool:
    """Whether this actor may see this case; no query for those who may work on it."""
    if can_handle_case(actor, case):
        return True
    if not actor.is_staff or not actor.can(VIEW) or actor.today is None:
        return False
    if case.erased_at is not None:
        return False
    together = case.procedure_id in providers.shared_procedures(actor.where(VIEW))
    return together or _disclosed_to(actor).filter(case=case).exists()


def can_disclose(actor: Actor, case: Case) -> bool:
    """Whether this actor decides which other departments may read the case: only who decides in
    the department that owns it."""
    return actor.is_staff and actor.can_in(case.department, DECIDE)


def _shared_with(actor: Actor) -> Q:
    disclosed = Exists(_disclosed_to(actor).filter(case=OuterRef("pk")))
    together = Q(procedure_id__in=providers.shared_procedures(actor.where(VIEW)))
    return Q(together | disclosed, erased_at__isnull=True)


def _disclosed_to(actor: Actor) -> QuerySet[CaseDisclosure]:
    return CaseDisclosure.objects.filter(
        department__in=sorted(actor.where(VIEW)),
        from_date__lte=actor.today,
        until_date__gt=actor.today,
        withdrawn_at__isnull=True,
    )


def is_applicant(actor: Actor, case: Case, *, owner_token: str = "") -> bool:
    """Whether this actor sent the application: their account, or the browser it came from."""
    if actor.is_resident and case.applicant_id is not None:
        return case.applicant_id == actor.account_id
    return (
        not actor.is_staff
        and case.applicant_id is None
        and case.owner_token != ""
        and case.owner_token == token_digest(owner_token)
    )


def is_agent(actor: Actor, case: Case, act: Reach, *, on: date) -> bool:
    """Whether this actor sent the application for its applicant, and may still do that much for
    them; one query, and none for an application without an agent."""
    return case.grant_id is not None and still_may(
        actor, case.grant_id, case.procedure_id, act, on=on
    )


def owns_draft(actor: Actor, draft: Draft, *, owner_token: str = "") -> bool:
    """Whether this actor is writing this application."""
    if draft.owner_id is not None:
        return draft.owner_id == actor.account_id
    return draft.owner_token == token_digest(owner_token)


def stands_in(actor: Actor, case: Case) -> bool:
    """Whether a clerk does the applicant's part: somebody who applied at the counter, by
    telephone or on paper has no screen of their own."""
    return (
        actor.is_staff
        and actor.can_in(case.department, CHECK)
        and case.applicant_id is None
        and case.owner_token == ""
        and can_handle_case(actor, case)
    )


def side_of(actor: Actor) -> Side:
    """Which side of the desk the actor is on."""
    return "staff" if actor.is_staff or actor.kind == "system" else "applicant"


def can_act(actor: Actor, case: Case, action: Action, *, on: date, owner_token: str = "") -> bool:
    """Whether this actor may take ``action`` with this case, whatever its state. An agent does
    what they may follow, but takes no application back: that needs a special mandate (as in
    行政不服審査法 12条2項)."""
    if action.who == "applicant":
        return (
            is_applicant(actor, case, owner_token=owner_token)
            or stands_in(actor, case)
            or (action.kind != "withdraw" and is_agent(actor, case, "follow", on=on))
        )
    return can_handle_case(actor, case) and allows(
        action, side=side_of(actor), can=can_there(actor, case)
    )


def can_there(actor: Actor, case: Case) -> Callable[[str], bool]:
    """Asks whether the actor holds a capability in the department that owns the case."""
    return lambda capability: actor.can_in(case.department, capability)
