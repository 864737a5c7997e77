"""A city whose library card needs a signature, a card reader to rehearse with, and browsers."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as configured
from django.test import Client
from pytest_django import Settings

from engines.cases.world import NOW
from suigo.engines.identity.models import Account
from suigo.engines.identity.sessions import SessionStore
from suigo.engines.signing import providers
from suigo.engines.signing.adapters import fake
from suigo.kernel.access import Actor

EXAMPLE = Path(configured.SUIGO_CITY)


def city_with(folder: Path, signature: str) -> Path:
    """The example city, whose library card asks for a signature of this level."""
    city = folder / signature
    shutil.copytree(EXAMPLE, city)
    service = city / "services" / "s01-library-card" / "service.yaml"
    service.write_text(f"signature: {signature}\n" + service.read_text(encoding="utf-8"))
    return city


@pytest.fixture(scope="session")
def cities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("cities")
    return {level: city_with(folder, level) for level in ("required", "optional")}


@pytest.fixture(scope="session")
def rehearsal_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the authority of the rehearsal keeps its key, once for all tests."""
    return tmp_path_factory.mktemp("rehearsal")


@pytest.fixture
def signing_city(
    settings: Settings, cities: dict[str, Path], rehearsal_data: Path
) -> Iterator[Settings]:
    """The library card needs a signature, and cards are rehearsed."""
    settings.SUIGO_CITY = cities["required"]
    settings.SUIGO_SIGNER = "fake:"
    settings.SUIGO_REVOCATION = "disabled-dev:"
    settings.SUIGO_REHEARSAL_FOLDER = rehearsal_data
    before = list(providers._signers)
    providers.use_signers(fake.connect("fake:"))
    yield settings
    providers.use_signers(*before)


@pytest.fixture
def browser(db: None) -> Iterator[Callable[[Actor], Client]]:
    """A browser in which somebody is signed in, on the day of the tests."""

    def sign_in(actor: Actor) -> Client:
        account = Account.objects.get(pk=actor.account_id)
        store = SessionStore()
        store.begin(account, assurance=actor.assurance, device="Firefox", keep_data=False, now=NOW)
        store.save()
        client = Client(headers={"accept-language": "ja"})
        client.cookies[configured.SESSION_COOKIE_NAME] = store.session_key or ""
        return client

    with time_machine.travel(NOW, tick=False):
        yield sign_in
