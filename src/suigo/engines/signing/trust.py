"""Who is believed: certificates in a folder of the deployment, each pinned by its fingerprint."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.conf import settings

from suigo.engines.signing import testing
from suigo.engines.signing.rules.verifying import TrustedAuthority
from suigo.engines.signing.spec import profile


def trusted_authorities() -> list[TrustedAuthority]:
    """The pinned authorities whose certificates are in the folder ``SUIGO_TRUST_FOLDER``, and,
    where cards are only rehearsed, the authority of the rehearsal. Never that one in production.
    """
    pins = {a.sha256: a.title for a in profile().authorities}
    found = [
        TrustedAuthority(pins[fingerprint], certificate)
        for certificate in _certificates(Path(settings.SUIGO_TRUST_FOLDER))
        if (fingerprint := _sha256(certificate)) in pins
    ]
    if not settings.PRODUCTION:
        rehearsal = testing.rehearsal_authority(Path(settings.SUIGO_REHEARSAL_FOLDER))
        found.append(TrustedAuthority("練習用の認証局", rehearsal.certificate))
    return found


def faults() -> list[str]:
    """What is wrong with the folder: certificates nobody pinned, or none at all."""
    folder = Path(settings.SUIGO_TRUST_FOLDER)
    pins = {a.sha256 for a in profile().authorities}
    found = _certificates(folder)
    strangers = [c for c in found if _sha256(c) not in pins]
    told = [f"SUIGO_TRUST_FOLDER: {_sha256(c)} is not pinned and not believed" for c in strangers]
    if len(found) == len(strangers):
        told.append(f"SUIGO_TRUST_FOLDER: {folder} holds no pinned certificate")
    return told


def _sha256(certificate: x509.Certificate) -> str:
    return TrustedAuthority("", certificate).sha256


def _certificates(folder: Path) -> list[x509.Certificate]:
    found: list[x509.Certificate] = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.suffix not in (".pem", ".crt", ".cer"):
            continue
        content = path.read_bytes()
        try:
            if b"-----BEGIN" in content:
                found += x509.load_pem_x509_certificates(content)
            else:
                found.append(x509.load_der_x509_certificate(content))
        except ValueError:
            continue  # not a certificate; ``faults`` tells when nothing is left
    return found


def der_of(certificate: x509.Certificate) -> bytes:
    """The certificate as it is kept."""
    return certificate.public_bytes(serialization.Encoding.DER)
