"""Verifying, and writing down what was found."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from suigo.engines.signing import heavy, providers, vault
from suigo.engines.signing.models import Signature, VerificationReport
from suigo.engines.signing.rules.person import agreement, worst
from suigo.engines.signing.spec import Claimed, Verdict, profile

if TYPE_CHECKING:
    from suigo.engines.signing.rules.verifying import Signed, Verification


def verified(signed: "Signed", *, believed_at: datetime, now: datetime) -> "Verification":
    """Verify with this deployment's trust and checker. May call a responder: not inside a
    transaction."""
    return heavy.verifying.verify(
        signed,
        trusted=heavy.trust.trusted_authorities(),
        checker=providers.checker_at(settings.SUIGO_REVOCATION),
        profile=profile(),
        believed_at=believed_at,
        now=now,
    )


def write_down(
    signature: Signature,
    found: "Verification",
    *,
    signed: bytes,
    certificate: bytes,
    chain: Sequence[bytes] = (),
    claimed: Claimed,
) -> None:
    """Put what was found for the first time into the row, which the caller saves."""
    report, person = found.report, found.person
    agreements = agreement(person, claimed) if person else {}
    signature.signed_at = report.believed_at
    signature.result = report.result
    signature.revocation = report.revocation
    answer = report.revocation_answer
    signature.revocation_checked_at = answer.checked_at if answer else None
    signature.agreements = dict(agreements)
    signature.agreement = worst(agreements) if agreements else ""
    signature.certificate_until = found.certificate.not_after if found.certificate else None
    signature.verdict = first_verdict(signature)
    authority = (heavy_der(found),) if found.authority else ()
    vault.keep(
        signature,
        proof=vault.Proof(
            signature=signed,
            certificate=certificate,
            chain=(*chain, *authority),
            revocation=answer.evidence if answer else b"",
        ),
    )


def heavy_der(found: "Verification") -> bytes:
    """The certificate of the authority, as it is kept."""
    assert found.authority is not None
    return heavy.trust.der_of(found.authority.certificate)


def first_verdict(signature: Signature) -> Verdict:
    """What follows from what was found, before any member of staff looked."""
    if signature.result == "UNKNOWN":
        return "waiting"
    if signature.result != "OK":
        return "rejected"
    if signature.origin == "file" or signature.agreement in ("exact", "near"):
        return "accepted"
    return "waiting"


def report_on(signature: Signature, found: "Verification", *, by: str, now: datetime) -> None:
    """Keep the report of a verification, the first or a later one."""
    body = found.report.as_json() | {"agreement": dict(signature.agreements)}
    VerificationReport.objects.create(signature=signature, made_at=now, made_by=by, body=body)
