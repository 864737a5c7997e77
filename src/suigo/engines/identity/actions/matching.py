"""A clerk says whether somebody who came with a card is the one we know."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy
from suigo.engines.identity.actions.proofs import keep_items
from suigo.engines.identity.events import WaysInChanged
from suigo.engines.identity.models import ExternalIdentity, MatchQuestion
from suigo.engines.identity.queries.records import opened_items, question_purpose
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Conflict, Invalid, NotFound
from suigo.kernel.events import publish

LONGEST_REASON = 500


def decide_match(
    actor: Actor, question: UUID, *, same: bool | None, reason: str, now: datetime
) -> None:
    """Decide one question, with the reason that the ledger keeps.

    The same person: the card opens the account we know from now on, with the items it showed, and
    other questions about the same card are answered with it. Another person: at the next sign-in
    the card makes an account of its own. Who had an address is told that their card opens the
    account. What the card said is erased here in either case.

    Raises ``Invalid`` (fields ``same``, ``reason``), ``Conflict`` when it was decided meanwhile,
    ``NotFound``, ``Forbidden``.
    """
    actor.require(policy.MATCH)
    reason = reason.strip()
    errors = {}
    if same is None:
        errors["same"] = _("どちらかを選んでください。")
    if not 0 < len(reason) <= LONGEST_REASON:
        errors["reason"] = _("決めた理由を、500文字までで書いてください。")
    if errors:
        raise Invalid(field_errors=dict(errors))
    with transaction.atomic():
        row = MatchQuestion.objects.select_for_update().filter(public_id=question).first()
        if row is None:
            raise NotFound
        if row.decision:
            raise Conflict(_("ほかの職員が、先に決めました。"))
        changed = _join(row, now) if same else ()
        if same:
            others = MatchQuestion.objects.select_for_update().filter(
                issuer=row.issuer, subject=row.subject, decision=""
            )
            for other in others.exclude(pk=row.pk).order_by("pk"):
                _close(actor, other, "other", reason, now)
        _close(actor, row, "same" if same else "other", reason, now)
        if same:  # of another person no address is known, and the one we know is not concerned
            publish(
                WaysInChanged(
                    account_id=row.candidate_id,
                    change="card-matched",
                    reference=str(row.public_id),
                )
            )
        if changed:
            record(
                "identity.items-changed",
                actor=actor,
                subject_kind="account",
                subject_id=str(row.candidate.public_id),
                facts={"items": list(changed)},
                now=now,
            )


def _join(row: MatchQuestion, now: datetime) -> tuple[str, ...]:
    items = opened_items(row.sealed, purpose=question_purpose(row.public_id))
    ExternalIdentity.objects.create(
        account=row.candidate,
        provider="card",
        issuer=row.issuer,
        subject=row.subject,
        linked_at=now,
        linked_by="clerk",
        last_used_at=now,
    )
    return keep_items(row.candidate, items, now=now)


def _close(actor: Actor, row: MatchQuestion, decision: str, reason: str, now: datetime) -> None:
    row.decision, row.reason, row.sealed = decision, reason, ""
    row.decided_by_id, row.decided_at = actor.account_id, now
    row.save(update_fields=["decision", "reason", "sealed", "decided_by", "decided_at"])
    record(
        "identity.match-decided",
        actor=actor,
        subject_kind="match",
        subject_id=str(row.public_id),
        facts={"decision": decision, "account": str(row.candidate.public_id)},
        personal={"reason": reason},
        now=now,
    )
