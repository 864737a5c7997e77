"""What happens by itself: names leave grants that ended long ago."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from suigo.engines.delegation.models import Deed, Grant
from suigo.kernel.access import SYSTEM
from suigo.kernel.audit.actions import erase_personal_before, record
from suigo.kernel.clock import local_date

KEPT = timedelta(days=365)
GONE = "–"


@transaction.atomic
def forget(*, now: datetime) -> int:
    """Erase who was who in grants that ended, or ran out, more than a year ago; returns how many.

    The case keeps who sent it, for as long as the case is kept.
    """
    before = now - KEPT
    over = Grant.objects.filter(
        Q(ended_at__lt=before)
        | Q(until_date__lt=local_date(before))
        | Q(accepted_at=None, invited_until_at__lt=before)
    ).exclude(person_name=GONE)
    keys = list(over.values_list("pk", flat=True))
    Deed.objects.filter(grant_id__in=keys).delete()
    Grant.objects.filter(pk__in=keys).update(
        person_name=GONE, holder_name=GONE, address="", sealed_person="", evidence=GONE
    )
    erase_personal_before(before, subject_kinds=("delegation",), now=now)
    if keys:
        record(
            "delegation.forgotten",
            actor=SYSTEM,
            subject_kind="delegation",
            subject_id="all",
            facts={"count": len(keys)},
            now=now,
        )
    return len(keys)
