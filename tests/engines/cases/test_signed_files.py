"""Signatures in files that come into a case: verified without anybody asking, and shown."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from asn1crypto import pem
from django.db import connection
from django.test import Client
from pytest_django import Settings

from engines.cases import world
from engines.cases.conftest import browser
from engines.documents.conftest import data_folder
from engines.signing.cards import DOCUMENT, card
from engines.signing.test_arriving import LATER, YEAR, authority, believe, p7s, paper, signed
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case
from suigo.engines.documents.actions import store_file
from suigo.engines.documents.failures import UnacceptableFile
from suigo.engines.signing.models import Signature
from suigo.engines.signing.queries import queue
from suigo.engines.signing.testing import RehearsalAuthority
from suigo.kernel.access import SYSTEM, Actor

__all__ = ["browser", "data_folder"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _believed(settings: Settings, tmp_path: Path, data_folder: Path) -> None:
    believe(settings, tmp_path)


@pytest.fixture
def desk() -> world.Desk:
    return world.desk()


def kept(content: bytes, name: str) -> UUID:
    """A file that arrived long after everything was signed."""
    file = store_file(
        SYSTEM,
        name=name,
        content_type_claimed="",
        stream=BytesIO(content),
        accept=("pdf", "text", "signature"),
        owner_token="",
        now=LATER,
    )
    return file.public_id


def armoured(der: bytes, name: str = "PKCS7") -> bytes:
    """A signature in letters."""
    return bytes(pem.armor(name, der))


def case_with(**files: bytes) -> Case:
    """A case into which these files came, examined as the worker does."""
    case = world.received()
    ids = [kept(content, name.replace("_", ".")) for name, content in files.items()]
    actions.enclose_files(case.public_id, ids, actor=SYSTEM, now=LATER)
    for job in jobs():
        actions.examine_files(UUID(job["case_id"]), [UUID(i) for i in job["file_ids"]], now=LATER)
    return case


def jobs() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'cases.examine_files'"
        )
        return [json.loads(row[0]) for row in cursor.fetchall()]


def found() -> list[tuple[str, str]]:
    rows = Signature.objects.order_by("id").values_list("result", "verdict")
    return [(result, verdict) for result, verdict in rows]


def test_a_signed_pdf_is_verified_when_it_comes(desk: world.Desk) -> None:
    case = case_with(paper_pdf=signed(paper()), other_pdf=paper())
    assert found() == [("OK", "accepted")]
    row = Signature.objects.get()
    assert (row.origin, row.case_id, row.document) == ("file", case.public_id, None)
    assert len(jobs()) == 1
    actions.examine_files(case.public_id, [row.subject], now=LATER)
    assert Signature.objects.count() == 1


@pytest.mark.parametrize(
    ("holder", "altered", "result"),
    [
        ({}, True, "SIGNATURE_MISMATCH"),
        ({"by": "forger"}, False, "UNTRUSTED"),
        ({"ends": LATER - YEAR}, False, "EXPIRED"),
    ],
    ids=["altered", "forged", "expired"],
)
def test_what_is_not_good_is_named_to_the_clerk(
    desk: world.Desk,
    browser: Callable[[Actor], Client],
    holder: dict[str, Any],
    altered: bool,
    result: str,
) -> None:
    given = {"ends": LATER + YEAR} | holder
    if "by" in given:
        given["by"] = RehearsalAuthority.create()
    content = signed(paper(), card(**given))
    case = case_with(form_pdf=content.replace(b"200", b"300", 1) if altered else content)
    assert found() == [(result, "rejected")]
    page = browser(desk.clerk).get(f"/staff/cases/{case.public_id}/").content.decode()
    assert "電子署名を確かめられないファイルがあります" in page
    assert "form.pdf" in page


def test_an_unknown_revocation_waits_in_the_queue(desk: world.Desk, settings: Settings) -> None:
    settings.SUIGO_REVOCATION = "disabled-dev:?state=unknown"
    case = case_with(form_pdf=signed(paper()))
    assert found() == [("UNKNOWN", "waiting")]
    waiting, _more = queue(desk.head, state="waiting", page=1)
    assert [brief.case_id for brief in waiting] == [case.public_id]


def test_a_p7s_is_verified_with_the_file_that_it_signs(desk: world.Desk) -> None:
    case_with(other_txt="別の書類".encode(), form_txt=DOCUMENT, form_p7s=p7s())
    assert found() == [("OK", "accepted")]
    row = Signature.objects.get()
    assert actions.examine_files(row.case_id or UUID(int=0), [row.subject], now=LATER) == 0


@pytest.mark.parametrize("name", ["PKCS7", "CMS"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_p7s_in_letters_is_the_same(desk: world.Desk, name: str, mark: bytes) -> None:
    case_with(form_txt=DOCUMENT, form_p7s=mark + armoured(p7s(), name))
    assert found() == [("OK", "accepted")]


def test_an_altered_p7s_in_letters_is_found(desk: world.Desk) -> None:
    whole = bytearray(p7s())
    whole[-5] ^= 1
    case_with(form_txt=DOCUMENT, form_p7s=armoured(bytes(whole)))
    assert found() == [("SIGNATURE_MISMATCH", "rejected")]


@pytest.mark.parametrize(
    "content",
    [
        armoured(p7s())[:300],
        armoured(p7s()) + b"<script>alert(1)</script>",
        armoured(p7s()) + armoured(p7s()),
        b"<b>" + armoured(p7s()),
        armoured(b"not a signature"),
        armoured(p7s()).replace(b"-----END PKCS7", b"-----END CERTIFICATE"),
        b"-----BEGIN PKCS7-----\n" + b"A" * 400,
    ],
)
def test_a_broken_p7s_in_letters_is_not_taken(content: bytes) -> None:
    with pytest.raises(UnacceptableFile):
        store_file(
            SYSTEM,
            name="form.p7s",
            content_type_claimed="",
            stream=BytesIO(content),
            accept=("signature",),
            owner_token="",
            now=LATER,
        )


def test_a_p7s_of_something_else_is_found(desk: world.Desk) -> None:
    case_with(form_txt=DOCUMENT + b".", form_p7s=p7s())
    assert found() == [("SIGNATURE_MISMATCH", "rejected")]


@pytest.mark.parametrize("content", [p7s()[:200], p7s() + b"more", p7s()[:60] + b"\x00" * 500])
def test_a_broken_p7s_is_not_taken(content: bytes) -> None:
    with pytest.raises(UnacceptableFile):
        kept(content, "form.p7s")


def test_a_p7s_is_no_document_where_only_documents_are_asked_for() -> None:
    with pytest.raises(UnacceptableFile):
        store_file(
            SYSTEM,
            name="a.pdf",
            content_type_claimed="",
            stream=BytesIO(p7s()),
            accept=("pdf",),
            owner_token="",
            now=LATER,
        )


def test_the_residents_node_leaves_it_to_the_inner_one(settings: Settings) -> None:
    settings.SUIGO_ZONE = "outer"
    case_with(form_pdf=signed(paper()))
    assert jobs() == []
    assert authority() is not None
