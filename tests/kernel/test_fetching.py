"""Fetching from other servers, tried on a real TLS server of the test's own."""

import datetime
import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.fetching import (
    Allowed,
    Limits,
    NotAllowed,
    Unreachable,
    fetch,
    is_public,
)


class Handler(BaseHTTPRequestHandler):
    """Says back what it was asked; misbehaves on request."""

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "https://169.254.169.254/latest/meta-data/")
            self.end_headers()
            return
        if self.path == "/slow":
            time.sleep(3)
        self.send_response(200)
        self.send_header("X-Host", self.headers["Host"])
        self.end_headers()
        try:
            if self.path == "/drip":
                for _second in range(30):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.1)
            self.wfile.write(b"x" * (3_000_000 if self.path == "/large" else 5))
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Not worth a line."""


@dataclass
class Server:
    port: int
    context: ssl.SSLContext
    allowed: Allowed

    def url(self, path: str = "/") -> str:
        return f"https://inner.example:{self.port}{path}"


def here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = _certificate(folder, "inner.example")
    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.daemon_threads = True
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    served.socket = tls.wrap_socket(served.socket, server_side=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    port = served.server_address[1]
    named = frozenset({f"inner.example:{port}", f"other.example:{port}"})
    yield Server(
        port, ssl.create_default_context(cafile=str(certificate)), Allowed(frozenset(), named)
    )
    served.shutdown()
    served.server_close()
    thread.join()


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begun = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun - datetime.timedelta(days=1))
        .not_valid_after(begun + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


def test_a_named_host_answers(server: Server) -> None:
    answer = fetch(server.url(), allowed=server.allowed, context=server.context, resolve=here)
    assert (answer.status, answer.body) == (200, b"xxxxx")
    assert answer.headers["x-host"] == f"inner.example:{server.port}"


def test_a_redirect_is_not_followed(server: Server) -> None:
    answer = fetch(
        server.url("/redirect"), allowed=server.allowed, context=server.context, resolve=here
    )
    assert (answer.status, answer.body) == (302, b"")


def test_the_certificate_must_be_the_host_s(server: Server) -> None:
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(
            f"https://other.example:{server.port}/",
            allowed=server.allowed,
            context=server.context,
            resolve=here,
        )
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(server.url(), allowed=server.allowed, resolve=here)  # nobody vouches for it


@pytest.mark.parametrize("path", ["/slow", "/drip"])
def test_time_is_limited_as_a_whole(server: Server, path: str) -> None:
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        fetch(
            server.url(path),
            allowed=server.allowed,
            context=server.context,
            resolve=here,
            limits=Limits(seconds=0.8),
        )
    assert time.monotonic() - begun < 2


def test_size_is_limited(server: Server) -> None:
    with pytest.raises(Unreachable, match="larger than 1000000 bytes"):
        fetch(server.url("/large"), allowed=server.allowed, context=server.context, resolve=here)


@pytest.mark.parametrize(
    "url",
    [
        "http://good.example/",
        "file:///etc/passwd",
        "gopher://good.example/",
        "ftp://good.example/",
        "//good.example/",
        "https:good.example",
        "https://",
        "https://good.example@evil.example/",
        "https://user:secret@good.example/",
        "https://good.example\\@evil.example/",
        "https://good.example:99999/",
        "https://good.example:8443/",
        "https://evil.example/",
        "https://sub.good.example/",
        "https://good.example.evil.example/",
        "https://good.example./",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://good.example/ HTTP/1.1\r\nHost: evil.example",
        "",
    ],
)
def test_what_is_not_allowed_is_not_even_looked_up(url: str) -> None:
    def never(_host: str, _port: int) -> list[str]:
        raise AssertionError("looked up")

    with pytest.raises(NotAllowed):
        fetch(url, allowed=Allowed(frozenset({"good.example"})), resolve=never)


PRIVATE = [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    assert not is_public(address)
    for found in ([address], ["8.8.8.8", address]):  # one of several is enough
        with pytest.raises(NotAllowed, match="inside a network"):
            fetch(
                "https://good.example/",
                allowed=Allowed(frozenset({"good.example"})),
                resolve=lambda _host, _port, found=found: found,
            )


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
def test_networks_are_no_internet(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert not is_public(str(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_what_was_judged_is_what_is_connected_to(server: Server) -> None:
    """A name that resolves to something else a moment later gains nothing."""
    asked = []

    def changing(_host: str, _port: int) -> list[str]:
        asked.append(1)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    fetch(server.url(), allowed=server.allowed, context=server.context, resolve=changing)
    assert asked == [1]


def test_hosts_are_named_by_whoever_runs_it(settings: Any) -> None:
    settings.SUIGO_OUTGOING_HOSTS = "A.example, b.example:8443,c.example(internal),"
    assert Allowed.configured() == Allowed(
        frozenset({"a.example", "b.example:8443"}), frozenset({"c.example"})
    )


def test_nothing_is_fetched_unless_somebody_named_it(settings: Any) -> None:
    settings.SUIGO_OUTGOING_HOSTS = ""
    with pytest.raises(NotAllowed, match="SUIGO_OUTGOING_HOSTS"):
        fetch("https://good.example/")
