"""Certificates with the real profile, made here: for tests, rehearsals and the demonstration.

The authority is our own and its key lies in the data folder, so it proves nothing to anybody else.
``trust.py`` believes it only outside production.
"""

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from suigo.engines.signing.spec import PersonOids, profile

BEGUN = datetime(2023, 7, 16, tzinfo=UTC)
ENDS = datetime(2033, 7, 15, 14, 59, 59, tzinfo=UTC)
ERA_DIGITS = (
    *((date(2019, 5, 1), "5"), (date(1989, 1, 8), "4")),
    *((date(1926, 12, 25), "3"), (date(1912, 7, 30), "2")),
)
_ATTRIBUTES = {"C": NameOID.COUNTRY_NAME, "O": NameOID.ORGANIZATION_NAME}
_UNIT = NameOID.ORGANIZATIONAL_UNIT_NAME
SIGNING_USE = ("digital_signature", "content_commitment")


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person as a card has them; ``sex`` 1 or 2, ``birth_date`` ``EYYYYMMDD``."""

    name: str
    birth_date: str
    address: str
    sex: str = "1"
    name_substitutes: str = ""
    address_substitutes: str = ""

    @classmethod
    def born(cls, name: str, day: date, address: str, sex: str = "1") -> "Person":
        """Somebody born on ``day``."""
        era = next((digit for first, digit in ERA_DIGITS if day >= first), "1")
        return cls(name, f"{era}{day:%Y%m%d}", address, sex)


@dataclass(frozen=True, slots=True)
class Card:
    """A key and its certificate: what a card with 署名用電子証明書 does."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def sign(self, digest: bytes) -> bytes:
        """The raw signature over a SHA-256 digest."""
        return self.key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))


def new_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def issuer_name(unit: str = "JPKI for digital signature") -> x509.Name:
    """The issuer's name of the profile; another ``unit`` is that of authentication."""
    parts = [
        (key, unit if value == "JPKI for digital signature" else value)
        for key, value in profile().issuer
    ]
    return x509.Name([x509.NameAttribute(_ATTRIBUTES.get(k, _UNIT), v) for k, v in parts])


def utf8_string(text: str | bytes) -> bytes:
    """DER of one UTF8String."""
    body = text.encode() if isinstance(text, str) else text
    size = len(body)
    if size < 0x80:
        return bytes([0x0C, size]) + body
    octets = (size.bit_length() + 7) // 8
    return bytes([0x0C, 0x80 | octets]) + size.to_bytes(octets, "big") + body


def key_usage(*uses: str) -> x509.KeyUsage:
    every = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{use: use in uses for use in every})


def other_names(person: Person, oids: PersonOids) -> list[x509.GeneralName]:
    """The items as subjectAltName has them; empty ones are left out."""
    values = {
        oids.name: person.name,
        oids.name_substitutes: person.name_substitutes,
        oids.sex: person.sex,
        oids.birth_date: person.birth_date,
        oids.address: person.address,
        oids.address_substitutes: person.address_substitutes,
    }
    return [
        x509.OtherName(x509.ObjectIdentifier(oid), utf8_string(value))
        for oid, value in values.items()
        if value
    ]


@dataclass(frozen=True, slots=True)
class RehearsalAuthority:
    """Our own 署名用認証局."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def create(
        cls,
        key: rsa.RSAPrivateKey | None = None,
        *,
        begun: datetime = BEGUN,
        ends: datetime = ENDS,
        ca: bool = True,
    ) -> "RehearsalAuthority":
        """A new authority with the name of the real one."""
        key = key or new_key()
        name = issuer_name()
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begun)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        )
        return cls(key, builder.sign(key, hashes.SHA256()))

    def card(
        self,
        person: Person,
        *,
        key: rsa.RSAPrivateKey,
        begun: datetime,
        ends: datetime,
        policy: str = "",
        uses: tuple[str, ...] = SIGNING_USE,
        issuer: x509.Name | None = None,
        names: Iterable[x509.GeneralName] | None = None,
        more: Iterable[tuple[x509.ExtensionType, bool]] = (),
        digest: Any = None,
        mark: int | None = None,
    ) -> Card:
        """A card for somebody; everything but the first line is for what must be refused."""
        found = profile()
        alternative = other_names(person, found.person) if names is None else list(names)
        serial = x509.random_serial_number()
        if mark is not None:  # what ``disabled-dev:`` is to say about it
            serial = serial & ~0xFFFF | mark
        subject = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{serial:040X}"[:31] + "A"),
        ]
        information = x509.PolicyInformation(
            x509.ObjectIdentifier(policy or f"{found.policy}.20"), None
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(subject))
            .issuer_name(issuer or self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(serial)
            .not_valid_before(begun)
            .not_valid_after(ends)
            .add_extension(key_usage(*uses), critical=True)
            .add_extension(x509.CertificatePolicies([information]), critical=True)
        )
        if alternative:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternative), False)
        for extension, critical in more:
            builder = builder.add_extension(extension, critical)
        return Card(key, builder.sign(self.key, digest or hashes.SHA256()))

    def crl(
        self,
        revoked: Iterable[tuple[x509.Certificate, datetime]] = (),
        *,
        at: datetime,
        until: datetime | None = None,
        more: Iterable[tuple[x509.ExtensionType, bool]] = (),
    ) -> bytes:
        """A revocation list of this authority (DER)."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(at)
            .next_update(until or at + timedelta(days=1))
        )
        for certificate, since in revoked:
            entry = x509.RevokedCertificateBuilder()
            entry = entry.serial_number(certificate.serial_number).revocation_date(since)
            builder = builder.add_revoked_certificate(entry.build())
        for extension, critical in more:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def ocsp(
        self,
        request: bytes,
        certificate: x509.Certificate,
        *,
        at: datetime,
        until: datetime | None = None,
        revoked_at: datetime | None = None,
        status: ocsp.OCSPCertStatus | None = None,
        with_nonce: bool = True,
    ) -> bytes:
        """The response to a request about ``certificate`` (DER)."""
        asked = ocsp.load_der_ocsp_request(request)
        usual = ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=certificate,
                issuer=self.certificate,
                algorithm=asked.hash_algorithm,
                cert_status=status or usual,
                this_update=at,
                next_update=until or at + timedelta(hours=1),
                revocation_time=revoked_at,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.certificate)
        )
        for extension in asked.extensions if with_nonce else ():
            builder = builder.add_extension(extension.value, critical=False)
        response = builder.sign(self.key, hashes.SHA256())
        return response.public_bytes(serialization.Encoding.DER)


def rehearsal_authority(folder: Path) -> RehearsalAuthority:
    """The authority of this installation's rehearsals; made when it is first asked for."""
    return _kept(folder / "authority.pem")


@cache
def _kept(path: Path) -> RehearsalAuthority:
    if not path.exists():
        fresh = RehearsalAuthority.create()
        _write_once(path, _pem(fresh.key) + fresh.certificate.public_bytes(_PEM))
    content = path.read_bytes()
    key = serialization.load_pem_private_key(content, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return RehearsalAuthority(key, x509.load_pem_x509_certificates(content)[0])


@cache
def card_key() -> rsa.RSAPrivateKey:
    """One key for every rehearsed card of this process: making one takes a tenth of a second."""
    return new_key()


_PEM = serialization.Encoding.PEM


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write_once(path: Path, content: bytes) -> None:
    """Whole or not at all, and of two processes the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
