"""Find the signatures in a file on standard input and say whether each still fits its content.

Usage: ``look_at_signatures.py pdf``, or ``look_at_signatures.py cms LENGTH``: LENGTH bytes of .p7s,
then the content it was made of (nothing when the .p7s holds its content).

Answers one line of JSON: ``{"signatures": [...]}`` or ``{"refused": reason}``. Nothing here says
who is believed: certificates are handed on, whole.
"""

import base64
import codecs
import hashlib
import io
import json
import runpy
import sys
from pathlib import Path
from typing import Any

from asn1crypto import cms, core, pem
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.status import SignatureCoverageLevel

LIMITS = Path(__file__).parents[2] / "documents" / "isolated" / "limits.py"

MOST_SIGNATURES = 20
STRONG = {"sha256", "sha384", "sha512"}


class Refused(Exception):
    """The file can't be read as what it should be."""


def look_at_pdf(content: bytes) -> list[dict[str, Any]]:
    """The signatures of a PDF, in the order in which they were made."""

    try:
        reader = PdfFileReader(io.BytesIO(content), strict=True)
        found = [s for s in reader.embedded_signatures if s.sig_object_type == "/Sig"]
    except (PdfError, ValueError, KeyError, IndexError, TypeError, RecursionError) as broken:
        raise Refused("unreadable") from broken
    if len(found) > MOST_SIGNATURES:
        raise Refused("too_many")
    names = {str(signature.field_name) for signature in found}
    return [_pdf_signature(signature, names) for signature in found]


def _pdf_signature(signature: Any, signers: set[str]) -> dict[str, Any]:

    answer: dict[str, Any] = {"field": str(signature.field_name)}
    try:
        signature.compute_integrity_info()
        digest = signature.compute_digest()
        answer |= _described(signature.signed_data, digest)
        answer["digest"] = digest.hex()
        claimed = signature.self_reported_timestamp
        answer["claimed_at"] = claimed.isoformat() if claimed else None
        fault = answer["fault"]
        if not fault and signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
            fault = "not_whole"
        if not fault and _was_changed(signature, signers):
            fault = "changed_after"
        answer["fault"] = fault
        answer["whole_file"] = signature.coverage == SignatureCoverageLevel.ENTIRE_FILE
    except Exception as broken:  # whatever a hostile file brings about in a parser
        answer |= {"fault": answer.get("fault") or "unreadable", "error": type(broken).__name__}
    return answer


def _was_changed(signature: Any, signers: set[str]) -> bool:
    """Whether something was added after signing that is neither another signature nor what
    long-term proofs add."""
    if signature.summarise_integrity_info().get("docmdp_ok") is False:
        return True
    found = signature.diff_result
    changed = getattr(found, "modification_level", None)
    if changed is None or changed > ModificationLevel.FORM_FILLING:
        return True
    return bool(set(getattr(found, "changed_form_fields", ())) - signers)


def look_at_cms(p7s: bytes, content: bytes) -> list[dict[str, Any]]:
    """The signatures of a CMS SignedData, over its own content or over ``content``."""

    try:
        if pem.detect(p7s):
            _kind, _headers, p7s = pem.unarmor(p7s.removeprefix(codecs.BOM_UTF8))
        info = cms.ContentInfo.load(p7s, strict=True)
        if info["content_type"].native != "signed_data":
            raise Refused("unreadable")
        signed = info["content"]
        inner = signed["encap_content_info"]["content"]
        if inner is not core.VOID and inner.native is not None:
            if content and bytes(inner) != content:
                raise Refused("other_content")
            content = bytes(inner)
        infos = list(signed["signer_infos"])
    except (ValueError, TypeError, KeyError) as broken:
        raise Refused("unreadable") from broken
    if not infos or len(infos) > MOST_SIGNATURES:
        raise Refused("too_many" if infos else "unsigned")
    return [_cms_signature(signed, info, content) for info in infos]


def _cms_signature(signed: Any, info: Any, content: bytes) -> dict[str, Any]:
    try:
        name = info["digest_algorithm"]["algorithm"].native
        if name not in STRONG:
            return _certificates(signed, info) | {"fault": "weak", "digest": ""}
        digest = hashlib.new(name, content).digest()
        answer = _described(signed, digest, info)
        answer["digest"] = hashlib.sha256(content).hexdigest()
        answer["claimed_at"] = _claimed(info)
    except Exception as broken:
        return {"fault": "unreadable", "error": type(broken).__name__}
    return answer


def _described(signed: Any, digest: bytes, info: Any = None) -> dict[str, Any]:
    """Whether the signature fits its content, by pyHanko; '' for a fault says that it does."""

    info = info if info is not None else signed["signer_infos"][0]
    answer = _certificates(signed, info)
    if not answer["certificate"]:
        return answer | {"fault": "no_certificate"}
    if info["digest_algorithm"]["algorithm"].native not in STRONG:
        return answer | {"fault": "weak"}
    if info["signature_algorithm"].signature_algo != "rsassa_pkcs1v15":
        return answer | {"fault": "weak"}
    if info["signature_algorithm"]["algorithm"].native not in ("rsassa_pkcs1v15",) and (
        info["signature_algorithm"].hash_algo not in STRONG
    ):
        return answer | {"fault": "weak"}
    certificate = _signer(signed, info)
    kind = signed["encap_content_info"]["content_type"].native
    try:
        intact, valid = validate_sig_integrity(info, certificate, kind, digest)
    except SignatureValidationError:
        return answer | {"fault": "altered"}
    return answer | {"fault": "" if intact and valid else "altered"}


def _signer(signed: Any, info: Any) -> Any:
    """The certificate that the signature itself names."""
    name = info["sid"].chosen
    for choice in signed["certificates"]:
        certificate = choice.chosen
        if info["sid"].name == "issuer_and_serial_number":
            same = (
                certificate.issuer == name["issuer"]
                and certificate.serial_number == name["serial_number"].native
            )
        else:
            same = certificate.key_identifier == name.native
        if same:
            return certificate
    return None


def _certificates(signed: Any, info: Any) -> dict[str, Any]:
    signer = _signer(signed, info)
    others = [c.chosen for c in signed["certificates"] if c.name == "certificate"]
    return {
        "certificate": _text(signer.dump()) if signer is not None else "",
        "chain": [_text(c.dump()) for c in others if signer is None or c.dump() != signer.dump()],
    }


def _claimed(info: Any) -> str | None:
    attributes = info["signed_attrs"].native or ()
    times = [a["values"][0] for a in attributes if a["type"] == "signing_time"]
    return times[0].isoformat() if times else None


def _text(der: bytes) -> str:
    return base64.b64encode(der).decode()


def main() -> None:
    """Read everything, look, say what was found."""
    runpy.run_path(str(LIMITS))["confine"]()
    content = sys.stdin.buffer.read()
    try:
        if sys.argv[1] == "pdf":
            answer: dict[str, Any] = {"signatures": look_at_pdf(content)}
        else:
            length = int(sys.argv[2])
            answer = {"signatures": look_at_cms(content[:length], content[length:])}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "unreadable"}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
