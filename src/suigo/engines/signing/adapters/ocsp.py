"""``ocsp:https://host/path``: one responder, asked for each certificate. The address is the city's
setting; what a certificate itself names is never asked, so no stranger chooses where we call."""

from __future__ import annotations

import secrets
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from suigo.engines.signing.providers import RevocationAnswer, RevocationChecker
from suigo.kernel.fetching import (
    LOOPBACK,
    Allowed,
    Limits,
    NotAllowed,
    Unreachable,
    fetch,
)

if TYPE_CHECKING:
    from cryptography import x509

LIMITS = Limits(seconds=10, size=256 * 1024)


class NoAnswer(Exception):
    """The responder gave no answer that could be read."""


class Responder:
    """Asks one OCSP responder (RFC 6960 over HTTP POST)."""

    def __init__(self, address: str) -> None:
        self._url = urlsplit(address.partition(":")[2])

    def check(
        self, certificate: x509.Certificate, authority: x509.Certificate, *, now: datetime
    ) -> RevocationAnswer:
        """What the responder says; ``unknown`` when it does not answer or can't be believed."""
        rules: Any = import_module("suigo.engines.signing.rules.revocation")
        nonce = secrets.token_bytes(32)
        source = f"ocsp {self._url.hostname}"
        try:
            response = self._post(rules.ocsp_request(certificate, authority, nonce))
        except NoAnswer as silent:
            return RevocationAnswer("unknown", source, now, str(silent))
        found: RevocationAnswer = rules.judge_ocsp(
            response, certificate, authority, nonce=nonce, source=source, now=now
        )
        return found

    def _post(self, body: bytes) -> bytes:
        """Over http, too, as responders are asked: what they say is signed, and believed by that.
        Raises ``NoAnswer``."""
        host = frozenset({self._url.netloc})
        here = self._url.hostname in LOOPBACK
        try:
            answer = fetch(
                self._url.geturl(),
                method="POST",
                body=body,
                headers={"Content-Type": "application/ocsp-request"},
                limits=LIMITS,
                allowed=Allowed.here(host) if here else Allowed.named(host, plain=host),
            )
        except NotAllowed as outside:
            raise NoAnswer("not_allowed") from outside
        except Unreachable as silent:
            raise NoAnswer("unreachable") from silent
        if answer.status != 200:
            raise NoAnswer(f"http_{answer.status}")
        return answer.body

    def check_config(self) -> list[str]:
        if self._url.scheme not in ("http", "https") or not self._url.hostname:
            return ["SUIGO_REVOCATION: write ocsp:https://host/path"]
        return []


def connect(address: str) -> RevocationChecker:
    """The responder at an address."""
    return Responder(address)
