"""Browsers that are signed in."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from engines.cases.world import NOW
from suigo.engines.identity.models import Account
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor


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
