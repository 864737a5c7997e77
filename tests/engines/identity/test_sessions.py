"""What a session costs, how long it lasts, and that it can't be fixed or kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http.cookies import Morsel
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from engines.identity.sample import NOW, PASSWORD, Staff
from suigo.engines.identity import middleware
from suigo.engines.identity.models import Account, Session
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import ANONYMOUS, Assurance
from suigo.kernel.access.web import actor_of

pytestmark = pytest.mark.django_db
MakeStaff = Callable[..., Staff]
Browser = Callable[..., Client]
Count = Callable[[int], Any]
COOKIE = settings.SESSION_COOKIE_NAME


def ask(view: Callable[[HttpRequest], Any], key: str | None) -> Any:
    """What ``view`` finds on a request with this session, after the middleware."""
    found: list[Any] = []
    request = RequestFactory().post("/")
    request.session = SessionStore(key)

    def answer(request: HttpRequest) -> HttpResponse:
        found.append(view(request))
        return HttpResponse()

    middleware.actor(answer)(request)
    return found[0]


def begin(account: Account, *, at: datetime = NOW) -> str:
    store = SessionStore()
    store.begin(account, assurance=Assurance.CONTACT, device="Edge", keep_data=False, now=at)
    return store.session_key or ""


def test_a_page_that_asks_for_nobody_costs_nothing(
    resident: Account, django_assert_num_queries: Count
) -> None:
    key = begin(resident)
    with django_assert_num_queries(0):
        ask(lambda request: None, key)


def test_a_visitor_without_a_session_costs_nothing(django_assert_num_queries: Count) -> None:
    with django_assert_num_queries(0):
        assert ask(lambda request: actor_of(request) == ANONYMOUS, None)


def test_a_resident_costs_one_query(resident: Account, django_assert_num_queries: Count) -> None:
    key = begin(resident)
    with django_assert_num_queries(1):
        actor = ask(lambda request: (actor_of(request).account_id, actor_of(request).name), key)
    assert actor == (resident.pk, "見本 太郎")


def test_staff_cost_two_queries(staff: MakeStaff, django_assert_num_queries: Count) -> None:
    hanako = staff("見本 花子", "welfare-chief", "general-affairs-officer")
    key = begin(Account.objects.get(pk=hanako.id))
    with django_assert_num_queries(2):
        posts = ask(lambda request: actor_of(request).posts, key)
    assert posts == ("welfare-chief", "general-affairs-officer")


def test_use_is_noted_every_five_minutes_with_one_more_query(
    resident: Account, django_assert_num_queries: Count
) -> None:
    key = begin(resident)
    for minutes, queries, seen in ((4, 1, 0), (5, 2, 5), (9, 1, 5), (10, 2, 10)):
        at = NOW + timedelta(minutes=minutes)
        with time_machine.travel(at, tick=False), django_assert_num_queries(queries):
            ask(lambda request: actor_of(request).kind, key)
        assert Session.objects.get().last_seen_at == NOW + timedelta(minutes=seen)


@pytest.mark.parametrize(("kind", "minutes"), [("resident", 120), ("staff", 60)])
def test_sessions_end_when_they_are_not_used(kind: str, minutes: int) -> None:
    account = Account.objects.create(kind=kind, email="a@a.jp", created_at=NOW)
    key = begin(account)
    for offset, living in ((timedelta(seconds=-1), True), (timedelta(0), False)):
        with time_machine.travel(NOW + timedelta(minutes=minutes) + offset, tick=False):
            assert (SessionStore(key).row is not None) is living


def test_staff_sessions_end_after_twelve_hours_of_use(staff: MakeStaff) -> None:
    key = begin(Account.objects.get(pk=staff().id))
    for half_hours in range(24):
        with time_machine.travel(NOW + timedelta(minutes=30 * half_hours), tick=False):
            assert ask(lambda request: actor_of(request).kind, key) == "staff"
    with time_machine.travel(NOW + timedelta(hours=12), tick=False):
        assert ask(lambda request: actor_of(request).kind, key) == "anonymous"


def test_a_suspended_account_is_out_at_the_next_request(resident: Account) -> None:
    key = begin(resident)
    Account.objects.update(is_active=False)
    assert ask(lambda request: actor_of(request).kind, key) == "anonymous"


def test_a_made_up_key_is_never_taken_over(client: Client) -> None:
    made_up = "a" * 32
    client.cookies[COOKIE] = made_up
    client.post("/sign-in/", {"email": "taro@example.jp"})
    assert client.cookies[COOKIE].value != made_up
    assert SessionStore(made_up).row is None


def test_what_the_database_stores_opens_nothing(resident: Account) -> None:
    begin(resident)
    stolen = Session.objects.get().session_key
    assert SessionStore(stolen).row is None


def test_a_session_that_was_ended_elsewhere_is_not_revived(resident: Account) -> None:
    store = SessionStore(begin(resident))
    assert store.row is not None
    Session.objects.all().delete()
    store["late"] = True
    with pytest.raises(UpdateError):
        store.save()


def test_saving_is_one_query_and_keeps_the_owner(
    resident: Account, django_assert_num_queries: Count
) -> None:
    key = begin(resident)
    store = SessionStore(key)
    assert store.row is not None
    store["answer"] = "髙﨑"
    with django_assert_num_queries(1):
        store.save()
    again = SessionStore(key)
    assert again["answer"] == "髙﨑"
    assert again.row is not None
    assert again.row.account_id == resident.pk


def cookie_after_sign_in(client: Client) -> "Morsel[str]":
    return client.cookies[COOKIE]


def test_the_cookie_of_staff_ends_with_the_browser(client: Client, staff: MakeStaff) -> None:
    hanako = staff()
    client.post("/staff/sign-in/", {"email": hanako.email, "password": PASSWORD})
    client.post("/staff/sign-in/second-step/", {"code": hanako.code()})
    cookie = cookie_after_sign_in(client)
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_cycling_the_key_keeps_data_and_owner(resident: Account) -> None:
    store = SessionStore(begin(resident))
    store["a"] = 1
    before = store.session_key
    store.cycle_key()
    store.save()
    assert store.session_key != before
    again = SessionStore(store.session_key)
    assert again["a"] == 1
    assert again.row is not None
    assert again.row.account_id == resident.pk
    assert SessionStore(before).row is None
