"""Items that can't be carried out yet: kept in order, tried again, never lost."""

import json
import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from suigo.kernel import crypto
from suigo.kernel.access import SYSTEM
from suigo.kernel.audit.actions import record
from suigo.services.bridge.actions.applying import NotYet, carry_out
from suigo.services.bridge.actions.telling import PURPOSE
from suigo.services.bridge.models import HeldItem
from suigo.services.bridge.rules.contents import Item

logger = logging.getLogger(__name__)
BEHIND = "behind"  # waits for an earlier item about the same subject


def take(item: Item, *, now: datetime) -> bool:
    """Carry an item out, or keep it until that is possible; returns whether it was carried out.

    Inside the caller's transaction. A fault in the program keeps the item as well: one application
    that nobody foresaw must not keep all others out.
    """
    behind = bool(item.subject) and HeldItem.objects.filter(subject=item.subject).exists()
    reason = BEHIND if behind else why_not(item, now=now)
    if reason is None:
        return True
    HeldItem.objects.create(
        kind=item.kind,
        key=item.key,
        subject=item.subject,
        sealed=crypto.seal(json.dumps(item.body, ensure_ascii=False), purpose=PURPOSE),
        reason=reason[:500],
        held_at=now,
        tried_at=now,
    )
    record(
        "bridge.held",
        actor=SYSTEM,
        subject_kind="bridge",
        subject_id=item.subject or item.key[:60],
        facts={"kind": item.kind},
        now=now,
    )
    return False


def why_not(item: Item, *, now: datetime) -> str | None:
    """Carry an item out; what stands in its way otherwise, when nothing was changed."""
    try:
        with transaction.atomic():
            carry_out(item, now=now)
    except NotYet as reason:
        return str(reason)
    except (OperationalError, InterfaceError, OSError):
        raise  # the database or the disk is away: nobody's item is to blame
    except Exception as fault:
        logger.exception("an item of the bridge (%s) could not be carried out", item.kind)
        return f"{type(fault).__name__}: {fault}"
    return None
