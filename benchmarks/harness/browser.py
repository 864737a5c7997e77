"""A browser reduced to what a server notices: one kept connection, cookies, form posts.

Plain sockets, because a client library would use more CPU than the servers that are measured.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

HOST = "bench.example"
BOUNDARY = "----a-boundary-that-no-answer-holds"
PATIENCE_SECONDS = 60.0
Fields = Mapping[str, str | Sequence[str]]


class WrongAnswer(Exception):
    """A server answered something else than it should have; nothing is measured any more."""


@dataclass(slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def location(self) -> str:
        """Where a redirect leads, without scheme and host."""
        return self.headers["location"].removeprefix(f"https://{HOST}")

    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def between(self, before: str, after: str) -> str:
        """What stands between two pieces of the body. Raises ``WrongAnswer``."""
        _, found, rest = self.text().partition(before)
        value, ended, _ = rest.partition(after)
        if not found or not ended:
            raise WrongAnswer(f"no {before!r} in the answer with status {self.status}")
        return value


class Browser:
    """One visitor on one kept connection to 127.0.0.1, as if behind a proxy that ends TLS."""

    def __init__(self, port: int) -> None:
        """Remember the port; the connection is made with the first request."""
        self._port = port
        self._socket: socket.socket | None = None
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def get(self, path: str, *, expect: int = 200) -> Answer:
        """Fetch a page. Raises ``WrongAnswer`` for another status."""
        return self._exchange(self._head("GET", path) + b"\r\n", path, expect)

    def post(
        self, path: str, fields: Fields, *, expect: int = 302, multipart: bool = False
    ) -> Answer:
        """Post a form with the token of the last page. Raises ``WrongAnswer``."""
        given: Fields = {"csrfmiddlewaretoken": self.csrf, **fields} if self.csrf else fields
        if multipart:
            kind, body = f"multipart/form-data; boundary={BOUNDARY}", _multipart(given)
        else:
            kind = "application/x-www-form-urlencoded"
            body = urlencode(given, doseq=True).encode()
        head = self._head(
            "POST",
            path,
            f"Origin: https://{HOST}\r\nReferer: https://{HOST}{path}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n",
        )
        return self._exchange(head + b"\r\n" + body, path, expect)

    def open_form(self, path: str) -> Answer:
        """Fetch a page and keep its token for the posts that follow."""
        page = self.get(path)
        self.csrf = page.between('name="csrfmiddlewaretoken" value="', '"')
        return page

    def close(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _head(self, method: str, path: str, more: str = "") -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) bench\r\n"
            "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"
            "Accept-Language: ja,en;q=0.5\r\nAccept-Encoding: gzip\r\n"
            f"{f'Cookie: {cookies}' + chr(13) + chr(10) if cookies else ''}{more}"
        ).encode()

    def _exchange(self, request: bytes, path: str, expect: int) -> Answer:
        try:
            answer = self._try(request)
        except ConnectionError:
            # the server ended an idle or worn connection before it read anything of this request
            self.close()
            answer = self._try(request)
        if answer.status != expect:
            sample = answer.body[:2000].decode(errors="replace")
            raise WrongAnswer(f"{path}: {answer.status} instead of {expect}\n{sample}")
        return answer

    def _try(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                pair = value.partition(";")[0]
                key, _, cookie = pair.strip().partition("=")
                self.cookies[key] = cookie
            else:
                headers[name.lower()] = value.strip()
        body = self._body(headers, body)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(lines[0].split(" ", 2)[1]), headers, body)

    def _body(self, headers: Mapping[str, str], body: bytes) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while not body.endswith(b"0\r\n\r\n"):
                body += self._receive()
            return _without_chunks(body)
        missing = int(headers.get("content-length", "0")) - len(body)
        while missing > 0:
            piece = self._receive()
            body += piece
            missing -= len(piece)
        return body

    def _receive(self) -> bytes:
        assert self._socket is not None
        piece = self._socket.recv(65536)
        if not piece:
            raise ConnectionResetError("the server ended the connection")
        return piece


def _multipart(fields: Fields) -> bytes:
    parts = []
    for name, value in fields.items():
        for one in [value] if isinstance(value, str) else value:
            parts.append(
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{one}\r\n'
            )
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def _without_chunks(body: bytes) -> bytes:
    result = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return result
        result, body = result + body[:length], body[length + 2 :]
