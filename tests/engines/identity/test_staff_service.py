"""Staff signing in with their own service: it says who comes, and gives nobody anything."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from engines.identity.rehearsed import CITY, post, rehearsed
from engines.identity.sample import Staff
from suigo.engines.identity.models import Account, ExternalIdentity, Session
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.project.rehearsal.provider import Rehearsal

pytestmark = pytest.mark.django_db


@pytest.fixture
def rehearsal(settings: Any) -> Iterator[Rehearsal]:
    with rehearsed(settings) as found:
        yield found


def come(client: Client, email: str, misbehave: str = "") -> HttpResponse:
    """To the service, there as ``email``, and back."""
    begun = client.post("/staff/sign-in/service/", {"next": "/staff/account/"})
    assert begun.status_code == 302, begun.content.decode()
    status, back = post(begun["Location"], {"person": email, "misbehave": misbehave})
    assert status == 302
    return client.get(back.removeprefix(CITY))  # type: ignore[return-value]


def actor(client: Client) -> Actor:
    found: Actor = client.get("/staff/sign-out/").wsgi_request.actor  # type: ignore[attr-defined]
    return found


def test_our_second_step_follows(
    rehearsal: Rehearsal, client: Client, staff: Callable[..., Staff]
) -> None:
    hanako = staff("見本 花子", "welfare-officer")
    back = come(client, hanako.email)
    assert (back.status_code, back["Location"]) == (302, "/staff/sign-in/second-step/")
    assert not actor(client).is_staff
    done = client.post("/staff/sign-in/second-step/", {"code": hanako.code()})
    assert (done.status_code, done["Location"]) == (302, "/staff/account/")
    assert actor(client).account_id == hanako.id
    linked = ExternalIdentity.objects.get()
    assert (linked.account_id, linked.provider, linked.linked_by) == (hanako.id, "staff", "address")
    kinds = list(AuditEntry.objects.order_by("-pk").values_list("action", flat=True)[:2])
    assert kinds == ["identity.signed-in", "identity.service-linked"]


def test_a_second_factor_of_the_service_is_believed_only_where_the_city_says_so(
    rehearsal: Rehearsal, client: Client, staff: Callable[..., Staff], settings: Any
) -> None:
    settings.SUIGO_STAFF_SECOND_FACTOR = "provider"
    hanako = staff("見本 花子", "welfare-officer")
    assert come(client, hanako.email)["Location"] == "/staff/account/"
    assert actor(client).account_id == hanako.id


def test_once_linked_the_subject_counts_and_not_the_address(
    rehearsal: Rehearsal, staff: Callable[..., Staff]
) -> None:
    hanako, taro = staff("見本 花子"), staff("見本 太郎")
    come(Client(), hanako.email)
    address = hanako.email
    Account.objects.filter(pk=hanako.id).update(email="hanako-new@example.jp")
    Account.objects.filter(pk=taro.id).update(email=address)
    client = Client()
    come(client, address)
    assert client.session["identity.staff-step"]["account"] == hanako.id
    assert ExternalIdentity.objects.count() == 1


def test_an_account_is_not_taken_over_by_a_second_subject(
    rehearsal: Rehearsal, client: Client, staff: Callable[..., Staff]
) -> None:
    hanako = staff("見本 花子")
    come(Client(), hanako.email)
    ExternalIdentity.objects.update(subject="somebody before")
    assert come(client, hanako.email).status_code == 422
    assert ExternalIdentity.objects.count() == 1


@pytest.mark.parametrize("wrong", ["unverified", "no-signature", "shared-secret", "wrong-audience"])
def test_what_is_not_proven_leads_nowhere(
    wrong: str, rehearsal: Rehearsal, client: Client, staff: Callable[..., Staff]
) -> None:
    hanako = staff("見本 花子")
    back = come(client, hanako.email, wrong)
    assert back.status_code == 422
    assert "職員ログインにもどる" in back.content.decode()
    assert not ExternalIdentity.objects.exists()


def test_nobody_becomes_staff_here(rehearsal: Rehearsal, client: Client, resident: Account) -> None:
    for address in ("stranger@example.jp", resident.email):
        assert come(client, address).status_code == 422
    assert Account.objects.count() == 1
    assert not Session.objects.filter(account__isnull=False).exists()


def test_whoever_was_suspended_stays_out(
    rehearsal: Rehearsal, client: Client, staff: Callable[..., Staff]
) -> None:
    hanako = staff("見本 花子")
    come(Client(), hanako.email)
    Account.objects.filter(pk=hanako.id).update(is_active=False)
    assert come(client, hanako.email).status_code == 422


def test_the_services_of_residents_and_staff_are_not_exchanged(
    rehearsal: Rehearsal, client: Client
) -> None:
    assert client.post("/sign-in/with/staff/").status_code == 404
    begun = client.post("/staff/sign-in/service/", {"next": "/"})
    _status, back = post(begun["Location"], {"person": "x@example.jp", "misbehave": ""})
    answer = back.removeprefix(CITY).replace("/staff/sign-in/service/", "/sign-in/with/card/")
    assert client.get(answer).status_code == 422


def test_only_installations_with_a_service_have_its_button(client: Client) -> None:
    assert client.post("/staff/sign-in/service/").status_code == 404
    assert "職員の認証サービスで進む" not in client.get("/staff/sign-in/").content.decode()
