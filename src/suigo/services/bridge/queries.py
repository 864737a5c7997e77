"""Reading what crosses: for the page of staff, the doctor and the other node."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from suigo.kernel.access import Actor
from suigo.services.bridge import configuration, policy
from suigo.services.bridge.models import HeldItem, OutItem, OutPacket, SetAside, Standing

LISTED = 50
# An exchange takes minutes where folders are watched, a working day where somebody carries them.
LATE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a node is: items not known to have arrived, since when the oldest waits, items held back,
    packets set aside that nobody has looked into."""

    waiting: int
    oldest_at: datetime | None
    held: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class Streams:
    """How far both streams are, and what the other node said last."""

    made: int
    acknowledged: int
    received: int
    sent_at: datetime | None
    heard_at: datetime | None
    missing: int | None
    peer: Condition


@dataclass(frozen=True, slots=True)
class HeldLine:
    """An item that could not be carried out yet."""

    id: int
    kind: str
    subject: str
    reason: str
    held_at: datetime
    tried_at: datetime


@dataclass(frozen=True, slots=True)
class SetAsideLine:
    """A packet that was not taken, and why."""

    id: int
    name: str
    number: int | None
    reason: str
    size: int
    first_at: datetime
    last_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """Something that was or will be told. ``state`` is waiting, sent or arrived."""

    kind: str
    subject: str
    created_at: datetime
    number: int | None
    arrived: bool


def condition() -> Condition:
    """How this node is; three queries."""
    standing = Standing.objects.filter(pk=1).first()
    arrived = standing.out_acknowledged if standing else 0
    waiting = OutItem.objects.filter(Q(number=None) | Q(number__gt=arrived)).aggregate(
        count=Count("id"), oldest=Min("created_at")
    )
    return Condition(
        waiting=waiting["count"],
        oldest_at=waiting["oldest"],
        held=HeldItem.objects.count(),
        set_aside=SetAside.objects.filter(seen_at=None).count(),
    )


def streams() -> Streams:
    """How far both streams are; one query."""
    found = Standing.objects.filter(pk=1).first()
    if found is None:
        return Streams(0, 0, 0, None, None, None, Condition(0, None, 0, 0))
    return Streams(
        made=found.out_made,
        acknowledged=found.out_acknowledged,
        received=found.in_number,
        sent_at=found.sent_at,
        heard_at=found.heard_at,
        missing=found.missing,
        peer=Condition(
            found.peer_waiting, found.peer_oldest_at, found.peer_held, found.peer_set_aside
        ),
    )


def held_items(*, limit: int = LISTED) -> list[HeldLine]:
    """Items that wait for something here, oldest first."""
    return [
        HeldLine(h.pk, h.kind, h.subject, h.reason, h.held_at, h.tried_at)
        for h in HeldItem.objects.order_by("id")[:limit]
    ]


def set_aside(*, limit: int = LISTED) -> list[SetAsideLine]:
    """Packets that were not taken: first what nobody has looked into, then the newest."""
    rows = SetAside.objects.annotate(new=Count("id", filter=Q(seen_at=None)))
    return [
        SetAsideLine(s.pk, s.name, s.number, s.reason, s.size, s.first_at, s.last_at, s.seen_at)
        for s in rows.order_by("-new", "-last_at")[:limit]
    ]


def newest_items(*, limit: int = LISTED) -> list[ItemLine]:
    """What was told last."""
    standing = Standing.objects.filter(pk=1).first()
    arrived = standing.out_acknowledged if standing else 0
    return [
        ItemLine(
            kind=item.kind,
            subject=item.subject,
            created_at=item.created_at,
            number=item.number,
            arrived=item.number is not None and item.number <= arrived,
        )
        for item in OutItem.objects.order_by("-id")[:limit]
    ]


def packets_kept() -> int:
    """How many packets are on their way."""
    return OutPacket.objects.filter(acknowledged_at=None).count()


def trouble(*, now: datetime) -> list[str]:
    """What an operator has to look into; empty for one node, and when all is well."""
    if configuration.zone() is None:
        return []
    how, far = condition(), streams()
    found = list(configuration.problems())
    if how.oldest_at is not None and now - how.oldest_at > LATE:
        hours = int((now - how.oldest_at).total_seconds() // 3600)
        found.append(
            f"{how.waiting} 件が {hours} 時間届いていません / waiting, the oldest {hours} h"
        )
    if far.heard_at is not None and now - far.heard_at > LATE:
        found.append(f"最後の連絡 / last heard {far.heard_at:%Y-%m-%d %H:%M}")
    if far.missing is not None:
        found.append(f"パケット {far.missing} 番がまだ届きません / packet {far.missing} is missing")
    if how.held:
        found.append(f"保留 {how.held} 件 / items held back")
    if how.set_aside:
        found.append(f"取り除いたパケット {how.set_aside} 件 / packets set aside")
    return found


def attention_count(actor: Actor) -> int | None:
    """For the navigation: what somebody has to look into; None for nobody and for nothing."""
    if configuration.zone() is None or not actor.can(policy.VIEW):
        return None
    held = HeldItem.objects.count() + SetAside.objects.filter(seen_at=None).count()
    return held or None
