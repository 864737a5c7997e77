"""Passkeys in a real browser, with an authenticator that the browser pretends to have."""

import re

import pytest
from playwright.sync_api import CDPSession, Page, expect

from browser import OpenPage, axe_violations, overflow
from journeys.hall import Hall

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def plugged(page: Page) -> tuple[CDPSession, str]:
    """A telephone's authenticator in this page's browser."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    return devtools, made["authenticatorId"]


def moved(before: tuple[CDPSession, str], after: tuple[CDPSession, str]) -> None:
    """The keys of one authenticator in another one, as a telephone is the same everywhere."""
    found = before[0].send("WebAuthn.getCredentials", {"authenticatorId": before[1]})
    for credential in found["credentials"]:
        after[0].send(
            "WebAuthn.addCredential", {"authenticatorId": after[1], "credential": credential}
        )


def offers_nothing(page: Page) -> None:
    """A browser that knows passkeys but offers none in a field: the button is the way."""
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")


def localhost(hall: Hall) -> str:
    """The hall's address by name: browsers make no passkeys for numbers."""
    return hall.url.replace("127.0.0.1", "localhost")


def looks_right(page: Page) -> None:
    assert axe_violations(page) == []
    assert overflow(page) <= 0


def enter_by_mail(hall: Hall, page: Page, address: str) -> None:
    known = len(hall.mails(address))
    page.goto(f"{localhost(hall)}/sign-in/")
    page.locator("#email").fill(address)
    page.get_by_role("button", name="コードを送る").click()
    page.wait_for_url("**/sign-in/code/")
    page.locator("#code").fill(hall.code(address, after=known))
    page.get_by_role("button", name="ログインする").click()
    expect(page).to_have_url(re.compile("/my/$"))


def register(page: Page, url: str, name: str) -> None:
    page.goto(url)
    page.locator("#name").fill(name)
    page.get_by_role("button", name="パスキーを登録する").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_resident_registers_uses_and_removes_a_passkey(
    width: int, page_at: OpenPage, hall: Hall
) -> None:
    address, home = f"passkey{width}@example.jp", localhost(hall)
    page = page_at(width)
    telephone = plugged(page)
    enter_by_mail(hall, page, address)
    page.goto(f"{home}/my/account/")
    with page.expect_navigation():
        page.get_by_role("link", name="パスキーを登録する").click()
    looks_right(page)
    register(page, f"{home}/my/account/passkeys/", "自分の電話")
    looks_right(page)
    assert "パスキーを登録しました" in hall.mail(address, "ログインの方法が変わりました")

    other = page_at(width)  # nobody is signed in here, and no address is typed
    if width > 1000:
        offers_nothing(other)
    moved(telephone, plugged(other))
    other.goto(f"{home}/sign-in/?next=/my/account/passkeys/")
    if width > 1000:
        other.get_by_role("button", name="パスキーでログインする").click()
    # on the telephone the browser offers the passkey in the field, and its owner takes it
    other.wait_for_url(f"{home}/my/account/passkeys/")
    expect(other.get_by_role("heading", name="自分の電話")).to_be_visible()

    with other.expect_navigation():
        other.get_by_role("link", name=re.compile("名前を変える・消す.*自分の電話")).click()
    looks_right(other)
    other.get_by_role("button", name=re.compile("消す.*自分の電話")).click()
    expect(other.get_by_text("パスキーはまだありません")).to_be_visible()


def test_the_sign_in_works_without_passkeys(page_at: OpenPage, hall: Hall) -> None:
    """Without JavaScript, and on the wrong address, the mail code stays and nothing is broken."""
    page = page_at(360, javascript=False)
    page.goto(f"{localhost(hall)}/sign-in/")
    expect(page.get_by_role("button", name="コードを送る")).to_be_visible()
    expect(page.get_by_role("button", name="パスキーでログインする")).to_have_count(0)
    elsewhere = page_at(360)
    elsewhere.goto(f"{hall.url}/sign-in/")
    expect(elsewhere.get_by_role("button", name="パスキーでログインする")).to_have_count(0)
    expect(elsewhere.get_by_role("link", name=localhost(hall))).to_be_visible()
    looks_right(elsewhere)


def test_staff_sign_in_with_a_passkey_and_prove_again(page_at: OpenPage, hall: Hall) -> None:
    home, page = localhost(hall), page_at(1280)
    telephone = plugged(page)
    page.goto(f"{home}/staff/sign-in/")
    page.locator("#email").fill("passkeys@example.jp")
    page.locator("#password").fill("suigo-demonstration")
    page.get_by_role("button", name="次へ進む").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    register(page, f"{home}/staff/account/passkeys/", "セキュリティキー")

    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("名前を変える")).click()
    looks_right(page)

    other = page_at(1280)
    offers_nothing(other)
    moved(telephone, plugged(other))
    other.goto(f"{home}/staff/sign-in/?next=/staff/people/")
    other.get_by_role("button", name="パスキーでログインする").click()
    other.wait_for_url(f"{home}/staff/people/")

    hall.run(
        "from suigo.engines.identity.models import Session\n"
        "from datetime import timedelta\n"
        "from django.db.models import F\n"
        "n = Session.objects.exclude(proved_at=None)"
        ".update(proved_at=F('proved_at') - timedelta(hours=1))\n"
        "print(n)"
    )
    person = f"{home}/staff/people/{hall.things['person']}/"
    other.goto(person)
    other.locator("#post").select_option(index=1)
    other.locator("#valid_from").fill("2030-04-01")
    other.get_by_role("button", name="与える").click()
    other.wait_for_url("**/confirm/**")
    looks_right(other)
    other.get_by_role("button", name="パスキーで確かめる").click()
    other.wait_for_url("**/confirm/kept/")
    looks_right(other)
    expect(other.get_by_text("2030-04-01")).to_be_visible()
    other.get_by_role("button", name="職を登録する").click()
    other.wait_for_url("**?done=post-given")
    expect(other.get_by_text("職を与えました。")).to_be_visible()
