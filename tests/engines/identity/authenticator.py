"""A telephone with passkeys, as far as the city can tell: what it sends is made by the standard
(WebAuthn Level 3, 6 and 5.8.1), and each part of it can be made wrong."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, HAS_KEY = 0x01, 0x04, 0x40
ORIGIN, SITE = "http://localhost:8000", "localhost"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key, made for one account by ``create``, and used by ``get``."""

    origin: str = ORIGIN
    site: str = SITE
    verifies: bool = True
    counts: bool = True
    counter: int = 0
    handle: bytes = b""
    id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if self.verifies else 0)
        place = hashlib.sha256(self.site.encode()).digest()
        return place + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (part.to_bytes(32, "big") for part in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def create(self, options: str) -> str:
        """What the browser sends after making the key that ``options`` ask for."""
        asked = json.loads(options)
        self.handle = decoded(asked["user"]["id"])
        key = b"\0" * 16 + len(self.id).to_bytes(2, "big") + self.id + self._cose()
        data = self._authenticator_data(HAS_KEY) + key
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._sent(
            clientDataJSON=encoded(self._client_data("webauthn.create", asked["challenge"])),
            attestationObject=encoded(made),
        )

    def get(self, options: str) -> str:
        """What the browser sends after the key signed the challenge of ``options``."""
        asked = json.loads(options)
        self.counter += self.counts
        client, data = (
            self._client_data("webauthn.get", asked["challenge"]),
            self._authenticator_data(0),
        )
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._sent(
            clientDataJSON=encoded(client),
            authenticatorData=encoded(data),
            signature=encoded(signed),
            userHandle=encoded(self.handle),
        )

    def _sent(self, **response: str) -> str:
        sent: dict[str, Any] = {
            "id": encoded(self.id),
            "rawId": encoded(self.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
        return json.dumps(sent)
