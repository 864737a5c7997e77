"""The staff's own sign-in service (OpenID Connect: Entra ID, Keycloak, …).

It proves which member of staff comes; who is one, and what they may do, is decided here alone.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from suigo.engines.identity.adapters.answers import code_of, not_proven, sent, text
from suigo.engines.identity.adapters.discovery import Discovered
from suigo.engines.identity.oidc.client import FlowFailed
from suigo.engines.identity.providers import Face, Proof, Sent
from suigo.kernel.access import Assurance

PROVIDER = "staff"
SCOPE = "openid email profile"
SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "sc", "fido"})  # RFC 8176


class StaffSignIn:
    """One installation's registration with the service at ``issuer``, whose addresses are looked
    up (OpenID Connect Discovery) and must be on its host or on ``more_hosts``."""

    face: Face = "staff"
    assurance = Assurance.NONE

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        secret: str,
        algorithm: str,
        more_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self._service = Discovered(
            issuer=issuer,
            client_id=client_id,
            secret=secret,
            algorithm=algorithm,
            more_hosts=more_hosts,
        )

    def begin(self, *, redirect_uri: str, anew: bool = False) -> Sent:
        """Ask which member of staff it is. Raises ``NotProven``."""
        extra = {"prompt": "login", "max_age": "0"} if anew else {}
        try:
            client = self._service.client()
            begun = client.begin(redirect_uri=redirect_uri, scope=SCOPE, extra=extra)
        except FlowFailed as failed:
            raise not_proven(failed, provider=PROVIDER) from failed
        return sent(begun)

    def finish(
        self, answer: Mapping[str, str], *, sent: Sent, redirect_uri: str, now: datetime
    ) -> Proof:
        """The member of staff as the service knows them. Raises ``NotProven``."""
        try:
            proven = self._service.client().finish(
                code=code_of(answer, sent=sent, issuer=self._service.issuer),
                redirect_uri=redirect_uri,
                nonce=sent.nonce,
                verifier=sent.verifier,
                now=now,
            )
        except FlowFailed as failed:
            raise not_proven(failed, provider=PROVIDER) from failed
        claims = proven.claims
        methods = claims.get("amr")
        named = {m for m in methods if isinstance(m, str)} if isinstance(methods, list) else set()
        return Proof(
            provider=PROVIDER,
            issuer=self._service.issuer,
            subject=claims["sub"],
            assurance=Assurance.NONE,
            email=text(claims, "email") if claims.get("email_verified") is True else "",
            second_factor=bool(named & SECOND_FACTORS),
            proved_at=_moment(claims.get("auth_time")),
        )


def _moment(value: object) -> datetime | None:
    """The time in ``auth_time``, which has to come where ``max_age`` was asked for."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**40:
        return None
    return datetime.fromtimestamp(value, UTC)
