"""What residents see of their own cases, and what the number alone tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, Subquery

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case, CorrectionRequest
from suigo.engines.cases.queries.detail import (
    CorrectionView,
    Entered,
    LetterView,
    corrections_of,
    entered_in,
    letters_of,
)
from suigo.engines.cases.queries.letters import department_name
from suigo.engines.cases.queries.looking import Look, is_sensitive, looks_at
from suigo.engines.cases.queries.procedures import check_may_look, defined
from suigo.engines.cases.rules.arrival import Arrival, arrival_of
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.wording import status_line
from suigo.engines.cases.rules.workflow import next_actions
from suigo.engines.cases.spec import Action
from suigo.engines.delegation.rules import Reach
from suigo.engines.forms.rules import ReviewPage, review
from suigo.engines.signing.queries import verdict_of
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.errors import NotFound

LISTED = 100
WITH_APPLICANT = "with_applicant"


@dataclass(frozen=True, slots=True)
class MyCase:
    """A case in the applicant's list. ``line`` says where it stands, in their language."""

    public_id: UUID
    number: str
    title: str
    state: str
    line: str
    phase: str
    received_at: datetime
    due_date: date
    correction_due_date: date | None
    agent: str = ""  # who sent it for the applicant

    @property
    def waits_for_correction(self) -> bool:
        """Whether answers were sent back, rather than a second part awaited."""
        return self.correction_due_date is not None

    @property
    def waits_for_me(self) -> bool:
        """Whether the applicant has to do something."""
        return self.phase == WITH_APPLICANT


@dataclass(frozen=True, slots=True)
class RefusedView:
    """Something the applicant did on the residents' node that no longer fitted when it arrived."""

    title: str
    sentence: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class MyCaseDetail:
    """A case as its applicant sees it. ``actions`` are those the applicant may take."""

    brief: MyCase
    sensitive: bool  # the applicant reads who looked
    procedure: Procedure
    department_name: str
    version: int
    answers: Mapping[str, Any]
    review: tuple[ReviewPage, ...]
    corrections: tuple[CorrectionView, ...]
    letters: tuple[LetterView, ...]
    actions: tuple[Action, ...]
    entries: Mapping[str, Any]
    added: tuple[Entered, ...]
    signature: str  # what holds about their electronic signature, '' without one
    arrival: Arrival
    grant_pk: int | None  # of an agent who reads it
    person: str
    refused: tuple[RefusedView, ...] = ()

    @property
    def additions(self) -> tuple[Action, ...]:
        """The second parts that the applicant may add now."""
        return tuple(a for a in self.actions if a.kind == "move" and a.inputs)

    @property
    def open_correction(self) -> CorrectionView | None:
        """What the city asks the applicant to correct."""
        return next((c for c in self.corrections if c.is_open), None)


def my_cases(actor: Actor, *, language: str, today: date) -> list[MyCase]:
    """The actor's own cases: first what waits for them, then the newest; one query. Of more than
    ``LISTED`` the oldest that don't wait for them are left out."""
    if not actor.is_resident or actor.account_id is None:
        return []
    waits = ExpressionWrapper(Q(phase=WITH_APPLICANT), output_field=BooleanField())
    cases = _with_correction_due().filter(applicant_id=actor.account_id)
    ordered = cases.order_by(waits.desc(), "-received_at", "-public_id")
    return [_brief(case, language, today) for case in ordered[:LISTED]]


def looks_at_mine(actor: Actor, *, below: int | None = None) -> list[Look]:
    """Who of the staff looked at the actor's own cases, newest first; two queries."""
    if not actor.is_resident or actor.account_id is None:
        return []
    mine = Case.objects.filter(applicant_id=actor.account_id)
    return looks_at(list(mine.values_list("public_id", flat=True)), below=below)


def my_case(
    actor: Actor,
    case_id: UUID,
    *,
    language: str,
    today: date,
    owner_token: str = "",
    act: Reach = "follow",
) -> MyCaseDetail:
    """One of the actor's own cases, or one that they may ``act`` on for somebody else; five
    queries, six on the outer node, one more for an agent. Raises ``NotFound``, ``NeedsProof``.
    """
    case = _with_correction_due().filter(public_id=case_id).first()
    own = case is not None and policy.is_applicant(actor, case, owner_token=owner_token)
    if case is None or not (own or policy.is_agent(actor, case, act, on=today)):
        raise NotFound
    chosen = defined(case.definition_id)
    check_may_look(actor, chosen.spec.service)
    received = local_date(case.received_at)
    return MyCaseDetail(
        brief=_brief(case, language, today),
        sensitive=is_sensitive(case.procedure_id, case.definition_id),
        procedure=chosen,
        department_name=department_name(case.department, language=language),
        version=case.version,
        answers=case.answers,
        review=review(chosen.form, case.answers, language=language, today=received)
        if case.erased_at is None
        else (),
        corrections=corrections_of(case, chosen, language=language),
        letters=tuple(letter for letter in letters_of(case) if letter.issued_at is not None),
        actions=next_actions(
            chosen.spec.workflow, state=case.state, side="applicant", can=lambda _c: False
        )
        if own
        else tuple(
            action
            for action in next_actions(
                chosen.spec.workflow, state=case.state, side="applicant", can=lambda _c: False
            )
            if action.kind != "withdraw"
        ),
        arrival=arrival_of(case.arrival),
        grant_pk=None if own else case.grant_id,
        person=case.applicant_name,
        entries=case.entries,
        added=tuple(
            part
            for part in entered_in(case, chosen, language=language, today=today)
            if part.action.who == "applicant"
        ),
        signature=verdict_of(case.public_id),
        refused=_refused(case, chosen, language) if settings.SUIGO_ZONE == "outer" else (),
    )


def _refused(case: Any, chosen: Procedure, language: str) -> tuple[RefusedView, ...]:
    titles = {a.id: a.title.in_language(language) for a in chosen.spec.workflow.actions}
    return tuple(
        RefusedView(titles.get(step.action, step.action), step.sentence, step.done_at)
        for step in case.refused_steps.order_by("-id")
    )


def case_just_received(
    case_id: UUID,
    *,
    number: str,
    definition: str,
    state: str,
    received_at: datetime,
    due_date: date,
    language: str,
) -> tuple[MyCase, Procedure]:
    """A case in the moment after it was made, for the person who sent it; no query."""
    chosen = defined(definition)
    now_in = chosen.spec.workflow.state(state)
    brief = MyCase(
        public_id=case_id,
        number=number,
        title=chosen.spec.service.title.in_language(language),
        state=now_in.title.in_language(language),
        line=status_line(
            now_in,
            language=language,
            due=due_date,
            correction_due=None,
            today=local_date(received_at),
        ),
        phase=now_in.phase,
        received_at=received_at,
        due_date=due_date,
        correction_due_date=None,
    )
    return brief, chosen


def case_by_number(actor: Actor, number: str, *, language: str, today: date) -> MyCase:
    """Where an application stands, for its applicant and for staff who may see it.

    Raises ``NotFound``: a number that is somebody else's looks like one that does not exist.
    """
    case = _with_correction_due().filter(number=number).first()
    if case is None or not (policy.can_view_case(actor, case) or policy.is_applicant(actor, case)):
        raise NotFound
    return _brief(case, language, today)


def sees_case(actor: Actor, case_id: UUID) -> bool:
    """Whether the actor may open a case; one query."""
    return policy.visible_cases(actor).filter(public_id=case_id).exists()


def number_seen_by(actor: Actor, case_id: UUID) -> str:
    """The number of a case that the actor may see. Raises ``NotFound``."""
    found = policy.visible_cases(actor).filter(public_id=case_id).values_list("number", flat=True)
    number = found.first()
    if number is None:
        raise NotFound
    return number


def case_id_of(actor: Actor, number: str) -> UUID:
    """The public id of the case with a number, for staff who may see it. Raises ``NotFound``."""
    found = policy.visible_cases(actor).filter(number=number).values_list("public_id", flat=True)
    case_id = found.first()
    if case_id is None:
        raise NotFound
    return case_id


def _with_correction_due() -> Any:
    unanswered = Q(answered_at__isnull=True, cancelled_at__isnull=True)
    due = CorrectionRequest.objects.filter(unanswered, case=OuterRef("pk")).values("due_date")
    return Case.objects.annotate(correction_due=Subquery(due[:1])).order_by(
        "-received_at", "-public_id"
    )


def _brief(case: Any, language: str, today: date) -> MyCase:
    spec = defined(case.definition_id).spec
    state = spec.workflow.state(case.state)
    return MyCase(
        public_id=case.public_id,
        number=case.number,
        title=spec.service.title.in_language(language),
        state=state.title.in_language(language),
        line=status_line(
            state,
            language=language,
            due=case.due_date,
            correction_due=case.correction_due,
            today=today,
        ),
        phase=case.phase,
        received_at=case.received_at,
        due_date=case.due_date,
        correction_due_date=case.correction_due,
        agent=arrival_of(case.arrival).agent if case.grant_id is not None else "",
    )
