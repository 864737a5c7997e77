"""Who waits where, who is called, and how long it takes."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from suigo.kernel.clock import local_date
from suigo.kernel.errors import NotFound
from suigo.services.counter.models import Ticket, Visit
from suigo.services.counter.queries.content import counters
from suigo.services.counter.rules.waiting import Estimate, estimate
from suigo.services.counter.spec import Desk, Purpose


@dataclass(frozen=True, slots=True)
class TicketView:
    """A number in a list. ``waited`` are whole minutes since it was taken."""

    public_id: UUID
    label: str
    purpose: str
    state: str
    window: int | None
    waited: int
    calls: int
    language: str
    memo: bool


@dataclass(frozen=True, slots=True)
class DeskBoard:
    """One desk as its clerk sees it."""

    called: TicketView | None
    waiting: tuple[TicketView, ...]
    absent: tuple[TicketView, ...]
    count: int


SHOWN = 20


def desk_board(desk: Desk, window: int, *, now: datetime) -> DeskBoard:
    """Who waits at a desk, the longest first; one query and one for the memos."""
    rows = list(
        Ticket.objects.filter(day=local_date(now), at_desk=desk.id)
        .exclude(state="done")
        .order_by("issued_at", "id")
    )
    with_memo = set(
        Visit.objects.filter(ticket__in=[r.pk for r in rows], memos__to_desk=desk.id).values_list(
            "ticket_id", flat=True
        )
    )
    views = [(row, _view(row, now, memo=row.pk in with_memo)) for row in rows]
    waiting = [view for row, view in views if row.state == "waiting"]
    return DeskBoard(
        called=next(
            (view for row, view in views if row.state == "called" and row.window == window), None
        ),
        waiting=tuple(waiting[:SHOWN]),
        absent=tuple(view for row, view in views if row.state == "absent"),
        count=len(waiting),
    )


def _view(row: Ticket, now: datetime, *, memo: bool = False) -> TicketView:
    purpose = counters().purpose(row.purpose)
    return TicketView(
        public_id=row.public_id,
        label=str(row),
        purpose=str(purpose.title) if purpose is not None else row.purpose,
        state=row.state,
        window=row.window,
        waited=int((now - row.issued_at).total_seconds() // 60),
        calls=row.calls,
        language=row.language,
        memo=memo,
    )


@dataclass(frozen=True, slots=True)
class Wait:
    """A number as its holder sees it. ``ahead`` people are before them."""

    label: str
    state: str
    window: int | None
    desk: Desk | None
    purpose: Purpose | None
    ahead: int
    estimate: Estimate | None
    day: date


def wait_of(public_id: UUID, *, now: datetime) -> Wait:
    """Where a number stands. Raises ``NotFound``, also on the day after."""
    row = Ticket.objects.filter(public_id=public_id, day=local_date(now)).first()
    if row is None:
        raise NotFound
    spec = counters()
    desk = spec.desk(row.at_desk)
    ahead = (
        Ticket.objects.filter(day=row.day, at_desk=row.at_desk, state="waiting")
        .filter(Q(issued_at__lt=row.issued_at) | Q(issued_at=row.issued_at, pk__lt=row.pk))
        .count()
    )
    expected = None
    if desk is not None and row.state == "waiting":
        expected = _estimate(desk, ahead=ahead, day=row.day)
    return Wait(
        label=str(row),
        state=row.state,
        window=row.window,
        desk=desk,
        purpose=spec.purpose(row.purpose),
        ahead=ahead,
        estimate=expected,
        day=row.day,
    )


def _estimate(desk: Desk, *, ahead: int, day: date) -> Estimate:
    """From today's handling times at this desk and the windows that serve somebody now."""
    finished = Ticket.objects.filter(
        day=day, at_desk=desk.id, state="done", called_at__isnull=False
    ).values_list("called_at", "finished_at")
    handled = [(end - begin).total_seconds() / 60 for begin, end in finished if begin and end]
    serving = Ticket.objects.filter(day=day, at_desk=desk.id, state="called").count()
    usual = counters().usual_minutes
    return estimate(ahead=ahead, serving=serving, handled=handled, usual_minutes=usual)


@dataclass(frozen=True, slots=True)
class CalledNow:
    label: str
    window: int
    desk: Desk | None


@dataclass(frozen=True, slots=True)
class DeskWait:
    """A desk on the call display."""

    desk: Desk
    waiting: int
    estimate: Estimate
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Display:
    called: tuple[CalledNow, ...]
    desks: tuple[DeskWait, ...]
    at: datetime


def display(*, now: datetime) -> Display:
    """What hangs in the hall: numbers only, the last call first."""
    day = local_date(now)
    spec = counters()
    rows = list(Ticket.objects.filter(day=day).exclude(state="done").order_by("-called_at", "-id"))
    called = tuple(
        CalledNow(str(row), row.window, spec.desk(row.at_desk))
        for row in rows
        if row.state == "called" and row.window is not None
    )
    desks = []
    for desk in spec.desks:
        here = [row for row in rows if row.at_desk == desk.id]
        count = sum(row.state == "waiting" for row in here)
        absent = tuple(str(row) for row in here if row.state == "absent")
        desks.append(DeskWait(desk, count, _estimate(desk, ahead=count, day=day), absent))
    return Display(called, tuple(desks), now)
