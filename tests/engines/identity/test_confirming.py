"""Step-up: dangerous screens ask again, and lead back to the very same place."""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engines.identity.authenticator import Authenticator
from engines.identity.sample import NOW, PASSWORD, Staff
from engines.identity.test_passkeys import registered
from suigo.engines.identity import queries
from suigo.engines.identity.actions import residents, staff_sign_in
from suigo.engines.identity.models import Account, Passkey, PostHolding, Session, SignInCode
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Assurance, fresh

pytestmark = pytest.mark.django_db
MakeStaff = Callable[..., Staff]
Browser = Callable[..., Client]
LATER = NOW + timedelta(minutes=16)


@pytest.fixture
def admin(staff: MakeStaff) -> Staff:
    return staff("見本 花子", "general-affairs-head")


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


def passkey_answer(client: Client, phone: Authenticator) -> str:
    return phone.get(client.post("/sign-in/passkey/options/").content.decode())


def test_a_page_asks_again_and_comes_back(admin: Staff, browser: Browser) -> None:
    client = browser(admin.id)
    assert client.get("/staff/people/new/").status_code == 200
    with at(LATER):
        asked = client.get("/staff/people/new/?x=1")
        assert asked["Location"] == "/confirm/?next=%2Fstaff%2Fpeople%2Fnew%2F%3Fx%3D1"
        page = text_of(client.get(asked["Location"]))
        assert "もう一度、本人であることを確かめます" in page
        assert 'name="password"' not in page  # the app is there, and better
        wrong = client.post("/confirm/", {"code": "000000", "next": "/staff/people/new/?x=1"})
        assert wrong.status_code == 422
        password = client.post("/confirm/", {"password": PASSWORD, "next": "/"})
        assert password.status_code == 403
        before = client.cookies["session"].value
        code = admin.code(LATER)
        done = client.post("/confirm/", {"code": code, "next": "/staff/people/new/?x=1"})
        assert done["Location"] == "/staff/people/new/?x=1"
        assert client.cookies["session"].value != before
        assert client.get(done["Location"]).status_code == 200
        again = client.post("/confirm/", {"code": code, "next": "/"})
        assert again.status_code == 422  # a code is used once, here too


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/x"])
def test_it_leads_nowhere_else(target: str, admin: Staff, browser: Browser) -> None:
    client = browser(admin.id)
    done = client.post("/confirm/", {"code": admin.code(), "next": target})
    assert done.status_code == 302
    assert "evil" not in done["Location"]


def test_what_was_sent_is_shown_and_never_sent_by_itself(
    admin: Staff, staff: MakeStaff, browser: Browser
) -> None:
    client, jiro = browser(admin.id), staff("見本 次郎")
    person = f"/staff/people/{jiro.public_id}/"
    sent = {"post": "welfare-chief", "valid_from": "2026-12-01", "valid_to": ""}
    with at(LATER):
        asked = client.post(
            f"{person}posts/", sent, headers={"referer": f"http://testserver{person}"}
        )
        assert asked["Location"] == "/confirm/?next=%2Fconfirm%2Fkept%2F"
        assert "職を登録する" in text_of(client.get(asked["Location"]))
        done = client.post("/confirm/", {"code": admin.code(LATER), "next": "/confirm/kept/"})
        page = text_of(client.get(done["Location"]))
        assert not PostHolding.objects.filter(account_id=jiro.id).exists()
        assert "2026-12-01" in page
        assert f'action="{person}posts/"' in page
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        assert {k: v for k, v in hidden.items() if k in sent} == sent
        assert client.post(f"{person}posts/", sent)["Location"].endswith("?done=post-given")
        assert PostHolding.objects.filter(account_id=jiro.id).count() == 1
        assert client.get("/confirm/kept/").status_code == 302  # nothing waits any more


def test_thinking_better_of_it(admin: Staff, staff: MakeStaff, browser: Browser) -> None:
    client, jiro = browser(admin.id), staff("見本 次郎")
    person = f"/staff/people/{jiro.public_id}/"
    with at(LATER):
        client.post(f"{person}suspend/", headers={"referer": f"http://testserver{person}?done=x"})
        client.post("/confirm/", {"code": admin.code(LATER), "next": "/confirm/kept/"})
        left = client.post("/confirm/kept/")
        assert left["Location"] == f"{person}?done=x"
        assert client.get("/confirm/kept/").status_code == 302
    assert Account.objects.get(pk=jiro.id).is_active


def test_secrets_files_and_long_forms_are_not_kept(
    admin: Staff, browser: Browser, staff: MakeStaff
) -> None:
    client = browser(admin.id)
    with at(LATER):
        client.post(
            "/staff/account/second-factor/", {"password": PASSWORD, "code": "123456", "x": "1"}
        )
        stored = str(SessionStore(client.cookies["session"].value).load())
        assert PASSWORD not in stored
        client.post("/confirm/", {"code": admin.code(LATER), "next": "/confirm/kept/"})
        page = text_of(client.get("/confirm/kept/"))
        assert PASSWORD not in page
        assert "123456" not in page
    later = LATER + timedelta(minutes=16)
    with at(later):
        client.post("/staff/people/new/", {"name": "あ" * fresh.LARGEST})
        client.post("/confirm/", {"code": admin.code(later), "next": "/confirm/kept/"})
        assert "もう一度入力してください" in text_of(client.get("/confirm/kept/"))


def test_a_kept_form_waits_half_an_hour(admin: Staff, browser: Browser) -> None:
    client = browser(admin.id)
    with at(LATER):
        client.post("/staff/people/new/", {"name": "見本"})
    with at(LATER + timedelta(minutes=31)):
        assert client.get("/confirm/kept/").status_code == 302


def test_a_forged_next_or_referer_goes_nowhere(admin: Staff, browser: Browser) -> None:
    client = browser(admin.id)
    with at(LATER):
        client.post("/staff/people/new/", {}, headers={"referer": "https://evil.example/x"})
        client.post("/confirm/", {"code": admin.code(LATER), "next": "/confirm/kept/"})
        assert client.post("/confirm/kept/")["Location"] == "/staff/people/new/"


def test_htmx_leaves_the_whole_page(admin: Staff, browser: Browser) -> None:
    client = browser(admin.id)
    with at(LATER):
        part = client.get("/staff/tokens/", headers={"hx-request": "true"})
        assert (part.status_code, part["HX-Redirect"]) == (
            204,
            "/confirm/?next=%2Fstaff%2Ftokens%2F",
        )


def test_staff_confirm_with_a_passkey(admin: Staff, browser: Browser, settings: Any) -> None:
    settings.SUIGO_BASE_URL = "http://localhost:8000"
    phone = registered(Account.objects.get(pk=admin.id))
    client = browser(admin.id)
    with at(LATER):
        page = text_of(client.get("/confirm/?next=/staff/tokens/"))
        assert 'data-passkey="get"' in page
        answer = passkey_answer(client, phone)
        done = client.post("/confirm/passkey/", {"credential": answer, "next": "/staff/tokens/"})
        assert done["Location"] == "/staff/tokens/"
        assert client.get("/staff/tokens/").status_code == 200
        replay = client.post("/confirm/passkey/", {"credential": answer, "next": "/staff/tokens/"})
        assert replay.status_code == 410


def test_a_resident_confirms_by_mail_which_proves_less_than_a_card(
    resident: Account, browser: Browser
) -> None:
    client = browser(resident.pk)
    Session.objects.filter(account=resident).update(assurance=2)
    with at(LATER):
        asked = client.get("/my/account/passkeys/")
        assert asked["Location"].startswith("/confirm/?next=")
        sent = client.post("/confirm/mail/", {"next": "/my/account/passkeys/"})
        assert sent["Location"] == "/sign-in/code/"
        code = SignInCode.objects.get()
        assert code.address == resident.email
        told = queries.code_to_send(code.pk, now=LATER)
        assert told is not None
        back = client.post("/sign-in/code/", {"code": told.digits})
        assert back["Location"] == "/my/account/passkeys/"
        assert client.get(back["Location"]).status_code == 200
    assert Session.objects.get(account=resident).assurance == 1


def test_sign_in_and_second_step_in_the_browser(
    admin: Staff, client: Client, browser: Browser, settings: Any
) -> None:
    settings.SUIGO_BASE_URL = "http://localhost:8000"
    phone = registered(Account.objects.get(pk=admin.id))
    answer = passkey_answer(client, phone)
    done = client.post("/staff/sign-in/passkey/", {"credential": answer, "next": "/staff/tokens/"})
    assert done["Location"] == "/staff/tokens/"
    second = Client()
    second.post("/staff/sign-in/", {"email": admin.email, "password": PASSWORD, "next": "/staff/"})
    answer = passkey_answer(second, phone)
    done = second.post("/staff/sign-in/second-step/passkey/", {"credential": answer})
    assert done["Location"] == "/staff/"
    assert second.get("/staff/account/").status_code == 200


def test_a_colleague_s_key_is_no_second_step(admin: Staff, staff: MakeStaff, settings: Any) -> None:
    settings.SUIGO_BASE_URL = "http://localhost:8000"
    theirs = registered(Account.objects.get(pk=staff("見本 次郎").id))
    client = Client()
    client.post("/staff/sign-in/", {"email": admin.email, "password": PASSWORD})
    answer = passkey_answer(client, theirs)
    refused = client.post("/staff/sign-in/second-step/passkey/", {"credential": answer})
    assert refused.status_code == 400
    assert client.get("/staff/account/").status_code == 302


def test_the_first_second_factor_may_be_a_passkey(
    admin: Staff, browser: Browser, settings: Any
) -> None:
    settings.SUIGO_BASE_URL = "http://localhost:8000"
    office = browser(admin.id)
    made = office.post(
        "/staff/people/new/", {"name": "新 人", "name_kana": "", "email": "new@example.jp"}
    )
    temporary = re.search(r"<code>([A-Z2-9-]{19})</code>", text_of(office.get(made["Location"])))
    assert temporary is not None
    client, phone = Client(), Authenticator()
    stranger = client.post("/staff/sign-in/enrol/passkey/options/")
    assert stranger.status_code == 410  # only in a sign-in with a temporary password
    client.post("/staff/sign-in/", {"email": "new@example.jp", "password": temporary[1]})
    early = client.post("/staff/sign-in/enrol/passkey/options/")
    assert early.status_code == 410
    client.post("/staff/sign-in/password/", {"new_password": "Kaze-no-toorimichi-2026"})
    options = client.post("/staff/sign-in/enrol/passkey/options/").content.decode()
    done = client.post("/staff/sign-in/enrol/passkey/", {"credential": phone.create(options)})
    assert done["Location"] == "/staff/sign-in/recovery-codes/"
    assert text_of(client.get(done["Location"])).count("<code>") == 10
    assert Passkey.objects.get().account.email == "new@example.jp"
    fresh_browser = Client()
    answer = passkey_answer(fresh_browser, phone)
    done = fresh_browser.post("/staff/sign-in/passkey/", {"credential": answer})
    assert done.status_code == 302
    assert fresh_browser.get("/staff/account/").status_code == 200


def test_the_resident_s_pages(resident: Account, browser: Browser, settings: Any) -> None:
    settings.SUIGO_BASE_URL = "http://localhost:8000"
    client, phone = browser(resident.pk), Authenticator()
    options = client.post("/my/account/passkeys/options/").content.decode()
    sent = {"credential": phone.create(options), "name": "電話"}
    assert client.post("/my/account/passkeys/", sent)["Location"].endswith("?done=added")
    passkey = Passkey.objects.get()
    url = reverse("passkey", args=[passkey.public_id])
    assert client.post(url, {"name": ""}).status_code == 422
    assert client.post(url, {"name": "古い電話"}).status_code == 302
    assert "古い電話" in text_of(client.get("/my/account/passkeys/"))
    visitor = Client()
    answer = passkey_answer(visitor, phone)
    inside = visitor.post("/sign-in/passkey/", {"credential": answer, "next": "/my/account/"})
    assert inside["Location"] == "/my/account/"
    assert client.post(f"{url}remove/").status_code == 302
    gone = Client()
    answer = passkey_answer(gone, phone)
    refused = gone.post("/sign-in/passkey/", {"credential": answer})
    assert refused.status_code == 400
    assert "パスキーを確かめられませんでした" in text_of(refused)
    assert 'name="email"' in text_of(refused)  # the mail code stays


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_two_queries_more_than_the_session(
    count: int, resident: Account, browser: Browser, django_assert_num_queries: Any
) -> None:
    client = browser(resident.pk)
    for number in range(count):
        Passkey.objects.create(
            account=resident,
            credential_id=bytes([number]),
            public_key=b"x",
            name="見本",
            created_at=NOW,
        )
    client.get("/my/account/passkeys/")
    with django_assert_num_queries(2):  # the session with its account, and the passkeys
        client.get("/my/account/passkeys/")


def test_known_and_unknown_addresses_cost_the_same(
    staff: MakeStaff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work of a refused sign-in is compared, not the clock: hashes made and statements sent."""
    known = staff()
    hashed: list[str] = []
    check = staff_sign_in.check_password

    def counted(password: str, stored: str) -> bool:
        hashed.append(stored.split("$")[0])
        return check(password, stored)

    monkeypatch.setattr(staff_sign_in, "check_password", counted)
    staff_sign_in._nobodys_password.cache_clear()  # made under the hashers of an earlier test
    staff_sign_in._nobodys_password()
    costs = []
    for email in (known.email, "nobody@example.jp"):
        hashed.clear()
        with CaptureQueriesContext(connection) as sent:
            Client().post("/staff/sign-in/", {"email": email, "password": "wrong"})
        costs.append((tuple(hashed), [q["sql"].split()[0] for q in sent]))
    assert costs[0] == costs[1]
    assert len(costs[0][0]) == 1


def test_asking_for_a_code_costs_the_same(resident: Account) -> None:
    costs = []
    for email in (resident.email, "nobody@example.jp"):
        with CaptureQueriesContext(connection) as sent:
            residents.request_sign_in_code(email, network="n", language="ja", now=NOW)
        costs.append([q["sql"].split("_")[0] for q in sent])
    assert costs[0] == costs[1]


def test_a_passkey_does_not_make_a_cards_proof_last_longer(
    resident: Account, settings: Any
) -> None:
    """Nor does confirming by it again and again: when the card's proof ends, it has ended."""
    settings.SUIGO_BASE_URL = "http://localhost:8000"
    phone = registered(resident)
    store = SessionStore()
    store.begin(resident, assurance=Assurance.IDENTITY, device="Firefox", keep_data=False, now=NOW)
    store.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    with at(NOW):
        ends = Session.objects.get(assurance=2).assurance_until_at
    assert ends is not None
    half = timedelta(minutes=settings.SUIGO_PROOF_MINUTES / 2)
    for moment in (NOW + half, NOW + half + half / 2):
        with at(moment):
            answer = {"credential": passkey_answer(client, phone), "next": "/my/"}
            assert client.post("/confirm/passkey/", answer).status_code == 302
            row = Session.objects.get(assurance=2)
            assert (row.assurance_until_at, row.proved_at) == (ends, moment)
            assert shown_to(client).assurance == Assurance.IDENTITY
    with at(ends + timedelta(seconds=1)):
        answer = {"credential": passkey_answer(client, phone), "next": "/my/"}
        assert client.post("/confirm/passkey/", answer).status_code == 302
        assert shown_to(client).assurance == Assurance.CONTACT


def shown_to(client: Client) -> Any:
    return client.get("/sign-out/").wsgi_request.actor  # type: ignore[attr-defined]
