"""A 署名用電子証明書, read into what the rest of the engine speaks of. Fails closed: what is not
exactly as the profile says is no such certificate."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

from suigo.engines.signing.rules.person import BadItem, accepted_item, birth_date
from suigo.engines.signing.spec import FourItems, Profile

_UTF8_STRING = 0x0C
_NAMES = {NameOID.COUNTRY_NAME: "C", NameOID.ORGANIZATION_NAME: "O"} | {
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU"
}
# critical extensions that are understood here; any other makes a certificate unusable (RFC 5280)
_UNDERSTOOD = {
    x509.OID_KEY_USAGE,
    x509.OID_CERTIFICATE_POLICIES,
    x509.OID_BASIC_CONSTRAINTS,
    x509.OID_SUBJECT_ALTERNATIVE_NAME,
    x509.OID_EXTENDED_KEY_USAGE,
}


class Unsupported(Exception):
    """Not a certificate of the profile; the message is one word."""


@dataclass(frozen=True, slots=True)
class JpkiCertificate:
    """A certificate that fits the profile. Nothing says yet that it is genuine."""

    x509: x509.Certificate
    der: bytes
    serial: str
    issuer: tuple[tuple[str, str], ...]
    not_before: datetime
    not_after: datetime
    policies: tuple[str, ...]
    key: RSAPublicKey
    person: FourItems

    @property
    def sha256(self) -> str:
        """The fingerprint."""
        return hashlib.sha256(self.der).hexdigest().upper()

    def as_json(self) -> dict[str, object]:
        """What a report says of it: nothing about the person."""
        return {
            "serial": self.serial,
            "issuer": ", ".join(f"{key}={value}" for key, value in self.issuer),
            "not_before": self.not_before.isoformat(),
            "not_after": self.not_after.isoformat(),
            "policies": list(self.policies),
            "sha256": self.sha256,
        }


def parse_certificate(der: bytes, profile: Profile) -> JpkiCertificate:
    """The certificate, checked against the profile. Raises ``Unsupported``."""
    try:  # the library reads each part when it is first asked for
        return _parsed(der, profile)
    except (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ) as bad:
        raise Unsupported("unreadable") from bad


def _parsed(der: bytes, profile: Profile) -> JpkiCertificate:
    read = x509.load_der_x509_certificate(der)
    extensions = {extension.oid: extension for extension in read.extensions}
    key = read.public_key()
    if not isinstance(key, RSAPublicKey):
        raise Unsupported("key_algorithm")
    if not profile.key.least_bits <= key.key_size <= profile.key.most_bits:
        raise Unsupported("key_size")
    digest = read.signature_hash_algorithm
    if digest is None or digest.name != profile.key.digest:
        raise Unsupported("digest")
    issuer = _readable(read.issuer)
    if issuer != profile.issuer:
        raise Unsupported("issuer")
    _check_use(extensions, profile)
    policies = extensions[x509.OID_CERTIFICATE_POLICIES].value
    assert isinstance(policies, x509.CertificatePolicies)
    return JpkiCertificate(
        x509=read,
        der=der,
        serial=f"{read.serial_number:X}",
        issuer=issuer,
        not_before=read.not_valid_before_utc,
        not_after=read.not_valid_after_utc,
        policies=tuple(p.policy_identifier.dotted_string for p in policies),
        key=key,
        person=_person(extensions, profile),
    )


def _readable(name: x509.Name) -> tuple[tuple[str, str], ...]:
    return tuple((_NAMES.get(a.oid, a.oid.dotted_string), str(a.value)) for a in name)


Extensions = dict[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]


def _check_use(extensions: Extensions, profile: Profile) -> None:
    """That it is for signing, by its policy and its key usage. Raises ``Unsupported``."""
    if any(e.critical and oid not in _UNDERSTOOD for oid, e in extensions.items()):
        raise Unsupported("critical_extension")
    policies = extensions.get(x509.OID_CERTIFICATE_POLICIES)
    if policies is None or not isinstance(policies.value, x509.CertificatePolicies):
        raise Unsupported("policy")
    named = [p.policy_identifier.dotted_string for p in policies.value]
    for_signing = any(_below(policy, profile.policy) for policy in named)
    if not for_signing or any(_below(p, profile.policy_of_authentication) for p in named):
        raise Unsupported("policy")
    usage = extensions.get(x509.OID_KEY_USAGE)
    if usage is None or not isinstance(usage.value, x509.KeyUsage):
        raise Unsupported("key_usage")
    if not (usage.value.digital_signature and usage.value.content_commitment):
        raise Unsupported("key_usage")
    basic = extensions.get(x509.OID_BASIC_CONSTRAINTS)
    if basic is not None and isinstance(basic.value, x509.BasicConstraints) and basic.value.ca:
        raise Unsupported("authority")


def _below(policy: str, arc: str) -> bool:
    """Whether a policy is ``arc`` or one of its classes (…1.1.20 is that of cards)."""
    return policy == arc or policy.startswith(f"{arc}.")


def _person(extensions: Extensions, profile: Profile) -> FourItems:
    names = extensions.get(x509.OID_SUBJECT_ALTERNATIVE_NAME)
    if names is None or not isinstance(names.value, x509.SubjectAlternativeName):
        raise Unsupported("person")
    found = _items(names.value, profile)
    oids = profile.person
    try:
        return FourItems(
            name=accepted_item(found.get(oids.name, "")),
            sex=found.get(oids.sex, ""),
            birth_date=birth_date(found.get(oids.birth_date, "")),
            address=accepted_item(found.get(oids.address, "")),
            substituted=frozenset(
                item
                for item, oid in (
                    ("name", oids.name_substitutes),
                    ("address", oids.address_substitutes),
                )
                if _has_substitutes(found.get(oid, ""))
            ),
        )
    except BadItem as bad:
        raise Unsupported(f"person_{bad}") from bad


def _has_substitutes(information: str) -> bool:
    """Whether 代替文字 information names any character: it has one digit for each, 0 for as is."""
    return information.strip("0 ") != ""


def _items(names: Iterable[x509.GeneralName], profile: Profile) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        if isinstance(name, x509.OtherName):
            oid = name.type_id.dotted_string
            if oid in found:
                raise Unsupported("person_twice")
            found[oid] = _utf8_string(name.value)
    return found


def _utf8_string(der: bytes) -> str:
    """The text of one DER UTF8String, with nothing before or after it. Raises ``Unsupported``."""
    if len(der) < 2 or der[0] != _UTF8_STRING:
        raise Unsupported("person_encoding")
    length, start = der[1], 2
    if length & 0x80:
        octets = length & 0x7F
        start += octets
        length = int.from_bytes(der[2:start], "big")
        if not 1 <= octets <= 2 or length < 0x80 or len(der) < start:
            raise Unsupported("person_encoding")
    if len(der) != start + length:
        raise Unsupported("person_encoding")
    try:
        return der[start:].decode("utf-8")
    except UnicodeDecodeError as broken:
        raise Unsupported("person_encoding") from broken
