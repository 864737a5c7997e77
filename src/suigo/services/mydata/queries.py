"""What somebody asked for, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from suigo.engines.documents.queries import briefs
from suigo.kernel.access import Actor
from suigo.services.mydata import policy
from suigo.services.mydata.models import Export

LISTED = 10
State = Literal["under_way", "ready", "over", "failed"]


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One archive as whom it is about sees it. ``size`` in bytes, once it is there."""

    public_id: UUID
    state: State
    asked_at: datetime
    expires_at: datetime | None
    size: int | None


def exports_of(actor: Actor, *, now: datetime) -> list[ExportLine]:
    """The actor's own, the newest first; two queries."""
    rows = Export.objects.filter(account_id=policy.account_of(actor)).order_by("-asked_at")[:LISTED]
    files = briefs([row.file_id for row in rows if row.file_id])
    lines = []
    for row in rows:
        file = files.get(row.file_id) if row.file_id else None
        state: State = "under_way"
        if row.failed_at:
            state = "failed"
        elif row.expires_at:
            good = row.expires_at > now and file is not None and file.purged_at is None
            state = "ready" if good else "over"
        size = file.size if file is not None else None
        lines.append(ExportLine(row.public_id, state, row.asked_at, row.expires_at, size))
    return lines
