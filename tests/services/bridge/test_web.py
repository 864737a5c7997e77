"""The operators' page, and the faces of the two zones."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engines.cases.world import NOW, desk
from services.bridge.conftest import something_of_everything
from suigo.kernel.access import Actor
from suigo.services.bridge import queries
from suigo.services.bridge.models import SetAside, Standing

SignIn = Callable[[Actor], Client]
PAGE = "/staff/bridge/"


def text(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


QUERIES = 17


@pytest.mark.usefixtures("inner")
@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_whatever_is_on_it(
    rows: int, operator: Actor, browser: SignIn
) -> None:
    something_of_everything(rows)
    client = browser(operator)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as seen:
        client.get(PAGE)
    assert len(seen) == QUERIES


def test_one_node_has_nothing_to_bridge(operator: Actor, browser: SignIn) -> None:
    assert "一つのノードで動いています" in text(browser(operator))


@pytest.mark.usefixtures("inner")
def test_reasons_are_sentences_and_looking_is_noted(operator: Actor, browser: SignIn) -> None:
    something_of_everything(2)
    client = browser(operator)
    page = text(client)
    assert "署名と中身が合いません" in page
    assert "手続の版が、こちらにはありません" in page
    ids = list(SetAside.objects.values_list("pk", flat=True))
    assert queries.attention_count(operator) == 4
    assert client.post(f"{PAGE}seen/", {"packet": [*ids, "x", "9" * 30]}).status_code == 302
    assert queries.attention_count(operator) == 2
    assert "確認済み" in text(client)


@pytest.mark.usefixtures("inner")
def test_trouble_is_said_to_the_operator(db: None) -> None:
    assert queries.trouble(now=NOW) == []
    something_of_everything(1)
    Standing.objects.update(missing=7, heard_at=NOW)
    told = " ".join(queries.trouble(now=NOW + timedelta(hours=25)))
    for words in ("packet 7 is missing", "the oldest 25 h", "last heard", "held back", "set aside"):
        assert words in told


def test_a_node_without_keys_says_what_to_set(db: None, settings: LazySettings) -> None:
    settings.SUIGO_ZONE = "outer"
    settings.SUIGO_BRIDGE_OUT = settings.SUIGO_BRIDGE_IN = "/srv/bridge"
    told = " ".join(queries.trouble(now=NOW))
    for words in ("SUIGO_BRIDGE_KEYS", "SUIGO_BRIDGE_PEER_KEYS", "two folders"):
        assert words in told


# -- faces


@pytest.mark.parametrize(
    "address", ["/staff/", "/staff", "/staff/sign-in/", "/staff/inbox/", PAGE, "/staff/nothing/"]
)
def test_the_residents_node_has_no_staff(
    address: str, operator: Actor, browser: SignIn, settings: LazySettings
) -> None:
    client = browser(operator)
    settings.SUIGO_ZONE = "outer"
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert Client().get(address).status_code == 404
    assert Client().get("/procedures/").status_code == 200


@pytest.mark.usefixtures("inner")
def test_the_inner_node_knows_only_staff(browser: SignIn) -> None:
    people = desk()
    for nobody in (Client(), browser(people.resident)):
        for address in ("/procedures/", "/sign-in/", "/my/", "/guide/", "/plan/"):
            assert nobody.get(address).status_code == 404, address
        assert nobody.get("/")["Location"] == "/staff/"
        assert nobody.get("/city.css").status_code == 200
        assert nobody.get("/counter/tickets/").status_code == 200
    assert Client().get("/staff/sign-in/").status_code == 200
    clerk = browser(people.chief)
    assert clerk.get("/procedures/").status_code == 200  # where they start to enter for somebody
    assert clerk.get("/staff/inbox/").status_code == 200
