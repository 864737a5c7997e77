"""GビズID: businesses, and who acts for them (法人・個人事業主向け共通認証システム).

Source: the connection guideline 2.9 (2026-07-09) as noted in the domain facts: no personal data in
the ID token, ``client_secret_basic``, RS256, PKCE recommended.
"""

from collections.abc import Mapping
from datetime import datetime

from suigo.engines.identity.adapters.answers import code_of, not_proven, sent, text
from suigo.engines.identity.adapters.discovery import Discovered
from suigo.engines.identity.oidc.client import FlowFailed
from suigo.engines.identity.providers import BusinessFacts, Face, Proof, Sent
from suigo.kernel.access import Assurance
from suigo.kernel.japanese.numbers import accepted_corporate_number
from suigo.kernel.japanese.problems import Problem

PROVIDER = "business"
ALGORITHM = "RS256"
SCOPE = "openid profile user email"
# エントリー is made with an address alone; メンバー by a プライム, whom the office identified.
LEVELS = {1: Assurance.CONTACT, 2: Assurance.SIGNATURE, 3: Assurance.IDENTITY}


class GBizId:
    """One installation's registration with the service at ``issuer``."""

    face: Face = "resident"
    assurance = Assurance.SIGNATURE

    def __init__(self, *, issuer: str, client_id: str, secret: str) -> None:
        self._service = Discovered(
            issuer=issuer, client_id=client_id, secret=secret, algorithm=ALGORITHM
        )

    def begin(self, *, redirect_uri: str, anew: bool = False) -> Sent:
        """Ask who the business is and who acts for it. Raises ``NotProven``."""
        try:
            begun = self._service.client().begin(redirect_uri=redirect_uri, scope=SCOPE, extra={})
        except FlowFailed as failed:
            raise not_proven(failed, provider=PROVIDER) from failed
        return sent(begun)

    def finish(
        self, answer: Mapping[str, str], *, sent: Sent, redirect_uri: str, now: datetime
    ) -> Proof:
        """The business. Raises ``NotProven``."""
        issuer = self._service.issuer
        try:
            client = self._service.client()
            proven = client.finish(
                code=code_of(answer, sent=sent, issuer=issuer),
                redirect_uri=redirect_uri,
                nonce=sent.nonce,
                verifier=sent.verifier,
                now=now,
            )
            facts = business_of(client.userinfo(proven))
        except FlowFailed as failed:
            raise not_proven(failed, provider=PROVIDER) from failed
        return Proof(
            provider=PROVIDER,
            issuer=issuer,
            subject=proven.claims["sub"],
            assurance=LEVELS[facts.account_type],
            business=facts,
        )


def business_of(claims: Mapping[str, object]) -> BusinessFacts:
    """The business from userinfo. Raises ``FlowFailed`` for an account of no known type."""
    kind = str(claims.get("account_type", ""))
    if kind not in {"1", "2", "3"}:
        raise FlowFailed("unproven", "an unknown type of account")
    own = ("user_last_nm", "user_first_nm")
    head = ("rep_last_nm", "rep_first_nm")
    return BusinessFacts(
        account_type=int(kind),
        corporate_number=_number(text(claims, "corporate_number")),
        name=text(claims, "name"),
        prefecture=text(claims, "prefecture_name"),
        address=_joined(claims, ("address1", "address2"), ""),
        representative=_joined(claims, head, "　"),
        person=_joined(claims, own, "　") or _joined(claims, head, "　"),
        person_kana=_joined(claims, tuple(f"{name}_kana" for name in own), "　"),
        phone=text(claims, "user_tel_no_contact"),
        email=text(claims, "email"),
    )


def _joined(claims: Mapping[str, object], names: tuple[str, ...], between: str) -> str:
    return between.join(part for part in (text(claims, name) for name in names) if part)


def _number(given: str) -> str:
    """The 法人番号; none for whoever is no corporation."""
    try:
        return accepted_corporate_number(given) if given else ""
    except Problem:
        return ""
