"""The pages of staff and administrators."""

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pyotp
import pytest
from django.test import Client

from engines.identity.sample import PASSWORD, Staff
from suigo.engines.identity.models import Account, ApiToken, PostHolding, Session
from suigo.engines.identity.organisation import organisation

pytestmark = pytest.mark.django_db
MakeStaff = Callable[..., Staff]
Browser = Callable[..., Client]
Count = Callable[[int], Any]


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_signing_in_with_password_and_code(client: Client, staff: MakeStaff) -> None:
    hanako = staff("見本 花子", "welfare-chief")
    asked = client.get("/staff/account/")
    assert asked["Location"] == "/staff/sign-in/?next=%2Fstaff%2Faccount%2F"
    response = client.post(
        "/staff/sign-in/",
        {"email": hanako.email, "password": PASSWORD, "next": "/staff/authority/"},
    )
    assert response["Location"] == "/staff/sign-in/second-step/"
    assert client.get("/staff/account/").status_code == 302
    response = client.post("/staff/sign-in/second-step/", {"code": hanako.code()})
    assert response["Location"] == "/staff/authority/"
    page = text_of(client.get("/staff/account/"))
    assert "福祉課 係長" in page


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/"])
def test_the_staff_sign_in_leads_nowhere_else(
    target: str, client: Client, staff: MakeStaff
) -> None:
    hanako = staff()
    client.post("/staff/sign-in/", {"email": hanako.email, "password": PASSWORD, "next": target})
    response = client.post("/staff/sign-in/second-step/", {"code": hanako.code()})
    assert response.status_code == 302
    assert "evil" not in response["Location"]
    assert response["Location"].startswith("/")


def test_a_wrong_password_never_comes_back_to_the_page(client: Client, staff: MakeStaff) -> None:
    hanako = staff()
    pages = set()
    for email in (hanako.email, "nobody@example.jp"):
        response = client.post("/staff/sign-in/", {"email": email, "password": "My-secret-1"})
        assert response.status_code == 422
        page = text_of(response)
        assert "My-secret-1" not in page
        assert f'value="{email}"' in page
        page = page.replace(email, "ADDRESS")
        pages.add("\n".join(li for li in page.splitlines() if "csrfmiddlewaretoken" not in li))
    assert len(pages) == 1


def test_the_lock_is_told_in_a_sentence(client: Client, staff: MakeStaff) -> None:
    hanako = staff()
    for _ in range(10):
        client.post("/staff/sign-in/", {"email": hanako.email, "password": "wrong"})
    response = client.post("/staff/sign-in/", {"email": hanako.email, "password": PASSWORD})
    assert response.status_code == 429
    assert "15分ほど待ってから、もう一度お試しください。" in text_of(response)


@pytest.mark.parametrize(
    "url",
    [
        "/staff/sign-in/second-step/",
        "/staff/sign-in/password/",
        "/staff/sign-in/enrol/",
        "/staff/sign-in/recovery-codes/",
    ],
)
def test_no_step_can_be_jumped_to(url: str, client: Client) -> None:
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/staff/sign-in/")


def test_the_whole_first_sign_in(client: Client, staff: MakeStaff, browser: Browser) -> None:
    admin = staff("見本 花子", "general-affairs-head")
    office = browser(admin.id)
    response = office.post(
        "/staff/people/new/",
        {"name": "見本 次郎", "name_kana": "みほん じろう", "email": "jiro@example.jp"},
    )
    assert response.status_code == 302
    page = text_of(office.get(response["Location"]))
    found = re.search(r"<code>([A-Z2-9-]{19})</code>", page)
    assert found is not None
    assert found[1] not in text_of(office.get(response["Location"]))

    response = client.post("/staff/sign-in/", {"email": "jiro@example.jp", "password": found[1]})
    assert response["Location"] == "/staff/sign-in/password/"
    assert client.get("/staff/sign-in/enrol/")["Location"] == "/staff/sign-in/password/"
    response = client.post("/staff/sign-in/password/", {"new_password": "short"})
    assert response.status_code == 422
    response = client.post("/staff/sign-in/password/", {"new_password": PASSWORD})
    assert response["Location"] == "/staff/sign-in/enrol/"
    page = text_of(client.get("/staff/sign-in/enrol/"))
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)
    assert secret is not None
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()
    response = client.post("/staff/sign-in/enrol/", {"code": code})
    assert response["Location"] == "/staff/sign-in/recovery-codes/"
    page = text_of(client.get("/staff/sign-in/recovery-codes/"))
    assert len(re.findall(r"<code>[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}</code>", page)) == 10
    again = client.get("/staff/sign-in/recovery-codes/")
    assert again.status_code == 302
    assert client.get("/staff/account/").status_code == 200


def test_signing_out(staff: MakeStaff, browser: Browser) -> None:
    client = browser(staff().id)
    assert "ログアウトしますか" in text_of(client.get("/staff/sign-out/"))
    assert client.post("/staff/sign-out/")["Location"] == "/staff/sign-in/"
    assert Session.objects.count() == 0


def test_changing_the_password_on_the_page(staff: MakeStaff, browser: Browser) -> None:
    hanako = staff()
    client = browser(hanako.id)
    response = client.post(
        "/staff/account/password/", {"current_password": "wrong", "new_password": PASSWORD}
    )
    assert response.status_code == 422
    assert 'id="current_password-error"' in text_of(response)
    response = client.post(
        "/staff/account/password/",
        {"current_password": PASSWORD, "new_password": "Kaze-no-toorimichi-2026"},
    )
    assert response["Location"] == "/staff/account/?done=password"
    assert client.get("/staff/account/").status_code == 200


def test_moving_the_authenticator_on_the_page(staff: MakeStaff, browser: Browser) -> None:
    client = browser(staff().id)
    page = text_of(client.get("/staff/account/second-factor/"))
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)
    assert secret is not None
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()
    response = client.post("/staff/account/second-factor/", {"password": PASSWORD, "code": code})
    assert response["Location"] == "/staff/sign-in/recovery-codes/"
    assert "リカバリーコードを控えてください" in text_of(client.get(response["Location"]))


@pytest.mark.usefixtures("own_tabs_only")
@pytest.mark.parametrize("count", [1, 3])
def test_the_own_account_page_costs_three_queries(
    count: int, staff: MakeStaff, browser: Browser, django_assert_num_queries: Count
) -> None:
    hanako = staff("見本 花子", "welfare-chief")
    for _ in range(count):
        client = browser(hanako.id)
    with django_assert_num_queries(3):  # session, posts, sessions
        client.get("/staff/account/")


@pytest.mark.usefixtures("own_tabs_only")
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_people_costs_four_queries(
    count: int, staff: MakeStaff, browser: Browser, django_assert_num_queries: Count
) -> None:
    for n in range(count):
        person = staff(f"見本 {n}", "general-affairs-head", "welfare-officer")
    client = browser(person.id)
    with django_assert_num_queries(4):  # session, posts, people, their posts
        page = text_of(client.get("/staff/people/"))
    assert page.count('<th scope="row">') == count


def test_people_are_found_and_filtered(staff: MakeStaff, browser: Browser) -> None:
    client = browser(staff("見本 花子", "general-affairs-head").id)
    staff("髙﨑 渚", "welfare-officer", kana="タカサキ ナギサ")
    found = text_of(client.get("/staff/people/?q=高崎"))
    assert "髙﨑 渚" in found
    filtered = text_of(client.get("/staff/people/?department=welfare"))
    assert "髙﨑 渚</a>" in filtered
    assert "見本 花子</a>" not in filtered
    assert "見つかりませんでした" in text_of(client.get("/staff/people/?q=だれもいない"))


def test_giving_ending_and_lending_a_post(staff: MakeStaff, browser: Browser) -> None:
    client = browser(staff("見本 花子", "general-affairs-head").id)
    jiro, saburo = staff("見本 次郎"), staff("見本 三郎")
    url = f"/staff/people/{jiro.public_id}/"
    refused = client.post(f"{url}posts/", {"post": "", "valid_from": "きょう"})
    assert refused.status_code == 422
    assert 'id="valid_from-error"' in text_of(refused)
    given = client.post(
        f"{url}posts/",
        {"post": "welfare-head", "valid_from": "2026-04-01", "valid_to": "2027-03-31"},
    )
    assert given["Location"] == f"{url}?done=post-given"
    held = PostHolding.objects.get(account_id=jiro.id)
    assert held.valid_to_date == date(2027, 4, 1)
    twice = client.post(f"{url}posts/", {"post": "welfare-head", "valid_from": "2026-05-01"})
    assert twice.status_code == 409
    lend = f"{url}posts/{held.public_id}/substitute/"
    assert "見本 三郎" in text_of(client.get(lend))
    assert client.post(lend, {"account": "x"}).status_code == 422
    lent = client.post(
        lend,
        {
            "account": str(saburo.public_id),
            "valid_from": "2026-12-01",
            "valid_to": "2026-12-01",
        },
    )
    assert lent.status_code == 302
    assert "見本 次郎の代理" in text_of(client.get(f"/staff/people/{saburo.public_id}/"))
    end = f"{url}posts/{held.public_id}/end/"
    assert client.get(end).status_code == 200
    assert client.post(end, {"valid_to": "2027-12-31"}).status_code == 422
    assert client.post(end, {"valid_to": "2026-11-30"}).status_code == 302
    held.refresh_from_db()
    assert held.valid_to_date == date(2026, 12, 1)
    assert not PostHolding.objects.filter(account_id=saburo.id).exists()


def test_resetting_suspending_and_ending_sessions(staff: MakeStaff, browser: Browser) -> None:
    client = browser(staff("見本 花子", "general-affairs-head").id)
    jiro = staff("見本 次郎")
    url = f"/staff/people/{jiro.public_id}/"
    other = browser(jiro.id)
    client.post(f"{url}end-sessions/")
    assert other.get("/staff/account/").status_code == 302
    asked = client.post(f"{url}reset/", {"note": "対面で確かめた"})
    assert "承認待ち" in text_of(client.get(asked["Location"]))
    approve = asked["Location"].split("?")[0] + "approve/"
    assert client.post(approve).status_code == 400  # never by the one who asked
    colleague = browser(staff("見本 三郎", "general-affairs-head").id)
    page = text_of(colleague.post(approve, follow=True))
    assert re.search(r"<code>[A-Z2-9-]{19}</code>", page)
    client.post(f"{url}suspend/")
    assert Account.objects.get(pk=jiro.id).is_active is False
    assert "停止中" in text_of(client.get(url))
    client.post(f"{url}restore/")
    assert Account.objects.get(pk=jiro.id).is_active is True


def test_a_token_is_shown_once_and_can_be_revoked(staff: MakeStaff, browser: Browser) -> None:
    client = browser(staff("見本 花子", "general-affairs-head").id)
    refused = client.post("/staff/tokens/", {"title": "", "expires_at": "2027-01-31"})
    assert refused.status_code == 422
    made = client.post(
        "/staff/tokens/",
        {"title": "取り込み", "expires_at": "2027-01-31", "scopes": ["cases.view"]},
    )
    assert made["Location"] == "/staff/tokens/"
    page = text_of(client.get("/staff/tokens/"))
    assert re.search(r"<code>suigo_[0-9a-f]{10}_[\w-]{43}</code>", page)
    assert "suigo_" not in text_of(client.get("/staff/tokens/"))
    token = ApiToken.objects.get()
    assert (token.scopes, token.expires_at.isoformat()) == (
        ["cases.view"],
        "2027-01-31T15:00:00+00:00",
    )
    client.post(f"/staff/tokens/{token.public_id}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.usefixtures("own_tabs_only")
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_tokens_costs_three_queries(
    count: int, staff: MakeStaff, browser: Browser, django_assert_num_queries: Count
) -> None:
    client = browser(staff("見本 花子", "general-affairs-head").id)
    for n in range(count):
        client.post(
            "/staff/tokens/",
            {"title": f"鍵{n}", "expires_at": "2027-01-31", "scopes": ["cases.view"]},
        )
    client.get("/staff/tokens/")  # the page that shows the last one
    with django_assert_num_queries(3):  # session, posts, tokens
        client.get("/staff/tokens/")


def test_the_table_of_authority_is_the_citys_own(staff: MakeStaff, browser: Browser) -> None:
    client = browser(staff("見本 花子", "welfare-officer").id)
    page = text_of(client.get("/staff/authority/"))
    by_role = page[page.index("役割ごとに、できること") :]
    roles = re.findall(r'<th scope="col">([^<]+)</th>', by_role.split("<tbody>")[0])[1:]
    rows = dict(
        re.findall(r'<span class="small soft">([a-z_.]+)</span></th>(.*?)</tr>', by_role, re.S)
    )
    may = {
        role: {c for c, cells in rows.items() if re.findall(r"<td>(○)?", cells)[n]}
        for n, role in enumerate(roles)
    }
    assert may["決裁者"] == {
        "cases.view",
        "cases.assign",
        "cases.decide",
        "cases.reopen",
        "cases.export",
        "cases.review_content",
        "insight.figures",
        "signing.review",
        "signing.person",
    }
    assert may["担当者"] == set(organisation().roles["clerk"].capabilities)
    roles_held = "決裁者、操作記録の点検者、システム管理者、手続の承認者、窓口の責任者"
    director = f'<th scope="row">課長</th><td>{roles_held}</td>'
    assert f"<td>総務課</td>{director}" in page


ADMIN_PAGES = ["/staff/people/", "/staff/people/new/", "/staff/tokens/"]


@pytest.mark.parametrize("url", ADMIN_PAGES)
def test_pages_of_administrators_are_closed_to_others(
    url: str, staff: MakeStaff, browser: Browser, resident: Account
) -> None:
    assert browser(staff("見本 花子", "welfare-head").id).get(url).status_code == 403
    assert browser(resident.pk).get(url).status_code == 302
    assert Client().get(url).status_code == 302


def test_residents_never_see_pages_of_staff(browser: Browser, resident: Account) -> None:
    client = browser(resident.pk)
    for url in ("/staff/account/", "/staff/authority/", "/staff/account/password/"):
        assert client.get(url)["Location"].startswith("/staff/sign-in/")
