"""Requests to a provider: through the product's one door, and only to the provider's own hosts."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from suigo.kernel import fetching
from suigo.kernel.fetching import LOOPBACK, Allowed, Answer, Limits, NotAllowed, Unreachable

__all__ = ["Answer", "NotAllowed", "Unreachable", "check_address", "fetch"]

LARGEST_ANSWER = 512 * 1024  # octets: keys and claims are a few thousand
WHOLE_SECONDS = 6.0  # somebody is waiting, and a worker of the web server with them


def check_address(url: str, *, hosts: frozenset[str]) -> None:
    """Raises ``NotAllowed`` unless ``url`` is https and one of ``hosts`` (``name`` or
    ``name:port``). Plain http is for this computer itself, where rehearsals run."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_here(url):
        raise NotAllowed(f"{parts.scheme} is not allowed")
    if parts.netloc not in hosts:  # the port counts, and a user's name never passes
        raise NotAllowed(f"{parts.netloc} is not a host of this provider")


def _is_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def fetch(
    url: str,
    *,
    hosts: frozenset[str],
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """GET ``url``, or POST ``data`` to it. Raises ``NotAllowed``, ``Unreachable``."""
    check_address(url, hosts=hosts)
    return fetching.fetch(
        url,
        method="GET" if data is None else "POST",
        body=data,
        headers={"Accept": "application/json", **(headers or {})},
        limits=Limits(seconds=WHOLE_SECONDS, size=LARGEST_ANSWER),
        allowed=Allowed.here(hosts) if _is_here(url) else Allowed.named(hosts),
    )
