"""デジタル認証アプリ (デジタル庁): signing in, and signing, with a My Number card.

Source: the service's API reference for governments (authserver-gov) as noted in the domain facts;
what could not be confirmed there is accepted in every shape that was seen, and nothing else.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from suigo.engines.identity.adapters.answers import code_of, host_of, not_proven, sent, text
from suigo.engines.identity.oidc.client import Client, Endpoints, FlowFailed, Proven
from suigo.engines.identity.oidc.keys import CannotDecrypt, OwnKeys
from suigo.engines.identity.providers import Face, FourItems, Proof, Sent, SignedDigest
from suigo.kernel.access import Assurance

PROVIDER = "card"
ALGORITHM = "ES256"
SCOPE = "openid name address birthdate gender"
SIGN_SCOPE = "openid sign"
LEVEL = "aal3 crl"  # the card's own chip, and its certificate not revoked
GENDERS = {"1": "1", "2": "2", "3": "3", "male": "1", "female": "2", "other": "3"}
# How the result of signing names its two parts: 要確認 with the service at registration.
SIGNATURE_NAMES = ("signature", "sign_value")
CERTIFICATE_NAMES = ("certificate", "sign_certificate")


class CardApp:
    """One installation's registration with the service at ``base``."""

    face: Face = "resident"
    assurance = Assurance.IDENTITY

    def __init__(self, *, base: str, client_id: str, own_keys: OwnKeys) -> None:
        base = base.rstrip("/")
        realm = f"{base}/realms/main"
        protocol = f"{realm}/protocol/openid-connect"
        self._transactions = f"{base}/sign-transactions"
        self._own_keys = own_keys
        self._client = Client(
            endpoints=Endpoints(
                issuer=realm,
                authorize=f"{protocol}/auth",
                token=f"{protocol}/token",
                keys=f"{protocol}/certs",
                userinfo=f"{protocol}/userinfo",
            ),
            client_id=client_id,
            algorithm=ALGORITHM,
            hosts=host_of(base),
            own_keys=own_keys,
        )

    def begin(self, *, redirect_uri: str, anew: bool = False) -> Sent:
        """Ask for the four items with the authentication key of the card (4-digit PIN), which it
        asks for each time."""
        asked = {"acr_values": LEVEL}
        return sent(self._client.begin(redirect_uri=redirect_uri, scope=SCOPE, extra=asked))

    def finish(
        self, answer: Mapping[str, str], *, sent: Sent, redirect_uri: str, now: datetime
    ) -> Proof:
        """The four items of whoever held the card. Raises ``NotProven``."""
        try:
            proven = self._proven(answer, sent=sent, redirect_uri=redirect_uri, now=now)
            items = items_of(self._client.userinfo(proven))
        except FlowFailed as failed:
            raise not_proven(failed, provider=PROVIDER) from failed
        return Proof(
            provider=PROVIDER,
            issuer=self._client.endpoints.issuer,
            subject=proven.claims["sub"],
            assurance=Assurance.IDENTITY,
            items=items,
        )

    def _proven(
        self, answer: Mapping[str, str], *, sent: Sent, redirect_uri: str, now: datetime
    ) -> Proven:
        return self._client.finish(
            code=code_of(answer, sent=sent, issuer=self._client.endpoints.issuer),
            redirect_uri=redirect_uri,
            nonce=sent.nonce,
            verifier=sent.verifier,
            now=now,
        )

    def begin_signing(self, digest: bytes, *, redirect_uri: str, now: datetime) -> tuple[Sent, str]:
        """Announce the digest, then ask for the signature key of the card (6 to 16 letters)."""
        try:
            access = self._client.own_token(scope="sign", now=now)
            body = {"digest": base64.b64encode(digest).decode(), "digest_algorithm": "SHA256"}
            made = self._client.json(self._transactions, access_token=access, body=body)
            transaction = str(UUID(text(made, "sign_transaction_id")))
        except FlowFailed as failed:
            raise not_proven(failed, provider=PROVIDER) from failed
        except ValueError as broken:
            missing = FlowFailed("refused", "there is no transaction in the answer")
            raise not_proven(missing, provider=PROVIDER) from broken
        begun = self._client.begin(
            redirect_uri=redirect_uri,
            scope=SIGN_SCOPE,
            extra={"sign_transaction_id": transaction},
        )
        return sent(begun), transaction

    def finish_signing(
        self,
        answer: Mapping[str, str],
        *,
        sent: Sent,
        transaction: str,
        digest: bytes,
        redirect_uri: str,
        now: datetime,
    ) -> tuple[str, str, SignedDigest]:
        """Issuer, subject and the signature. Raises ``NotProven``."""
        try:
            proven = self._proven(answer, sent=sent, redirect_uri=redirect_uri, now=now)
            result = self._client.json(
                f"{self._transactions}/{transaction}/result", access_token=proven.access_token
            )
            signed = self._opened(text(result, "result", longest=200_000), digest)
        except FlowFailed as failed:
            raise not_proven(failed, provider=PROVIDER) from failed
        return self._client.endpoints.issuer, proven.claims["sub"], signed

    def _opened(self, token: str, digest: bytes) -> SignedDigest:
        try:
            found = json.loads(self._own_keys.decrypt(token))
            signature = _octets(found, SIGNATURE_NAMES)
            certificate = _octets(found, CERTIFICATE_NAMES)
        except (CannotDecrypt, ValueError, TypeError, KeyError) as broken:
            raise FlowFailed("unproven", f"the result: {type(broken).__name__}") from broken
        return SignedDigest(digest, signature, certificate)


def _octets(found: Mapping[str, Any], names: tuple[str, ...]) -> bytes:
    value = next(found[name] for name in names if name in found) if found else ""
    try:
        return base64.b64decode("".join(str(value).split()), validate=True)
    except binascii.Error as broken:
        raise ValueError("not base64") from broken


def items_of(claims: Mapping[str, object]) -> FourItems:
    """The four items from userinfo. Raises ``FlowFailed`` when one can't be had: three items
    prove nobody."""
    name, address = text(claims, "name"), text(claims, "address", longest=600)
    born = _day(text(claims, "birthdate"))
    gender = claims.get("gender")
    if not name or not address or born is None:
        raise FlowFailed("unproven", "an item of the card is missing")
    return FourItems(name, address, born, GENDERS.get(str(gender).strip().lower(), ""))


def _day(value: str) -> date | None:
    plain = value.replace("-", "") if len(value) == len("2000-01-01") else value
    if len(plain) != len("20000101") or not plain.isascii() or not plain.isdigit():
        return None
    try:
        return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    except ValueError:
        return None
