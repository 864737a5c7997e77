"""Scanners: the same demands on the rehearsal scanner and on clamd's protocol.

clamd itself is played by a small server that follows clamd(8): it reads the pieces of INSTREAM,
refuses more than its limit, and finds the EICAR test string.
"""

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from suigo.engines.documents import providers
from suigo.engines.documents.adapters.fake import EICAR
from suigo.engines.documents.manifest import MANIFEST
from suigo.engines.documents.providers import ScannerUnavailable, UnknownScanner, scanner_at

LIMIT = 1_000_000


class Daemon(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
        elif command == b"zINSTREAM\0":
            self.wfile.write(self.verdict())

    def verdict(self) -> bytes:
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            if len(content) + size > LIMIT:
                return b"INSTREAM size limit exceeded. ERROR\0"
            content += self.rfile.read(size)
        return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture(params=["fake", "tcp", "unix"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "fake":
        yield "fake:"
        return
    server: socketserver.BaseServer
    if request.param == "tcp":
        tcp = TcpServer(("127.0.0.1", 0), Daemon)
        server, place = tcp, f"clamd://127.0.0.1:{tcp.server_address[1]}"
    else:
        path = tmp_path / "clamd.sock"
        server, place = UnixServer(str(path), Daemon), f"clamd://{path}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield place
    server.shutdown()
    server.server_close()
    thread.join()


def scan(address: str, *pieces: bytes) -> str | None:
    scanner = scanner_at(address)
    assert scanner is not None
    return scanner.scan(pieces).found


def test_clean_content_is_clean(address: str) -> None:
    assert scan(address, b"hello", b"world" * 30_000) is None
    assert scan(address) is None
    assert scan(address, EICAR[:-1]) is None


@pytest.mark.parametrize("cut", [1, 20, 67])
def test_the_test_string_is_found_across_pieces(address: str, cut: int) -> None:
    found = scan(address, b"x" * 100_000 + EICAR[:cut], EICAR[cut:] + b"y" * 70_000)
    assert found is not None
    assert "eicar" in found.lower()


def test_a_daemon_that_answers_is_well_configured(address: str) -> None:
    scanner = scanner_at(address)
    assert scanner is not None
    expected = ["SUIGO_SCANNER: fake: finds only the test string; name a real scanner"]
    assert scanner.check_config() == (expected if address == "fake:" else [])


def test_more_than_the_daemon_takes_is_no_verdict(tmp_path: Path) -> None:
    with TcpServer(("127.0.0.1", 0), Daemon) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(ScannerUnavailable):
            scan(f"clamd://127.0.0.1:{server.server_address[1]}", bytes(LIMIT * 8))
        thread.join()


def test_a_daemon_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    address = f"clamd://{tmp_path}/nothing.sock"
    with pytest.raises(ScannerUnavailable):
        scan(address, b"hello")
    scanner = scanner_at(address)
    assert scanner is not None
    (sentence,) = scanner.check_config()
    assert sentence.startswith(f"SUIGO_SCANNER: clamd at {tmp_path}/nothing.sock does not answer")


def test_the_setting_is_checked(settings: LazySettings) -> None:
    assert scanner_at("") is None
    with pytest.raises(UnknownScanner):
        scanner_at("norton://x")
    (check,) = MANIFEST.checks
    settings.SUIGO_SCANNER = ""
    assert check() == ["SUIGO_SCANNER is not set: files are accepted without a malware scan"]
    settings.SUIGO_SCANNER = "norton://x"
    assert check() == ["SUIGO_SCANNER: 'norton' is not one of clamd, fake"]
    settings.SUIGO_SCANNER = "fake:"
    assert len(check()) == 1


def test_one_package_that_allows_is_enough() -> None:
    from uuid import UUID  # noqa: PLC0415

    from suigo.kernel.access import ANONYMOUS  # noqa: PLC0415

    file = UUID(int=1)
    assert providers.may_open(ANONYMOUS, file) is False
    providers.register_access("a", lambda _actor, _file: False)
    providers.register_access("b", lambda _actor, asked: asked == file)
    try:
        assert providers.may_open(ANONYMOUS, file) is True
        assert providers.may_open(ANONYMOUS, UUID(int=2)) is False
    finally:
        providers._access.pop("a")
        providers._access.pop("b")
