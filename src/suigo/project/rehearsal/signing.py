"""What a rehearsal signs with: cards of the real profile, from the authority of this installation's
rehearsals, or a plain certificate that only says a name.

What comes back goes through the same verification as a real card's. The authority's key lies in the
data folder of the demonstration, and production believes no such authority (``signing.trust``).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from suigo.engines.signing import testing
from suigo.engines.signing.adapters.disabled import MARKS
from suigo.engines.signing.spec import profile
from suigo.project.rehearsal.people import CardHolder

# (person, SHA-256 digest, what goes wrong, now) -> (RSA signature PKCS#1 v1.5, certificate in DER)
Signer = Callable[[CardHolder, bytes, str, datetime], tuple[bytes, bytes]]


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def card_signer(folder: Path) -> Signer:
    """Signs with the card of whoever is chosen; the authority is kept in ``folder``."""

    def sign(person: CardHolder, digest: bytes, trouble: str, now: datetime) -> tuple[bytes, bytes]:
        lasts = timedelta(days=-1 if trouble == "card-expired" else 5 * 365)
        other = trouble == "card-authentication"
        state = trouble.removeprefix("card-")
        card = testing.rehearsal_authority(folder).card(
            testing.Person.born(person.name, person.born, person.address, person.sex),
            key=testing.card_key(),
            begun=now - timedelta(days=365),
            ends=now + lasts,
            policy=f"{profile().policy_of_authentication}.30" if other else "",
            mark=next((mark for mark, told in MARKS.items() if told == state), None),
        )
        return card.sign(digest), card.der

    return sign


def plain_signer(
    person: CardHolder, digest: bytes, _trouble: str, now: datetime
) -> tuple[bytes, bytes]:
    """Signs for anybody, with a certificate that nobody believes."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"REHEARSAL {person.id}")])
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
