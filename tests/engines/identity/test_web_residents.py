"""The resident's pages of identity."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from suigo.engines.identity.models import Account, Session, SignInCode
from suigo.engines.identity.rules import passkeys
from suigo.engines.identity.sessions import SessionStore

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
Count = Callable[[int], Any]
ADDRESS = "taro@example.jp"


def ask_for_code(client: Client, target: str = "", email: str = ADDRESS) -> UUID:
    response = client.post("/sign-in/", {"email": email, "next": target})
    assert (response.status_code, response["Location"]) == (302, "/sign-in/code/")
    return SignInCode.objects.latest("pk").public_id


def test_from_the_address_to_the_page_that_was_asked_for(
    client: Client, digits_of: Callable[[UUID], str]
) -> None:
    asked = client.get("/my/account/")
    assert (asked.status_code, asked["Location"]) == (302, "/sign-in/?next=%2Fmy%2Faccount%2F")
    page = client.get(asked["Location"])
    assert 'name="next" value="/my/account/"' in page.content.decode()
    code = ask_for_code(client, "/my/account/")
    page = client.get("/sign-in/code/")
    assert ADDRESS in page.content.decode()
    assert 'autocomplete="one-time-code"' in page.content.decode()
    response = client.post("/sign-in/code/", {"code": digits_of(code)})
    assert (response.status_code, response["Location"]) == (302, "/my/account/")
    assert client.get("/my/account/").status_code == 200
    again = client.post("/sign-in/code/", {"code": "000000"})
    assert again.status_code == 302


@pytest.mark.parametrize("page", ["/sign-in/", "/staff/sign-in/"])
def test_what_a_page_asks_by_itself_takes_no_session_away(page: str, client: Client) -> None:
    """The script of a first visit asks for a challenge while the address is being sent, and its
    answer comes last: the browser keeps the session of that answer."""
    client.get(page)
    script = Client()
    script.cookies.load(client.cookies.output(header="", sep=";"))
    client.post("/sign-in/", {"email": ADDRESS})
    late = script.post("/sign-in/passkey/options/")
    assert late.status_code == 200
    client.cookies.update(late.cookies)
    assert ADDRESS in client.get("/sign-in/code/").content.decode()


def test_a_network_begins_only_so_many_sessions_by_looking(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passkeys, "CHALLENGES_PER_NETWORK", 1)
    for _visit in range(3):
        assert Client().get("/sign-in/").status_code == 200
    assert Session.objects.count() == 1
    assert client.post("/sign-in/", {"email": ADDRESS})["Location"] == "/sign-in/code/"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:evil",
        "evil.example",
        "\t//evil.example",
    ],
)
def test_sign_in_leads_nowhere_else(
    target: str, client: Client, digits_of: Callable[[UUID], str]
) -> None:
    code = ask_for_code(client, target)
    response = client.post("/sign-in/code/", {"code": digits_of(code)})
    assert response.status_code == 302
    place = response["Location"]
    assert place.startswith("/")
    assert "evil" not in place


def test_the_answer_is_the_same_for_every_address(client: Client, resident: Account) -> None:
    Account.objects.create(
        kind="resident", email="s@example.jp", is_active=False, created_at=resident.created_at
    )
    pages = set()
    for email in (resident.email, "s@example.jp", "unknown@example.jp"):
        browser = Client()
        ask_for_code(browser, email=email)
        page = browser.get("/sign-in/code/").content.decode().replace(email, "ADDRESS")
        token = browser.cookies[settings.CSRF_COOKIE_NAME].value
        assert token
        pages.add("\n".join(li for li in page.splitlines() if "csrfmiddlewaretoken" not in li))
    assert len(pages) == 1


def test_a_wrong_code_is_explained_beside_the_field_and_in_the_summary(
    client: Client, digits_of: Callable[[UUID], str]
) -> None:
    digits = digits_of(ask_for_code(client))
    response = client.post("/sign-in/code/", {"code": f"{(int(digits) + 1) % 10**6:06d}"})
    page = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#code">' in page
    assert 'id="code-error"' in page
    assert 'aria-invalid="true"' in page


def test_what_was_typed_stays(client: Client) -> None:
    response = client.post("/sign-in/", {"email": "<taro>", "next": "/apply/"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="&lt;taro&gt;"' in page
    assert 'name="next" value="/apply/"' in page


def test_too_many_codes_are_refused_with_a_sentence(client: Client) -> None:
    for _ in range(5):
        ask_for_code(client)
    response = client.post("/sign-in/", {"email": ADDRESS})
    assert response.status_code == 429
    assert "60分ほど待ってから" in response.content.decode()


def test_the_network_of_a_proxied_visitor_is_what_our_own_proxy_wrote(
    client: Client, settings: Any
) -> None:
    settings.SUIGO_PROXY_HOPS = 1

    def ask(n: int, forwarded: str) -> int:
        return client.post(
            "/sign-in/", {"email": f"a{n}@a.jp"}, headers={"x-forwarded-for": forwarded}
        ).status_code

    statuses = [ask(n, f"192.0.2.{n}, 203.0.113.7") for n in range(101)]
    assert statuses == [302] * 100 + [429]
    assert ask(101, "203.0.113.7, 198.51.100.1") == 302


def test_the_code_page_without_a_request_leads_back(client: Client) -> None:
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"


def test_signing_out_asks_and_then_ends_the_session(browser: Browser, resident: Account) -> None:
    client = browser(resident.pk)
    assert "ログアウトしますか" in client.get("/sign-out/").content.decode()
    assert Session.objects.count() == 1
    response = client.post("/sign-out/", follow=True)
    assert "ログアウトしました" in response.content.decode()
    assert Session.objects.count() == 0


def test_the_account_is_changed_and_its_language_shown(browser: Browser, resident: Account) -> None:
    client = browser(resident.pk)
    response = client.post(
        "/my/account/", {"name": "髙﨑 渚", "name_kana": "たかさき なぎさ", "language": "en"}
    )
    assert (response.status_code, response["Location"]) == (302, "/my/account/?done=saved")
    resident.refresh_from_db()
    assert (resident.name, resident.name_kana, resident.language) == (
        "髙﨑 渚",
        "タカサキ ナギサ",
        "en",
    )
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


def test_a_language_that_is_not_offered_is_refused(browser: Browser, resident: Account) -> None:
    response = browser(resident.pk).post("/my/account/", {"name": "a", "language": "xx"})
    assert response.status_code == 422
    assert 'id="language-error"' in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_account_page_costs_four_queries(
    count: int, browser: Browser, resident: Account, django_assert_num_queries: Count
) -> None:
    for _ in range(count):
        client = browser(resident.pk)
    with django_assert_num_queries(4):  # session, profile, sessions, passkeys
        page = client.get("/my/account/").content.decode()
    assert page.count('<li class="card">') == count


def test_sessions_are_ended_one_by_one_and_all_at_once(browser: Browser, resident: Account) -> None:
    phone, tablet, computer = (browser(resident.pk) for _ in range(3))
    first = SessionStore(phone.cookies[settings.SESSION_COOKIE_NAME].value).row
    assert first is not None
    computer.post(f"/my/account/sessions/{first.public_id}/end/")
    assert phone.get("/my/account/").status_code == 302
    assert tablet.get("/my/account/").status_code == 200
    computer.post("/my/account/sessions/end-others/")
    assert tablet.get("/my/account/").status_code == 302
    assert computer.get("/my/account/").status_code == 200


def test_nobody_ends_the_sessions_of_others(browser: Browser, resident: Account) -> None:
    other = Account.objects.create(kind="resident", email="b@b.jp", created_at=resident.created_at)
    browser(other.pk)
    foreign = Session.objects.get(account=other).public_id
    response = browser(resident.pk).post(f"/my/account/sessions/{foreign}/end/")
    assert response.status_code == 404
    assert Session.objects.filter(account=other).count() == 1


def test_forms_of_other_sites_are_refused(resident: Account, browser: Browser) -> None:
    strict = browser(resident.pk, client=Client(enforce_csrf_checks=True))
    for url in ("/sign-in/", "/sign-out/", "/my/account/", "/staff/sign-in/"):
        assert strict.post(url, {}).status_code == 403


def test_private_pages_are_not_kept_by_browsers_or_proxies(
    browser: Browser, resident: Account
) -> None:
    response = browser(resident.pk).get("/my/account/")
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_a_demonstration_says_where_the_code_can_be_read(client: Client, settings: Any) -> None:
    assert '<a href="/demo/mail/">' in client.get("/sign-in/").content.decode()
    settings.PRODUCTION = True
    assert "/demo/mail/" not in client.get("/sign-in/").content.decode()
