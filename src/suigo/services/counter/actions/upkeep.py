"""What a visit says about people goes soon after the day; the times stay for the figures."""

from datetime import date, datetime, timedelta

from django.db import transaction

from suigo.kernel.access import SYSTEM
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.services.counter.models import Item, Memo, Phase, Screen, Ticket, Visit

BATCH = 200


def erase_visits(*, keep_days: int, now: datetime) -> int:
    """Erase the personal parts of every visit whose day is over by ``keep_days``; those that
    somebody forgot to end are ended. Returns how many."""
    last = local_date(now) - timedelta(days=keep_days)
    total = 0
    while True:
        erased = _erase_batch(last=last, now=now)
        total += erased
        if erased < BATCH:
            return total


@transaction.atomic
def _erase_batch(*, last: date, now: datetime) -> int:
    visits = list(
        Visit.objects.select_for_update(skip_locked=True)
        .filter(day__lt=last, erased_at=None)
        .order_by("id")[:BATCH]
    )
    keys = [visit.pk for visit in visits]
    Screen.objects.filter(visit__in=keys).delete()
    Memo.objects.filter(visit__in=keys).delete()
    Item.objects.filter(visit__in=keys).delete()
    # nobody knows when a forgotten visit ended: its last stretch counts for nothing
    Phase.objects.filter(visit__in=keys, ended_at=None).delete()
    for visit in visits:
        if visit.state == "open":
            visit.state, visit.ended_at = "ended", now
            visit.events = [one["guide"] for one in visit.guides]
        visit.person, visit.known, visit.guides, visit.wish = {}, {}, [], ""
        visit.came, visit.relation = "", ""
        visit.agreed_digest, visit.agreed_at = "", None
        visit.signature, visit.signed_digest, visit.signed_at = "", "", None
        visit.signature_file, visit.erased_at = None, now
        visit.save()
    tickets = [visit.ticket_id for visit in visits if visit.ticket_id is not None]
    Ticket.objects.filter(pk__in=tickets).exclude(state="done").update(
        state="done", window=None, finished_at=now
    )
    if visits:
        record(
            "counter.erased",
            actor=SYSTEM,
            subject_kind="visits",
            subject_id=last.isoformat(),
            facts={"count": len(visits)},
            now=now,
        )
    return len(visits)
