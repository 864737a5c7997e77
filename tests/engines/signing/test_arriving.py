"""Signatures in files: .p7s with and without content, signed PDFs, and what was done to them."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pytest_django import Settings

from engines.signing.cards import DIGEST, DOCUMENT, NOW, YEAR, authority, card, fault
from suigo.engines.signing.actions import Arrived, Unreadable, verify_p7s, verify_pdf
from suigo.engines.signing.rules import cms
from suigo.engines.signing.testing import Card, RehearsalAuthority, new_key

# other programs write the real time into what they sign: here it all arrived long after
LATER = NOW + 80 * YEAR
HOLDER = card(ends=LATER + YEAR)


def believe(settings: Settings, folder: Path) -> None:
    """Make the authority of these tests the one of the rehearsal."""
    pem = serialization.Encoding.PEM
    key = authority().key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "authority.pem").write_bytes(key + authority().certificate.public_bytes(pem))
    settings.SUIGO_REHEARSAL_FOLDER = folder
    settings.SUIGO_REVOCATION = "disabled-dev:"


@pytest.fixture(autouse=True)
def _believed(settings: Settings, tmp_path: Path) -> None:
    believe(settings, tmp_path)


def p7s(holder: Card = HOLDER, *, detached: bool = True, content: bytes = DOCUMENT) -> bytes:
    """As another program makes it: with signed attributes."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(holder.certificate, holder.key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary]
    if detached:
        options.append(pkcs7.PKCS7Options.DetachedSignature)
    return builder.sign(serialization.Encoding.DER, options)


def found(content: bytes, contents: dict[str, bytes] | None = None, **how: Any) -> list[Any]:
    arrived = verify_p7s(
        content,
        {"form.xml": DOCUMENT} if contents is None else contents,
        believed_at=how.get("believed_at", LATER),
        now=how.get("now", LATER),
    )
    return [fault(one.found) for one in arrived]


def test_a_detached_signature_over_one_of_the_files() -> None:
    assert found(p7s()) == [("OK", "", "")]
    several = {"form.pdf": b"%PDF-1.7", "form.xml": DOCUMENT}
    assert found(p7s(), several) == [("OK", "", "")]
    assert found(cms.detached(HOLDER.sign(DIGEST), HOLDER.der)) == [("OK", "", "")]


def test_a_signature_with_its_content() -> None:
    assert found(p7s(detached=False), {}) == [("OK", "", "")]
    assert found(p7s(detached=False)) == [("OK", "", "")]
    with pytest.raises(Unreadable):  # it brings other content than came with it
        found(p7s(detached=False), {"form.xml": b"something else"})


def test_other_content_shows() -> None:
    altered = {"form.xml": DOCUMENT + b"."}
    assert found(p7s(), altered) == [("SIGNATURE_MISMATCH", "signature", "altered")]


def test_an_altered_signature_shows() -> None:
    whole = bytearray(p7s())
    whole[-5] ^= 1
    assert found(bytes(whole)) == [("SIGNATURE_MISMATCH", "signature", "altered")]


def test_a_forged_chain_and_an_expired_certificate_show() -> None:
    forger = card(by=RehearsalAuthority.create(), ends=LATER + YEAR)
    assert found(p7s(forger)) == [("UNTRUSTED", "chain", "untrusted")]
    old = card(begun=NOW - 2 * YEAR, ends=NOW - YEAR)
    assert found(p7s(old)) == [("EXPIRED", "validity", "expired")]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"0" * 5000, DOCUMENT])
def test_what_is_no_signature_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        found(content)


def paper(text: str = "application") -> bytes:
    """A PDF of one page."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    document.docinfo["/Title"] = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def signed(content: bytes, holder: Card = HOLDER, *, field: str = "Signature1") -> bytes:
    """The PDF with one more signature, as another program makes it."""
    key = holder.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(holder.der),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore(),
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    fields.append_signature_field(writer, fields.SigFieldSpec(field))
    metadata = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256")
    # in a thread of its own: pyHanko begins an event loop, and a browser may have left one here
    with ThreadPoolExecutor(1) as elsewhere:
        made = elsewhere.submit(signers.sign_pdf, writer, metadata, signer=signer).result()
    return bytes(made.getvalue())


def in_pdf(content: bytes) -> tuple[Arrived, ...]:
    return verify_pdf([content], sha256="0" * 64, believed_at=LATER, now=LATER)


def faults(content: bytes) -> list[tuple[str, str, str]]:
    return [fault(one.found) for one in in_pdf(content)]


def test_a_signed_pdf() -> None:
    found_ = in_pdf(signed(paper()))
    assert [fault(one.found) for one in found_] == [("OK", "", "")]
    extra = found_[0].found.report.extra
    assert extra == {"field": "Signature1", "whole_file": True}
    assert found_[0].found.report.claimed_at is not None


def test_a_pdf_without_a_signature() -> None:
    assert in_pdf(paper()) == ()


def test_several_signatures_each_for_itself() -> None:
    twice = signed(signed(paper()), card(key=new_key(), ends=LATER + YEAR), field="Signature2")
    assert faults(twice) == [("OK", "", ""), ("OK", "", "")]
    stranger = card(by=RehearsalAuthority.create(), ends=LATER + YEAR)
    mixed = signed(signed(paper()), stranger, field="Signature2")
    assert [f[0] for f in faults(mixed)] == ["OK", "UNTRUSTED"]


def test_a_changed_byte_shows() -> None:
    content = signed(paper("application"))
    changed = content.replace(b"200", b"300", 1)
    assert changed != content
    assert faults(changed) == [("SIGNATURE_MISMATCH", "signature", "altered")]


def test_something_added_after_signing_shows() -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed(paper())))
    page = writer.root["/Pages"]["/Kids"][0]
    content = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
    page[generic.NameObject("/Contents")] = content
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0))
    out = io.BytesIO()
    writer.write(out)
    assert faults(out.getvalue()) == [("SIGNATURE_MISMATCH", "signature", "changed_after")]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing", b"no pdf"])
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        in_pdf(content)
