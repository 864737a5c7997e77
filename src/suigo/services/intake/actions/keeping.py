"""Writing down what became of one application."""

from datetime import datetime
from uuid import UUID

from suigo.services.intake.models import Delivery, Entry
from suigo.services.intake.rules.mapping import Fault


def keep(
    delivery: Delivery,
    *,
    number: int,
    key: str,
    outcome: str,
    case_id: UUID | None,
    case_number: str,
    faults: tuple[Fault, ...],
    now: datetime,
) -> None:
    """Write down what became of one application."""
    Entry.objects.create(
        delivery=delivery,
        number=number,
        key=key,
        outcome=outcome,
        case_id=case_id,
        case_number=case_number,
        faults=[[fault.column, fault.reason] for fault in faults],
        done_at=now,
    )
