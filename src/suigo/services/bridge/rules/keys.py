"""Key pairs of a node, and the public keys of the other one.

A node has one line ``id:material`` per key: 64 bytes in base64url, half an Ed25519 seed for
signing, half an X25519 key for reading. The other node is given ``id:material`` with the two
public keys. The first of a list is used, all of it is accepted: so keys change without a gap.
"""

import base64
import binascii
import os
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

HALF = 32
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


class UnusableKey(ValueError):
    """A line that is no key; the words say which line, never what is in it."""


@dataclass(frozen=True, slots=True)
class OwnKey:
    """What this node signs with and reads with."""

    id: str
    signing: Ed25519PrivateKey
    reading: X25519PrivateKey

    @property
    def public(self) -> "PeerKey":
        """What the other node is given."""
        return PeerKey(self.id, self.signing.public_key(), self.reading.public_key())


@dataclass(frozen=True, slots=True)
class PeerKey:
    """What the other node signs with and reads with."""

    id: str
    verifying: Ed25519PublicKey
    writing: X25519PublicKey

    @property
    def line(self) -> str:
        """As it is written into the other node's settings."""
        return _line(self.id, self.verifying.public_bytes_raw() + self.writing.public_bytes_raw())


def new_key(key_id: str) -> tuple[str, str]:
    """A new key: the secret line for this node, and the public line for the other.

    Raises ``UnusableKey`` for an id that could not stand in a list.
    """
    if not ID.fullmatch(key_id):
        raise UnusableKey(key_id)
    secret = _line(key_id, os.urandom(HALF * 2))
    return secret, own_keys(secret)[0].public.line


def own_keys(configured: str) -> tuple[OwnKey, ...]:
    """This node's keys. Raises ``UnusableKey``."""
    return tuple(
        OwnKey(
            key_id,
            Ed25519PrivateKey.from_private_bytes(material[:HALF]),
            X25519PrivateKey.from_private_bytes(material[HALF:]),
        )
        for key_id, material in _lines(configured)
    )


def peer_keys(configured: str) -> tuple[PeerKey, ...]:
    """The other node's keys. Raises ``UnusableKey``."""
    return tuple(
        PeerKey(
            key_id,
            Ed25519PublicKey.from_public_bytes(material[:HALF]),
            X25519PublicKey.from_public_bytes(material[HALF:]),
        )
        for key_id, material in _lines(configured)
    )


def _line(key_id: str, material: bytes) -> str:
    return f"{key_id}:{base64.urlsafe_b64encode(material).decode()}"


def _lines(configured: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for line in configured.replace("\n", ",").split(","):
        if not line.strip():
            continue
        key_id, _, text = line.strip().partition(":")
        try:
            material = base64.b64decode(text, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            material = b""
        if not ID.fullmatch(key_id) or len(material) != HALF * 2:
            raise UnusableKey(key_id[:40])
        if key_id in {earlier for earlier, _material in found}:
            raise UnusableKey(key_id)
        found.append((key_id, material))
    return found
