"""ID tokens: what a provider says about who signed in, once it is proven.

Everything that is optional in the standards and needed by nobody here is refused: unsigned tokens,
symmetric signatures, keys named by the token itself, other audiences beside ours.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

LEEWAY_SECONDS = 60  # how far the provider's clock may be off
OLDEST_SECONDS = 600  # since it was issued: a token comes straight from the provider
LONGEST_TOKEN = 16 * 1024
SHORTEST_RSA = 2048  # bits
HASHES = {"ES256": hashlib.sha256, "RS256": hashlib.sha256, "PS256": hashlib.sha256}

Claims = dict[str, Any]
Key = ECKey | RSAKey


class Rejected(Exception):
    """The token proves nothing. The reason is for the log, never for the page."""


class UnknownKey(Rejected):
    """Signed with a key that is not among the provider's; they may have changed since."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token must say to be the answer to our request."""

    issuer: str
    client_id: str
    algorithm: str
    nonce: str
    access_token: str
    now: datetime


def header_of(token: str) -> Mapping[str, Any]:
    """The protected header, which is not proven yet. Raises ``Rejected``."""
    if len(token) > LONGEST_TOKEN or token.count(".") != 2:
        raise Rejected("not a signed token")
    first = token.split(".", 1)[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except ValueError as broken:
        raise Rejected("the header is not JSON") from broken
    if not isinstance(header, dict):
        raise Rejected("the header is not an object")
    return header


def proven_claims(token: str, *, keys: Sequence[Mapping[str, Any]], expected: Expected) -> Claims:
    """The claims of an ID token, after every check. Raises ``Rejected``, ``UnknownKey``."""
    header = header_of(token)
    # The algorithm is ours to choose (RFC 8725 section 3.1): with it "none", and an HMAC under
    # the public key, are out of question before any key is looked at.
    if header.get("alg") != expected.algorithm or expected.algorithm not in HASHES:
        raise Rejected(f"alg is {header.get('alg')!r}, not {expected.algorithm}")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise Rejected(f"typ is {header.get('typ')!r}")
    if "crit" in header:
        raise Rejected("there are critical extensions")
    key = _key_for(header, keys, expected.algorithm)
    try:
        claims: Claims = jwt.decode(token, key, algorithms=[expected.algorithm]).claims
    except (JoseError, ValueError) as broken:
        raise Rejected(f"the signature: {type(broken).__name__}") from broken
    _check(claims, expected)
    return claims


def _key_for(header: Mapping[str, Any], keys: Sequence[Mapping[str, Any]], algorithm: str) -> Key:
    usable = [key for key in keys if _fits(key, algorithm)]
    if "kid" in header:
        usable = [key for key in usable if key.get("kid") == header["kid"]]
    if len(usable) != 1:
        raise UnknownKey(f"{len(usable)} keys fit kid {header.get('kid')!r}")
    kind: type[Key] = ECKey if usable[0]["kty"] == "EC" else RSAKey
    if kind is RSAKey and _bits(usable[0].get("n")) < SHORTEST_RSA:
        raise Rejected("the RSA key is too short")
    try:
        return kind.import_key(dict(usable[0]))
    except (JoseError, ValueError) as broken:
        raise Rejected("a key can't be read") from broken


def _bits(number: object) -> int:
    """The size of a number in base64url."""
    try:
        octets = base64.urlsafe_b64decode(f"{number}{'=' * (-len(str(number)) % 4)}")
    except ValueError:
        return 0
    return int.from_bytes(octets, "big").bit_length()


def _fits(key: Mapping[str, Any], algorithm: str) -> bool:
    family = key.get("kty") == "EC" and key.get("crv") == "P-256"
    if algorithm != "ES256":
        family = key.get("kty") == "RSA"
    return family and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm


def _check(claims: Claims, expected: Expected) -> None:
    now = expected.now.timestamp()
    if claims.get("iss") != expected.issuer:
        raise Rejected("another issuer")
    audience = claims.get("aud")
    if audience not in (expected.client_id, [expected.client_id]):
        raise Rejected("another audience")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise Rejected("issued to another party")
    if not now < _moment(claims, "exp") + LEEWAY_SECONDS:
        raise Rejected("expired")
    issued = _moment(claims, "iat")
    if not now - OLDEST_SECONDS < issued < now + LEEWAY_SECONDS:
        raise Rejected("not issued now")
    if "nbf" in claims and not _moment(claims, "nbf") < now + LEEWAY_SECONDS:
        raise Rejected("not valid yet")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not _same(nonce, expected.nonce):
        raise Rejected("not the answer to our request")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Rejected("no subject")
    if "at_hash" in claims and not _same(
        str(claims["at_hash"]), half_hash(expected.access_token, expected.algorithm)
    ):
        raise Rejected("another access token")


def _moment(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Rejected(f"{name} is no moment")
    return float(value)


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def half_hash(value: str, algorithm: str) -> str:
    """``at_hash`` of an access token (OpenID Connect Core section 3.1.3.6)."""
    digest = HASHES[algorithm](value.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
