"""Is this signature good? Looked at in one order, so that two verifications of the same thing give
the same word (see ``spec.Result``)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from suigo.engines.signing.providers import RevocationAnswer, RevocationChecker
from suigo.engines.signing.rules.certificates import (
    JpkiCertificate,
    Unsupported,
    parse_certificate,
)
from suigo.engines.signing.rules.reporting import Report, Step
from suigo.engines.signing.spec import FourItems, Profile, Result


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """An authority whose certificate is at hand and whose fingerprint is pinned."""

    title: str
    certificate: x509.Certificate

    @property
    def sha256(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex().upper()


@dataclass(frozen=True, slots=True)
class Verification:
    """The report, and what must be kept beside it to say the same again years later."""

    report: Report
    certificate: JpkiCertificate | None
    authority: TrustedAuthority | None

    @property
    def person(self) -> FourItems | None:
        """Who signed, according to a certificate of a trusted authority."""
        return self.certificate.person if self.certificate and self.authority else None


@dataclass(frozen=True, slots=True)
class Signed:
    """Something signed. ``intact`` is None where the raw ``signature`` over ``digest`` is still to
    be verified, else what the reader of the file format found: '' for intact, or one word."""

    digest: bytes
    certificate: bytes
    signature: bytes = b""
    intact: str | None = None
    form: Literal["raw", "cms", "pdf"] = "raw"
    claimed_at: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def verify(
    signed: Signed,
    *,
    trusted: Sequence[TrustedAuthority],
    checker: RevocationChecker,
    profile: Profile,
    believed_at: datetime,
    now: datetime,
) -> Verification:
    """Verify a signature that had reached the city at ``believed_at``.

    When it was made, only its maker says; when it arrived, the city knows. The certificate must
    have been valid and unrevoked then. Never raises for what was signed.
    """
    return _Run(signed, trusted, checker, profile, believed_at, now).run()


class _Run:
    def __init__(
        self,
        signed: Signed,
        trusted: Sequence[TrustedAuthority],
        checker: RevocationChecker,
        profile: Profile,
        believed_at: datetime,
        now: datetime,
    ) -> None:
        self.signed, self.trusted, self.checker = signed, trusted, checker
        self.profile, self.believed_at, self.now = profile, believed_at, now
        self.steps: list[Step] = []
        self.certificate: JpkiCertificate | None = None
        self.authority: TrustedAuthority | None = None
        self.answer: RevocationAnswer | None = None

    def run(self) -> Verification:
        result = self._result()
        report = Report(
            result=result,
            revocation=self.answer.state if self.answer else "unknown",
            at=self.now,
            believed_at=self.believed_at,
            claimed_at=self.signed.claimed_at,
            steps=tuple(self.steps),
            certificate=self.certificate.as_json() if self.certificate else {},
            authority=self.authority.sha256 if self.authority else "",
            revocation_answer=self.answer,
            form=self.signed.form,
            document_sha256=self.signed.digest.hex(),
            extra=self.signed.extra,
        )
        return Verification(report, self.certificate, self.authority)

    def _result(self) -> Result:
        try:
            certificate = self.certificate = parse_certificate(
                self.signed.certificate, self.profile
            )
        except Unsupported as unsupported:
            self.steps.append(Step("profile", False, str(unsupported)))
            return "CERT_UNSUPPORTED"
        self.steps.append(Step("profile", True))
        self.authority = self._issuer_of(certificate)
        if not self._looked("chain", "" if self.authority else "untrusted"):
            return "UNTRUSTED"
        assert self.authority is not None
        if not self._looked("validity", self._time_fault(certificate, self.authority)):
            return "EXPIRED"
        if not self._looked("signature", self._signature_fault(certificate)):
            return "SIGNATURE_MISMATCH"
        self.answer = self._revocation(certificate, self.authority)
        self._looked("revocation", "" if self.answer.state == "good" else self.answer.state)
        results: dict[str, Result] = {"good": "OK", "revoked": "REVOKED", "unknown": "UNKNOWN"}
        return results[self.answer.state]

    def _looked(self, step: str, fault: str) -> bool:
        self.steps.append(Step(step, not fault, fault))
        return not fault

    def _issuer_of(self, certificate: JpkiCertificate) -> TrustedAuthority | None:
        """The pinned authority whose key made the certificate: a name alone proves nothing."""
        for authority in self.trusted:
            try:
                certificate.x509.verify_directly_issued_by(authority.certificate)
            except (InvalidSignature, ValueError, TypeError):
                continue
            if _is_authority(authority.certificate):
                return authority
        return None

    def _time_fault(self, certificate: JpkiCertificate, authority: TrustedAuthority) -> str:
        at = self.believed_at
        if at < certificate.not_before:
            return "not_yet_valid"
        if at > certificate.not_after:
            return "expired"
        ca = authority.certificate
        # the authority must have been valid when it issued, as old cards outlive it
        if not ca.not_valid_before_utc <= certificate.not_before <= ca.not_valid_after_utc:
            return "authority_not_valid"
        claimed = self.signed.claimed_at
        if claimed is not None and claimed > self.believed_at:
            return "claims_later"
        return ""

    def _signature_fault(self, certificate: JpkiCertificate) -> str:
        if self.signed.intact is not None:
            return self.signed.intact
        if len(self.signed.digest) != hashlib.sha256().digest_size:
            return "digest"
        try:
            certificate.key.verify(
                self.signed.signature,
                self.signed.digest,
                padding.PKCS1v15(),
                Prehashed(hashes.SHA256()),
            )
        except InvalidSignature:
            return "altered"
        return ""

    def _revocation(
        self, certificate: JpkiCertificate, authority: TrustedAuthority
    ) -> RevocationAnswer:
        answer = self.checker.check(certificate.x509, authority.certificate, now=self.now)
        if answer.state != "revoked" or answer.revoked_at is None:
            return answer
        if answer.revoked_at <= self.believed_at:
            return answer
        # it was revoked after it had served: at that time it was good
        return RevocationAnswer(
            state="good",
            source=answer.source,
            checked_at=answer.checked_at,
            reason="revoked_later",
            this_update=answer.this_update,
            next_update=answer.next_update,
            revoked_at=answer.revoked_at,
            evidence=answer.evidence,
        )


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return basic.ca and usage.key_cert_sign
