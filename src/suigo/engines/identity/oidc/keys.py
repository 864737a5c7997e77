"""Keys: our own, which we sign and decrypt with, and the provider's, which change."""

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from joserfc import jwe, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

SIGN_ALGORITHM = "ES256"
# what a sender may encrypt to us with; never RSA1_5 (padding oracles), never a shared secret
KEY_WRAPS = ("RSA-OAEP-256", "RSA-OAEP", "ECDH-ES", "ECDH-ES+A256KW", "ECDH-ES+A128KW")
CONTENT_CIPHERS = ("A256GCM", "A128GCM", "A256CBC-HS512", "A128CBC-HS256")

FRESH_SECONDS = 3600.0
STALE_SECONDS = 86_400.0  # keys still believed while the provider's list can't be had
LOOK_AGAIN_SECONDS = 60.0  # unknown names can't make us ask the provider more often


class BadKeys(ValueError):
    """The configured keys can't be used; says why without repeating them."""


class CannotDecrypt(Exception):
    """Not encrypted to one of our keys, or altered."""


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """A JWK Set with private keys. The first signing key signs; all are published, and every
    decryption key opens, so that keys are replaced without a break: add the new one in front,
    register it, and remove the old one when nobody uses it any more."""

    signing: tuple[ECKey, ...] = ()
    decrypting: tuple[RSAKey | ECKey, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "OwnKeys":
        """Read a JWK Set; nothing for an empty text. Raises ``BadKeys``."""
        if not text:
            return cls()
        try:
            entries = json.loads(text)["keys"]
            keys = [_own_key(entry) for entry in entries]
        except (JoseError, KeyError, TypeError, ValueError) as broken:
            raise BadKeys(f"not a JWK Set of private keys ({type(broken).__name__})") from broken
        names = [key.kid for key in keys]
        if len(set(names)) != len(names) or not all(names):
            raise BadKeys("every key needs a kid of its own")
        signing = tuple(k for k in keys if isinstance(k, ECKey) and k.get("use") == "sig")
        return cls(signing, tuple(k for k in keys if k.get("use") == "enc"))

    def public(self) -> dict[str, Any]:
        """What everybody may know, as the JWK Set we publish."""
        keys = [key.as_dict(private=False) for key in (*self.signing, *self.decrypting)]
        return {"keys": keys}

    def assertion(self, *, client_id: str, audience: str, seconds: int, now: datetime) -> str:
        """A ``private_key_jwt`` that proves who asks (RFC 7523): short, and good for once."""
        if not self.signing:
            raise BadKeys("there is no key to sign with")
        moment = int(now.timestamp())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": secrets.token_urlsafe(24),
            "iat": moment,
            "exp": moment + seconds,
        }
        key = self.signing[0]
        header = {"alg": SIGN_ALGORITHM, "kid": key.kid}
        return jwt.encode(header, claims, key, algorithms=[SIGN_ALGORITHM])

    def decrypt(self, token: str) -> bytes:
        """The content of a compact JWE made for us. Raises ``CannotDecrypt``."""
        if not self.decrypting:
            raise CannotDecrypt("there is no key to decrypt with")
        algorithms = [*KEY_WRAPS, *CONTENT_CIPHERS]
        for key in self.decrypting:
            try:
                opened = jwe.decrypt_compact(token, key, algorithms=algorithms)
            except (JoseError, ValueError):
                continue
            if opened.plaintext is not None:
                return opened.plaintext
        raise CannotDecrypt("no key of ours opens it")


def _own_key(entry: Mapping[str, Any]) -> ECKey | RSAKey:
    kind: type[ECKey | RSAKey] = ECKey if entry["kty"] == "EC" else RSAKey
    key = kind.import_key(dict(entry))
    if not key.is_private:
        raise BadKeys("a private key is missing")
    return key


def new_keys(*, named: str) -> list[dict[str, Any]]:
    """A key to sign with and one to be written to, as private JWKs; ``named`` tells them apart
    from earlier ones."""
    signing = ECKey.generate_key(
        "P-256", {"kid": f"{named}-sig", "use": "sig", "alg": SIGN_ALGORITHM}
    )
    wrapping = RSAKey.generate_key(
        3072, {"kid": f"{named}-enc", "use": "enc", "alg": "RSA-OAEP-256"}
    )
    return [signing.as_dict(private=True), wrapping.as_dict(private=True)]


def read_key_set(body: bytes) -> list[dict[str, Any]]:
    """The public keys of a provider's JWK Set; shared secrets are no public keys.

    Raises ``ValueError``.
    """
    found = json.loads(body)
    entries = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(entries, list):
        raise ValueError("not a JWK Set")
    return [e for e in entries if isinstance(e, dict) and e.get("kty") in {"EC", "RSA"}]


@dataclass(slots=True)
class KnownKeys:
    """A provider's keys, fetched when needed: at first, every hour, and once more (at most every
    minute) when a token names a key that is not among them."""

    fetch: Callable[[], Sequence[Mapping[str, Any]]]
    clock: Callable[[], float] = time.monotonic
    _keys: Sequence[Mapping[str, Any]] = ()
    _fetched: float | None = None
    _tried: float | None = None
    _lock: Lock = field(default_factory=Lock)

    def current(self) -> Sequence[Mapping[str, Any]]:
        """The keys as they are known, fetched when they are old. Raises what ``fetch`` raises."""
        with self._lock:
            if not self._within(self._fetched, FRESH_SECONDS):
                self._refresh()
            return self._keys

    def again(self) -> Sequence[Mapping[str, Any]] | None:
        """The keys fetched anew because one was missing; None when that was done just now."""
        with self._lock:
            if self._within(self._tried, LOOK_AGAIN_SECONDS):
                return None
            self._refresh()
            return self._keys

    def _refresh(self) -> None:
        usable = self._within(self._fetched, STALE_SECONDS)
        if usable and self._within(self._tried, LOOK_AGAIN_SECONDS):
            return
        self._tried = self.clock()
        try:
            self._keys = self.fetch()
        except Exception:
            if usable:
                return
            raise
        self._fetched = self._tried

    def _within(self, moment: float | None, seconds: float) -> bool:
        return moment is not None and self.clock() - moment < seconds
