"""Tests that really commit, and browsers that are signed in."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from engines.cases.world import NOW
from suigo.engines.identity.models import Account
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor

# what refuses TRUNCATE in production, and must step aside when a test cleans up after itself
GUARDED = ("audit_entry",)


def _guards(django_db_blocker: DjangoDbBlocker, word: str) -> None:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} {word} TRIGGER USER")


@pytest.fixture
def guards_back_afterwards(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Torn down last: after the tables were emptied the guards stand again.

    The jobs are emptied here, because Django leaves tables alone that it doesn't manage.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    _guards(django_db_blocker, "ENABLE")


@pytest.fixture
def really_committed(
    guards_back_afterwards: None, transactional_db: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The test commits for real, so that several connections see each other's work."""
    yield
    _guards(django_db_blocker, "DISABLE")


@pytest.fixture
def browser(db: None) -> Iterator[Callable[[Actor], Client]]:
    """A browser in which somebody is signed in, on the day of the tests."""

    def sign_in(actor: Actor) -> Client:
        account = Account.objects.get(pk=actor.account_id)
        store = SessionStore()
        store.begin(account, assurance=actor.assurance, device="Firefox", keep_data=False, now=NOW)
        store.save()
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
        return client

    with time_machine.travel(NOW, tick=False):
        yield sign_in
