"""Requests to a provider: only to its hosts, never redirected, bounded in time and size."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

LARGEST_ANSWER = 512 * 1024  # octets: keys and claims are a few thousand
SILENCE_SECONDS = 5.0  # without a single octet
WHOLE_SECONDS = 10.0
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Unreachable(Exception):
    """The provider did not answer in time, or not in HTTP."""


class NotAllowed(Exception):
    """An address that is not the provider's, or not encrypted: nothing was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    content_type: str
    body: bytes


class _Stay(HTTPRedirectHandler):
    """A redirect is an answer like any other: what we send holds secrets meant for one host."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None


def _opener(*, direct: bool) -> OpenerDirector:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # a city's outgoing proxy is named in HTTPS_PROXY; this computer itself is never behind it
    proxies = ProxyHandler({}) if direct else ProxyHandler()
    return build_opener(proxies, HTTPSHandler(context=context), _Stay)


def check_address(url: str, *, hosts: frozenset[str]) -> None:
    """Raises ``NotAllowed`` unless ``url`` is https and one of ``hosts`` (``name`` or
    ``name:port``). Plain http is for this computer itself, where rehearsals run."""
    parts = urlsplit(url)
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if parts.scheme != "https" and not plain:
        raise NotAllowed(f"{parts.scheme} is not allowed")
    if parts.netloc not in hosts:  # the port counts, and a user's name never passes
        raise NotAllowed(f"{parts.netloc} is not a host of this provider")


def fetch(
    url: str,
    *,
    hosts: frozenset[str],
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """GET ``url``, or POST ``data`` to it. Raises ``NotAllowed``, ``Unreachable``."""
    check_address(url, hosts=hosts)
    request = Request(url, data=data, headers={"Accept": "application/json", **(headers or {})})  # noqa: S310 - checked above
    until = time.monotonic() + WHOLE_SECONDS
    opener = _opener(direct=urlsplit(url).hostname in LOOPBACK)
    try:
        response = opener.open(request, timeout=SILENCE_SECONDS)
    except HTTPError as refused:
        with refused:
            return _answer(refused, until)
    except (OSError, HTTPException) as failed:
        raise Unreachable(type(failed).__name__) from failed
    with response:
        return _answer(response, until)


def _answer(response: HTTPResponse | HTTPError, until: float) -> Answer:
    body = bytearray()
    try:
        while chunk := response.read1(64 * 1024):
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise Unreachable("the answer is too large")
            if time.monotonic() > until:
                raise Unreachable("the answer takes too long")
    except (OSError, HTTPException) as failed:
        raise Unreachable(type(failed).__name__) from failed
    content_type = response.headers.get_content_type()
    return Answer(status=response.status or 0, content_type=content_type, body=bytes(body))
