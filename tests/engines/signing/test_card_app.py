"""Signing through the invented デジタル認証アプリ: only the cards are invented; addresses,
encryption and verification are those of the real one. What was found stands on the receipt."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from engines.cases import world
from engines.identity.rehearsed import CITY, post, rehearsed
from suigo.engines.cases.models import Case
from suigo.engines.cases.queries.printouts import receipt_pdf
from suigo.engines.documents.rendering import pdf_text
from suigo.engines.identity.web.signing import CARD_SIGNATURES
from suigo.engines.signing import actions, providers, trust
from suigo.engines.signing.adapters import fake
from suigo.engines.signing.models import Signature
from suigo.engines.signing.queries import statement_of
from suigo.engines.signing.wording import in_words
from suigo.kernel.access import SYSTEM, Actor
from suigo.project.rehearsal.provider import Rehearsal
from suigo.project.rehearsal.server import page
from suigo.project.rehearsal.signing import card_signer

pytestmark = pytest.mark.django_db
Browser = Callable[[Actor], Client]
OWN = {
    "person": "written",
    "written_name": "水野　葉子",
    "written_born": "1990-04-01",
    "written_address": "見本県みほん市川辺町１番地２",
}


@pytest.fixture
def app(signing_city: Settings, rehearsal_data: Path) -> Iterator[Rehearsal]:
    """The invented service has things signed, before any card of a page of our own."""
    before = list(providers._signers)
    with rehearsed(signing_city, card_signer(rehearsal_data)) as rehearsal:
        providers.use_signers(CARD_SIGNATURES, fake.connect("fake:"))
        yield rehearsal
        providers.use_signers(*before)


def sign(client: Client, actor: Actor, answer: dict[str, str]) -> str:
    """From "check your answers" to the service and back; where the visitor ends up."""
    draft = world.draft_of(actor)
    client.post(f"/apply/{draft}/check/")
    place = client.post(f"/apply/{draft}/sign/")["Location"]
    assert "scope=openid+sign" in place
    back = client.get(post(place, answer)[1].removeprefix(CITY))["Location"]
    done = client.get(back)
    return done["Location"] if done.status_code == 302 else done.content.decode()


def receipt() -> str:
    case = Case.objects.get()
    found = receipt_pdf(
        SYSTEM, case.public_id, language="ja", status_url="https://x/", today=world.TODAY
    )
    return "".join(pdf_text(found).split())


def test_an_application_signed_through_the_app_says_so_on_its_receipt(
    app: Rehearsal, browser: Browser
) -> None:
    resident = world.resident()
    assert sign(browser(resident), resident, OWN).endswith("/done/")
    row = Signature.objects.get()
    assert (row.result, row.agreement, row.verdict) == ("OK", "near", "accepted")
    assert (row.origin, row.case_id) == ("web", Case.objects.get().public_id)
    text = receipt()
    for words in ("電子署名", "署名用電子証明書（水野葉子）", "失効していないこと"):
        assert words in text


@pytest.mark.parametrize(
    ("trouble", "result"),
    [
        ("card-revoked", "REVOKED"),
        ("card-expired", "EXPIRED"),
        ("card-authentication", "CERT_UNSUPPORTED"),
    ],
)
def test_cards_that_must_not_count_do_not(
    app: Rehearsal, browser: Browser, trouble: str, result: str
) -> None:
    resident = world.resident()
    sign(browser(resident), resident, {**OWN, "misbehave": trouble})
    assert Signature.objects.get().result == result
    assert not Case.objects.exists()


def test_what_waits_and_what_staff_accepted_is_said_without_the_signers_name(
    app: Rehearsal, browser: Browser
) -> None:
    resident = world.resident()
    sign(browser(resident), resident, {"person": "takahashi", "misbehave": ""})
    case = Case.objects.get()
    said = statement_of(case.public_id)
    assert said is not None
    assert (said.verdict, said.signer) == ("waiting", "")
    assert "市が署名を確認しています" in receipt()
    for verdict, words in (
        ("accepted", "市の職員が署名を確かめ"),
        ("rejected", "確かめられません"),
    ):
        Signature.objects.update(
            verdict=verdict, decided_by="見本　課長", decided_at=world.NOW, reason="電話で確かめた"
        )
        said = statement_of(case.public_id)
        assert said is not None
        assert words in in_words(said, language="ja")
        assert "髙橋" not in receipt()
    actions.erase(case.public_id, now=world.NOW)
    assert statement_of(case.public_id) is None


def test_a_signer_nobody_knows_is_refused(
    signing_city: Settings, rehearsal_data: Path, browser: Browser
) -> None:
    """The same service with certificates of another authority than the one that is believed."""
    before = list(providers._signers)
    with rehearsed(signing_city):  # a plain certificate that only says a name
        providers.use_signers(CARD_SIGNATURES)
        resident = world.resident()
        sign(browser(resident), resident, OWN)
        providers.use_signers(*before)
    assert Signature.objects.get().result == "CERT_UNSUPPORTED"
    assert not Case.objects.exists()


def test_in_production_the_cards_of_rehearsals_are_untrusted(
    app: Rehearsal, signing_city: Settings, browser: Browser
) -> None:
    resident = world.resident()
    sign(browser(resident), resident, OWN)
    row = Signature.objects.get()
    signing_city.PRODUCTION = True
    assert trust.trusted_authorities() == []
    assert actions.verify_again(row.public_id, actor=SYSTEM, now=world.NOW) == "UNTRUSTED"


def test_a_card_needs_a_whole_person(app: Rehearsal) -> None:
    for missing in ("written_name", "written_born", "written_address"):
        with pytest.raises(Exception, match="invalid_request"):
            app.write({**OWN, missing: ""})
    with pytest.raises(Exception, match="invalid_request"):
        app.write({**OWN, "written_born": "1990-02-31"})
    assert app.write(OWN) == app.write(OWN)
    assert "written_name" in page("card", "/")
    assert "written_name" not in page("staff", "/")
