"""Reading signatures: the state a case shows, the queue, and everything about one."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from suigo.engines.signing import heavy, policy, providers, vault
from suigo.engines.signing.models import Signature
from suigo.engines.signing.spec import Statement, profile
from suigo.kernel.access import Actor
from suigo.kernel.errors import NotFound

PAGE = 50


@dataclass(frozen=True, slots=True)
class SignatureBrief:
    """A signature in a few words: nothing about who signed beyond whether it is the applicant."""

    public_id: UUID
    origin: str
    subject: UUID
    title: str
    case_id: UUID | None
    number: str
    department: str
    signed_at: datetime
    result: str
    revocation: str
    revocation_checked_at: datetime | None
    agreement: str
    agreements: Mapping[str, str]
    certificate_until: datetime | None
    verdict: str
    decided_at: datetime | None
    decided_by: str
    reason: str
    erased_at: datetime | None


def _brief(row: Signature) -> SignatureBrief:
    assert row.signed_at is not None
    return SignatureBrief(
        public_id=row.public_id,
        origin=row.origin,
        subject=row.subject,
        title=row.title,
        case_id=row.case_id,
        number=row.number,
        department=row.department,
        signed_at=row.signed_at,
        result=row.result,
        revocation=row.revocation,
        revocation_checked_at=row.revocation_checked_at,
        agreement=row.agreement,
        agreements=row.agreements,
        certificate_until=row.certificate_until,
        verdict=row.verdict,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
        erased_at=row.erased_at,
    )


def signatures_of(case_id: UUID) -> tuple[SignatureBrief, ...]:
    """Every signature of a case, oldest first; the caller may see the case. One query."""
    rows = Signature.objects.filter(case_id=case_id, signed_at__isnull=False).order_by("id")
    return tuple(_brief(row) for row in rows.defer("document", "proof"))


def verdict_of(case_id: UUID) -> str:
    """What holds about the applicant's own signature, '' without one; one query."""
    own = Signature.objects.filter(case_id=case_id, origin__in=("web", "import"))
    verdicts = set(own.values_list("verdict", flat=True))
    return next((v for v in ("waiting", "rejected", "accepted") if v in verdicts), "")


def statement_of(case_id: UUID) -> Statement | None:
    """What letters and the receipt of a case say about its own signature, None without one or when
    its evidence was erased. One query."""
    own = Signature.objects.filter(
        case_id=case_id, origin__in=("web", "import"), signed_at__isnull=False, erased_at=None
    )
    rows = {row.verdict: row for row in own.defer("document").order_by("-id")}
    row = next((rows[v] for v in ("waiting", "rejected", "accepted") if v in rows), None)
    if row is None or row.signed_at is None:
        return None
    return Statement(
        verdict=row.verdict,
        signer=_name_in(row) if row.agreement in ("exact", "near") else "",
        signed_at=row.signed_at,
        checked_at=row.decided_at or row.revocation_checked_at or row.signed_at,
        by_staff=bool(row.decided_by),
    )


def _name_in(row: Signature) -> str:
    """Who the certificate is of: their own name, told to nobody but themselves and the city."""
    certificate = vault.proof_of(row).certificate
    name: str = heavy.certificates.parse_certificate(certificate, profile()).person.name
    return name


def evidence_for(draft_id: UUID) -> dict[str, str] | None:
    """What another node needs to verify the signature of a draft by itself, None without one that
    counts. One query."""
    signed = Signature.objects.filter(
        subject=draft_id, origin="web", verdict__in=("accepted", "waiting"), erased_at=None
    )
    row = signed.order_by("-id").first()
    if row is None or row.signed_at is None:
        return None
    proof = vault.proof_of(row)
    parts = {
        "document": vault.document_of(row),
        "signature": proof.signature,
        "certificate": proof.certificate,
    }
    told = {name: base64.b64encode(content).decode() for name, content in parts.items()}
    return {**told, "signed_at": row.signed_at.isoformat()}


@dataclass(frozen=True, slots=True)
class SignedDraft:
    """What was prepared for a draft, and how far it is."""

    signature_id: UUID
    digest: bytes
    language: str
    prepared_at: datetime
    is_signed: bool
    usable: bool


def signed_draft(draft_id: UUID) -> SignedDraft | None:
    """The newest document prepared for a draft. One query."""
    rows = Signature.objects.filter(subject=draft_id, origin="web", case_id=None)
    row = rows.order_by("-id").first()
    if row is None:
        return None
    content = json.loads(vault.document_of(row))
    return SignedDraft(
        signature_id=row.public_id,
        digest=bytes.fromhex(row.digest),
        language=content["language"],
        prepared_at=datetime.fromisoformat(content["prepared_at"]),
        is_signed=row.signed_at is not None,
        usable=row.verdict in ("accepted", "waiting"),
    )


def signed_and_not_sent() -> list[UUID]:
    """The drafts that somebody signed and did not send yet; one query."""
    rows = Signature.objects.filter(origin="web", case_id=None, signed_at__isnull=False)
    return list(rows.values_list("subject", flat=True))


def document_to_sign(signature_id: UUID) -> bytes:
    """The exact bytes of a document, for its writer: the caller has found that it is theirs.

    Raises ``NotFound``, ``Gone``.
    """
    row = Signature.objects.filter(public_id=signature_id, case_id=None).first()
    if row is None:
        raise NotFound
    return vault.document_of(row)


@dataclass(frozen=True, slots=True)
class ReportView:
    """One verification."""

    made_at: datetime
    made_by: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignatureDetail:
    """Everything about one signature but who signed."""

    brief: SignatureBrief
    digest: str
    reports: tuple[ReportView, ...]
    may_review: bool
    may_see_person: bool
    case_url: str


def signature_detail(actor: Actor, signature_id: UUID) -> SignatureDetail:
    """One signature for staff. Raises ``NotFound``."""
    rows = Signature.objects.defer("document", "proof")
    row = rows.filter(public_id=signature_id, signed_at__isnull=False).first()
    if row is None or not policy.can_see(actor, row):
        raise NotFound
    sees_case = row.case_id is not None and providers.may_see_case(actor, row.case_id)
    return SignatureDetail(
        brief=_brief(row),
        digest=row.digest,
        reports=tuple(
            ReportView(r.made_at, r.made_by, r.body) for r in row.reports.order_by("-id")
        ),
        may_review=policy.can_review(actor, row),
        may_see_person=actor.can(policy.PERSON) and row.erased_at is None,
        case_url=providers.case_url(row.case_id) if row.case_id and sees_case else "",
    )


def queue(actor: Actor, *, state: str, page: int) -> tuple[list[SignatureBrief], bool]:
    """The signatures that this actor decides about, those that wait longest first, and whether
    there are more. One query."""
    found = policy.reviewable(actor)
    if state == "waiting":
        found = found.filter(verdict="waiting").order_by("signed_at", "id")
    else:
        found = found.exclude(decided_by="").order_by("-decided_at", "-id")
    start = (page - 1) * PAGE
    rows = list(found.defer("document", "proof")[start : start + PAGE + 1])
    return [_brief(row) for row in rows[:PAGE]], len(rows) > PAGE


def waiting_count(actor: Actor) -> int | None:
    """How many wait for this actor, for the tab; None for whoever decides about none."""
    return policy.waiting(actor).count() if policy.may_review(actor) else None
