"""Registering an address for mail."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from engines.identity.rehearsed import Visit, rehearsed
from suigo.engines.identity.models import Account, SignInCode
from suigo.project.rehearsal.provider import Rehearsal

pytestmark = pytest.mark.django_db
ADDRESS = "yoko@example.jp"
PAGE = "/my/account/email/"


@pytest.fixture
def rehearsal(settings: Any) -> Iterator[Rehearsal]:
    with rehearsed(settings) as found:
        yield found


@pytest.fixture
def client(rehearsal: Rehearsal) -> Client:
    visit = Visit(rehearsal)
    visit.come("mizuno")
    return visit.client


def register(client: Client, digits_of: Callable[[UUID], str], address: str = ADDRESS) -> None:
    asked = client.post(PAGE, {"email": address})
    assert address in asked.content.decode()
    code = SignInCode.objects.latest("pk").public_id
    done = client.post(PAGE, {"code": digits_of(code)})
    assert (done.status_code, done["Location"]) == (302, "/my/account/?done=saved")


def test_a_card_only_account_gets_an_address(
    client: Client, digits_of: Callable[[UUID], str]
) -> None:
    assert PAGE in client.get("/my/account/").content.decode()
    register(client, digits_of)
    assert Account.objects.get().email == ADDRESS
    assert ADDRESS in client.get("/my/account/").content.decode()


def test_an_address_of_another_account_is_for_mail_only(
    client: Client, digits_of: Callable[[UUID], str], resident: Account
) -> None:
    register(client, digits_of, resident.email)
    mizuno = Account.objects.exclude(pk=resident.pk).get()
    assert (mizuno.email, mizuno.contact_email) == ("", resident.email)


def test_a_code_for_an_address_signs_nobody_in(
    client: Client, digits_of: Callable[[UUID], str], resident: Account
) -> None:
    client.post(PAGE, {"email": resident.email})
    code = SignInCode.objects.latest("pk").public_id
    stranger = Client()
    stranger.post("/sign-in/", {"email": "stranger@example.jp"})
    session = stranger.session
    session["identity.sign-in"] = {**session["identity.sign-in"], "code": str(code)}
    session.save()
    assert stranger.post("/sign-in/code/", {"code": digits_of(code)}).status_code == 410
    assert stranger.get("/my/account/").status_code == 302


def test_wrong_digits_register_nothing(client: Client) -> None:
    client.post(PAGE, {"email": ADDRESS})
    code = SignInCode.objects.latest("pk")
    refused = client.post(PAGE, {"code": "000000x"})
    assert (refused.status_code, code.purpose) == (422, "address")
    assert Account.objects.get().email == ""
    assert client.post(PAGE, {"email": "no address"}).status_code == 422
