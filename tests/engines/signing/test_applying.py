"""From "check your answers" over the card to the case: once, whatever is clicked."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from engines.cases import world
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case, Draft
from suigo.engines.identity.providers import SignedDigest
from suigo.engines.signing import providers, vault
from suigo.engines.signing.actions.rehearsing import rehearsal_card
from suigo.engines.signing.models import Signature
from suigo.kernel.access import Actor
from suigo.kernel.errors import Refused

pytestmark = pytest.mark.django_db
Browser = Callable[[Actor], Client]


@pytest.fixture
def resident(signing_city: Settings) -> Actor:
    return world.resident()


def begun(client: Client, draft: UUID) -> str:
    """Send from "check your answers" and press the button: the address of the card."""
    answer = client.post(f"/apply/{draft}/check/")
    assert answer["Location"] == f"/apply/{draft}/sign/"
    page = client.get(answer["Location"]).content.decode()
    assert "カードで署名して送信する" in page
    assert "水野" in page
    return client.post(f"/apply/{draft}/sign/")["Location"]


def signed_with(client: Client, card: str, address: str = "/demo/card/") -> str:
    """Hold a card to the rehearsed reader; where it leads."""
    return client.post(address, {"card": card})["Location"]


def test_signing_sends(browser: Browser, resident: Actor) -> None:
    client, draft = browser(resident), world.draft_of(resident)
    back = signed_with(client, "own", begun(client, draft))
    assert back == f"/apply/{draft}/signed/"
    done = client.get(back)
    case = Case.objects.get()
    assert done["Location"] == f"/my/applications/{case.public_id}/done/"
    row = Signature.objects.get()
    assert (row.case_id, row.number) == (case.public_id, case.number)
    assert (row.result, row.agreement, row.verdict) == ("OK", "exact", "accepted")
    assert row.agreements == {"name": "exact", "birth_date": "exact", "address": "exact"}


def test_without_a_signature_nothing_is_sent(browser: Browser, resident: Actor) -> None:
    draft = world.draft_of(resident)
    with pytest.raises(actions.NotSigned):
        actions.submit_application(draft, actor=resident, now=world.NOW, language="ja")
    assert Draft.objects.count() == 1
    assert Case.objects.count() == 0


def test_pages_say_what_is_signed_and_how_to_go_on_without_a_card(
    browser: Browser, resident: Actor
) -> None:
    client, draft = browser(resident), world.draft_of(resident)
    assert "電子署名に進む" in client.get(f"/apply/{draft}/check/").content.decode()
    client.post(f"/apply/{draft}/check/")
    page = client.get(f"/apply/{draft}/sign/").content.decode()
    for words in ("図書館カードの申込み", "水野", "ミズノ", "川辺町", "カードがない方"):
        assert words in page
    row = Signature.objects.get()
    assert row.digest in page


@pytest.mark.parametrize(
    ("card", "result", "words"),
    [
        ("revoked", "REVOKED", "失効しています"),
        ("expired", "EXPIRED", "有効期限が切れている"),
        ("authentication", "CERT_UNSUPPORTED", "署名用"),
    ],
)
def test_a_card_that_does_not_count_sends_nothing(
    browser: Browser, resident: Actor, card: str, result: str, words: str
) -> None:
    client, draft = browser(resident), world.draft_of(resident)
    answer = client.get(signed_with(client, card, begun(client, draft)))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Case.objects.count() == 0
    assert Signature.objects.get().result == result
    # and another try with a good card goes through; the first stays in the reports
    again = client.post(f"/apply/{draft}/sign/")["Location"]
    assert client.get(signed_with(client, "own", again)).status_code == 302
    assert Case.objects.count() == 1
    kept = Signature.objects.get().reports.order_by("id")
    assert [r.body["result"] for r in kept] == [result, "OK"]


def test_giving_up_leads_back(browser: Browser, resident: Actor) -> None:
    client, draft = browser(resident), world.draft_of(resident)
    card = begun(client, draft)
    back = client.post(card, {"stop": "1"})["Location"]
    answer = client.get(back)
    assert answer.status_code == 422
    assert "まだ送信されていません" in answer.content.decode()
    assert f'action="/apply/{draft}/sign/"' in answer.content.decode()
    assert (Draft.objects.count(), Case.objects.count()) == (1, 0)


def test_coming_back_again_and_again_sends_once(browser: Browser, resident: Actor) -> None:
    client, draft = browser(resident), world.draft_of(resident)
    back = signed_with(client, "own", begun(client, draft))
    client.get(back)
    case = Case.objects.get()
    for address in (back, f"/apply/{draft}/sign/", f"/apply/{draft}/check/"):
        answer = client.get(address)
        assert answer["Location"] == f"/my/applications/{case.public_id}/"
    assert client.post(f"/apply/{draft}/check/").status_code in (200, 404)
    assert client.post(f"/apply/{draft}/sign/").status_code == 404
    assert Case.objects.count() == 1
    assert Signature.objects.count() == 1


def test_killed_between_signing_and_sending(browser: Browser, resident: Actor) -> None:
    """The signature is kept; whoever comes back sends it without the card."""
    client, draft = browser(resident), world.draft_of(resident)
    begun(client, draft)
    sign(draft, resident)
    page = client.get(f"/apply/{draft}/sign/").content.decode()
    assert "署名が終わりました" in page
    answer = client.post(f"/apply/{draft}/sign/")
    assert answer["Location"].endswith("/done/")
    assert Case.objects.count() == 1


def sign(draft: UUID, actor: Actor, card: str = "own", now: datetime = world.NOW) -> None:
    """What the provider and the way back do, without sending."""
    prepared = actions.prepare_signature(draft, actor=actor, now=now, language="ja")
    holder = rehearsal_card(prepared.digest, card, now=now)
    signed = SignedDigest(prepared.digest, holder.sign(prepared.digest), holder.der)
    actions.complete_signature(draft, signed, actor=actor, now=now)


def send(draft: UUID, actor: Actor, now: datetime = world.NOW) -> actions.Receipt:
    return actions.submit_application(draft, actor=actor, now=now, language="ja")


def test_changed_answers_need_a_new_signature(signing_city: Settings, resident: Actor) -> None:
    draft = world.draft_of(resident)
    sign(draft, resident)
    row = Draft.objects.get()
    row.answers["phone"] = "0299-00-0001"
    row.save()
    with pytest.raises(actions.NotSigned):
        send(draft, resident)
    assert Case.objects.count() == 0
    sign(draft, resident)
    send(draft, resident)
    assert Case.objects.count() == 1


def test_a_signature_does_not_serve_another_application(
    signing_city: Settings, resident: Actor
) -> None:
    """The same answers of the same person, in another draft: a signature of its own."""
    first, second = world.draft_of(resident), world.draft_of(resident)
    sign(first, resident)
    with pytest.raises(actions.NotSigned):
        send(second, resident)
    prepared = actions.prepare_signature(second, actor=resident, now=world.NOW, language="ja")
    other = Signature.objects.get(subject=first)
    proof = vault.proof_of(other)
    stolen = SignedDigest(bytes.fromhex(other.digest), proof.signature, proof.certificate)
    with pytest.raises(Refused):
        actions.complete_signature(second, stolen, actor=resident, now=world.NOW)
    # also when the digest is claimed to be the right one
    claimed = SignedDigest(prepared.digest, proof.signature, proof.certificate)
    done = actions.complete_signature(second, claimed, actor=resident, now=world.NOW)
    assert (done.result, done.usable) == ("SIGNATURE_MISMATCH", False)
    with pytest.raises(actions.NotSigned):
        send(second, resident)


def test_a_signature_grows_old(signing_city: Settings, resident: Actor) -> None:
    draft = world.draft_of(resident)
    sign(draft, resident)
    with pytest.raises(Refused, match="24時間"):
        send(draft, resident, now=world.NOW + timedelta(hours=25))
    assert Draft.objects.count() == 1


def test_completing_twice_gives_the_first_answer(signing_city: Settings, resident: Actor) -> None:
    draft = world.draft_of(resident)
    prepared = actions.prepare_signature(draft, actor=resident, now=world.NOW, language="ja")
    answers = []
    for card in ("own", "revoked"):
        holder = rehearsal_card(prepared.digest, card, now=world.NOW)
        signed = SignedDigest(prepared.digest, holder.sign(prepared.digest), holder.der)
        done = actions.complete_signature(draft, signed, actor=resident, now=world.NOW)
        answers.append(done.result)
    assert answers == ["OK", "OK"]
    assert Signature.objects.get().reports.count() == 1


def test_what_was_signed_is_kept_word_for_word(signing_city: Settings, resident: Actor) -> None:
    draft = world.draft_of(resident)
    sign(draft, resident)
    receipt = send(draft, resident)
    row = Signature.objects.get()
    document = vault.document_of(row)
    assert hashlib.sha256(document).hexdigest() == row.digest
    kept = json.loads(document)
    case = Case.objects.get(public_id=receipt.case_id)
    assert kept["answers"] == case.answers
    assert kept["procedure"]["definition"] == case.definition_id
    assert kept["applicant"]["name"] == "水野 葉子"
    assert "水野" not in str(bytes(row.document or b""))


def test_nobody_signed_for_is_asked_as_before(settings: Settings, resident: Actor) -> None:
    """A city without a provider: the procedure runs as it did."""
    providers.use_signers()
    draft = world.draft_of(resident)
    send(draft, resident)
    assert Signature.objects.count() == 0


def test_staff_enter_without_a_signature(signing_city: Settings, db: None) -> None:
    clerk = world.staff("library-chief", "係長 花子")
    draft = actions.start_draft(
        world.CARD, actor=clerk, now=world.NOW, channel="counter", answers=world.answers()
    )
    send(draft, clerk)
    assert Signature.objects.count() == 0


def test_where_it_is_optional_the_resident_chooses(
    browser: Browser, signing_city: Settings, cities: dict[str, Path]
) -> None:
    signing_city.SUIGO_CITY = cities["optional"]
    resident = world.resident()
    client, draft = browser(resident), world.draft_of(resident)
    page = client.get(f"/apply/{draft}/check/").content.decode()
    assert "署名せずに送信する" in page
    assert client.post(f"/apply/{draft}/check/").status_code == 200
    assert Case.objects.count() == 1
    other = world.draft_of(resident)
    answer = client.post(f"/apply/{other}/check/", {"sign": "1"})
    assert answer["Location"] == f"/apply/{other}/sign/"


def test_somebody_else_s_draft_is_not_signed(browser: Browser, resident: Actor) -> None:
    draft = world.draft_of(resident)
    stranger = browser(world.resident("別 人", "other@example.jp"))
    for path in ("sign", "signed"):
        assert stranger.get(f"/apply/{draft}/{path}/").status_code == 404


def test_the_procedure_says_at_once_that_a_signature_is_needed(
    browser: Browser, signing_city: Settings
) -> None:
    page = f"/procedures/{world.CARD}/"
    assert "署名用電子証明書で署名します" in Client().get(page).content.decode()
    providers.use_signers()
    assert "署名用電子証明書で署名します" not in Client().get(page).content.decode()
