"""ClamAV's daemon, by its INSTREAM command (clamd(8)): ``clamd://host:port`` or ``clamd:///socket``.

The content travels in pieces, each after its length in four bytes; four zero bytes end it. The
daemon answers ``stream: OK`` or ``stream: <name> FOUND``.
"""

import contextlib
import socket
import struct
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from suigo.engines.documents.providers import Scanner, ScannerUnavailable, Verdict

DEFAULT_PORT = 3310
TIMEOUT_SECONDS = 30.0
PIECE = 64 * 1024
LONGEST_ANSWER = 4096


class Clamd:
    """One daemon, reached by TCP or by a Unix socket."""

    def __init__(self, address: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(address)
        self._socket_path = parts.path if not parts.hostname else ""
        self._host = (parts.hostname or "", parts.port or DEFAULT_PORT)
        self._timeout = timeout

    def scan(self, content: Iterable[bytes]) -> Verdict:
        """Send the content and read the verdict. Raises ``ScannerUnavailable``."""
        try:
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                # clamd stops reading above its own StreamMaxLength and says so: read the answer
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    for piece in _pieces(content):
                        connection.sendall(struct.pack(">I", len(piece)) + piece)
                    connection.sendall(struct.pack(">I", 0))
                answer = _answer(connection)
        except OSError as unreachable:
            raise ScannerUnavailable(str(unreachable)) from unreachable
        return _verdict(answer)

    def check_config(self) -> list[str]:
        """Whether the daemon answers PING."""
        try:
            with self._connected() as connection:
                connection.sendall(b"zPING\0")
                answer = _answer(connection)
        except OSError as unreachable:
            where = self._socket_path or f"{self._host[0]}:{self._host[1]}"
            return [f"SUIGO_SCANNER: clamd at {where} does not answer ({unreachable})"]
        return [] if answer == "PONG" else [f"SUIGO_SCANNER: clamd answered {answer!r} to PING"]

    @contextlib.contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        if self._socket_path:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._timeout)
                connection.connect(self._socket_path)
                yield connection
        else:
            with socket.create_connection(self._host, timeout=self._timeout) as connection:
                yield connection


def connect(address: str) -> Scanner:
    """The scanner at ``address``."""
    return Clamd(address)


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    for piece in content:
        for start in range(0, len(piece), PIECE):
            yield piece[start : start + PIECE]


def _answer(connection: socket.socket) -> str:
    received = bytearray()
    while not received.endswith(b"\0") and len(received) < LONGEST_ANSWER:
        piece = connection.recv(1024)
        if not piece:
            break
        received += piece
    return received.rstrip(b"\0\n").decode("utf-8", "replace")


def _verdict(answer: str) -> Verdict:
    if answer == "stream: OK":
        return Verdict(found=None)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict(found=answer.removeprefix("stream: ").removesuffix(" FOUND"))
    raise ScannerUnavailable(f"clamd answered {answer!r}")
