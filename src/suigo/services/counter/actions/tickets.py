"""Numbers: taking one, being called, going on to the next desk."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.crypto import keyed_digest, keyed_digests
from suigo.kernel.errors import Conflict, Forbidden, NotFound, Refused
from suigo.kernel.limits.actions import hit
from suigo.services.counter import policy
from suigo.services.counter.models import Kiosk, Ticket
from suigo.services.counter.queries.content import counters
from suigo.services.counter.spec import Desk

# Taken in the ticket's transaction: a rollback gives the number back, so there are no gaps.
NEXT_NUMBER = """
INSERT INTO counter_series AS s (day, desk, last) VALUES (%s, %s, 1)
ON CONFLICT (day, desk) DO UPDATE SET last = s.last + 1
RETURNING last
"""
# Whoever is locked is being called by another window at this moment: take the one after.
NEXT_WAITING = """
SELECT id FROM counter_ticket
WHERE day = %s AND at_desk = %s AND state = 'waiting'
ORDER BY issued_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
KIOSK_PURPOSE = "counter.kiosk"
TICKETS_PER_MINUTE = 30  # of one machine


@dataclass(frozen=True, slots=True)
class Issued:
    """A number that was given."""

    public_id: UUID
    label: str


def token_digest(token: str) -> str:
    """How a machine's secret is stored."""
    return keyed_digest(token.encode(), purpose=KIOSK_PURPOSE)


def register_kiosk(title: str, *, actor: Actor, now: datetime) -> str:
    """Make a device a ticket machine; returns the secret that it keeps.

    Raises ``Forbidden`` and, without a name, ``Refused``.
    """
    actor.require(policy.MANAGE)
    if not title.strip():
        raise Refused(_("発券機の名前を入力してください。"))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        kiosk = Kiosk.objects.create(
            title=title.strip()[:60],
            token_digest=token_digest(token),
            registered_by_id=actor.account_id,
            registered_at=now,
        )
        _note_kiosk("counter.kiosk-registered", actor, kiosk, now)
    return token


@transaction.atomic
def remove_kiosk(public_id: UUID, *, actor: Actor, now: datetime) -> None:
    """From now on this machine gives no numbers. Raises ``Forbidden``, ``NotFound``."""
    actor.require(policy.MANAGE)
    kiosk = Kiosk.objects.select_for_update().filter(public_id=public_id, removed_at=None).first()
    if kiosk is None:
        raise NotFound
    kiosk.removed_at = now
    kiosk.save(update_fields=["removed_at"])
    _note_kiosk("counter.kiosk-removed", actor, kiosk, now)


def is_kiosk(token: str) -> bool:
    """Whether a registered machine asks. One that was registered under an encryption key that was
    replaced is known by the new one from now on."""
    if not token:
        return False
    current, *older = keyed_digests(token.encode(), purpose=KIOSK_PURPOSE)
    known = Kiosk.objects.filter(removed_at=None)
    if known.filter(token_digest=current).exists():
        return True
    return bool(older) and bool(known.filter(token_digest__in=older).update(token_digest=current))


def issue_ticket(
    purpose_id: str, *, actor: Actor, now: datetime, language: str = "ja", kiosk: str = ""
) -> Issued:
    """Give the next number for a purpose: at a registered machine, or by a clerk.

    Raises ``Forbidden`` for anybody else, ``NotFound`` for an unknown purpose, ``TooMany``.
    """
    if not (actor.is_staff and actor.can(policy.SERVE)):
        if not is_kiosk(kiosk):
            raise Forbidden(_("番号札は、市役所の発券機か窓口でお取りください。"))
        key = f"counter.ticket:{token_digest(kiosk)[:32]}"
        hit(key, limit=TICKETS_PER_MINUTE, per=timedelta(minutes=1), now=now)
    spec = counters()
    purpose = spec.purpose(purpose_id)
    desk = spec.desk(purpose.desk) if purpose is not None else None
    if purpose is None or desk is None:
        raise NotFound
    day = local_date(now)
    with transaction.atomic():
        ticket = Ticket.objects.create(
            day=day,
            desk=desk.id,
            letter=desk.letter,
            number=_next_number(day, desk.id),
            purpose=purpose.id,
            language=language,
            at_desk=desk.id,
            issued_at=now,
        )
        _note("counter.ticket-issued", actor, ticket, now)
    return Issued(ticket.public_id, str(ticket))


def _next_number(day: date, desk: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [day, desk])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def call_next(window: int, *, actor: Actor, now: datetime) -> Issued | None:
    """Call whoever has waited longest at the window's desk; None when nobody waits.

    Raises ``Forbidden``, ``NotFound`` for no such window, ``Conflict`` while it serves somebody.
    """
    actor.require(policy.SERVE)
    desk = _desk_of(window)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NEXT_WAITING, [local_date(now), desk.id])
            row = cursor.fetchone()
            if row is None:
                return None
            ticket = Ticket.objects.get(pk=row[0])
            _call(ticket, window, actor, now)
    except IntegrityError as busy:
        raise _busy() from busy
    return Issued(ticket.public_id, str(ticket))


def call_again(public_id: UUID, window: int, *, actor: Actor, now: datetime) -> None:
    """Call a number once more, or somebody who was absent. Raises as ``call_next``."""
    actor.require(policy.SERVE)
    _desk_of(window)
    try:
        with transaction.atomic():
            ticket = _locked(public_id, now=now)
            if ticket.state == "called" and ticket.window != window:
                raise Conflict(_("この番号は、ほかの窓口が呼んでいます。"))
            if ticket.state == "done":
                raise Conflict(_("この番号は、もう終わっています。"))
            _call(ticket, window, actor, now)
    except IntegrityError as busy:
        raise _busy() from busy


def _call(ticket: Ticket, window: int, actor: Actor, now: datetime) -> None:
    ticket.state, ticket.window, ticket.called_at = "called", window, now
    ticket.first_called_at = ticket.first_called_at or now
    ticket.calls += 1
    ticket.save(update_fields=["state", "window", "called_at", "first_called_at", "calls"])
    _note("counter.ticket-called", actor, ticket, now, {"window": window})


def _busy() -> Conflict:
    return Conflict(
        _("この窓口では、まだ応対中の番号があります。終わりにするか、不在にしてください。")
    )


@transaction.atomic
def mark_absent(public_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Nobody came: the number leaves the window and may be called again. Raises ``Conflict``."""
    actor.require(policy.SERVE)
    ticket = _called(public_id, now=now)
    ticket.state, ticket.window = "absent", None
    ticket.save(update_fields=["state", "window"])
    _note("counter.ticket-absent", actor, ticket, now)


@transaction.atomic
def transfer_ticket(public_id: UUID, to_desk: str, *, actor: Actor, now: datetime) -> None:
    """Send somebody on to another desk, where they wait by when they came to the city hall.

    Raises ``Conflict``, ``Refused`` for no such desk.
    """
    actor.require(policy.SERVE)
    target = counters().desk(to_desk)
    if target is None:
        raise Refused(_("引き継ぐ窓口を選んでください。"))
    ticket = _called(public_id, now=now)
    ticket.state, ticket.window, ticket.at_desk = "waiting", None, target.id
    ticket.save(update_fields=["state", "window", "at_desk"])
    _note("counter.ticket-transferred", actor, ticket, now, {"to": target.title.ja})


@transaction.atomic
def finish_ticket(public_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Everything is done for this number. Raises ``Conflict`` when it was finished before."""
    actor.require(policy.SERVE)
    ticket = _locked(public_id, now=now)
    if ticket.state == "done":
        raise Conflict(_("この番号は、もう終わっています。"))
    ticket.state, ticket.window, ticket.finished_at = "done", None, now
    ticket.save(update_fields=["state", "window", "finished_at"])
    _note("counter.ticket-finished", actor, ticket, now)


def _locked(public_id: UUID, *, now: datetime) -> Ticket:
    ticket = (
        Ticket.objects.select_for_update().filter(public_id=public_id, day=local_date(now)).first()
    )
    if ticket is None:
        raise NotFound(_("この番号は見つかりませんでした。番号札は当日だけ有効です。"))
    return ticket


def _called(public_id: UUID, *, now: datetime) -> Ticket:
    ticket = _locked(public_id, now=now)
    if ticket.state != "called":
        raise Conflict(_("この番号は、いまは呼ばれていません。"))
    return ticket


def _desk_of(window: int) -> Desk:
    desk = counters().desk_at(window)
    if desk is None:
        raise NotFound(_("この番号の窓口はありません。"))
    return desk


def _note(
    kind: str, actor: Actor, ticket: Ticket, now: datetime, facts: Mapping[str, Any] | None = None
) -> None:
    record(
        kind,
        actor=actor,
        subject_kind="ticket",
        subject_id=str(ticket.public_id),
        facts={"ticket": str(ticket), **(facts or {})},
        now=now,
    )


def _note_kiosk(kind: str, actor: Actor, kiosk: Kiosk, now: datetime) -> None:
    record(
        kind,
        actor=actor,
        subject_kind="kiosk",
        subject_id=str(kiosk.public_id),
        facts={"title": kiosk.title},
        now=now,
    )
