"""A time stamping authority of our own, that can be slow, wrong or away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

BEGUN = datetime(2020, 1, 1, tzinfo=UTC)
ENDS = datetime(2040, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stamper:
    """Who signs time stamps: its certificate and that of who believes in it."""

    root: x509.Certificate
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    def answer(self, request: bytes, at: datetime) -> bytes:
        """The time stamp that was asked for (DER of a TimeStampResp)."""
        der = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        dummy = DummyTimeStamper(
            tsa_cert=asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER)),
            tsa_key=keys.PrivateKeyInfo.load(der),
            fixed_dt=at,
        )
        made: bytes = dummy.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return made

    def trusted_in(self, folder: Path) -> Path:
        """The file that ``SUIGO_TIMESTAMP_CA`` names."""
        file = folder / "stampers.pem"
        file.write_bytes(self.root.public_bytes(Encoding.PEM))
        return file


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: str, by: rsa.RSAPrivateKey, *, ca: bool, stamps: bool
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    usage = ExtendedKeyUsageOID.TIME_STAMPING if stamps else ExtendedKeyUsageOID.CODE_SIGNING
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGUN)
        .not_valid_after(ENDS)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return builder.sign(by, hashes.SHA256())


@cache
def stamper(name: str = "試験の時刻認証局", *, stamps: bool = True) -> Stamper:
    """One authority for every test; another name is another one."""
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = _certificate(f"{name} root", root_key, f"{name} root", root_key, ca=True, stamps=stamps)
    own = _certificate(name, key, f"{name} root", root_key, ca=False, stamps=stamps)
    return Stamper(root, own, key)


@dataclass
class Served:
    """The authority on this computer: how it behaves, and how often it was asked."""

    url: str
    at: datetime
    who: Stamper
    wrong: str = ""
    asked: int = 0
    ending: threading.Event = field(default_factory=threading.Event)

    def reply(self, request: bytes) -> tuple[int, bytes]:
        self.asked += 1
        if self.wrong == "down":
            return 503, b""
        if self.wrong == "slow":
            self.ending.wait(60)
        if self.wrong == "nonsense":
            return 200, b"<html>"
        if self.wrong == "replay":
            other = tsp.TimeStampReq.load(request)
            other["nonce"] = 1
            request = other.dump(force=True)
        late = timedelta(days=1) if self.wrong == "clock" else timedelta()
        return 200, self.who.answer(request, self.at + late)


@contextmanager
def serving(at: datetime, who: Stamper | None = None) -> Iterator[Served]:
    """A time stamping authority over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            status, body = served.reply(request)
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # whoever asked has gone

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Served(f"http://127.0.0.1:{server.server_port}/tsa", at, who or stamper())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield served
    finally:
        served.ending.set()
        server.shutdown()
        thread.join()
        server.server_close()
