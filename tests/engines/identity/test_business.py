"""Businesses sign in with GビズID."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from engines.identity.rehearsed import Visit, rehearsed
from engines.identity.sample import NOW
from suigo.engines.identity.models import Account, Business, ExternalIdentity, Session
from suigo.engines.identity.queries.records import profile_and_proofs
from suigo.kernel.access import Actor, Assurance
from suigo.project.rehearsal.provider import Rehearsal

pytestmark = pytest.mark.django_db


@pytest.fixture
def rehearsal(settings: Any) -> Iterator[Rehearsal]:
    with rehearsed(settings) as found:
        yield found


@pytest.mark.parametrize(
    ("person", "assurance"),
    [
        ("entry", Assurance.CONTACT),
        ("prime", Assurance.SIGNATURE),
        ("member", Assurance.IDENTITY),
    ],
)
def test_the_type_of_the_account_says_how_sure_we_are(
    person: str, assurance: Assurance, rehearsal: Rehearsal
) -> None:
    visit = Visit(rehearsal, provider="business")
    assert visit.come(person)["Location"] == "/my/"
    assert Session.objects.get(account__isnull=False).assurance == assurance


def test_the_business_is_told_at_every_sign_in(rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal, provider="business")
    visit.come("member")
    account = Account.objects.get()
    assert (account.name, account.name_kana, account.email, account.contact_email) == (
        "試験　一葉",
        "シケン　カズハ",
        "",
        "kazuha@mihon-seika.example.jp",
    )
    business = Business.objects.get()
    assert (business.account_type, business.name) == (3, "見本製菓株式会社")
    actor: Actor = visit.client.get("/sign-out/").wsgi_request.actor  # type: ignore[attr-defined]
    assert actor.email == "kazuha@mihon-seika.example.jp"
    _name, _kana, proven = profile_and_proofs(actor)
    assert proven is not None
    assert proven.business is not None
    assert (proven.at, proven.items) == (NOW, None)
    assert (proven.business.representative, proven.business.phone) == ("見本　太郎", "0299000000")
    Business.objects.update(name="前の名前")
    Visit(rehearsal, provider="business").come("member")
    assert Business.objects.get().name == "見本製菓株式会社"


def test_an_address_told_by_gbizid_is_no_way_to_sign_in(rehearsal: Rehearsal) -> None:
    Visit(rehearsal, provider="business").come("prime")
    assert not Account.objects.filter(email="taro@mihon-seika.example.jp").exists()


def test_a_business_is_never_joined_to_a_persons_account(
    rehearsal: Rehearsal, resident: Account, browser: Callable[..., Client]
) -> None:
    visit = Visit(rehearsal, browser(resident.pk), provider="business")
    assert visit.come("prime")["Location"] == "/sign-in/choose/"
    page = visit.client.get("/sign-in/choose/").content.decode()
    assert "会社や団体の手続は、個人のアカウントとは別になります。" in page
    assert visit.client.post("/sign-in/choose/", {"choice": "join"}).status_code == 422
    assert not ExternalIdentity.objects.exists()


def test_the_secret_is_needed(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suigo.project.rehearsal.provider.SHARED", "another")
    assert Visit(rehearsal, provider="business").come("prime").status_code == 422


@pytest.mark.parametrize("values", [{"account_type": 4}, {"corporate_number": "0123456789012"}])
def test_the_database_refuses_what_can_not_be(values: dict[str, Any], rehearsal: Rehearsal) -> None:
    Visit(rehearsal, provider="business").come("prime")
    with pytest.raises(IntegrityError), transaction.atomic():
        Business.objects.update(**values)
