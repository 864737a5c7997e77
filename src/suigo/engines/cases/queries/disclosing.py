"""Which departments may read a case, and since when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case, CaseDisclosure
from suigo.engines.cases.queries.letters import department_name
from suigo.engines.cases.queries.procedures import live
from suigo.engines.cases.spec import SharedWith
from suigo.engines.identity.queries import organisation
from suigo.kernel.access import Actor
from suigo.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """One disclosure. ``state`` is living, ended or withdrawn."""

    public_id: UUID
    department: str
    article: str
    reason: str
    from_date: date
    last_day: date
    given_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    state: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """A case with those who may read it."""

    public_id: UUID
    number: str
    may_disclose: bool
    always: tuple[tuple[str, SharedWith], ...]  # departments that the city's content names
    lines: tuple[DisclosureLine, ...]
    departments: tuple[tuple[str, str], ...]


def sharing_of(actor: Actor, case_id: UUID, *, today: date) -> Sharing:
    """Every disclosure of a case, the newest first, for whoever works on it; two queries.

    Raises ``NotFound``.
    """
    case = Case.objects.filter(public_id=case_id).first()
    if case is None or not actor.is_staff or not policy.can_handle_case(actor, case):
        raise NotFound
    chosen = live(case.procedure_id)
    rows = CaseDisclosure.objects.filter(case=case).order_by("-id")
    return Sharing(
        public_id=case.public_id,
        number=case.number,
        may_disclose=policy.can_disclose(actor, case) and case.erased_at is None,
        always=tuple(
            (department_name(shared.department), shared)
            for shared in (chosen.spec.service.shared_with if chosen is not None else ())
        ),
        lines=tuple(_line(row, today) for row in rows),
        departments=tuple(
            (d.id, str(d.name))
            for d in organisation().departments.values()
            if d.id != case.department
        ),
    )


def _line(row: CaseDisclosure, today: date) -> DisclosureLine:
    ended = row.until_date <= today
    return DisclosureLine(
        public_id=row.public_id,
        department=department_name(row.department),
        article=row.article,
        reason=row.reason,
        from_date=row.from_date,
        last_day=row.until_date - timedelta(days=1),
        given_by=row.given_by_name,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by_name,
        state="withdrawn" if row.withdrawn_at else "ended" if ended else "living",
    )
