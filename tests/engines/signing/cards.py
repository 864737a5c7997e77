"""Cards, authorities and moments that the tests of signing use. Everybody is invented."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from suigo.engines.signing import vault
from suigo.engines.signing.adapters.disabled import Disabled
from suigo.engines.signing.models import Signature
from suigo.engines.signing.providers import RevocationChecker
from suigo.engines.signing.rules.verifying import Signed, TrustedAuthority, Verification, verify
from suigo.engines.signing.spec import profile
from suigo.engines.signing.testing import Card, Person, RehearsalAuthority, card_key

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
YOKO = Person.born("水野　葉子", date(1990, 4, 1), "見本県みほん市川辺町１番地２", "2")
DOCUMENT = "市長あて　申請します".encode()
DIGEST = hashlib.sha256(DOCUMENT).digest()


@cache
def authority() -> RehearsalAuthority:
    return RehearsalAuthority.create()


def card(person: Person = YOKO, **how: Any) -> Card:
    """A card of the authority, valid since a year and for four more."""
    maker = how.pop("by", None) or authority()
    given: dict[str, Any] = {"key": card_key(), "begun": NOW - YEAR, "ends": NOW + 4 * YEAR}
    return maker.card(person, **(given | how))


def trusted(*more: RehearsalAuthority) -> list[TrustedAuthority]:
    return [TrustedAuthority("練習", a.certificate) for a in (more or (authority(),))]


def verified(
    holder: Card,
    *,
    signature: bytes | None = None,
    digest: bytes = DIGEST,
    trust: list[TrustedAuthority] | None = None,
    checker: RevocationChecker | None = None,
    believed_at: datetime = NOW,
    now: datetime = NOW,
    **more: Any,
) -> Verification:
    """What is found about a card's signature over the document, with what the test changes."""
    return verify(
        Signed(
            digest=digest,
            certificate=holder.der,
            signature=holder.sign(DIGEST) if signature is None else signature,
            **more,
        ),
        trusted=trusted() if trust is None else trust,
        checker=checker or Disabled("disabled-dev:"),
        profile=profile(),
        believed_at=believed_at,
        now=now,
    )


def fault(found: Verification) -> tuple[str, str, str]:
    """The result, and the step that failed with its word."""
    failed = next((s for s in found.report.steps if not s.ok), None)
    return found.report.result, failed.step if failed else "", failed.detail if failed else ""


def kept_signature(case_id: UUID, number: str, department: str, **changed: Any) -> Signature:
    """A signature that a case has, kept with its proof; of somebody who might be revoked."""
    holder = card()
    given: dict[str, Any] = {
        "origin": "web",
        "subject": uuid4(),
        "digest": DIGEST.hex(),
        "title": "図書館カードの申込み",
        "case_id": case_id,
        "number": number,
        "department": department,
        "begun_at": NOW,
        "signed_at": NOW,
        "result": "UNKNOWN",
        "revocation": "unknown",
        "agreement": "exact",
        "agreements": {"name": "exact"},
        "certificate_until": holder.certificate.not_valid_after_utc,
        "verdict": "waiting",
    }
    row = Signature(**(given | changed))
    vault.keep(row, document=DOCUMENT, proof=vault.Proof(holder.sign(DIGEST), holder.der))
    row.save()
    return row


def waiting_signature(case: Any) -> UUID:
    """The signature of a case that waits for somebody."""
    return kept_signature(case.public_id, case.number, case.department).public_id
