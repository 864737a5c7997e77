"""Signing in with a card at the invented provider, over real HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client

from engines.identity.rehearsed import Visit, asked_in, post, rehearsed
from engines.identity.sample import NOW
from suigo.engines.identity.models import Account, ConfirmedItems, ExternalIdentity, Session
from suigo.engines.identity.queries import records
from suigo.kernel.access import Assurance
from suigo.kernel.audit.models import AuditEntry
from suigo.project.rehearsal.provider import Rehearsal

pytestmark = pytest.mark.django_db


@pytest.fixture
def rehearsal(settings: Any) -> Iterator[Rehearsal]:
    with rehearsed(settings) as found:
        yield found


def test_a_first_sign_in_makes_an_account_with_the_cards_four_items(rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal)
    back = visit.come("mizuno", target="/my/account/")
    assert (back.status_code, back["Location"]) == (302, "/my/account/")
    account = Account.objects.get()
    assert (account.kind, account.name, account.email) == ("resident", "水野　葉子", "")
    items = records.items_of_account(account.pk)
    assert items is not None
    assert (items.address, items.birth_date.isoformat(), items.gender) == (
        "見本県見本市見本町６２６番地",
        "1990-04-01",
        "2",
    )
    session = Session.objects.get(account=account)
    assert session.assurance == Assurance.IDENTITY
    assert session.assurance_until_at == NOW + timedelta(minutes=60)
    assert visit.client.get("/my/account/").status_code == 200
    kinds = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert kinds == ["identity.proof-linked", "identity.signed-in"]


def test_coming_again_is_the_same_account(rehearsal: Rehearsal) -> None:
    Visit(rehearsal).come("mizuno")
    Visit(rehearsal).come("mizuno")
    assert Account.objects.count() == ExternalIdentity.objects.count() == 1


def test_the_request_is_new_each_time_and_asks_for_what_the_service_demands(
    rehearsal: Rehearsal,
) -> None:
    visit = Visit(rehearsal)
    first, second = asked_in(visit.begin()), asked_in(visit.begin())
    assert first | {"state": "", "nonce": "", "code_challenge": ""} == {
        "response_type": "code",
        "client_id": "RP00000001",
        "redirect_uri": "http://testserver/sign-in/with/card/back/",
        "scope": "openid name address birthdate gender",
        "state": "",
        "nonce": "",
        "code_challenge": "",
        "code_challenge_method": "S256",
        "acr_values": "aal3 crl",
    }
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) == 43


def test_the_key_of_the_session_changes_at_every_sign_in(rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal)
    keys = []
    for _time in range(3):
        visit.come("mizuno")
        keys.append(visit.client.cookies[django_settings.SESSION_COOKIE_NAME].value)
    assert len(set(keys)) == 3
    assert Session.objects.count() == 1


def test_what_a_card_proved_wears_off(rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal)
    visit.come("mizuno")
    row = Session.objects.get()
    assert row.assurance == Assurance.IDENTITY
    for minutes, assurance in ((59, Assurance.IDENTITY), (60, Assurance.CONTACT)):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            page = visit.client.get("/my/account/")
            assert page.wsgi_request.actor.assurance == assurance  # type: ignore[attr-defined]


MISBEHAVIOURS = (
    "no-signature",
    "shared-secret",
    "other-algorithm",
    "other-key",
    "forged",
    "wrong-issuer",
    "wrong-audience",
    "more-audiences",
    "wrong-party",
    "wrong-nonce",
    "no-nonce",
    "expired",
    "early",
    "old",
    "wrong-access-token",
    "no-subject",
    "other-person",
    "item-missing",
    "other-issuer-answers",
    "redirect",
    "huge",
    "not-json",
    "down",
    "declined",
)


@pytest.mark.parametrize("wrong", MISBEHAVIOURS)
def test_nobody_is_signed_in_by_an_answer_that_proves_nothing(
    wrong: str, rehearsal: Rehearsal
) -> None:
    visit = Visit(rehearsal)
    back = visit.come("mizuno", wrong)
    assert back.status_code == 422
    page = back.content.decode()
    assert "もう一度ためす" in page
    assert "水野" not in page
    assert not Account.objects.exists()
    assert not ConfirmedItems.objects.exists()
    assert visit.client.get("/my/account/").status_code == 302


def test_a_strangers_key_does_not_make_us_ask_again_and_again(rehearsal: Rehearsal) -> None:
    Visit(rehearsal).come("mizuno")
    assert rehearsal.fetched_keys == 1
    assert Visit(rehearsal).come("takahashi", "other-key").status_code == 422
    assert rehearsal.fetched_keys == 1


def test_a_code_works_once(rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal)
    back = visit.be("mizuno", visit.begin())
    assert visit.client.get(back).status_code == 302
    again = visit.client.get(back)
    assert again.status_code == 422
    assert "はじめからやり直してください" in again.content.decode()


def test_an_answer_belongs_to_the_browser_that_asked(rehearsal: Rehearsal) -> None:
    thief, victim = Visit(rehearsal), Visit(rehearsal)
    back = thief.be("mizuno", thief.begin())
    assert victim.client.get(back).status_code == 422  # nothing was asked
    victim.begin()
    assert victim.client.get(back).status_code == 422  # another state
    assert not Account.objects.exists()


@pytest.mark.parametrize("lacking", ["state", "code"])
def test_an_answer_without_what_it_needs(lacking: str, rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal)
    answer = asked_in(visit.be("mizuno", visit.begin()))
    del answer[lacking]
    assert visit.client.get("/sign-in/with/card/back/", answer).status_code == 422


def test_a_parameter_said_twice_says_nothing(rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal)
    back = visit.be("mizuno", visit.begin())
    assert visit.client.get(f"{back}&state=another").status_code == 422


def test_the_verifier_must_fit_the_challenge(rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal)
    back = visit.be("mizuno", visit.begin())
    session = visit.client.session
    session["identity.flow"] = {**session["identity.flow"], "verifier": "x" * 43}
    session.save()
    assert visit.client.get(back).status_code == 422
    assert not Account.objects.exists()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
def test_the_way_back_leads_nowhere_else(target: str, rehearsal: Rehearsal) -> None:
    back = Visit(rehearsal).come("mizuno", target=target)
    assert (back.status_code, back["Location"]) == (302, "/my/")


def test_only_registered_addresses_are_sent_back_to(rehearsal: Rehearsal) -> None:
    place = Visit(rehearsal).begin().replace("testserver", "evil.example")
    assert post(place, {"person": "mizuno"})[0] == 400


def test_our_public_keys_hold_nothing_private(rehearsal: Rehearsal) -> None:
    keys = Client().get("/sign-in/keys.json").json()["keys"]
    assert [key["use"] for key in keys] == ["sig", "enc"]
    for key in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)


def test_an_installation_without_providers_has_no_such_addresses(client: Client) -> None:
    assert client.post("/sign-in/with/card/").status_code == 404
    assert client.get("/sign-in/with/card/back/").status_code == 404
    assert "マイナンバーカードで進む" not in client.get("/sign-in/").content.decode()
    assert client.get("/sign-in/keys.json").json() == {"keys": []}
