"""At home the four items become a code; at the counter the code becomes the four items."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engines.cases.world import NOW, TODAY
from services.counter.test_visit import PERSON as POSTED
from services.counter.test_visit import visit_at
from services.counter.world import MOVED, PERSON
from suigo.engines.guidance.queries import guidance, guide
from suigo.kernel.access import Actor
from suigo.kernel.crypto import seal_bytes
from suigo.services.counter.models import Item, Visit
from suigo.services.counter.queries.visits import guide_answers
from suigo.services.counter.rules.prepared import Prepared, write
from suigo.services.counter.web.visit import PREPARED

SignIn = Callable[[Actor], Client]


@pytest.fixture
def code() -> str:
    return guidance(guide("moving-in"), MOVED, today=TODAY).code


def line(code: str, *, days_ago: int = 0, language: str = "en") -> str:
    prepared = Prepared(PERSON, (code,), language, TODAY - timedelta(days=days_ago))
    return write(prepared, seal=lambda plain: seal_bytes(plain, purpose=PREPARED))


def test_at_home_a_code_is_made_and_nothing_is_stored(
    clerk: Actor, browser: SignIn, code: str
) -> None:
    browser(clerk)  # the day of the tests
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = Client().post("/counter/prepare/", POSTED | {"code": code})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<svg" in page
    assert "見本市に引っ越してきた" in page
    assert "令和8年12月8日" in page
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []


def test_at_home_the_guide_leads_here(clerk: Actor, browser: SignIn, code: str) -> None:
    browser(clerk)
    result = Client().get(f"/guide/moving-in/result/?code={code}").content.decode()
    assert f'href="/counter/prepare/?code={code}"' in result
    assert f'value="{code}"' in Client().get(f"/counter/prepare/?code={code}").content.decode()


def test_at_home_mistakes_are_explained(clerk: Actor, browser: SignIn) -> None:
    browser(clerk)
    answer = Client().post("/counter/prepare/", POSTED | {"birth_date.day": "32", "code": "ZZZ"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#code"' in page
    assert "水野" in page


def test_at_the_counter_the_code_fills_everything_in(
    clerk: Actor, browser: SignIn, code: str
) -> None:
    client = browser(clerk)
    at = visit_at(client)
    read = client.post(f"{at}person/", {"_line": "1", "line": line(code).lower()})
    page = read.content.decode()
    assert "家で用意した内容を読み取りました" in page
    assert 'value="水野"' in page
    assert f'name="guide_code" value="{code}"' in page
    sent = POSTED | {"source": "code", "guide_code": code, "language": "en"}
    # the questions of the guide are answered: straight to what is needed
    assert client.post(f"{at}person/", sent)["Location"] == f"{at}items/"
    visit = Visit.objects.get()
    assert (visit.person_source, visit.language) == ("code", "en")
    assert set(Item.objects.values_list("entry", flat=True)) == {
        "move-in-notice",
        "library-card",
        "bulky-waste",
    }


@pytest.mark.parametrize("days_ago", [None, 15])
def test_at_the_counter_no_other_code_is_taken(
    clerk: Actor, browser: SignIn, code: str, days_ago: int | None
) -> None:
    client = browser(clerk)
    at = visit_at(client)
    typed = "HELLO" if days_ago is None else line(code, days_ago=days_ago)
    assert client.post(f"{at}person/", {"_line": "1", "line": typed}).status_code == 422
    assert Visit.objects.get().person == {}


def test_at_the_counter_a_card(clerk: Actor, browser: SignIn) -> None:
    client = browser(clerk)
    at = visit_at(client)
    page = client.post(f"{at}person/", {"_card": "1"}).content.decode()
    assert "カードから読み取りました" in page
    assert 'value="葉子"' in page
    assert Visit.objects.get().began_at == NOW


def prepared(clerk: Actor, browser: SignIn, brought: str) -> tuple[Client, str]:
    """A visit of somebody who answered questions of the guide at home."""
    client = browser(clerk)
    at = str(client.post("/staff/counter/visits/")["Location"])
    read = client.post(f"{at}person/", {"_line": "1", "line": line(brought)}).content.decode()
    assert f'name="guide_code" value="{brought}"' in read
    saved = client.post(f"{at}person/", POSTED | {"source": "code", "guide_code": brought})
    assert saved.status_code == 302
    return client, at


def test_what_was_answered_at_home_is_a_summary_that_can_be_changed(
    clerk: Actor, browser: SignIn, code: str
) -> None:
    client, at = prepared(clerk, browser, code)
    chosen = client.post(f"{at}events/", {"event": ["moving-in"]})
    assert chosen["Location"] == f"{at}items/"  # nothing is left to ask
    page = client.get(f"{at}items/").content.decode()
    assert "家で答えた内容" in page
    page = client.get(f"{at}events/moving-in/").content.decode()
    for name in MOVED:
        assert f'name="{name}"' not in page
        assert f'href="{at}events/moving-in/?change={name}#{name}"' in page
    # one of them is changed: only that one is asked, and the others stay
    changing = f"{at}events/moving-in/?change=furniture"
    page = client.get(changing).content.decode()
    assert 'name="furniture"' in page
    assert 'name="moved_on"' not in page
    assert client.post(changing, {"asked": ["furniture"], "furniture": "many"}).status_code == 302
    answers = guide_answers("moving-in", Visit.objects.get().guides[0]["code"])[1]
    assert answers == MOVED | {"furniture": "many"}
    page = client.get(f"{at}items/").content.decode()
    assert "家で答えた内容" not in page
    assert "答えた内容" in page


def test_only_what_is_left_of_the_guide_is_asked(clerk: Actor, browser: SignIn) -> None:
    some = {key: value for key, value in MOVED.items() if key != "furniture"}
    brought = guidance(guide("moving-in"), some, today=TODAY).code
    client, at = prepared(clerk, browser, brought)
    address = str(client.post(f"{at}events/", {"event": ["moving-in"]})["Location"])
    assert address == f"{at}events/moving-in/"
    page = client.get(address).content.decode()
    assert page.count('name="asked"') == 1
    assert 'name="furniture"' in page
    assert "家で答えた内容" in page
    assert "あと聞くこと" in page
    missed = client.post(address, {"asked": ["furniture"]})
    assert missed.status_code == 422
    done = client.post(address, {"asked": ["furniture"], "furniture": "few"})
    assert done["Location"] == f"{at}items/"
    assert guide_answers("moving-in", Visit.objects.get().guides[0]["code"])[1] == MOVED
