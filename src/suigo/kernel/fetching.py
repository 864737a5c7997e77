"""The one door through which the product fetches from other servers over HTTP.

Only ``https``, only hosts that whoever runs the installation named (``SUIGO_OUTGOING_HOSTS``, or
the setting of a service), never an address inside a network unless the host was named as internal,
no redirects, and limits on size and on time as a whole. The address that was judged is the one
connected to: a name that resolves to something else a moment later gains nothing (DNS rebinding).
A city's outgoing proxy (``HTTPS_PROXY``, ``NO_PROXY``) is used for hosts outside; it resolves their
names itself, and the certificate is still the host's.
"""

import base64
import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from django.conf import settings

PIECE = 64 * 1024
PORTS = {"https": 443, "http": 80}
PROXY_PORT = 3128
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

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
    """``host`` or ``host:port`` as configured; ``internal`` ones may be inside a network. Those of
    ``plain`` are asked over http, which is for this computer itself, where rehearsals run, and for
    answers that are signed."""

    hosts: frozenset[str]
    internal: frozenset[str] = field(default_factory=frozenset)
    plain: frozenset[str] = field(default_factory=frozenset)

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

    @classmethod
    def named(cls, hosts: frozenset[str], *, plain: frozenset[str] = frozenset()) -> "Allowed":
        """Hosts that the setting of a service names. That one of them is inside a network has to be
        said in ``SUIGO_OUTGOING_HOSTS``."""
        inside = hosts & cls.configured().internal
        return cls(hosts - inside, inside, plain)

    @classmethod
    def here(cls, hosts: frozenset[str]) -> "Allowed":
        """Those of ``hosts`` that are this computer itself, over http, as in a rehearsal."""
        own = frozenset(h for h in hosts if h.rpartition(":")[0].strip("[]") in LOOPBACK)
        return cls(frozenset(), own, own)


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
    allowed = allowed or Allowed.configured()
    scheme, host, port, path = _judged(url)
    internal = _may_ask(scheme, host, port, allowed)
    proxy = None if internal or scheme == "http" else _proxy_for(host)
    if scheme == "https":
        context = context or ssl.create_default_context()
    if proxy is None:
        to = (_address(host, port, internal=internal, resolve=resolve), port)
        connection = _Pinned(host, port, to, context, end)
    else:
        connection = _Pinned(host, port, proxy.to, context, end)
        connection.set_tunnel(host, port, proxy.headers)
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


def _judged(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path. Raises ``NotAllowed`` for what is no plain web address."""
    if any(ord(c) <= ord(" ") or c == "\\" for c in url):
        raise NotAllowed("an address holds no spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as malformed:
        raise NotAllowed(str(malformed)) from malformed
    if parts.scheme not in PORTS or not parts.hostname:
        raise NotAllowed("only https:// is fetched")
    if parts.username is not None or parts.password is not None:
        raise NotAllowed("an address that is fetched names no user")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port, path


def _may_ask(scheme: str, host: str, port: int, allowed: Allowed) -> bool:
    """Whether the host may be inside a network. Raises ``NotAllowed`` for a host nobody named."""
    name = f"[{host}]" if ":" in host else host
    name = name if port == PORTS[scheme] else f"{name}:{port}"
    if scheme != "https" and name not in allowed.plain:
        raise NotAllowed("only https:// is fetched")
    if name in allowed.internal:
        return True
    if name in allowed.hosts:
        return False
    raise NotAllowed(f"{name} is not among SUIGO_OUTGOING_HOSTS, nor a service's own host")


@dataclass(frozen=True, slots=True)
class _Proxy:
    """Where the city's outgoing proxy is, and what it is told."""

    to: tuple[str, int]
    headers: dict[str, str]


def _proxy_for(host: str) -> _Proxy | None:
    """The proxy that this computer's environment names for a host."""
    named = getproxies().get("https", "")
    if not named or proxy_bypass(host):
        return None
    parts = urlsplit(named if "//" in named else f"http://{named}")
    if parts.scheme != "http" or not parts.hostname:
        raise NotAllowed("HTTPS_PROXY is not http://host:port")
    headers = {}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return _Proxy((parts.hostname, parts.port or PROXY_PORT), headers)


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


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, with the certificate of the name."""

    def __init__(
        self,
        host: str,
        port: int,
        to: tuple[str, int],
        context: ssl.SSLContext | None,
        end: float,
    ) -> None:
        super().__init__(host, port, timeout=_left(end))
        self._name, self._to, self._tls, self._end = host, to, context, end
        self._create_connection = self._open  # which http.client asks for its socket

    def _open(self, *_given: object) -> socket.socket:
        return socket.create_connection(self._to, timeout=_left(self._end))

    def connect(self) -> None:
        super().connect()  # through the proxy's tunnel, where there is one
        if self._tls is not None:
            self.sock.settimeout(_left(self._end))
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._name)


def _left(end: float) -> float:
    """Seconds until ``end``. Raises ``TimeoutError`` when there are none."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left


def _body(
    answer: http.client.HTTPResponse, connection: http.client.HTTPConnection, most: int, end: float
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
