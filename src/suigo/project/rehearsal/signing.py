"""What a rehearsal signs with: by default a plain certificate of its own, in a person's name.

A better signer (with certificates of the real profile) is given to ``Rehearsal``.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from suigo.project.rehearsal.people import CardHolder

# (person, SHA-256 digest) -> (raw RSA signature PKCS#1 v1.5, certificate in DER)
Signer = Callable[[CardHolder, bytes], tuple[bytes, bytes]]


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def plain_signer(person: CardHolder, digest: bytes) -> tuple[bytes, bytes]:
    """Signs for anybody, with a certificate that only says a name."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"REHEARSAL {person.id}")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(_key(), hashes.SHA256())
    )
    signature = _key().sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    return signature, certificate.public_bytes(Encoding.DER)
