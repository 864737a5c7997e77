"""Trying again what was held back."""

import json
from datetime import datetime

from django.db import transaction

from suigo.kernel import crypto
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import record
from suigo.services.bridge import policy
from suigo.services.bridge.actions import standing as standings
from suigo.services.bridge.actions.holding import BEHIND, why_not
from suigo.services.bridge.actions.telling import PURPOSE
from suigo.services.bridge.models import HeldItem
from suigo.services.bridge.rules.contents import Item


def retry_held(actor: Actor, *, now: datetime) -> int:
    """Try every held item once more, in order; returns how many were carried out."""
    actor.require(policy.VIEW)
    return sum(
        _retry(pk, now=now) for pk in HeldItem.objects.order_by("id").values_list("pk", flat=True)
    )


@transaction.atomic
def _retry(pk: int, *, now: datetime) -> int:
    standings.locked()  # one order of items, whoever retries or receives
    held = HeldItem.objects.select_for_update().filter(pk=pk).first()
    if held is None:
        return 0
    earlier = HeldItem.objects.filter(subject=held.subject, pk__lt=held.pk)
    reason: str | None = BEHIND
    if not held.subject or not earlier.exists():
        body = json.loads(crypto.open_sealed(held.sealed, purpose=PURPOSE))
        item = Item(kind=held.kind, key=held.key, subject=held.subject, body=body)
        reason = why_not(item, now=now)
    if reason is not None:
        HeldItem.objects.filter(pk=pk).update(reason=reason[:500], tried_at=now)
        return 0
    held.delete()
    record(
        "bridge.released",
        actor=SYSTEM,
        subject_kind="bridge",
        subject_id=held.subject or held.key[:60],
        facts={"kind": held.kind},
        now=now,
    )
    return 1
