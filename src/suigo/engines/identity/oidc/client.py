"""The authorization code flow of one provider (OpenID Connect Core section 3.1, RFC 7636)."""

import base64
import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote, urlencode

from suigo.engines.identity.oidc.fetching import Answer, NotAllowed, Unreachable, fetch
from suigo.engines.identity.oidc.keys import BadKeys, KnownKeys, OwnKeys, read_key_set
from suigo.engines.identity.oidc.tokens import Claims, Expected, Rejected, UnknownKey, proven_claims

logger = logging.getLogger(__name__)

ASSERTION_SECONDS = 60
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

Why = Literal["declined", "unreachable", "refused", "unproven"]


class FlowFailed(Exception):
    """The provider did not prove who it is. ``why`` decides what the visitor is told: they gave
    up, the provider is out of reach, it refused us, or what it said is not proven."""

    def __init__(self, why: Why, detail: str) -> None:
        super().__init__(f"{why}: {detail}")
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is asked what."""

    issuer: str
    authorize: str
    token: str
    keys: str
    userinfo: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A request on its way. All but ``url`` stays with us, in the session of who was sent."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Proven:
    """Who signed in, and the token to ask for more about them."""

    claims: Claims
    access_token: str


@dataclass(slots=True)
class Client:
    """Us, as one provider knows us. ``algorithm`` is the only one its tokens may be signed with;
    with ``secret`` we say it, without we sign."""

    endpoints: Endpoints
    client_id: str
    algorithm: str
    hosts: frozenset[str]
    own_keys: OwnKeys
    secret: str = ""
    known: KnownKeys = field(init=False)

    def __post_init__(self) -> None:
        self.known = KnownKeys(self._fetch_keys)

    def begin(self, *, redirect_uri: str, scope: str, extra: Mapping[str, str]) -> Begun:
        """A fresh request: nothing in it was used before or is used again."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **extra,
        }
        return Begun(f"{self.endpoints.authorize}?{urlencode(asked)}", state, nonce, verifier)

    def finish(
        self, *, code: str, redirect_uri: str, nonce: str, verifier: str, now: datetime
    ) -> Proven:
        """Exchange the code and believe the ID token only when everything fits.

        Raises ``FlowFailed``.
        """
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        tokens = self._tokens(given, now)
        access, token = tokens.get("access_token"), tokens.get("id_token")
        if not isinstance(access, str) or not isinstance(token, str):
            raise FlowFailed("refused", "there is no token in the answer")
        expected = Expected(
            issuer=self.endpoints.issuer,
            client_id=self.client_id,
            algorithm=self.algorithm,
            nonce=nonce,
            access_token=access,
            now=now,
        )
        return Proven(self._proven(token, expected), access)

    def _proven(self, token: str, expected: Expected) -> Claims:
        try:
            try:
                return proven_claims(token, keys=self.known.current(), expected=expected)
            except UnknownKey:
                keys = self.known.again()
                if keys is None:
                    raise
                return proven_claims(token, keys=keys, expected=expected)
        except Rejected as rejected:
            raise FlowFailed("unproven", str(rejected)) from rejected

    def own_token(self, *, scope: str, now: datetime) -> str:
        """An access token for ourselves (client credentials). Raises ``FlowFailed``."""
        access = self._tokens({"grant_type": "client_credentials", "scope": scope}, now)
        if not isinstance(access.get("access_token"), str):
            raise FlowFailed("refused", "there is no token in the answer")
        return str(access["access_token"])

    def userinfo(self, proven: Proven) -> Claims:
        """What the provider says about exactly the person who signed in. Raises ``FlowFailed``."""
        found = self.json(self.endpoints.userinfo, access_token=proven.access_token)
        if found.get("sub") != proven.claims["sub"]:
            raise FlowFailed("unproven", "userinfo is about somebody else")
        return found

    def json(
        self, url: str, *, access_token: str, body: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The JSON object at an address of the provider. Raises ``FlowFailed``."""
        headers = {"Authorization": f"Bearer {access_token}"}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        return _object(self._send(url, data=data, headers=headers))

    def _tokens(self, given: Mapping[str, str], now: datetime) -> dict[str, Any]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        sent = dict(given)
        if self.secret:
            pair = f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            try:
                assertion = self.own_keys.assertion(
                    client_id=self.client_id,
                    audience=self.endpoints.token,
                    seconds=ASSERTION_SECONDS,
                    now=now,
                )
            except BadKeys as missing:
                raise FlowFailed("refused", str(missing)) from missing
            sent |= {
                "client_id": self.client_id,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion,
            }
        body = urlencode(sent).encode()
        return _object(self._send(self.endpoints.token, data=body, headers=headers))

    def _fetch_keys(self) -> list[dict[str, Any]]:
        answer = self._send(self.endpoints.keys)
        try:
            return read_key_set(answer.body)
        except ValueError as broken:
            raise FlowFailed("refused", "the provider's keys can't be read") from broken

    def _send(
        self, url: str, *, data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        try:
            answer = fetch(url, hosts=self.hosts, data=data, headers=headers)
        except Unreachable as silent:
            raise FlowFailed("unreachable", str(silent)) from silent
        except NotAllowed as outside:
            raise FlowFailed("refused", str(outside)) from outside
        if answer.status >= 500:
            raise FlowFailed("unreachable", f"status {answer.status}")
        if answer.status not in {200, 201}:
            raise FlowFailed("refused", f"status {answer.status}")
        return answer


def _object(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except ValueError as broken:
        raise FlowFailed("refused", "the answer is not JSON") from broken
    if not isinstance(found, dict):
        raise FlowFailed("refused", "the answer is not an object")
    return found
