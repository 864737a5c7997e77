"""People of the example city, and browsers that are signed in."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client

from engines.identity.sample import NOW, PASSWORD, TODAY, Staff
from suigo.engines.identity import actions, queries, rules
from suigo.engines.identity.manifest import MANIFEST
from suigo.engines.identity.models import Account, Session, SignInCode
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import crypto
from suigo.kernel.access import SYSTEM, Actor, Assurance
from suigo.kernel.ui import navigation


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    """Sessions look at the clock by themselves; here it stands still."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """A deliberately slow password hash would make up nearly all the time of these tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def staff(db: None) -> Callable[..., Staff]:
    """Makes staff with a password, a second factor and posts since April."""

    def make(name: str = "見本 花子", *posts: str, kana: str = "ミホン ハナコ") -> Staff:
        email = f"staff{Account.objects.count()}@example.jp"
        made = actions.create_staff(
            SYSTEM, email=email, name=name, name_kana=kana, password=PASSWORD, now=NOW
        )
        secret = rules.new_totp_secret()
        Account.objects.filter(pk=made.id).update(
            totp_secret=crypto.seal(secret, purpose="identity.totp"),
            totp_enrolled_at=NOW,
            created_at=NOW - timedelta(days=30),
        )
        for post in posts:
            actions.hold_post(
                SYSTEM,
                made.public_id,
                post=post,
                valid_from=date(2026, 4, 1),
                valid_to=None,
                now=NOW,
            )
        return Staff(id=made.id, public_id=made.public_id, email=email, secret=secret)

    return make


@pytest.fixture
def actor_of() -> Callable[[Staff], Actor]:
    def find(someone: Staff) -> Actor:
        return queries.actor_of_account(
            Account.objects.get(pk=someone.id),
            today=TODAY,
            assurance=Assurance.NONE,
            channel="web",
            proved_at=NOW,
        )

    return find


@pytest.fixture
def new_credentials(
    staff: Callable[..., Staff], actor_of: Callable[[Staff], Actor]
) -> Callable[[UUID], str]:
    """Two administrators give somebody a temporary password, as happens after a loss."""

    def give(account: UUID) -> str:
        first = actor_of(staff("管理 一", "general-affairs-head"))
        second = actor_of(staff("管理 二", "general-affairs-head"))
        lost = actions.ask_for_staff_recovery(first, account, note="対面で確かめた", now=NOW)
        return actions.approve_recovery(second, lost, now=NOW)

    return give


@pytest.fixture
def digits_of() -> Callable[[UUID], str]:
    """The six digits that were sent, as a subscriber reads them."""

    def read(code: UUID) -> str:
        row = SignInCode.objects.get(public_id=code)
        sent = queries.code_to_send(row.pk, now=row.created_at)
        assert sent is not None
        return sent.digits

    return read


@pytest.fixture
def browser(db: None) -> Callable[..., Client]:
    """A browser in which an account is signed in, without the pages in between."""

    def sign_in(account_id: int, *, at: datetime = NOW, client: Client | None = None) -> Client:
        account = Account.objects.get(pk=account_id)
        store = SessionStore()
        assurance = Assurance.CONTACT if account.kind == "resident" else Assurance.NONE
        store.begin(account, assurance=assurance, device="Firefox", keep_data=False, now=at)
        store.save()
        Session.objects.filter(account=account).update(last_seen_at=at)
        client = client or Client()
        client.cookies[django_settings.SESSION_COOKIE_NAME] = store.session_key or ""
        return client

    return sign_in


@pytest.fixture
def resident(db: None) -> Account:
    account = Account(
        kind="resident", email="taro@example.jp", language="ja", created_at=NOW, name="見本 太郎"
    )
    account.save()
    return account


@pytest.fixture
def own_tabs_only() -> Iterator[None]:
    """Without the tabs of other packages, whose counts would be counted here."""
    items, places = navigation.installed()
    navigation.install(MANIFEST.navigation, places)
    yield
    navigation.install(items, places)
