"""The queue for staff, and the mail of a demonstration."""

import html
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from engines.notices.conftest import MailServer
from suigo.engines.identity import actions as identity
from suigo.engines.identity.models import Account
from suigo.engines.identity.sessions import SessionStore
from suigo.engines.notices import actions, queries
from suigo.engines.notices.models import Message
from suigo.kernel.access import SYSTEM, Actor, Assurance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
Queue = Callable[..., Message]


def browser(now: datetime, post: str) -> Client:
    """A browser in which the holder of ``post`` is signed in."""
    made = identity.create_staff(
        SYSTEM,
        email=f"{post}@example.jp",
        name="見本 花子",
        name_kana="",
        password="Ayame-no-hana-2026",
        now=now,
    )
    identity.hold_post(
        SYSTEM, made.public_id, post=post, valid_from=date(2026, 4, 1), valid_to=None, now=now
    )
    store = SessionStore()
    store.begin(
        Account.objects.get(pk=made.id),
        assurance=Assurance.NONE,
        device="",
        keep_data=False,
        now=now,
    )
    client = Client()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = store.session_key or ""
    return client


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


@pytest.mark.usefixtures("own_tabs_only")
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_five_queries(
    count: int, queue: Queue, now: datetime, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for n in range(count):
        queue(f"k{n}")
    client = browser(now, "general-affairs-head")
    with django_assert_num_queries(5):  # session, posts, tab count, messages, states
        page = text_of(client.get("/staff/notices/"))
    assert page.count("【見本市】申請を受け付けました（R8-S01-0001）") == count


def test_filters_search_and_pages(
    queue: Queue, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PER_PAGE", 2)
    first, second, third = queue("a", to_address="a@a.jp"), queue("b"), queue("c")
    Message.objects.filter(pk=second.pk).update(state="given_up")
    keeper = Actor(kind="staff", capabilities=frozenset({"notices.view"}))

    def found(**filters: str) -> list[Any]:
        return [line.public_id for line in queries.messages(keeper, **filters)[0]]

    page, more = queries.messages(keeper)
    assert [line.public_id for line in page] == [third.public_id, second.public_id]
    assert found(after=more) == [first.public_id]
    assert found(state="given_up") == [second.public_id]
    assert found(search="a@a.jp") == [first.public_id]
    assert found(search="R8-S01-0001")[0] == third.public_id
    assert found(search="R8-S01-0002") == []
    client = browser(now, "general-affairs-head")
    assert "お知らせはありません" in text_of(client.get("/staff/notices/?q=R8-S01-0002"))
    page_text = text_of(client.get("/staff/notices/?state=given_up"))
    assert page_text.count('<th scope="row">') == 1


def test_a_message_shows_its_tries_but_not_its_text(
    queue: Queue, mail_server: MailServer, now: datetime
) -> None:
    message = queue()
    mail_server.answers = ["550 5.1.1 no such user"]
    actions.deliver(message.pk, now=now)
    client = browser(now, "general-affairs-head")
    url = f"/staff/notices/{message.public_id}/"
    page = text_of(client.get(url))
    assert "受け取りを断られました" in page
    assert "550 5.1.1 no such user" in page
    assert "図書カード" not in page
    response = client.post(f"{url}send-again/")
    assert response["Location"] == f"{url}?again"
    assert "送り直しを始めました。" in text_of(client.get(response["Location"]))
    assert client.post(f"{url}send-again/").status_code == 400


def test_the_pages_are_closed_to_others(queue: Queue, now: datetime) -> None:
    url = f"/staff/notices/{queue().public_id}/"
    clerk = browser(now, "welfare-officer")
    for page in ("/staff/notices/", url):
        assert clerk.get(page).status_code == 403
        assert Client().get(page).status_code == 302
    assert clerk.post(f"{url}send-again/").status_code == 403


def test_an_unknown_message_is_not_found(now: datetime) -> None:
    client = browser(now, "general-affairs-head")
    assert client.get(f"/staff/notices/{Account().public_id}/").status_code == 404


@pytest.fixture
def mail_folder(tmp_path: Path, settings: Any) -> Path:
    settings.SUIGO_DATA = tmp_path
    folder = tmp_path / "mail"
    folder.mkdir()
    return folder


MAIL = (
    "X-Envelope-To: {to}\r\nTo: {to}\r\nSubject: =?utf-8?b?44Kz44O844OJ?=\r\n"
    "Content-Language: en\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "123456\r\n<b>https://mihon.example/</b>\r\n"
)


def test_the_mail_of_a_demonstration_is_shown(client: Client, mail_folder: Path) -> None:
    for n, to in enumerate(["taro@example.jp", "hanako@example.jp"]):
        (mail_folder / f"20261124T03000{n}.000000Z-1-{n}.eml").write_bytes(
            MAIL.format(to=to).encode()
        )
    (mail_folder / ".20261124.unfinished").write_text("half")
    page = text_of(client.get("/demo/mail/"))
    assert page.index("hanako@example.jp") < page.index("taro@example.jp")
    only = text_of(client.get("/demo/mail/?to=Taro@example.jp"))
    assert "hanako@example.jp" not in only
    response = client.get("/demo/mail/20261124T030000.000000Z-1-0/")
    raw = response.content.decode()
    assert "コード" in raw
    assert "123456" in raw
    assert "&lt;b&gt;" in raw
    assert 'lang="en"' in raw


@pytest.mark.parametrize("name", ["..%2Fsecret", "%2e%2e%2fsecret", ".hidden", "missing", "a%00b"])
def test_only_caught_mails_are_shown(name: str, client: Client, mail_folder: Path) -> None:
    for file in (mail_folder.parent / "secret.eml", mail_folder / ".hidden.eml"):
        file.write_text("Subject: a\n\nThe treasure is here.")
    response = client.get(f"/demo/mail/{name}/")
    assert response.status_code == 404
    assert "treasure" not in response.content.decode()


def test_no_mail_yet(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.SUIGO_DATA = tmp_path
    assert "メールはまだありません" in text_of(client.get("/demo/mail/"))
