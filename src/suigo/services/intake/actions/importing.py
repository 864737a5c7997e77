"""The job that turns a delivery into cases, row by row: a kill between two rows loses nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from suigo.engines.cases.queries.imports import imported_cases
from suigo.kernel.access import SYSTEM
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import SuigoError, TooMany
from suigo.services.intake.actions import rows
from suigo.services.intake.actions.deliveries import read
from suigo.services.intake.actions.keeping import keep
from suigo.services.intake.actions.packages import import_package
from suigo.services.intake.models import Delivery, Entry
from suigo.services.intake.rules.table import Unreadable


def import_delivery(delivery_id: UUID, *, now: datetime) -> None:
    """Bring in what is not in yet. Running it again, also after a kill half-way or twice at once,
    makes nothing twice: each row is one transaction with its entry, and each number one case."""
    delivery = Delivery.objects.filter(public_id=delivery_id, state="running").first()
    if delivery is None:
        return
    try:
        if delivery.kind == "pittari":
            import_package(delivery, now=now)
        else:
            _import_rows(delivery, now=now)
    except TooMany:
        raise  # the job is tried again, later
    except (Unreadable, SuigoError) as why:
        _finish(delivery, "quarantined", now=now, reason=str(why))
        return
    bad = delivery.entries.filter(outcome="bad").exists()
    _finish(delivery, "partly" if bad else "done", now=now)


def _import_rows(delivery: Delivery, *, now: datetime) -> None:
    mapping, table = read(delivery)
    for plan in rows.plans(delivery.mapping, mapping, table, now=now):
        with transaction.atomic():
            # the lock makes a second worker wait, and then see the entry
            Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
            if not delivery.entries.filter(number=plan.number).exists():
                _import_row(delivery, plan, mapping.procedure, now=now)


def _import_row(
    delivery: Delivery, plan: rows.RowPlan, procedure_id: str, *, now: datetime
) -> None:
    outcome, case_id, number = plan.outcome, None, ""
    if plan.case is not None:
        case_id, number = plan.case.public_id, plan.case.number
    elif outcome == "created":
        outcome, receipt = rows.receive(plan, procedure_id, now=now)
        if receipt is not None:
            case_id, number = receipt.case_id, receipt.number
        elif plan.imported is not None:
            twin = imported_cases([plan.imported.key])[plan.imported.key]
            case_id, number = twin.public_id, twin.number
    keep(
        delivery,
        number=plan.number,
        key=plan.key,
        outcome=outcome,
        case_id=case_id,
        case_number=number,
        faults=plan.faults,
        now=now,
    )


@transaction.atomic
def _finish(delivery: Delivery, state: str, *, now: datetime, reason: str = "") -> None:
    """The end of a run, once: a second worker that comes late changes nothing."""
    changed = Delivery.objects.filter(pk=delivery.pk, state="running").update(
        state=state, reason=reason, finished_at=now
    )
    if not changed:
        return
    counts = {
        outcome: delivery.entries.filter(outcome=outcome).count()
        for outcome in Entry.Outcome.values
    }
    record(
        "intake.set_aside" if state == "quarantined" else "intake.imported",
        actor=SYSTEM,
        subject_kind="delivery",
        subject_id=str(delivery.public_id),
        facts={
            "kind": delivery.kind,
            "created": counts["created"],
            "known": counts["known"] + counts["changed"],
            "bad": counts["bad"],
        },
        personal={"name": delivery.name, "reason": reason},
        now=now,
    )
