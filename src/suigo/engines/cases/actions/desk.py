"""What the counter does with several applications at once: a visit is received whole or not at
all, a colleague goes on with it, and what was said once goes into each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy
from suigo.engines.cases.actions.drafts import owned_draft
from suigo.engines.cases.actions.submission import (
    Application,
    Receipt,
    announce_case,
    receipt_of,
    store_case,
    take_draft,
)
from suigo.engines.cases.models import Case, Draft
from suigo.engines.cases.rules.arrival import Arrival
from suigo.engines.forms.rules.answers import Answers
from suigo.kernel.access import Actor
from suigo.kernel.errors import Forbidden, Invalid, NotFound


@transaction.atomic
def submit_together(
    drafts: Sequence[UUID], *, actor: Actor, now: datetime, language: str
) -> dict[UUID, Receipt]:
    """Send drafts together: all become cases or none does. Sending them again gives the same
    receipts; the result is by draft.

    Whoever numbers several cases locks several counters. They are locked in the order of the
    procedures, and all of them before the ledger, so that two visits, or a visit and a resident on
    the web, never wait for each other in a circle. Raises what ``submit_application`` raises; the
    paths of ``Invalid`` begin with the draft's id.
    """
    receipts: dict[UUID, Receipt] = {}
    applications: dict[UUID, Application] = {}
    faults: dict[str, str] = {}
    for draft in sorted(drafts):
        try:
            taken = take_draft(draft, actor=actor, now=now)
        except Invalid as invalid:
            faults |= {f"{draft}.{path}": str(m) for path, m in invalid.field_errors.items()}
            continue
        if isinstance(taken, Receipt):
            receipts[draft] = taken
        else:
            applications[draft] = taken
    if faults:
        raise Invalid(field_errors=dict(faults))
    stored: list[tuple[UUID, Case]] = [
        (draft, store_case(application, actor=actor, language=language, now=now))
        for draft, application in sorted(
            applications.items(), key=lambda pair: (pair[1].procedure.id, pair[0])
        )
    ]
    for draft, case in stored:
        announce_case(case, applications[draft], actor=actor, now=now)
        receipts[draft] = receipt_of(case, created=True)
    return receipts


@transaction.atomic
def keep_answers(public_id: UUID, answers: Answers, *, actor: Actor, now: datetime) -> None:
    """Write answers into an application that a clerk is filling in for somebody.

    They are checked when it is sent, like every draft's. Raises ``NotFound``, ``Gone``, and
    ``Forbidden`` for anybody but a clerk.
    """
    if not actor.is_staff:
        raise Forbidden(_("この操作を行う権限がありません。"))
    draft = owned_draft(public_id, actor=actor, now=now, owner_token="")
    draft.answers = answers
    draft.version += 1
    draft.updated_at, draft.reminded_at = now, None
    draft.expires_at = now + timedelta(days=settings.SUIGO_DRAFT_DAYS)
    draft.save(update_fields=["answers", "version", "updated_at", "reminded_at", "expires_at"])


@transaction.atomic
def keep_arrival(public_id: UUID, arrival: Arrival, *, actor: Actor, now: datetime) -> None:
    """Say anew how an application came that a clerk is filling in. Raises as ``keep_answers``."""
    if not actor.is_staff:
        raise Forbidden(_("この操作を行う権限がありません。"))
    draft = owned_draft(public_id, actor=actor, now=now, owner_token="")
    if draft.arrival != arrival.as_json():
        draft.arrival = arrival.as_json()
        draft.save(update_fields=["arrival"])


@transaction.atomic
def take_over_drafts(drafts: Sequence[UUID], *, actor: Actor, now: datetime) -> None:
    """Go on with applications that a colleague began to enter for somebody at a desk.

    The caller has decided that this clerk takes over, and writes the ledger. Raises ``Forbidden``
    for whoever may not enter applications, ``NotFound`` when one of them is gone or is not a
    clerk's.
    """
    actor.require(policy.ENTER)
    found = list(
        Draft.objects.select_for_update(of=("self",))
        .filter(
            public_id__in=drafts,
            channel__in=policy.DESK_CHANNELS,
            owner__kind="staff",
            expires_at__gt=now,
        )
        .order_by("id")
    )
    if len(found) != len(set(drafts)):
        raise NotFound(_("この下書きは見つかりませんでした。送信済みか、削除されています。"))
    for draft in found:
        draft.owner_id = actor.account_id
        draft.version += 1
        draft.save(update_fields=["owner", "version"])
