"""``disabled-dev:``: nobody is asked. For development and the demonstration; production has no such
address. ``disabled-dev:?state=unknown`` plays a service that is down for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from suigo.engines.signing.providers import Revocation, RevocationAnswer, RevocationChecker

if TYPE_CHECKING:
    from cryptography import x509

STATES: dict[str, Revocation] = {"good": "good", "revoked": "revoked", "unknown": "unknown"}
# by the end of their serial number rehearsal cards tell what is to be said about them
MARKS: dict[int, Revocation] = {0xDEAD: "revoked", 0xBEEF: "unknown"}


class Disabled:
    """Says what it was told to say."""

    def __init__(self, address: str) -> None:
        self._state = STATES[parse_qs(urlsplit(address).query).get("state", ["good"])[0]]

    def check(
        self, certificate: x509.Certificate, authority: x509.Certificate, *, now: datetime
    ) -> RevocationAnswer:
        """What the address says, or for a marked card its mark."""
        state = MARKS.get(certificate.serial_number & 0xFFFF, self._state)
        return RevocationAnswer(
            state=state,
            source="disabled-dev",
            checked_at=now,
            reason="not_asked",
            revoked_at=certificate.not_valid_before_utc if state == "revoked" else None,
        )

    def check_config(self) -> list[str]:
        return ["SUIGO_REVOCATION: disabled-dev: asks nobody; name crl-file: or ocsp:"]


def connect(address: str) -> RevocationChecker:
    """The checker of rehearsals."""
    return Disabled(address)
