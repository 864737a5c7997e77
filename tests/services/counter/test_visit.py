"""One visit at the front desk, from the number to the printed set, through the screens."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from engines.cases.world import NOW
from suigo.engines.cases.models import Case, Draft
from suigo.engines.documents.rendering import page_count, pdf_text
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.services.counter.models import Item, Visit

SignIn = Callable[[Actor], Client]
PERSON: dict[str, Any] = {
    "name.family": "水野",
    "name.given": "葉子",
    "name.family_kana": "ミズノ",
    "name.given_kana": "ヨウコ",
    "birth_date.era": "",
    "birth_date.year": "1990",
    "birth_date.month": "4",
    "birth_date.day": "1",
    "address.postal_code": "9998531",
    "address.prefecture": "見本県",
    "address.city": "みほん市",
    "address.town": "川辺町",
    "address.block": "1-2",
    "sex": "2",
    "source": "typed",
    "identity": "photo_document",
}
GUIDE = {
    "asked": ["moved_on", "family", "furniture"],
    "moved_on": "2026-11-20",
    "family": ["reader"],
    "furniture": "few",
}
CARD, WASTE = "s01-library-card", "g01-bulky-waste"
CARD_REST = {
    "email": "",
    "commutes": "no",
    "branch": "central",
    "card_kinds": "books",
    "per_month": "",
    "large_print": "no",
    "wishes": "",
    "proof": "",
    "rules": "yes",
}
WASTE_REST = {
    "items.0.what": "たんす",
    "items.0.size": "large",
    "wanted_date.year": "2026",
    "wanted_date.month": "12",
    "wanted_date.day": "10",
}


def visit_at(client: Client) -> str:
    return str(client.post("/staff/counter/visits/")["Location"])


def filled_in(client: Client) -> str:
    """A visit with two applications, complete; gives its address."""
    at = visit_at(client)
    assert client.post(f"{at}person/", PERSON).status_code == 302
    assert client.post(f"{at}events/", {"event": ["moving-in"]}).status_code == 302
    assert client.post(f"{at}events/moving-in/", GUIDE)["Location"] == f"{at}items/"
    chosen = {"today": ["library-card", "bulky-waste", "move-in-notice"]}
    assert client.post(f"{at}items/", chosen)["Location"] == f"{at}common/"
    common = client.post(f"{at}common/", {"person_phone": "0299-00-0000", "person_email": ""})
    assert common.status_code == 302, common.content.decode()
    for procedure, rest in ((CARD, CARD_REST), (WASTE, WASTE_REST)):
        saved = client.post(f"{at}forms/{procedure}/", rest)
        assert saved.status_code == 302, saved.content.decode()
    return at


def test_a_visit_becomes_cases_and_one_printed_set(clerk: Actor, browser: SignIn) -> None:
    client = browser(clerk)
    at = filled_in(client)
    page = client.get(f"{at}check/").content.decode()
    digest = page.split('name="digest" value="')[1].split('"')[0]
    assert client.post(f"{at}receive/").status_code == 400  # nobody has signed
    assert client.post(f"{at}paper/", {"digest": digest}).status_code == 302
    answers = [client.post(f"{at}receive/"), client.post(f"{at}receive/")]
    assert [r["Location"] for r in answers] == [f"{at}done/"] * 2
    cases = {case.procedure_id: case for case in Case.objects.all()}
    assert sorted(cases) == [WASTE, CARD]
    assert {case.channel for case in cases.values()} == {"counter"}
    assert cases[CARD].answers["phone"] == cases[WASTE].answers["applicant"]["phone"]
    assert cases[CARD].answers["applicant"]["family"] == "水野"
    assert Draft.objects.count() == 0
    pdf = client.get(f"{at}set.pdf").content
    text = pdf_text(pdf)
    for words in ("申請書一式", "水野 葉子", cases[CARD].number, cases[WASTE].number, "転入届"):
        assert words in text
    assert page_count(pdf) == 3
    assert AuditEntry.objects.filter(action="counter.received").count() == 1


def test_nothing_is_asked_twice(clerk: Actor, browser: SignIn) -> None:
    client = browser(clerk)
    at = visit_at(client)
    client.post(f"{at}person/", PERSON)
    client.post(f"{at}events/", {"event": ["moving-in"]})
    client.post(f"{at}events/moving-in/", GUIDE)
    client.post(f"{at}items/", {"today": ["library-card", "bulky-waste"]})
    page = client.get(f"{at}common/").content.decode()
    assert page.count("<input") - page.count('type="hidden"') >= 1
    assert 'name="person_phone"' in page
    assert re.search(r'name="q\d', page) is None
    client.post(f"{at}common/", {"person_phone": "0299-00-0000", "person_email": ""})
    for procedure, name in ((CARD, "applicant.family"), (WASTE, "applicant.name.family")):
        page = client.get(f"{at}forms/{procedure}/").content.decode()
        assert f'name="{name}"' not in page
        assert 'phone"' not in page.split("<form")[-1].split("refresh")[-1]
        assert "水野" in page
        assert "0299-00-0000" in page


def test_the_marks_of_a_visit(clerk: Actor, browser: SignIn) -> None:
    client = browser(clerk)
    at = filled_in(client)
    visit = Visit.objects.get()
    assert visit.began_at == NOW
    listed = dict(Item.objects.values_list("entry", "today"))
    assert listed == {"library-card": True, "bulky-waste": True, "move-in-notice": True}
    assert client.post(f"{at}done/", {"entry": "move-in-notice", "done": "1"}).status_code == 302
    assert Item.objects.get(entry="move-in-notice").done_at == NOW
