"""The sealed parts of a signature: what was signed, and what proves it."""

import base64
import json
from dataclasses import dataclass

from suigo.engines.signing.models import Signature
from suigo.kernel.crypto import current_key_id, open_bytes, seal_bytes
from suigo.kernel.errors import Gone
from suigo.kernel.language import _


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything beside the document that shows years later that a signature was good.

    ``form`` tells how to read ``signature``: raw bytes, or a whole CMS. A signed PDF is kept by
    documents; of it only the certificates stand here.
    """

    signature: bytes
    certificate: bytes
    chain: tuple[bytes, ...] = ()
    revocation: bytes = b""

    def packed(self) -> bytes:
        """As one value to seal."""
        return json.dumps(
            {
                "signature": _text(self.signature),
                "certificate": _text(self.certificate),
                "chain": [_text(c) for c in self.chain],
                "revocation": _text(self.revocation),
            }
        ).encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def keep(
    signature: Signature, *, document: bytes | None = None, proof: Proof | None = None
) -> None:
    """Seal the parts into the row, which the caller saves."""
    if not signature.key_id:
        signature.key_id = current_key_id()
    if document is not None:
        signature.document = _sealed(signature, "document", document)
    if proof is not None:
        signature.proof = _sealed(signature, "proof", proof.packed())


def document_of(signature: Signature) -> bytes:
    """The exact bytes that were signed. Raises ``Gone`` when they were erased."""
    return _opened(signature, "document", signature.document)


def proof_of(signature: Signature) -> Proof:
    """What proves it. Raises ``Gone`` when it was erased."""
    kept = json.loads(_opened(signature, "proof", signature.proof))
    return Proof(
        signature=base64.b64decode(kept["signature"]),
        certificate=base64.b64decode(kept["certificate"]),
        chain=tuple(base64.b64decode(c) for c in kept["chain"]),
        revocation=base64.b64decode(kept["revocation"]),
    )


def purpose_of(signature: Signature, part: str) -> str:
    """What a part is sealed for."""
    return f"signing.{part}.{signature.public_id}"


def _sealed(signature: Signature, part: str, content: bytes) -> bytes:
    purpose = purpose_of(signature, part)
    _name, sealed = seal_bytes(content, purpose=purpose, key_id=signature.key_id)
    return sealed


def _opened(signature: Signature, part: str, sealed: bytes | memoryview | None) -> bytes:
    if sealed is None:
        raise Gone(_("署名の証拠は、保存期間が終わったため消去されています。"))
    purpose = purpose_of(signature, part)
    return open_bytes(bytes(sealed), purpose=purpose, key_id=signature.key_id)
