"""Evidence that arrives from the other node: verified here again, by this node's own trust."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.signing import heavy, vault
from suigo.engines.signing.actions.signing import record_state
from suigo.engines.signing.actions.verifying import report_on, verified, write_down
from suigo.engines.signing.models import Signature
from suigo.engines.signing.spec import Claimed
from suigo.kernel.errors import Refused

if TYPE_CHECKING:
    from suigo.engines.signing.rules.verifying import Verification

# what only tampering, or another node than ours, explains: the residents' node takes none of these
IMPOSSIBLE = frozenset({"CERT_UNSUPPORTED", "UNTRUSTED", "SIGNATURE_MISMATCH"})


@dataclass(frozen=True, slots=True)
class Crossed:
    """A signature of the other node, verified. ``document`` is the exact content it is over."""

    found: "Verification"
    document: bytes
    signature: bytes
    certificate: bytes


def verify_crossed(evidence: Mapping[str, Any], *, now: datetime) -> Crossed:
    """Verify what ``queries.evidence_for`` of the other node gave. May call a responder: before any
    lock is taken.

    A certificate that was revoked or had ended, or that nobody can speak of, is for the staff who
    get the case. Raises ``Refused`` for what is no signature of this content.
    """
    try:
        document, signature, certificate = (
            base64.b64decode(evidence[part], validate=True)
            for part in ("document", "signature", "certificate")
        )
        signed_at = datetime.fromisoformat(evidence["signed_at"])
    except (KeyError, TypeError, ValueError) as broken:
        raise Refused(_("届いた電子署名を読み取れません。")) from broken
    if signed_at > now:
        raise Refused(_("届いた電子署名の日時が、いまより後です。"))
    found = verified(
        heavy.verifying.Signed(
            digest=heavy.canonical.digest_of(document),
            certificate=certificate,
            signature=signature,
        ),
        believed_at=signed_at,
        now=now,
    )
    if found.report.result in IMPOSSIBLE:
        raise Refused(_("届いた電子署名は、申請の内容と合いません。"))
    return Crossed(found, document, signature, certificate)


@transaction.atomic
def keep_crossed(
    crossed: Crossed,
    *,
    subject: UUID,
    claimed: Claimed,
    case_id: UUID,
    number: str,
    title: str,
    department: str,
    look: bool,
    now: datetime,
) -> str:
    """Put it to the case that it came with; returns the verdict. ``look`` has somebody look at one
    that would be accepted by itself."""
    row = Signature(
        origin="web",
        subject=subject,
        digest=heavy.canonical.digest_of(crossed.document).hex(),
        title=title[:200],
        case_id=case_id,
        number=number,
        department=department,
        begun_at=now,
    )
    vault.keep(row, document=crossed.document)
    write_down(
        row,
        crossed.found,
        signed=crossed.signature,
        certificate=crossed.certificate,
        claimed=claimed,
    )
    if look and row.verdict == "accepted":
        row.verdict = "waiting"
    row.save(force_insert=True)
    report_on(row, crossed.found, by="", now=now)
    record_state(row, now=now)
    return row.verdict
