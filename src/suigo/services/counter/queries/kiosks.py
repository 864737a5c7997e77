"""The ticket machines."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from suigo.kernel.access import Actor
from suigo.services.counter import policy
from suigo.services.counter.models import Kiosk


@dataclass(frozen=True, slots=True)
class KioskView:
    public_id: UUID
    title: str
    registered_by: str
    registered_at: datetime


def kiosks(actor: Actor) -> list[KioskView]:
    """The machines that give numbers, the newest first; one query. Raises ``Forbidden``."""
    actor.require(policy.MANAGE)
    rows = Kiosk.objects.filter(removed_at=None).select_related("registered_by")
    return [
        KioskView(
            row.public_id,
            row.title,
            row.registered_by.name if row.registered_by else "",
            row.registered_at,
        )
        for row in rows.order_by("-registered_at", "-id")
    ]
