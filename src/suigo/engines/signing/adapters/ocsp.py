"""``ocsp:https://host/path``: one responder, asked for each certificate. The address is the city's
setting; what a certificate itself names is never asked, so no stranger chooses where we call."""

from __future__ import annotations

import http.client
import secrets
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from suigo.engines.signing.providers import RevocationAnswer, RevocationChecker

if TYPE_CHECKING:
    from cryptography import x509

SECONDS = 10
LARGEST = 256 * 1024


class Unreachable(Exception):
    """The responder gave no answer."""


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
        except Unreachable as silent:
            return RevocationAnswer("unknown", source, now, str(silent))
        found: RevocationAnswer = rules.judge_ocsp(
            response, certificate, authority, nonce=nonce, source=source, now=now
        )
        return found

    def _post(self, body: bytes) -> bytes:
        secure = self._url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=SECONDS)
        try:
            headers = {"Content-Type": "application/ocsp-request"}
            connection.request("POST", self._url.path or "/", body=body, headers=headers)
            answer = connection.getresponse()
            content = answer.read(LARGEST + 1)
        except (OSError, http.client.HTTPException) as failed:
            raise Unreachable("unreachable") from failed
        finally:
            connection.close()
        if answer.status != 200 or len(content) > LARGEST:
            raise Unreachable(f"http_{answer.status}")
        return content

    def check_config(self) -> list[str]:
        if self._url.scheme not in ("http", "https") or not self._url.hostname:
            return ["SUIGO_REVOCATION: write ocsp:https://host/path"]
        return []


def connect(address: str) -> RevocationChecker:
    """The responder at an address."""
    return Responder(address)
