"""Reading the queue of messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from suigo.engines.notices import policy
from suigo.engines.notices.library import library
from suigo.engines.notices.models import BODY_PURPOSE, Message
from suigo.kernel import crypto
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.errors import NotFound
from suigo.kernel.personal import Held

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message in the list."""

    public_id: UUID
    template: str
    subject: str
    about: str
    address: str
    state: str
    attempts: int
    created_at: datetime
    not_before_at: datetime
    sent_at: datetime | None
    last_error: str
    can_be_sent_again: bool


@dataclass(frozen=True, slots=True)
class TryLine:
    """One try to deliver a message."""

    number: int
    started_at: datetime
    outcome: str
    detail: str


def messages(
    actor: Actor, *, state: str = "", search: str = "", after: str = ""
) -> tuple[list[MessageLine], str]:
    """A page of messages, the newest first, and the key of the next page (empty: last).

    ``search`` is a case number or an address. Raises ``Forbidden``.
    """
    actor.require(policy.VIEW)
    rows = Message.objects.all()
    if state in Message.State.values:
        rows = rows.filter(state=state)
    search = search.strip()
    if search:
        rows = rows.filter(address=search.lower()) if "@" in search else rows.filter(about=search)
    if after.isdecimal():
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: PER_PAGE + 1])
    page = found[:PER_PAGE]
    return [_line(row) for row in page], str(page[-1].pk) if len(found) > len(page) else ""


def counts_by_state(actor: Actor) -> Mapping[str, int]:
    """How many messages are in each state. Raises ``Forbidden``."""
    actor.require(policy.VIEW)
    rows = Message.objects.order_by().values_list("state").annotate(Count("pk"))
    return dict.fromkeys(Message.State.values, 0) | dict(rows)


def given_up_count(actor: Actor) -> int | None:
    """How many messages need somebody's attention; None when there are none."""
    if not actor.can(policy.VIEW):
        return None
    return Message.objects.filter(state="given_up").count() or None


def message(actor: Actor, public_id: UUID) -> tuple[MessageLine, list[TryLine]]:
    """One message with its tries. Its text is not shown. Raises ``NotFound``, ``Forbidden``."""
    actor.require(policy.VIEW)
    row = Message.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    tries = [
        TryLine(
            number=one.number,
            started_at=one.started_at,
            outcome=one.outcome,
            detail=one.detail,
        )
        for one in row.tries.order_by("number")
    ]
    return _line(row), tries


def _line(row: Message) -> MessageLine:
    return MessageLine(
        public_id=row.public_id,
        template=row.template,
        subject=row.subject,
        about=row.about,
        address=row.address,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        not_before_at=row.not_before_at,
        sent_at=row.sent_at,
        last_error=row.last_error,
        can_be_sent_again=row.state in ("failed", "given_up") and bool(row.sealed_body),
    )


def purpose_of(template: str) -> str:
    """Why a message of this template holds what it holds, in the city's words."""
    spec = library().notices.get(template)
    return spec.about if spec else ""


def held(actor: Actor, now: datetime) -> list[Held]:
    """Every message to the actor that is still kept; of confidential ones, such as codes to sign
    in with, that it was sent."""
    if not actor.is_resident or actor.account_id is None:
        return []
    rows = Message.objects.filter(account_id=actor.account_id).order_by("created_at", "pk")
    return [_held(row) for row in rows]


def _held(row: Message) -> Held:
    body = ""
    if row.sealed_body and not row.confidential:
        body = crypto.open_sealed(row.sealed_body, purpose=BODY_PURPOSE)
    day = local_date(row.created_at).isoformat()
    return Held(
        title=f"{day} {row.subject}",
        rows=((_("あて先"), row.address), (_("本文"), body or _("（本文は残っていません）"))),
        data={
            "created_at": row.created_at.isoformat(),
            "sent_at": row.sent_at.isoformat() if row.sent_at else None,
            "channel": row.channel,
            "address": row.address,
            "subject": row.subject,
            "body": body or None,
        },
    )
