"""Addresses and keys of encrypted contents.

The address is a keyed digest of the content's SHA-256; the content's key is sealed for exactly
that address, so a row can't be pointed at another content.
"""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from suigo.kernel import crypto


def address_of(sha256: str) -> str:
    """Where content with this SHA-256 is kept (64 hex characters)."""
    return crypto.keyed_digest(bytes.fromhex(sha256), purpose="documents.address")


def wrap(key: bytes, *, address: str) -> tuple[str, bytes]:
    """Seal a content's key; returns the id of the installation's key and the sealed key."""
    return crypto.seal_bytes(key, purpose=f"documents.blob:{address}")


def unwrap(sealed: bytes, *, address: str, key_id: str) -> bytes:
    """The content's key. Raises ``crypto.CannotOpen``."""
    return crypto.open_bytes(sealed, purpose=f"documents.blob:{address}", key_id=key_id)


def preview_key(key: bytes, *, name: str) -> bytes:
    """The key for a drawn page: derived, so that no key ever encrypts two different contents."""
    kdf = HKDF(hashes.SHA256(), 32, salt=None, info=f"documents.preview:{name}".encode())
    return kdf.derive(key)


def owner_digest(token: str) -> str:
    """What is kept of the token by which somebody who is not signed in owns an upload."""
    # tokens are long and random, so a plain digest tells nothing; and it survives a new key
    return hashlib.sha256(token.encode()).hexdigest() if token else ""
