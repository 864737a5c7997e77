"""Judging what a CRL or an OCSP response says. Whatever is not beyond doubt is ``unknown``."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import ocsp
from cryptography.x509.oid import CRLEntryExtensionOID, ExtendedKeyUsageOID, ExtensionOID

from suigo.engines.signing.providers import RevocationAnswer

DIGESTS = ("sha256", "sha384", "sha512")
CLOCKS_DIFFER = timedelta(minutes=5)
OLDEST_WITHOUT_NEXT = timedelta(hours=24)  # an OCSP response that names no next update


def unknown(source: str, reason: str, *, now: datetime) -> RevocationAnswer:
    """Nobody can say."""
    return RevocationAnswer("unknown", source, now, reason)


def judge_crl(
    crl_der: bytes,
    certificate: x509.Certificate,
    authority: x509.Certificate,
    *,
    source: str,
    now: datetime,
) -> RevocationAnswer:
    """What one list says about a certificate of ``authority``."""
    try:
        crl = x509.load_der_x509_crl(crl_der)
        fault = _crl_fault(crl, certificate, authority, now=now)
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    except (ValueError, TypeError, x509.DuplicateExtension):
        return unknown(source, "unreadable", now=now)
    if fault:
        return unknown(source, fault, now=now)
    revoked = entry is not None and not _removed(entry)
    return RevocationAnswer(
        state="revoked" if revoked else "good",
        source=source,
        checked_at=now,
        reason=_reason(entry) if entry is not None and revoked else "",
        this_update=crl.last_update_utc,
        next_update=crl.next_update_utc,
        revoked_at=entry.revocation_date_utc if entry is not None and revoked else None,
        evidence=crl_der,
    )


def _crl_fault(
    crl: x509.CertificateRevocationList,
    certificate: x509.Certificate,
    authority: x509.Certificate,
    *,
    now: datetime,
) -> str:
    digest = crl.signature_hash_algorithm
    key = authority.public_key()
    if crl.issuer != certificate.issuer or crl.issuer != authority.subject:
        return "other_issuer"
    if digest is None or digest.name not in DIGESTS or not isinstance(key, RSAPublicKey):
        return "algorithm"
    if not crl.is_signature_valid(key):
        return "forged"
    if crl.last_update_utc > now + CLOCKS_DIFFER:
        return "from_the_future"
    if crl.next_update_utc is None or crl.next_update_utc < now:
        return "out_of_date"
    for extension in crl.extensions:
        if extension.oid == ExtensionOID.DELTA_CRL_INDICATOR:
            return "only_changes"
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            if not _covers(extension.value, certificate):
                return "not_for_this_certificate"
        elif extension.critical:
            return "critical_extension"
    return ""


def _covers(point: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    """Whether a list that is one of several is the one for this certificate."""
    if point.only_contains_ca_certs or point.only_contains_attribute_certs or point.indirect_crl:
        return False
    if point.only_some_reasons:
        return False
    if point.full_name is None and point.relative_name is None:
        return True
    try:
        named = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return False
    mine = {name for p in named for name in p.full_name or ()}
    return bool(mine & set(point.full_name or ()))


def _removed(entry: x509.RevokedCertificate) -> bool:
    """Whether a list says that a certificate is in order again."""
    return _reason(entry) == x509.ReasonFlags.remove_from_crl.value


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        found = entry.extensions.get_extension_for_oid(CRLEntryExtensionOID.CRL_REASON).value
    except (x509.ExtensionNotFound, ValueError):
        return "unspecified"
    return str(found.reason.value) if isinstance(found, x509.CRLReason) else "unspecified"


def newest(answers: Iterable[RevocationAnswer]) -> RevocationAnswer | None:
    """Of several lists: a revocation counts, whichever says it; then the newest clear answer;
    then the first that could not say."""
    found = list(answers)
    clear = [a for a in found if a.state != "unknown"]
    revoked = [a for a in clear if a.state == "revoked"]
    if revoked:
        return revoked[0]
    if clear:
        return max(clear, key=lambda a: a.this_update or a.checked_at)
    return found[0] if found else None


def ocsp_request(certificate: x509.Certificate, authority: x509.Certificate, nonce: bytes) -> bytes:
    """What to ask an OCSP responder."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, authority, hashes.SHA256())
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    return request.public_bytes(serialization.Encoding.DER)


def judge_ocsp(
    response_der: bytes,
    certificate: x509.Certificate,
    authority: x509.Certificate,
    *,
    nonce: bytes,
    source: str,
    now: datetime,
) -> RevocationAnswer:
    """What an OCSP responder says about a certificate of ``authority``."""
    try:
        response = ocsp.load_der_ocsp_response(response_der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return unknown(source, response.response_status.name.lower(), now=now)
        fault = _ocsp_fault(response, certificate, authority, nonce=nonce, now=now)
    except (ValueError, TypeError, x509.DuplicateExtension):
        return unknown(source, "unreadable", now=now)
    if fault:
        return unknown(source, fault, now=now)
    status = response.certificate_status
    if status is ocsp.OCSPCertStatus.UNKNOWN:
        return unknown(source, "not_known_there", now=now)
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    return RevocationAnswer(
        state="revoked" if revoked else "good",
        source=source,
        checked_at=now,
        reason=str(response.revocation_reason.value)
        if revoked and response.revocation_reason
        else "",
        this_update=response.this_update_utc,
        next_update=response.next_update_utc,
        revoked_at=response.revocation_time_utc if revoked else None,
        evidence=response_der,
    )


def _ocsp_fault(
    response: ocsp.OCSPResponse,
    certificate: x509.Certificate,
    authority: x509.Certificate,
    *,
    nonce: bytes,
    now: datetime,
) -> str:
    asked = ocsp.OCSPRequestBuilder().add_certificate(
        certificate, authority, response.hash_algorithm
    )
    wanted = asked.build()
    same = (
        response.serial_number == wanted.serial_number
        and response.issuer_name_hash == wanted.issuer_name_hash
        and response.issuer_key_hash == wanted.issuer_key_hash
    )
    if not same:
        return "other_certificate"
    if not _signed_by_responder(response, authority, now=now):
        return "forged"
    for extension in response.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            if extension.value.nonce != nonce:
                return "replayed"
        elif extension.critical:
            return "critical_extension"
    if response.this_update_utc > now + CLOCKS_DIFFER:
        return "from_the_future"
    end = response.next_update_utc or response.this_update_utc + OLDEST_WITHOUT_NEXT
    return "out_of_date" if end < now else ""


def _signed_by_responder(
    response: ocsp.OCSPResponse, authority: x509.Certificate, *, now: datetime
) -> bool:
    """Whether the authority signed, or somebody it has named for that (RFC 6960 4.2.2.2)."""
    digest = response.signature_hash_algorithm
    if digest is None or digest.name not in DIGESTS:
        return False
    return any(
        _verifies(response, signer, digest)
        for signer in (authority, *response.certificates)
        if signer == authority or _is_responder(signer, authority, now=now)
    )


def _is_responder(signer: x509.Certificate, authority: x509.Certificate, *, now: datetime) -> bool:
    try:
        signer.verify_directly_issued_by(authority)
        uses = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    valid = signer.not_valid_before_utc <= now <= signer.not_valid_after_utc
    return valid and ExtendedKeyUsageOID.OCSP_SIGNING in uses


def _verifies(
    response: ocsp.OCSPResponse, signer: x509.Certificate, digest: hashes.HashAlgorithm
) -> bool:
    key = signer.public_key()
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True
