"""What identity offers to those who have something signed with a card.

Whoever wants a signature (the engine signing) is given a ``SignProvider`` by
``project/installed.py`` and never learns which service stands behind it.
"""

from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class SignedDigest:
    """What came back from signing: a raw RSA signature (PKCS#1 v1.5) over ``digest`` as SHA-256,
    and the signer's certificate (署名用電子証明書). Nothing about either is verified yet."""

    digest: bytes
    signature: bytes
    certificate_der: bytes


class SignProvider(Protocol):
    """Has a digest signed with the signature key of the visitor's card."""

    def is_ready(self) -> bool:
        """Whether this installation can have anything signed at all."""
        ...

    def begin(self, request: HttpRequest, digest: bytes, *, return_to: str) -> str:
        """Start signing ``digest`` (32 bytes, SHA-256 of the document); returns the address to
        send the visitor to. ``return_to`` is a path of ours: they come back to it whether they
        signed or gave up, and the page there calls ``finish``.

        Raises ``Refused`` when the service does not answer, ``NotSignedIn`` without a resident.
        """
        ...

    def finish(self, request: HttpRequest, digest: bytes) -> SignedDigest:
        """What was signed, once: it is gone from the session afterwards.

        Raises ``Refused`` with a sentence for the resident when nothing was signed (they gave up,
        the service failed, another card than the account's was used) or when it was not ``digest``.
        """
        ...
