"""Verifying again, and the end of what nobody needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.db import transaction

from suigo.engines.signing import heavy, vault
from suigo.engines.signing.actions.arriving import look_at_cms
from suigo.engines.signing.actions.verifying import first_verdict, report_on, verified
from suigo.engines.signing.models import Signature
from suigo.engines.signing.wording import found_in_words
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import erase_personal, record
from suigo.kernel.errors import NotFound

if TYPE_CHECKING:
    from suigo.engines.signing.rules.verifying import Verification

UNUSED = timedelta(days=40)  # longer than a draft lives
BATCH = 100
FORMS: dict[str, Literal["raw", "cms", "pdf"]] = {"web": "raw", "import": "cms", "file": "pdf"}


def verify_again(signature_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Verify the kept evidence again, as of the time it had reached the city, and keep the report;
    returns the result. Only what still waits is accepted by it; a finding that got worse waits
    for somebody. Raises ``NotFound``, ``Gone``."""
    row = Signature.objects.filter(public_id=signature_id, signed_at__isnull=False).first()
    if row is None:
        raise NotFound
    found = _examined(row, now=now)
    with transaction.atomic():
        row = Signature.objects.select_for_update().get(pk=row.pk)
        before = row.verdict
        row.result, row.revocation = found.report.result, found.report.revocation
        answer = found.report.revocation_answer
        row.revocation_checked_at = answer.checked_at if answer else row.revocation_checked_at
        if not row.decided_by:
            row.verdict = _verdict_after(row, before)
        row.save(
            update_fields=["result", "revocation", "revocation_checked_at", "verdict"],
        )
        report_on(row, found, by="" if actor.kind == "system" else actor.name, now=now)
        record(
            "signing.checked-again",
            actor=actor,
            subject_kind="case" if row.case_id else "signature",
            subject_id=str(row.case_id or row.public_id),
            facts={
                "number": row.number,
                "signature": str(row.public_id),
                "result": row.result,
                "found": found_in_words(row.result),
            },
            now=now,
        )
    return row.result


def _verdict_after(row: Signature, before: str) -> str:
    """An application that was accepted isn't thrown out by a later look: somebody looks at it."""
    fresh = first_verdict(row)
    return "waiting" if before == "accepted" and fresh != "accepted" else fresh


def _examined(row: Signature, *, now: datetime) -> "Verification":
    proof = vault.proof_of(row)
    assert row.signed_at is not None
    first = row.reports.order_by("id").first()
    intact, form = None, FORMS[row.origin]
    if row.origin == "web":
        # the document itself is read and digested again: an altered one shows
        digest = heavy.canonical.digest_of(vault.document_of(row))
    elif row.origin == "import":
        document = vault.document_of(row)
        digest = heavy.canonical.digest_of(document)
        intact = str(look_at_cms(proof.signature, document)[row.position]["fault"])
    else:
        digest = bytes.fromhex(row.digest)
        body = first.body if first else {}
        intact, form = _intact_then(body), body.get("form", form)
    return verified(
        heavy.verifying.Signed(
            digest=digest,
            certificate=proof.certificate,
            signature=proof.signature,
            intact=intact,
            form=form,
        ),
        believed_at=row.signed_at,
        now=now,
    )


def _intact_then(body: dict[str, object]) -> str:
    """What the reader of the file had found: the file itself does not change in our store."""
    steps = body.get("steps", [])
    assert isinstance(steps, list)
    return next((str(s["detail"]) for s in steps if s["step"] == "signature"), "not_looked")


@dataclass(frozen=True, slots=True)
class VerifiedAll:
    """How many signatures were verified, and case number (or id) and result of those not good."""

    count: int
    faults: tuple[tuple[str, str], ...]


def verify_all(*, now: datetime) -> VerifiedAll:
    """Verify everything that was ever accepted or waits, once more. Each gets a report."""
    kept = Signature.objects.filter(
        verdict__in=("accepted", "waiting"), erased_at=None, signed_at__isnull=False
    )
    rows = list(kept.order_by("id").values_list("public_id", "number"))
    found = [(n or str(i), verify_again(i, actor=SYSTEM, now=now)) for i, n in rows]
    return VerifiedAll(len(found), tuple(f for f in found if f[1] != "OK"))


def retry_unknown(*, now: datetime) -> int:
    """Ask again about certificates that nobody could speak of; returns how many are good now."""
    waiting = Signature.objects.filter(
        verdict="waiting", result="UNKNOWN", decided_by="", erased_at=None
    )
    ids = list(waiting.order_by("signed_at").values_list("public_id", flat=True)[:BATCH])
    return sum(verify_again(i, actor=SYSTEM, now=now) == "OK" for i in ids)


@transaction.atomic
def erase(case_id: UUID, *, now: datetime) -> int:
    """Erase what the signatures of a case hold, when the case's own time is over; returns how
    many. That there was one, and what was found, stays."""
    rows = Signature.objects.select_for_update().filter(case_id=case_id, erased_at=None)
    count = 0
    for row in rows:
        row.document = row.proof = None
        row.reason, row.agreements, row.erased_at = "", {}, now
        row.save(update_fields=["document", "proof", "reason", "agreements", "erased_at"])
        row.reports.all().delete()
        erase_personal(subject_kind="signature", subject_id=str(row.public_id))
        count += 1
    return count


@transaction.atomic
def tidy(*, now: datetime) -> int:
    """Remove documents that were never sent; returns how many."""
    old = Signature.objects.filter(case_id=None, begun_at__lt=now - UNUSED)
    ids = [str(i) for i in old.values_list("public_id", flat=True)]
    old.delete()
    for signature_id in ids:
        erase_personal(subject_kind="signature", subject_id=signature_id)
    if ids:
        record(
            "signing.tidied",
            actor=SYSTEM,
            subject_kind="signatures",
            subject_id="unused",
            facts={"count": len(ids)},
            now=now,
        )
    return len(ids)
