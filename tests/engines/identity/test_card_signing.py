"""Having a digest signed with a card, through the port that the engine signing is given."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.test import Client, RequestFactory

from engines.identity.rehearsed import CITY, asked_in, post, rehearsed
from suigo.engines.identity.models import Account, ExternalIdentity
from suigo.engines.identity.providers import SignedDigest, SignProvider
from suigo.engines.identity.web.signing import CARD_SIGNATURES
from suigo.kernel.errors import NotSignedIn, Refused
from suigo.project.rehearsal.provider import Rehearsal

pytestmark = pytest.mark.django_db
DIGEST = hashlib.sha256(b"the application, in its canonical form").digest()
PORT: SignProvider = CARD_SIGNATURES


@pytest.fixture
def rehearsal(settings: Any) -> Iterator[Rehearsal]:
    with rehearsed(settings) as found:
        yield found


def request_of(client: Client) -> tuple[HttpRequest, SessionBase]:
    """A request of this browser, as the view of another package gets it."""
    shown = client.get("/sign-out/").wsgi_request
    request = RequestFactory().get("/somewhere/")
    request.session = shown.session
    request.actor = shown.actor  # type: ignore[attr-defined]
    return request, shown.session


def sign(client: Client, person: str, misbehave: str = "", digest: bytes = DIGEST) -> str:
    """Begin, go there as ``person``, and come back; where the visitor ends up."""
    request, session = request_of(client)
    place = PORT.begin(request, digest, return_to="/my/sign/back/")
    session.save()
    asked = asked_in(place)
    assert (asked["scope"], len(asked["sign_transaction_id"])) == ("openid sign", 36)
    status, back = post(place, {"person": person, "misbehave": misbehave})
    assert status == 302
    answer = client.get(back.removeprefix(CITY))
    assert answer.status_code == 302
    return answer["Location"]


def finish(client: Client, digest: bytes = DIGEST) -> SignedDigest:
    request, session = request_of(client)
    try:
        return PORT.finish(request, digest)
    finally:
        session.save()


def test_a_digest_comes_back_signed_once(
    rehearsal: Rehearsal, resident: Account, browser: Callable[..., Client]
) -> None:
    client = browser(resident.pk)
    assert sign(client, "mizuno") == "/my/sign/back/"
    signed = finish(client)
    assert signed.digest == DIGEST
    key = x509.load_der_x509_certificate(signed.certificate_der).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signed.signature, DIGEST, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    with pytest.raises(Refused, match="まだ署名されていません"):
        finish(client)


def test_signing_joins_nothing_and_proves_nothing_about_the_session(
    rehearsal: Rehearsal, resident: Account, browser: Callable[..., Client]
) -> None:
    client = browser(resident.pk)
    sign(client, "mizuno")
    assert not ExternalIdentity.objects.exists()
    shown = client.get("/sign-out/").wsgi_request
    assert shown.actor.assurance == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("misbehave", "sentence"),
    [
        ("declined", "途中で終わりました"),
        ("other-result", "確かめられませんでした"),
        ("wrong-nonce", "確かめられませんでした"),
        ("down", "返事がありません"),
    ],
)
def test_what_went_wrong_is_told_on_the_page_that_asked(
    misbehave: str,
    sentence: str,
    rehearsal: Rehearsal,
    resident: Account,
    browser: Callable[..., Client],
) -> None:
    client = browser(resident.pk)
    assert sign(client, "mizuno", misbehave) == "/my/sign/back/"
    with pytest.raises(Refused, match=sentence):
        finish(client)


def test_another_document_is_not_what_was_signed(
    rehearsal: Rehearsal, resident: Account, browser: Callable[..., Client]
) -> None:
    client = browser(resident.pk)
    sign(client, "mizuno")
    with pytest.raises(Refused, match="内容が変わりました"):
        finish(client, hashlib.sha256(b"altered").digest())


def test_another_persons_card_signs_nothing_here(
    rehearsal: Rehearsal, resident: Account, browser: Callable[..., Client]
) -> None:
    client = browser(resident.pk)
    place = client.post("/sign-in/with/card/", {"next": "/"})["Location"]
    client.get(post(place, {"person": "mizuno"})[1].removeprefix(CITY))
    client.post("/sign-in/choose/", {"choice": "join"})
    sign(client, "takahashi")
    with pytest.raises(Refused, match="ログインしている方のものではない"):
        finish(client)
    sign(client, "mizuno")
    assert finish(client).digest == DIGEST


def test_only_residents_sign_and_only_where_there_is_a_service(
    rehearsal: Rehearsal, client: Client, settings: Any
) -> None:
    assert PORT.is_ready()
    request, _session = request_of(client)
    with pytest.raises(NotSignedIn):
        PORT.begin(request, DIGEST, return_to="/")


def test_without_a_service_nothing_is_signed(
    resident: Account, browser: Callable[..., Client]
) -> None:
    assert not PORT.is_ready()
    request, _session = request_of(browser(resident.pk))
    with pytest.raises(Refused):
        PORT.begin(request, DIGEST, return_to="/")
    with pytest.raises(ValueError, match="32 octets"):
        PORT.begin(request, b"short", return_to="/")
