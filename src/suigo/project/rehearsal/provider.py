"""What the invented providers know and decide; the addresses are in ``server``."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from joserfc import jwe, jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from suigo.engines.identity.oidc.fetching import fetch
from suigo.project.rehearsal.people import BUSINESS_USERS, CARD_HOLDERS, CardHolder
from suigo.project.rehearsal.signing import Signer, plain_signer

CODE_SECONDS = 300
WRAP, CIPHER = "RSA-OAEP-256", "A256GCM"
TOKEN_SECONDS = 3600
LONGEST_ASSERTION = 300
LONGEST_STATE = 255
WRITTEN = ("name", "born", "address")
CLIENTS = {"card": "RP00000001", "gbizid": "suigo-rehearsal", "staff": "suigo-staff"}
SHARED = "rehearsal-secret"  # what the invented providers and the city both know
ALGORITHMS = {"card": "ES256", "gbizid": "RS256", "staff": "RS256"}
BACKS = {
    "card": "/sign-in/with/card/back/",
    "gbizid": "/sign-in/with/business/back/",
    "staff": "/staff/sign-in/service/back/",
}


def rehearsal_settings(base: str) -> dict[str, str]:
    """What a city sets to use the invented providers at ``base``."""
    return {
        "SUIGO_CARD_PROVIDER": f"{base}/card",
        "SUIGO_CARD_CLIENT_ID": CLIENTS["card"],
        "SUIGO_GBIZID_PROVIDER": f"{base}/gbizid/oauth/",
        "SUIGO_GBIZID_CLIENT_ID": CLIENTS["gbizid"],
        "SUIGO_GBIZID_SECRET": SHARED,
        "SUIGO_STAFF_PROVIDER": f"{base}/staff",
        "SUIGO_STAFF_CLIENT_ID": CLIENTS["staff"],
        "SUIGO_STAFF_SECRET": SHARED,
    }


class Wrong(Exception):
    """An answer with an OAuth error; the address to send the visitor to, if there is one."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


@dataclass(slots=True)
class Grant:
    """A visitor who chose who they are, and what they get for the code."""

    service: str
    asked: Mapping[str, str]
    person: str
    misbehaviour: str
    at: float
    used: bool = False
    access_token: str = ""


@dataclass(slots=True)
class Transaction:
    """A digest that waits to be signed."""

    digest: bytes
    result: str = ""


@dataclass(slots=True)
class Rehearsal:
    """Three providers for the city at ``city``, reachable at ``base``. ``misbehave`` holds for
    every visitor until it is changed; ``clock`` gives seconds since 1970, ``city_keys`` the city's
    public keys where its pages can't be asked for them."""

    base: str
    city: str
    signer: Signer = plain_signer
    clock: Callable[[], float] = time.time
    city_keys: Callable[[], Any] | None = None
    misbehave: str = ""
    keys: dict[str, ECKey | RSAKey] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    transactions: dict[str, Transaction] = field(default_factory=dict)
    assertions: set[str] = field(default_factory=set)
    written: dict[str, CardHolder] = field(default_factory=dict)
    fetched_keys: int = 0
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.rotate()

    def rotate(self) -> None:
        """New keys: tokens are signed with them at once, the old ones are gone."""
        named = secrets.token_hex(4)
        curve = ECKey.generate_key("P-256", {"kid": f"card-{named}", "use": "sig"})
        shared = RSAKey.generate_key(2048, {"kid": f"rsa-{named}", "use": "sig"})
        self.keys = {"card": curve, "gbizid": shared, "staff": shared}

    def issuer(self, service: str) -> str:
        """The name of a provider."""
        path = {"card": "/card/realms/main", "gbizid": "/gbizid/oauth/", "staff": "/staff"}
        return self.base + path[service]

    def place(self, service: str, endpoint: str) -> str:
        """Where a provider is asked what: auth, token, userinfo or certs."""
        if service == "card":
            return f"{self.issuer('card')}/protocol/openid-connect/{endpoint}"
        return f"{self.issuer(service).rstrip('/')}/{endpoint}"

    def configuration(self, service: str) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer(service),
            "authorization_endpoint": self.place(service, "auth"),
            "token_endpoint": self.place(service, "token"),
            "userinfo_endpoint": self.place(service, "userinfo"),
            "jwks_uri": self.place(service, "certs"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": [ALGORITHMS[service]],
            "code_challenge_methods_supported": ["S256"],
        }

    def public_keys(self, service: str) -> dict[str, Any]:
        """The JWK Set."""
        self.fetched_keys += 1
        return {"keys": [self.keys[service].as_dict(private=False)]}

    def check_request(self, service: str, asked: Mapping[str, str]) -> None:
        """Whether a visitor may be asked who they are. Raises ``Wrong``."""
        if asked.get("client_id") != CLIENTS[service]:
            raise Wrong("unauthorized_client")
        # a demonstration is visited by number or by name: passkeys want a name
        named = self.city.replace("//127.0.0.1", "//localhost")
        if asked.get("redirect_uri") not in {c + BACKS[service] for c in (self.city, named)}:
            raise Wrong("invalid_redirect_uri")
        scopes = asked.get("scope", "").split()
        right = asked.get("response_type") == "code" and "openid" in scopes
        for name in ("state", "nonce"):
            right = right and 0 < len(asked.get(name, "")) <= LONGEST_STATE
        if service == "card":
            right = right and asked.get("code_challenge_method") == "S256"
        if "sign" in scopes:
            right = right and asked.get("sign_transaction_id", "") in self.transactions
        if not right or not asked.get("code_challenge"):
            raise Wrong("invalid_request")

    def grant(self, service: str, asked: Mapping[str, str], person: str, misbehaviour: str) -> str:
        """The code for a visitor who chose who they are."""
        self.check_request(service, asked)
        code = secrets.token_urlsafe(24)
        wrong = misbehaviour or self.misbehave
        self.grants[code] = Grant(service, dict(asked), person, wrong, self.clock())
        return code

    def tokens(
        self, service: str, posted: Mapping[str, str], authorization: str
    ) -> tuple[dict[str, Any], str]:
        """The answer of the token endpoint and how to misbehave with it. Raises ``Wrong``."""
        self._check_client(service, posted, authorization)
        if posted.get("grant_type") == "client_credentials":
            return {"access_token": f"own.{secrets.token_urlsafe(24)}", "token_type": "Bearer"}, ""
        with self.lock:
            grant = self.grants.get(posted.get("code", ""))
            if grant is None or grant.used or grant.service != service:
                raise Wrong("invalid_grant")
            grant.used = True
        verifier = posted.get("code_verifier", "")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if (
            posted.get("grant_type") != "authorization_code"
            or grant.asked["code_challenge"] != challenge.rstrip(b"=").decode()
            or grant.asked["redirect_uri"] != posted.get("redirect_uri")
            or self.clock() - grant.at > CODE_SECONDS
        ):
            raise Wrong("invalid_grant")
        grant.access_token = secrets.token_urlsafe(32)
        if grant.misbehaviour == "rotated":
            self.rotate()
        answer = {
            "access_token": grant.access_token,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "id_token": self._id_token(grant),
        }
        return answer, grant.misbehaviour

    def _check_client(self, service: str, posted: Mapping[str, str], authorization: str) -> None:
        if service != "card":
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":", 1)
            if [unquote(part) for part in pair] != [CLIENTS[service], SHARED]:
                raise Wrong("invalid_client", 401)
            return
        keys = KeySet.import_key_set(self._city_keys())
        try:
            claims = jwt.decode(posted["client_assertion"], keys, algorithms=["ES256"]).claims
        except (JoseError, KeyError, ValueError) as broken:
            raise Wrong("invalid_client", 401) from broken
        client, now = CLIENTS["card"], self.clock()
        if (
            (claims.get("iss"), claims.get("sub")) != (client, client)
            or claims.get("aud") != self.place("card", "token")
            or not now < claims.get("exp", 0) <= now + LONGEST_ASSERTION
            or claims.get("jti") in self.assertions
        ):
            raise Wrong("invalid_client", 401)
        self.assertions.add(claims["jti"])

    def _city_keys(self) -> Any:
        if self.city_keys is not None:
            return self.city_keys()
        address = f"{self.city}/sign-in/keys.json"
        return json.loads(fetch(address, hosts=frozenset({urlsplit(address).netloc})).body)

    def _id_token(self, grant: Grant) -> str:
        service, wrong = grant.service, grant.misbehaviour
        moment = int(self.clock())
        claims: dict[str, Any] = {
            "iss": self.issuer(service),
            "sub": self.subject(service, grant.person),
            "aud": CLIENTS[service],
            "iat": moment,
            "auth_time": moment,
            "exp": moment + TOKEN_SECONDS,
            "nonce": grant.asked["nonce"],
            "jti": secrets.token_hex(8),
            "at_hash": _half_hash(grant.access_token),
        }
        if service == "staff":
            verified = wrong != "unverified"
            claims |= {"email": grant.person, "email_verified": verified, "amr": ["pwd", "mfa"]}
        altered: dict[str, dict[str, Any]] = {
            "wrong-issuer": {"iss": "https://evil.example.jp/realms/main"},
            "wrong-audience": {"aud": "RP99999999"},
            "more-audiences": {"aud": [CLIENTS[service], "RP99999999"]},
            "wrong-party": {"azp": "RP99999999"},
            "wrong-nonce": {"nonce": "another"},
            "expired": {"exp": moment - 3600, "iat": moment - 300},
            "early": {"nbf": moment + 3600},
            "old": {"iat": moment - 7200},
            "proved-long-ago": {"auth_time": moment - 7200},
            "one-factor": {"amr": ["pwd"]},
            "wrong-access-token": {"at_hash": _half_hash("another")},
        }
        claims |= altered.get(wrong, {})
        for name, gone in (("no-nonce", "nonce"), ("no-subject", "sub")):
            if wrong == name:
                del claims[gone]
        return self._signed(claims, service, wrong)

    def _signed(self, claims: dict[str, Any], service: str, wrong: str) -> str:
        key, algorithm = self.keys[service], ALGORITHMS[service]
        header = {"alg": algorithm, "kid": key.kid}
        body = json.dumps(claims).encode()
        if wrong == "no-signature":
            parts = (json.dumps({"alg": "none"}).encode(), body)
            return ".".join([*(_unpadded(part) for part in parts), ""])
        if wrong == "shared-secret":
            shared = OctKey.import_key(json.dumps(key.as_dict(private=False)).encode())
            return jws.serialize_compact({"alg": "HS256", "kid": key.kid}, body, shared)
        if wrong in {"other-key", "forged", "other-algorithm"}:
            kid = "unknown" if wrong == "other-key" else key.kid
            other: ECKey | RSAKey = ECKey.generate_key("P-256")
            if (algorithm == "RS256") != (wrong == "other-algorithm"):
                other = RSAKey.generate_key(2048)
            used = "RS256" if isinstance(other, RSAKey) else "ES256"
            return jws.serialize_compact({"alg": used, "kid": kid}, body, other)
        return jws.serialize_compact(header, body, key)

    def subject(self, service: str, person: str) -> str:
        """The pairwise name of a person at our client."""
        if service == "staff":
            return hashlib.sha256(f"staff {person}".encode()).hexdigest()[:32]
        return hashlib.sha256(f"{service} {person} {CLIENTS[service]}".encode()).hexdigest()[:32]

    def _grant_of(self, authorization: str) -> Grant:
        token = authorization.removeprefix("Bearer ")
        for grant in self.grants.values():
            if token and grant.access_token == token:
                return grant
        raise Wrong("invalid_token", 401)

    def userinfo(self, authorization: str) -> tuple[dict[str, Any], str]:
        """What is said about whoever signed in, and how to misbehave. Raises ``Wrong``."""
        grant = self._grant_of(authorization)
        person, wrong = grant.person, grant.misbehaviour
        subject = "somebody-else" if wrong == "other-person" else None
        found: dict[str, Any] = {"sub": subject or self.subject(grant.service, person)}
        if grant.service == "card":
            holder = self.card_holder(person)
            found |= {
                "name": holder.name,
                "address": holder.address,
                "birthdate": holder.birthdate,
                "gender": holder.gender,
            }
            if wrong == "item-missing":
                del found["address"]
        if grant.service == "gbizid":
            found |= next(user.claims for user in BUSINESS_USERS if user.id == person)
        return found, ""

    def new_transaction(self, authorization: str, body: Mapping[str, Any]) -> dict[str, str]:
        """Take a digest to be signed. Raises ``Wrong``."""
        if not authorization.startswith("Bearer own."):
            raise Wrong("invalid_token", 401)
        digest = base64.b64decode(str(body.get("digest", "")))
        if len(digest) != hashlib.sha256().digest_size:
            raise Wrong("invalid_request")
        name = secrets.token_hex(16)
        name = f"{name[:8]}-{name[8:12]}-4{name[13:16]}-a{name[17:20]}-{name[20:]}"
        self.transactions[name] = Transaction(digest)
        return {"sign_transaction_id": name}

    def result(self, name: str, authorization: str) -> dict[str, str]:
        """The signature, encrypted to the city. Raises ``Wrong``."""
        grant, transaction = self._grant_of(authorization), self.transactions.get(name)
        if transaction is None or grant.asked.get("sign_transaction_id") != name:
            raise Wrong("not_found", 404)
        signature, certificate = self.signer(
            self.card_holder(grant.person),
            transaction.digest,
            grant.misbehaviour,
            datetime.fromtimestamp(self.clock(), UTC),
        )
        body = {
            "signature": base64.b64encode(signature).decode(),
            "certificate": base64.b64encode(certificate).decode(),
        }
        if grant.misbehaviour == "other-result":
            return {"result": "not.a.jwe.at.all"}
        keys = [key for key in self._city_keys()["keys"] if key["use"] == "enc"]
        header = {"alg": WRAP, "enc": CIPHER, "kid": keys[0]["kid"]}
        key = RSAKey.import_key(keys[0])
        sealed = jwe.encrypt_compact(header, json.dumps(body), key, algorithms=[WRAP, CIPHER])
        return {"result": sealed}

    def card_holder(self, name: str) -> CardHolder:
        """The invented card holder called ``name``. Raises ``Wrong``."""
        for holder in (*CARD_HOLDERS, *self.written.values()):
            if holder.id == name:
                return holder
        raise Wrong("access_denied")

    def write(self, posted: Mapping[str, str]) -> str:
        """A card as a visitor wrote it, for whoever applies under an invented name of their own;
        the same words are the same card. Raises ``Wrong``."""
        name, born, address = (posted.get(f"written_{p}", "").strip() for p in WRITTEN)
        identity = f"written-{hashlib.sha256(f'{name} {born}'.encode()).hexdigest()[:12]}"
        holder = CardHolder(identity, "", name[:60], address[:180], born, "3")
        try:
            right = bool(name and address and holder.born)
        except ValueError:
            right = False
        if not right:
            raise Wrong("invalid_request")
        self.written[identity] = holder
        return identity


def _unpadded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _half_hash(value: str) -> str:
    return _unpadded(hashlib.sha256(value.encode()).digest()[:16])
