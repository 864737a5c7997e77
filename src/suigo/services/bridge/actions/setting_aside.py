"""Packets that are not taken: noted once, shown to staff, and in nobody's way."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import record
from suigo.services.bridge import policy
from suigo.services.bridge.models import SetAside
from suigo.services.bridge.rules.packets import Reason


@transaction.atomic
def set_aside(
    path: Path,
    *,
    digest: str,
    size: int,
    number: int | None,
    reason: Reason | str,
    now: datetime,
) -> bool:
    """Note a packet that is not taken; returns whether it is a new one. Its bytes are not kept."""
    row, new = SetAside.objects.get_or_create(
        digest=digest,
        defaults={
            "name": path.name[:200],
            "number": number,
            "reason": reason,
            "size": size,
            "first_at": now,
            "last_at": now,
        },
    )
    if not new:
        SetAside.objects.filter(pk=row.pk).update(last_at=now)
        return False
    record(
        "bridge.set_aside",
        actor=SYSTEM,
        subject_kind="bridge",
        subject_id=digest,
        facts={"digest": digest, "reason": reason, "size": size},
        now=now,
    )
    return True


@transaction.atomic
def note_seen(actor: Actor, ids: list[int], *, now: datetime) -> int:
    """Note that somebody has looked into packets that were set aside; returns how many."""
    actor.require(policy.VIEW)
    seen = SetAside.objects.filter(pk__in=ids, seen_at=None).update(seen_at=now)
    if seen:
        record(
            "bridge.looked_into",
            actor=actor,
            subject_kind="bridge",
            subject_id="set-aside",
            facts={"count": seen},
            now=now,
        )
    return seen
