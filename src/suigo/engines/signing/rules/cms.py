"""A raw signature and its certificate as a detached .p7s (CMS SignedData, RFC 5652), so that any
tool verifies it, years later and without us."""

from asn1crypto import algos, cms
from asn1crypto import x509 as asn1_x509


def detached(signature: bytes, certificate: bytes, *, chain: tuple[bytes, ...] = ()) -> bytes:
    """The CMS over a document that was signed as it is: no signed attributes, because the card
    signed the document's digest itself."""
    signer = asn1_x509.Certificate.load(certificate)
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "data"},
            "certificates": [signer, *(asn1_x509.Certificate.load(c) for c in chain)],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": cms.SignerIdentifier(
                        {
                            "issuer_and_serial_number": {
                                "issuer": signer.issuer,
                                "serial_number": signer.serial_number,
                            }
                        }
                    ),
                    "digest_algorithm": sha256,
                    "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
                    "signature": signature,
                }
            ],
        }
    )
    wrapped = cms.ContentInfo({"content_type": "signed_data", "content": data})
    der: bytes = wrapped.dump()
    return der
