"""What members of staff do about signatures that could not be accepted by themselves."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.signing import heavy, policy, providers, vault
from suigo.engines.signing.actions.upkeep import verify_again
from suigo.engines.signing.models import Signature
from suigo.engines.signing.spec import FourItems, profile
from suigo.engines.signing.wording import found_in_words
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from suigo.kernel.japanese.characters import accepted
from suigo.kernel.japanese.problems import Problem

LONGEST_REASON = 1000


def seen_by(actor: Actor, signature_id: UUID) -> Signature:
    """A signature that the actor may see. Raises ``NotFound``."""
    row = Signature.objects.filter(public_id=signature_id).first()
    if row is None or not policy.can_see(actor, row):
        raise NotFound
    return row


@transaction.atomic
def decide(
    signature_id: UUID,
    verdict: Literal["accepted", "rejected"],
    *,
    reason: str,
    expected: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Accept or reject a signature for a reason. ``expected`` is the verdict the actor saw.

    Raises ``NotFound``, ``Forbidden``, ``Invalid`` without a reason, ``Conflict`` when somebody
    was faster.
    """
    row = Signature.objects.select_for_update().filter(public_id=signature_id).first()
    if row is None or not policy.can_see(actor, row):
        raise NotFound
    if not policy.can_review(actor, row):
        raise Forbidden(_("この操作を行う権限がありません。"))
    reason = accepted_reason(reason)
    if row.verdict != expected or row.verdict == verdict:
        raise Conflict(_("ほかの職員が先に確認を終えました。いまの状態を見てください。"))
    row.verdict, row.reason, row.decided_by, row.decided_at = verdict, reason, actor.name, now
    row.save(update_fields=["verdict", "reason", "decided_by", "decided_at"])
    record(
        f"signing.{verdict}",
        actor=actor,
        subject_kind="case",
        subject_id=str(row.case_id),
        facts={
            "number": row.number,
            "signature": str(row.public_id),
            "result": row.result,
            "found": found_in_words(row.result),
        },
        personal={"reason": reason},
        now=now,
    )


def try_again(signature_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Ask again whether the certificate was revoked; returns the result.

    What is found good and agrees with the applicant is accepted; what a person decided stays.
    Raises ``NotFound``, ``Forbidden``, ``ReasonNeeded``, ``Gone``.
    """
    row = seen_by(actor, signature_id)
    if not policy.can_review(actor, row):
        raise Forbidden(_("この操作を行う権限がありません。"))
    return verify_again(signature_id, actor=actor, now=now)


@transaction.atomic
def see_person(signature_id: UUID, *, reason: str, actor: Actor, now: datetime) -> FourItems:
    """Read who signed from the certificate. The ledger keeps who looked and why.

    Raises ``NotFound``, ``Forbidden``, ``Invalid`` without a reason, ``ReasonNeeded`` (a sensitive
    case: its applicant reads who looked), ``Gone``.
    """
    row = seen_by(actor, signature_id)
    actor.require(policy.PERSON)
    reason = accepted_reason(reason)
    _note_look(row, actor, now)
    certificate = vault.proof_of(row).certificate
    try:
        person = heavy.certificates.parse_certificate(certificate, profile()).person
    except heavy.certificates.Unsupported as unsupported:
        raise NotFound(_("この証明書から、署名した人を読み取れません。")) from unsupported
    record(
        "signing.person-seen",
        actor=actor,
        subject_kind="case",
        subject_id=str(row.case_id),
        facts={"number": row.number, "signature": str(row.public_id)},
        personal={"reason": reason},
        now=now,
    )
    return person


@transaction.atomic
def note_export(
    signature_id: UUID, part: Literal["document", "p7s", "report"], *, actor: Actor, now: datetime
) -> bytes:
    """A part of the evidence to take along; the ledger keeps who took it.

    Raises ``NotFound``, ``Forbidden``, ``Gone``.
    """
    row = seen_by(actor, signature_id)
    actor.require(policy.PERSON)
    _note_look(row, actor, now)
    if part == "document":
        content = vault.document_of(row)
    else:
        proof = vault.proof_of(row)
        content = (
            heavy.cms.detached(proof.signature, proof.certificate, chain=proof.chain)
            if row.origin == "web"
            else proof.signature
        )
    record(
        "signing.exported",
        actor=actor,
        subject_kind="case",
        subject_id=str(row.case_id),
        facts={"number": row.number, "signature": str(row.public_id), "part": part},
        now=now,
    )
    return content


def _note_look(row: Signature, actor: Actor, now: datetime) -> None:
    if row.case_id is not None:
        providers.note_look(actor, row.case_id, now)


def accepted_reason(text: str) -> str:
    """A reason that somebody wrote. Raises ``Invalid``."""
    try:
        reason = accepted(text.strip(), multiline=True)
    except Problem as problem:
        raise Invalid(field_errors={"reason": str(problem)}) from problem
    if not reason:
        raise Invalid(field_errors={"reason": _("理由を書いてください。")})
    if len(reason) > LONGEST_REASON:
        raise Invalid(field_errors={"reason": _("1000文字以内で入力してください。")})
    return reason
