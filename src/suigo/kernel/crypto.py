"""Sealing of secrets at rest: AES-256-GCM with named keys, so that keys can be rotated.

A sealed value is ``v1.<key id>.<base64url of nonce and ciphertext>``. The *purpose* is bound as
associated data: a value sealed for one purpose can't be moved to another column and opened.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class CannotOpen(Exception):
    """The value was altered, sealed for another purpose, or its key is no longer configured."""


@lru_cache(maxsize=8)
def _keys(configured: tuple[tuple[str, str], ...]) -> dict[str, AESGCM]:
    return {name: AESGCM(base64.urlsafe_b64decode(key)) for name, key in configured}


def _cipher(key_id: str) -> AESGCM:
    try:
        return _keys(tuple(settings.SUIGO_ENCRYPTION_KEYS.items()))[key_id]
    except KeyError as unknown:
        raise CannotOpen(f"encryption key {key_id!r} is not configured") from unknown


def current_key_id() -> str:
    """The key new values are sealed with: the first one configured."""
    return next(iter(settings.SUIGO_ENCRYPTION_KEYS))


def seal_bytes(plain: bytes, *, purpose: str, key_id: str | None = None) -> tuple[str, bytes]:
    """Encrypt ``plain``; returns the key's id and nonce + ciphertext."""
    name = key_id or current_key_id()
    nonce = os.urandom(NONCE_BYTES)
    return name, nonce + _cipher(name).encrypt(nonce, plain, purpose.encode())


def open_bytes(sealed: bytes, *, purpose: str, key_id: str) -> bytes:
    """Decrypt what ``seal_bytes`` made. Raises ``CannotOpen``."""
    try:
        return _cipher(key_id).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as broken:
        raise CannotOpen("the sealed value does not open") from broken


def seal(plain: str, *, purpose: str) -> str:
    """Encrypt a text for storage in a text or jsonb column."""
    name, sealed = seal_bytes(plain.encode(), purpose=purpose)
    return f"v1.{name}.{base64.urlsafe_b64encode(sealed).decode()}"


def open_sealed(token: str, *, purpose: str) -> str:
    """The text that ``seal`` encrypted for the same purpose. Raises ``CannotOpen``."""
    try:
        version, name, body = token.split(".", 2)
        sealed = base64.urlsafe_b64decode(body)
    except ValueError as malformed:
        raise CannotOpen("not a sealed value") from malformed
    if version != "v1":
        raise CannotOpen(f"unknown version {version!r}")
    return open_bytes(sealed, purpose=purpose, key_id=name).decode()


def resealed(token: str, *, purpose: str) -> str:
    """The same text under the current key; the same token when it is already. Raises
    ``CannotOpen``."""
    if token.startswith(f"v1.{current_key_id()}."):
        return token
    return seal(open_sealed(token, purpose=purpose), purpose=purpose)


def keyed_digest(content: bytes, *, purpose: str) -> str:
    """A digest (64 hex characters) that only this installation can compute.

    It finds equal values again without telling anybody who reads it what they are. It changes when
    the first encryption key does; ``keyed_digests`` finds what was digested before.
    """
    return keyed_digests(content, purpose=purpose)[0]


def keyed_digests(content: bytes, *, purpose: str) -> list[str]:
    """The digest under each configured key, the current one's first: to look something up."""
    return [_digest(key, content, purpose) for key in settings.SUIGO_ENCRYPTION_KEYS.values()]


def _digest(configured: str, content: bytes, purpose: str) -> str:
    master = base64.urlsafe_b64decode(configured)
    key = hmac.digest(master, b"digest:" + purpose.encode(), hashlib.sha256)
    return hmac.digest(key, content, hashlib.sha256).hex()
