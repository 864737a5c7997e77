"""What this engine asks of others: who has a digest signed, who knows what was revoked, and what a
signature belongs to. Checkers are chosen by the address in ``SUIGO_REVOCATION``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from suigo.engines.identity.providers import SignProvider
from suigo.kernel.access import Actor

if TYPE_CHECKING:
    from cryptography import x509

Revocation = Literal["good", "revoked", "unknown"]


@dataclass(frozen=True, slots=True)
class RevocationAnswer:
    """Whether a certificate was revoked, and how anybody came to know. ``evidence`` is the CRL or
    OCSP response itself."""

    state: Revocation
    source: str
    checked_at: datetime
    reason: str = ""
    this_update: datetime | None = None
    next_update: datetime | None = None
    revoked_at: datetime | None = None
    evidence: bytes = b""


class RevocationChecker(Protocol):
    """Knows whether certificates were revoked."""

    def check(
        self, certificate: x509.Certificate, authority: x509.Certificate, *, now: datetime
    ) -> RevocationAnswer:
        """What holds at ``now``. Never raises: who can't be reached is ``unknown``."""
        ...

    def check_config(self) -> list[str]:
        """Sentences on what is wrong with the settings; empty when all is well."""
        ...


CheckerFactory = Callable[[str], RevocationChecker]
_checkers: dict[str, CheckerFactory] = {}
_signers: list[SignProvider] = []


class UnknownChecker(ValueError):
    """``SUIGO_REVOCATION`` names a kind of checker that is not there."""


def register_checker(scheme: str, factory: CheckerFactory) -> None:
    """Make addresses that start with ``<scheme>:`` usable in ``SUIGO_REVOCATION``."""
    _checkers[scheme] = factory


class Nobody:
    """Where no checker is named nobody can say: every signature waits for a member of staff."""

    def check(
        self, certificate: x509.Certificate, authority: x509.Certificate, *, now: datetime
    ) -> RevocationAnswer:
        """Always ``unknown``."""
        return RevocationAnswer("unknown", "", now, "not_configured")

    def check_config(self) -> list[str]:
        return ["SUIGO_REVOCATION: name crl-file: or ocsp:, else every signature waits for staff"]


def checker_at(address: str) -> RevocationChecker:
    """The checker at an address such as ``crl-file:/var/lib/suigo/crl``; one that can't say
    anything for an empty one. Raises ``UnknownChecker``."""
    if not address:
        return Nobody()
    scheme = urlsplit(address).scheme
    if scheme not in _checkers:
        known = ", ".join(sorted(_checkers))
        raise UnknownChecker(f"SUIGO_REVOCATION: {scheme!r} is not one of {known}")
    return _checkers[scheme](address)


def use_signers(*signers: SignProvider) -> None:
    """Take these from now on, the first that is ready. Called once, by ``installed.py``."""
    _signers[:] = signers


def signer() -> SignProvider | None:
    """Who can have something signed, None where the city runs without."""
    return next((s for s in _signers if s.is_ready()), None)


def _nobody(_actor: Actor, _subject: UUID) -> bool:
    return False


def _nowhere(_subject: UUID) -> str:
    return ""


def _unnoted(_actor: Actor, _subject: UUID, _now: datetime) -> None:
    return None


may_see_case: Callable[[Actor, UUID], bool] = _nobody
case_url: Callable[[UUID], str] = _nowhere


note_look: Callable[[Actor, UUID, datetime], None] = _unnoted


def use_cases(
    *,
    may_see: Callable[[Actor, UUID], bool],
    url: Callable[[UUID], str],
    look: Callable[[Actor, UUID, datetime], None],
) -> None:
    """How to ask of the cases that signatures belong to, and to note that somebody looks at what
    was signed or at who signed: ``look`` raises ``ReasonNeeded``. Called once, by
    ``installed.py``."""
    global may_see_case, case_url, note_look
    may_see_case, case_url, note_look = may_see, url, look
