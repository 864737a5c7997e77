"""What arrived is removed once nobody needs it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from suigo.engines.cases.queries.imports import kept_cases
from suigo.kernel.access import SYSTEM
from suigo.kernel.audit.actions import erase_personal, record
from suigo.services.intake.models import Delivery, Entry

BATCH = 200


def forget_old(*, now: datetime) -> int:
    """Remove the files of deliveries that ended long ago; returns how many.

    What has a signature is evidence and stays as long as its case does. What waits for somebody
    (quarantine, bad rows) stays four times as long before it is removed unanswered.
    """
    days = settings.SUIGO_INTAKE_DAYS
    ended = Delivery.objects.filter(forgotten_at__isnull=True)
    over = ended.filter(
        state__in=("done", "dismissed"), finished_at__lt=now - timedelta(days=days)
    ) | ended.filter(
        state__in=("partly", "quarantined"), finished_at__lt=now - timedelta(days=4 * days)
    )
    forgotten = 0
    for pk in list(over.order_by("id").values_list("pk", flat=True)[: BATCH * 50]):
        forgotten += _forget(pk, now=now)
    return forgotten


@transaction.atomic
def _forget(pk: int, *, now: datetime) -> int:
    delivery = (
        Delivery.objects.select_for_update(of=("self",)).filter(pk=pk, forgotten_at=None).first()
    )
    if delivery is None:
        return 0
    case_ids = [i for i in delivery.entries.values_list("case_id", flat=True) if i is not None]
    if delivery.signed and kept_cases(case_ids):
        return 0
    delivery.content, delivery.name, delivery.forgotten_at = None, "", now
    delivery.save()
    # what was written there may be quoted in the reasons
    Entry.objects.filter(delivery=delivery).update(faults=[])
    erase_personal(subject_kind="delivery", subject_id=str(delivery.public_id))
    record(
        "intake.forgotten",
        actor=SYSTEM,
        subject_kind="delivery",
        subject_id=str(delivery.public_id),
        facts={"sha256": delivery.sha256},
        now=now,
    )
    return 1
