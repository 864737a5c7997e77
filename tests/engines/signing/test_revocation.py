"""Lists and responders: what they may say, and what must not be believed."""

import http.server
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from engines.signing.cards import NOW, YEAR, authority, card, fault, verified
from suigo.engines.signing import providers
from suigo.engines.signing.providers import RevocationAnswer
from suigo.engines.signing.rules.revocation import judge_crl, judge_ocsp, ocsp_request
from suigo.engines.signing.testing import RehearsalAuthority, new_key

DAY = timedelta(days=1)
NONCE = b"n" * 32
HOLDER = card()
OTHER = card()


def of_list(crl: bytes, now=NOW) -> RevocationAnswer:  # type: ignore[no-untyped-def]
    return judge_crl(crl, HOLDER.certificate, authority().certificate, source="list", now=now)


def test_a_list_says_good_or_revoked() -> None:
    assert of_list(authority().crl(at=NOW)).state == "good"
    others = authority().crl([(OTHER.certificate, NOW - DAY)], at=NOW)
    assert of_list(others).state == "good"
    revoked = of_list(authority().crl([(HOLDER.certificate, NOW - DAY)], at=NOW))
    assert (revoked.state, revoked.revoked_at) == ("revoked", NOW - DAY)


@pytest.mark.parametrize(
    ("crl", "word"),
    [
        (b"", "unreadable"),
        (b"0\x03\x02\x01\x01", "unreadable"),
        (authority().crl(at=NOW - 3 * DAY), "out_of_date"),
        (authority().crl(at=NOW + DAY), "from_the_future"),
        (RehearsalAuthority.create().crl(at=NOW), "forged"),
    ],
)
def test_a_list_that_is_old_or_of_another_says_nothing(crl: bytes, word: str) -> None:
    answer = of_list(crl)
    assert (answer.state, answer.reason) == ("unknown", word)


def test_a_list_of_another_issuer_says_nothing() -> None:
    maker = authority()
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Somebody")])
    other = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(name)
        .last_update(NOW)
        .next_update(NOW + DAY)
        .sign(maker.key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    assert of_list(other).reason == "other_issuer"


def test_a_list_for_other_certificates_says_nothing() -> None:
    def point(**how):  # type: ignore[no-untyped-def]
        given = {
            "full_name": None,
            "relative_name": None,
            "only_contains_user_certs": False,
            "only_contains_ca_certs": False,
            "only_some_reasons": None,
            "indirect_crl": False,
            "only_contains_attribute_certs": False,
        }
        return x509.IssuingDistributionPoint(**(given | how))

    place = [x509.UniformResourceIdentifier("ldap://example/a")]
    for of_others in (
        point(only_contains_ca_certs=True),
        point(indirect_crl=True),
        point(full_name=place),
        point(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})),
    ):
        crl = authority().crl(at=NOW, more=[(of_others, True)])
        assert of_list(crl).reason == "not_for_this_certificate"
    points = x509.CRLDistributionPoints([x509.DistributionPoint(place, None, None, None)])
    mine = card(more=[(points, False)])
    partial = authority().crl(at=NOW, more=[(point(full_name=place), True)])
    answer = judge_crl(partial, mine.certificate, authority().certificate, source="", now=NOW)
    assert answer.state == "good"


def test_a_list_of_changes_or_with_something_unknown_says_nothing() -> None:
    changes = authority().crl(at=NOW, more=[(x509.DeltaCRLIndicator(1), True)])
    assert of_list(changes).reason == "only_changes"
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00")
    assert of_list(authority().crl(at=NOW, more=[(unknown, True)])).reason == "critical_extension"


def test_a_folder_of_lists(tmp_path: Path) -> None:
    checker = providers.checker_at(f"crl-file:{tmp_path}")
    ask = lambda: checker.check(HOLDER.certificate, authority().certificate, now=NOW)  # noqa: E731
    assert (ask().state, ask().reason) == ("unknown", "no_list")
    assert checker.check_config() != []
    (tmp_path / "a.crl").write_bytes(b"no list at all")
    assert ask().state == "unknown"
    (tmp_path / "b.crl").write_bytes(authority().crl(at=NOW))
    assert ask().state == "good"
    assert checker.check_config() == []
    pem = x509.load_der_x509_crl(authority().crl([(HOLDER.certificate, NOW - DAY)], at=NOW - DAY))
    (tmp_path / "c.crl").write_bytes(pem.public_bytes(serialization.Encoding.PEM))
    assert ask().state == "revoked"  # whichever list says it


def test_revoked_after_it_served_was_good_then(tmp_path: Path) -> None:
    later = NOW + YEAR
    (tmp_path / "a.crl").write_bytes(authority().crl([(HOLDER.certificate, NOW + DAY)], at=later))
    checker = providers.checker_at(f"crl-file:{tmp_path}")
    found = verified(HOLDER, checker=checker, believed_at=NOW, now=later)
    assert fault(found)[0] == "OK"
    assert found.report.revocation_answer is not None
    assert found.report.revocation_answer.reason == "revoked_later"
    at_once = verified(HOLDER, checker=checker, believed_at=NOW + 2 * DAY, now=later)
    assert fault(at_once)[0] == "REVOKED"


def of_response(response: bytes, *, nonce: bytes = NONCE, now=NOW) -> RevocationAnswer:  # type: ignore[no-untyped-def]
    return judge_ocsp(
        response,
        HOLDER.certificate,
        authority().certificate,
        nonce=nonce,
        source="responder",
        now=now,
    )


REQUEST = ocsp_request(HOLDER.certificate, authority().certificate, NONCE)


def test_a_responder_says_good_revoked_or_unknown() -> None:
    good = authority().ocsp(REQUEST, HOLDER.certificate, at=NOW)
    assert of_response(good).state == "good"
    revoked = authority().ocsp(REQUEST, HOLDER.certificate, at=NOW, revoked_at=NOW - DAY)
    assert (of_response(revoked).state, of_response(revoked).revoked_at) == (
        "revoked",
        NOW - DAY,
    )
    unknown = authority().ocsp(
        REQUEST, HOLDER.certificate, at=NOW, status=ocsp.OCSPCertStatus.UNKNOWN
    )
    assert (of_response(unknown).state, of_response(unknown).reason) == (
        "unknown",
        "not_known_there",
    )


def test_a_response_that_can_not_be_believed_says_nothing() -> None:
    other = authority().ocsp(REQUEST, OTHER.certificate, at=NOW)
    assert of_response(other).reason == "other_certificate"
    old = authority().ocsp(REQUEST, HOLDER.certificate, at=NOW - DAY)
    assert of_response(old).reason == "out_of_date"
    early = authority().ocsp(REQUEST, HOLDER.certificate, at=NOW + DAY, until=NOW + 2 * DAY)
    assert of_response(early).reason == "from_the_future"
    good = authority().ocsp(REQUEST, HOLDER.certificate, at=NOW)
    assert of_response(good, nonce=b"x" * 32).reason == "replayed"
    assert of_response(b"nonsense").reason == "unreadable"
    forger = RehearsalAuthority.create()
    assert of_response(said_by(forger.key, forger.certificate)).reason == "forged"
    busy = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    answer = of_response(busy.public_bytes(serialization.Encoding.DER))
    assert answer.reason == "try_later"


def said_by(key: rsa.RSAPrivateKey, responder: x509.Certificate) -> bytes:
    """A good answer about the holder by whoever has this key and certificate."""
    response = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=HOLDER.certificate,
            issuer=authority().certificate,
            algorithm=hashes.SHA256(),
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=NOW,
            next_update=NOW + DAY,
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder)
        .certificates([responder])
        .sign(key, hashes.SHA256())
    )
    return response.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    ("use", "state"),
    [
        (ExtendedKeyUsageOID.OCSP_SIGNING, "good"),
        (ExtendedKeyUsageOID.EMAIL_PROTECTION, "unknown"),
    ],
)
def test_a_response_of_somebody_the_authority_named(use: x509.ObjectIdentifier, state: str) -> None:
    """A responder's own certificate counts with the mark for that, and not without it."""
    key = new_key()
    named = card(key=key, more=[(x509.ExtendedKeyUsage([use]), False)])
    assert of_response(said_by(key, named.certificate)).state == state


@pytest.fixture
def responder() -> Iterator[Callable[..., str]]:
    """A responder on this machine; gives its address for what it is to answer."""
    servers: list[http.server.HTTPServer] = []

    def start(answer: Callable[[bytes], tuple[int, bytes]]) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, content = answer(body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *what: object) -> None:
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"ocsp:http://127.0.0.1:{server.server_port}/ocsp"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_responder_is_asked(responder: Callable[..., str]) -> None:
    def good(body: bytes) -> tuple[int, bytes]:
        return 200, authority().ocsp(body, HOLDER.certificate, at=NOW)

    checker = providers.checker_at(responder(good))
    assert checker.check_config() == []
    assert fault(verified(HOLDER, checker=checker))[0] == "OK"
    broken = providers.checker_at(responder(lambda _body: (500, b"")))
    found = verified(HOLDER, checker=broken)
    assert fault(found)[0] == "UNKNOWN"
    assert found.report.revocation_answer is not None
    assert found.report.revocation_answer.reason == "http_500"
    nobody = providers.checker_at("ocsp:http://127.0.0.1:9/")
    assert fault(verified(HOLDER, checker=nobody))[0] == "UNKNOWN"
    assert providers.checker_at("ocsp:nowhere").check_config() != []


def test_without_a_checker_nobody_can_say() -> None:
    nobody = providers.checker_at("")
    assert fault(verified(HOLDER, checker=nobody))[0] == "UNKNOWN"
    assert nobody.check_config() != []


def test_an_unknown_kind_of_checker_is_said() -> None:
    with pytest.raises(providers.UnknownChecker):
        providers.checker_at("carrier-pigeon:")
