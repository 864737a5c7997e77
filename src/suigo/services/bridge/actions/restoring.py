"""After a node was restored from an older backup: a new stream, begun by one side and accepted by
the other. Both are decisions of an operator, never of a packet."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from suigo.engines.cases.actions import leave_room
from suigo.engines.cases.queries.mirroring import open_among
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.services.bridge import configuration, policy
from suigo.services.bridge.actions import standing as standings
from suigo.services.bridge.actions.telling import tell_case, tell_standing
from suigo.services.bridge.models import Link, OutItem, OutPacket, SentFile


@transaction.atomic
def restart(actor: Actor, *, now: datetime) -> UUID:
    """Begin a new stream with everything that is not known to have arrived; returns its id, which
    the other node has to accept.

    The inner node also tells anew where every case stands, and the outer one every case that is not
    closed: what the other one has, it passes over. The outer node leaves room in its numbers: those
    it gave after the backup was made are somebody's. Raises ``NotConfigured``.
    """
    actor.require(policy.VIEW)
    zone = configuration.this_zone()
    standing = standings.locked()
    arrived = standing.out_acknowledged
    OutItem.objects.filter(number__gt=arrived).update(number=None)
    # what arrived had numbers of the old stream, which must not be taken for the new one's
    OutItem.objects.filter(number__lte=arrived).update(number=0)
    SentFile.objects.all().delete()
    OutPacket.objects.all().delete()
    standing.out_stream, standing.out_digest = uuid4(), ""
    standing.out_made = standing.out_acknowledged = 0
    standing.save()
    if zone == "inner":
        Link.objects.update(told="")
        for case_id in Link.objects.order_by("case_id").values_list("case_id", flat=True):
            tell_standing(case_id, now=now)
    else:
        leave_room()
        _tell_cases(now=now)
    record(
        "bridge.restarted",
        actor=actor,
        subject_kind="bridge",
        subject_id=str(standing.out_stream),
        facts={"stream": str(standing.out_stream), "arrived": arrived},
        now=now,
    )
    return standing.out_stream


def _tell_cases(*, now: datetime) -> None:
    """Every case that is not closed, as it is now: the other node may have lost it."""
    links = dict(Link.objects.values_list("case_id", "steps"))
    for case_id in open_among(list(links)):
        key = f"case:{case_id}"
        if OutItem.objects.filter(key=key, number=0).delete()[0]:
            tell_case(case_id, steps=links[case_id], now=now)


@transaction.atomic
def accept(stream: UUID, actor: Actor, *, now: datetime) -> None:
    """Take the packets of a stream that the other node has begun anew. What they say that was done
    already is not done again."""
    actor.require(policy.VIEW)
    standing = standings.locked()
    standing.in_stream, standing.in_number, standing.in_digest = str(stream), 0, ""
    standing.missing = None
    standing.save()
    record(
        "bridge.accepted",
        actor=actor,
        subject_kind="bridge",
        subject_id=str(stream),
        facts={"stream": str(stream)},
        now=now,
    )
