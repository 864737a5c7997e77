"""The one door through which the product fetches from other servers over HTTP.

Only ``https``, only hosts that whoever runs the installation named (``SUIGO_OUTGOING_HOSTS``),
never an address inside a network unless the host was named as internal, no redirects, and limits on
size and on time as a whole. The address that was judged is the one connected to: a name that
resolves to something else a moment later gains nothing (DNS rebinding).
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

PIECE = 64 * 1024
HTTPS = 443

Resolve = Callable[[str, int], Iterable[str]]


class NotAllowed(Exception):
    """The address is none that this installation may fetch from. Trying again changes nothing."""


class Unreachable(Exception):
    """The server did not answer in time, answered with too much, or not as HTTP has it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` for everything from the look-up to the last byte; ``size`` of the answer."""

    seconds: float = 10.0
    size: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status. A redirect is an answer like others."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Allowed:
    """``host`` or ``host:port`` as configured; ``internal`` ones may be inside a network."""

    hosts: frozenset[str]
    internal: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def configured(cls) -> "Allowed":
        """From ``SUIGO_OUTGOING_HOSTS``: ``a.example,b.example:8443,c.lgwan.example(internal)``."""
        outside, inside = set(), set()
        for entry in settings.SUIGO_OUTGOING_HOSTS.split(","):
            name = entry.strip().lower()
            if name.endswith("(internal)"):
                inside.add(name.removesuffix("(internal)"))
            elif name:
                outside.add(name)
        return cls(frozenset(outside), frozenset(inside))


def addresses_of(host: str, port: int) -> list[str]:
    """What the system resolves a name to."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    allowed: Allowed | None = None,
    context: ssl.SSLContext | None = None,
    resolve: Resolve = addresses_of,
) -> Answer:
    """Ask another server. Raises ``NotAllowed``, ``Unreachable``."""
    limits = limits or Limits()
    end = time.monotonic() + limits.seconds
    host, port, path = _judged(url)
    internal = _may_ask(host, port, allowed or Allowed.configured())
    address = _address(host, port, internal=internal, resolve=resolve)
    connection = _Pinned(host, port, address, context or ssl.create_default_context(), end)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Answer(
            answer.status,
            {name.lower(): value for name, value in answer.getheaders()},
            _body(answer, connection, limits.size, end),
        )
    except (OSError, http.client.HTTPException) as problem:
        raise Unreachable(f"{host}: {type(problem).__name__}: {problem}") from problem
    finally:
        connection.close()


def _judged(url: str) -> tuple[str, int, str]:
    """Host, port and path. Raises ``NotAllowed`` for what is no plain https address."""
    if any(ord(c) <= ord(" ") or c == "\\" for c in url):
        raise NotAllowed("an address holds no spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port or HTTPS
    except ValueError as malformed:
        raise NotAllowed(str(malformed)) from malformed
    if parts.scheme != "https" or not parts.hostname:
        raise NotAllowed("only https:// is fetched")
    if parts.username is not None or parts.password is not None:
        raise NotAllowed("an address that is fetched names no user")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.hostname, port, path


def _may_ask(host: str, port: int, allowed: Allowed) -> bool:
    """Whether the host may be inside a network. Raises ``NotAllowed`` for a host nobody named."""
    name = host if port == HTTPS else f"{host}:{port}"
    if name in allowed.internal:
        return True
    if name in allowed.hosts:
        return False
    raise NotAllowed(f"{name} is not among SUIGO_OUTGOING_HOSTS")


def _address(host: str, port: int, *, internal: bool, resolve: Resolve) -> str:
    """The address to connect to: every one that the name has must be fit."""
    try:
        found = list(dict.fromkeys(resolve(host, port)))
    except OSError as unknown:
        raise Unreachable(f"{host}: {unknown}") from unknown
    if not found:
        raise Unreachable(f"{host} has no address")
    for address in found:
        if not internal and not is_public(address):
            raise NotAllowed(f"{host} resolves to {address}, which is inside a network")
    return found[0]


def is_public(address: str) -> bool:
    """Is it an address of the Internet, and not of this machine, a network or a cloud's inside?"""
    judged = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(judged, ipaddress.IPv6Address):
        inner = judged.ipv4_mapped or judged.sixtofour
        if inner is not None:
            return is_public(str(inner))
        if judged.teredo is not None or judged in _NAT64:
            return False
    elif judged in _PROTOCOLS:
        return False
    return judged.is_global and not judged.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")  # of which Python counts some as public


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address, with the certificate of the name."""

    def __init__(
        self, host: str, port: int, address: str, context: ssl.SSLContext, end: float
    ) -> None:
        super().__init__(host, port, timeout=_left(end), context=context)
        self._address, self._tls, self._end = address, context, end

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), timeout=_left(self._end))
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def _left(end: float) -> float:
    """Seconds until ``end``. Raises ``TimeoutError`` when there are none."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left


def _body(
    answer: http.client.HTTPResponse, connection: http.client.HTTPSConnection, most: int, end: float
) -> bytes:
    """The whole body, in pieces, so that neither size nor time runs away."""
    parts: list[bytes] = []
    size = 0
    while True:
        left = _left(end)
        if connection.sock is not None:
            connection.sock.settimeout(left)
        piece = answer.read1(PIECE)
        if not piece:
            return b"".join(parts)
        size += len(piece)
        if size > most:
            raise Unreachable(f"the answer is larger than {most} bytes")
        parts.append(piece)
