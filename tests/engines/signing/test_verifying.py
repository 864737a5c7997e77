"""Signatures that must not count, each for its own reason, and one that must."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import given
from hypothesis import strategies as st

from engines.signing.cards import (
    DIGEST,
    DOCUMENT,
    NOW,
    YEAR,
    YOKO,
    authority,
    card,
    fault,
    trusted,
    verified,
)
from suigo.engines.signing.adapters.disabled import Disabled
from suigo.engines.signing.rules import cms
from suigo.engines.signing.rules.verifying import Signed, TrustedAuthority
from suigo.engines.signing.spec import profile
from suigo.engines.signing.testing import (
    Person,
    RehearsalAuthority,
    card_key,
    issuer_name,
    new_key,
    other_names,
    utf8_string,
)

OIDS = profile().person


def test_a_good_signature_is_good() -> None:
    found = verified(card())
    assert fault(found) == ("OK", "", "")
    assert found.person is not None
    assert (found.person.name, found.person.sex) == ("水野　葉子", "2")
    assert found.person.birth_date is not None
    assert found.person.birth_date.isoformat() == "1990-04-01"
    assert [s.step for s in found.report.steps] == [
        "profile",
        "chain",
        "validity",
        "signature",
        "revocation",
    ]


def test_the_report_names_nobody() -> None:
    body = str(verified(card()).report.as_json())
    for secret in ("水野", "葉子", "川辺町", "19900401", "1990"):
        assert secret not in body


def test_an_authority_with_the_same_name_and_another_key_is_not_believed() -> None:
    forger = RehearsalAuthority.create()
    assert forger.certificate.subject == authority().certificate.subject
    found = verified(card(by=forger))
    assert fault(found) == ("UNTRUSTED", "chain", "untrusted")
    assert found.person is None


def test_an_authority_that_is_none_makes_no_certificates() -> None:
    impostor = RehearsalAuthority.create(ca=False)
    found = verified(card(by=impostor), trust=trusted(impostor))
    assert fault(found)[0] == "UNTRUSTED"


def test_nobody_is_believed_without_trust() -> None:
    assert fault(verified(card(), trust=[]))[0] == "UNTRUSTED"


@pytest.mark.parametrize(
    ("begun", "ends", "word"),
    [
        (NOW - 2 * YEAR, NOW - timedelta(seconds=1), "expired"),
        (NOW + timedelta(seconds=1), NOW + YEAR, "not_yet_valid"),
    ],
)
def test_outside_its_time_a_certificate_is_worth_nothing(begun, ends, word) -> None:  # type: ignore[no-untyped-def]
    assert fault(verified(card(begun=begun, ends=ends))) == ("EXPIRED", "validity", word)


def test_what_arrived_in_time_stays_good_after_the_certificate_ended() -> None:
    later = NOW + 10 * YEAR
    assert fault(verified(card(), believed_at=NOW, now=later))[0] == "OK"


def test_an_old_authority_still_vouches_for_what_it_issued() -> None:
    old = RehearsalAuthority.create(begun=NOW - 10 * YEAR, ends=NOW - YEAR / 2)
    found = verified(card(by=old), trust=trusted(old))
    assert fault(found)[0] == "OK"
    late = verified(card(by=old, begun=NOW - timedelta(days=1)), trust=trusted(old))
    assert fault(late) == ("EXPIRED", "validity", "authority_not_valid")


def test_the_signers_clock_is_only_a_claim() -> None:
    expired = card(begun=NOW - 2 * YEAR, ends=NOW - YEAR)
    backdated = verified(expired, claimed_at=NOW - YEAR - timedelta(days=1))
    assert fault(backdated)[0] == "EXPIRED"
    future = verified(card(), claimed_at=NOW + timedelta(days=1))
    assert fault(future) == ("EXPIRED", "validity", "claims_later")


@pytest.mark.parametrize(
    "policy",
    [
        "1.2.392.200149.8.5.1.3",
        "1.2.392.200149.8.5.1.3.30",  # for signing in
        "1.2.392.200149.8.5.1.0.20",  # the test environment of J-LIS
        "1.2.392.200149.8.5.1.2",
        "1.2.392.200149.8.5.1.11",
        "1.2.3.4",
    ],
)
def test_another_policy_signs_nothing(policy: str) -> None:
    assert fault(verified(card(policy=policy))) == ("CERT_UNSUPPORTED", "profile", "policy")


@pytest.mark.parametrize("policy", ["", "1.2.392.200149.8.5.1.1", "1.2.392.200149.8.5.1.1.40"])
def test_every_class_of_signing_certificates_signs(policy: str) -> None:
    assert fault(verified(card(policy=policy)))[0] == "OK"


def test_a_certificate_for_signing_in_signs_nothing() -> None:
    wrong = issuer_name("JPKI for user authentication")
    found = verified(card(issuer=wrong, policy="1.2.392.200149.8.5.1.3", names=[]))
    assert fault(found)[0] == "CERT_UNSUPPORTED"
    assert fault(verified(card(uses=("digital_signature",))))[2] == "key_usage"
    assert fault(verified(card(uses=("key_cert_sign",))))[2] == "key_usage"


def test_short_keys_and_weak_digests_are_refused() -> None:
    assert fault(verified(card(key=new_key(1024))))[2] == "key_size"
    assert fault(verified(card(digest=hashes.SHA512())))[2] == "digest"


def test_sha1_is_refused(tmp_path: Path) -> None:
    """Made by another tool: ours no longer can."""
    key = card_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "key.pem").write_bytes(key)
    subject = "/C=JP/O=JPKI/OU=JPKI for digital signature"
    subject += "/OU=Japan Agency for Local Authority Information Systems"
    made = tmp_path / "weak.der"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-sha1", "-new", "-key", tmp_path / "key.pem"),
            *("-subj", subject, "-outform", "DER", "-out", made),
        ],
        check=True,
        capture_output=True,
    )
    holder = card()
    weak = type(holder)(holder.key, x509.load_der_x509_certificate(made.read_bytes()))
    assert fault(verified(weak)) == ("CERT_UNSUPPORTED", "profile", "digest")


def test_an_unknown_critical_extension_is_refused() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert fault(verified(card(more=[(unknown, True)])))[2] == "critical_extension"
    assert fault(verified(card(more=[(unknown, False)])))[0] == "OK"


def test_altered_content_and_altered_signatures_show() -> None:
    holder = card()
    other = bytes([DIGEST[0] ^ 1]) + DIGEST[1:]
    assert fault(verified(holder, digest=other)) == ("SIGNATURE_MISMATCH", "signature", "altered")
    good = holder.sign(DIGEST)
    for broken in (b"", good[:-1], bytes([good[0] ^ 1]) + good[1:], good[::-1]):
        assert fault(verified(holder, signature=broken))[0] == "SIGNATURE_MISMATCH"
    stranger = card(key=new_key())
    assert fault(verified(holder, signature=stranger.sign(DIGEST)))[0] == "SIGNATURE_MISMATCH"


@given(position=st.integers(0, 255), flip=st.integers(1, 255))
def test_no_byte_of_a_signature_may_change(position: int, flip: int) -> None:
    holder = card_of_yoko
    changed = bytearray(GOOD)
    changed[position] ^= flip
    assert fault(verified(holder, signature=bytes(changed)))[0] == "SIGNATURE_MISMATCH"


card_of_yoko = card()
GOOD = card_of_yoko.sign(DIGEST)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@given(position=st.integers(0), flip=st.integers(1, 255))
def test_no_byte_of_a_certificate_may_change(position: int, flip: int) -> None:
    der = bytearray(card_of_yoko.der)
    der[position % len(der)] ^= flip
    found = _of_bytes(bytes(der))
    assert found.report.result in ("CERT_UNSUPPORTED", "UNTRUSTED")


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@given(st.binary(max_size=400))
def test_whatever_comes_as_a_certificate_is_answered(content: bytes) -> None:
    assert _of_bytes(content).report.result == "CERT_UNSUPPORTED"


def _of_bytes(der: bytes):  # type: ignore[no-untyped-def]
    from suigo.engines.signing.rules.verifying import verify  # noqa: PLC0415 - beside its use

    return verify(
        Signed(digest=DIGEST, certificate=der, signature=GOOD),
        trusted=trusted(),
        checker=Disabled("disabled-dev:"),
        profile=profile(),
        believed_at=NOW,
        now=NOW,
    )


def test_revoked_and_unknown() -> None:
    revoked = Disabled("disabled-dev:?state=revoked")
    assert fault(verified(card(), checker=revoked)) == ("REVOKED", "revocation", "revoked")
    unknown = Disabled("disabled-dev:?state=unknown")
    assert fault(verified(card(), checker=unknown)) == ("UNKNOWN", "revocation", "unknown")


def test_the_first_fault_in_the_documented_order_is_the_result() -> None:
    """Wrong in everything: profile, then chain, then time, then content, then revocation."""
    revoked = Disabled("disabled-dev:?state=revoked")
    forger = RehearsalAuthority.create()
    ended = {"begun": NOW - 2 * YEAR, "ends": NOW - YEAR}
    everything = card(by=forger, policy="1.2.3", **ended)
    steps = [
        (everything, "CERT_UNSUPPORTED"),
        (card(by=forger, **ended), "UNTRUSTED"),
        (card(**ended), "EXPIRED"),
        (card(), "SIGNATURE_MISMATCH"),
    ]
    for holder, result in steps:
        assert fault(verified(holder, signature=b"x", checker=revoked))[0] == result


@pytest.mark.parametrize(
    ("person", "word"),
    [
        (Person("", "41990 401", "a"), "person_missing"),
        (Person("水野\x00葉子", "419900401", "みほん市"), "person_characters"),
        (Person("水野\u202e葉子", "419900401", "みほん市"), "person_characters"),
        (Person("水野葉子", "419900401", "みほん市\n1"), "person_characters"),
        (Person("水野葉子", "919900401", "みほん市"), "person_birth_date"),
        (Person("水野葉子", "319900401", "みほん市"), "person_birth_date"),
        (Person("水野葉子", "419901301", "みほん市"), "person_birth_date"),
        (Person("水野葉子", "", "みほん市"), "person_birth_date"),
        (Person("水野葉子", "419900401", ""), "person_missing"),
        (Person("水" * 201, "419900401", "みほん市"), "person_too_long"),
    ],
)
def test_a_person_that_can_not_be_relied_on(person: Person, word: str) -> None:
    assert fault(verified(card(person))) == ("CERT_UNSUPPORTED", "profile", word)


def test_a_person_in_another_encoding_or_twice_is_refused() -> None:
    names = other_names(YOKO, OIDS)
    name = x509.ObjectIdentifier(OIDS.name)
    printable = x509.OtherName(name, b"\x13\x04YOKO")
    broken = x509.OtherName(name, utf8_string(b"\xff\xfe"))
    for bad in (printable, broken):
        assert fault(verified(card(names=[bad, *names[1:]])))[2] == "person_encoding"
    assert fault(verified(card(names=[*names, names[0]])))[2] == "person_twice"
    assert fault(verified(card(names=[])))[2] == "person"


def test_half_a_birthday_is_no_birthday() -> None:
    found = verified(card(Person("水野葉子", "319400000", "みほん市")))
    assert found.person is not None
    assert found.person.birth_date is None


def test_other_tools_verify_what_we_wrap(tmp_path: Path) -> None:
    """OpenSSL, against the authority's certificate, knows nothing of this program."""
    holder = card()
    (tmp_path / "s.p7s").write_bytes(cms.detached(holder.sign(DIGEST), holder.der))
    (tmp_path / "document").write_bytes(DOCUMENT)
    pem = authority().certificate.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "ca.pem").write_bytes(pem)

    def verifies() -> bool:
        command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER"]
        command += ["-in", "s.p7s", "-content", "document", "-CAfile", "ca.pem"]
        command += ["-purpose", "any", "-attime", str(int(NOW.timestamp())), "-out", "out"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0

    assert verifies()
    (tmp_path / "document").write_bytes(DOCUMENT + b".")
    assert not verifies()


def test_trust_is_by_fingerprint() -> None:
    pinned = TrustedAuthority("x", authority().certificate)
    assert len(pinned.sha256) == 64
    assert pinned.sha256 not in {a.sha256 for a in profile().authorities}
