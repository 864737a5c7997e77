"""Staff signing in with their own service: it says who comes, and gives nobody anything."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client

from engines.identity.rehearsed import CITY, asked_in, post, rehearsed
from engines.identity.sample import Staff
from suigo.engines.identity.models import Account, ExternalIdentity, Session
from suigo.kernel import clock
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


# --- proving again, for staff who have nothing but the service


def proved_long_ago() -> None:
    Session.objects.exclude(proved_at=None).update(proved_at=clock.now() - timedelta(hours=1))


@pytest.fixture
def bare(rehearsal: Rehearsal, staff: Callable[..., Staff], settings: Any) -> tuple[Client, Staff]:
    """Somebody with no password, no app and no passkey here, signed in an hour ago."""
    settings.SUIGO_STAFF_SECOND_FACTOR = "provider"
    hanako = staff("見本 花子", "general-affairs-head")
    Account.objects.filter(pk=hanako.id).update(
        password=make_password(None), totp_secret="", totp_enrolled_at=None
    )
    client = Client()
    assert come(client, hanako.email)["Location"] == "/staff/account/"
    proved_long_ago()
    return client, hanako


def prove(client: Client, email: str, misbehave: str = "") -> HttpResponse:
    begun = client.post("/staff/sign-in/service/", {"next": "/staff/people/new/"})
    asked = asked_in(begun["Location"])
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    _status, back = post(begun["Location"], {"person": email, "misbehave": misbehave})
    return client.get(back.removeprefix(CITY))  # type: ignore[return-value]


def test_who_has_no_password_proves_again_at_the_service(bare: tuple[Client, Staff]) -> None:
    client, hanako = bare
    asked = client.get("/staff/people/new/")
    assert asked["Location"].startswith("/confirm/")
    page = client.get(asked["Location"]).content.decode()
    assert 'name="password"' not in page
    assert "職場の認証サービスで確かめる" in page
    assert client.post("/confirm/", {"password": "", "next": "/"}).status_code == 403
    key = client.session.session_key
    assert prove(client, hanako.email)["Location"] == "/staff/people/new/"
    assert client.session.session_key != key
    assert client.get("/staff/people/new/").status_code == 200
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.action, "service" in entry.facts) == ("identity.proved-again", True)


def test_a_colleague_at_the_service_confirms_nothing(
    bare: tuple[Client, Staff], staff: Callable[..., Staff]
) -> None:
    client, hanako = bare
    taro = staff("見本 太郎")
    assert "別の方として" in prove(client, taro.email).content.decode()
    assert actor(client).account_id == hanako.id
    assert client.get("/staff/people/new/").status_code == 302


@pytest.mark.parametrize("misbehave", ["proved-long-ago", "one-factor"])
def test_a_proof_that_is_old_or_weak_confirms_nothing(
    bare: tuple[Client, Staff], misbehave: str
) -> None:
    client, hanako = bare
    assert "いま本人を確かめていません" in prove(client, hanako.email, misbehave).content.decode()
    assert client.get("/staff/people/new/").status_code == 302


def test_who_has_better_uses_that(
    rehearsal: Rehearsal, client: Client, staff: Callable[..., Staff]
) -> None:
    hanako = staff("見本 花子", "general-affairs-head")
    come(client, hanako.email)
    client.post("/staff/sign-in/second-step/", {"code": hanako.code()})
    proved_long_ago()
    page = client.get("/confirm/").content.decode()
    assert "職場の認証サービスで確かめる" not in page
    assert prove(client, hanako.email).status_code == 403
