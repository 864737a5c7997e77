"""Somebody comes for somebody else: who, and by what right, stands on every application."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from engines.cases.world import NOW
from services.counter.test_visit import PERSON, filled_in, visit_at
from suigo.engines.cases.models import Case, Draft
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.services.counter.actions.upkeep import erase_visits
from suigo.services.counter.models import Visit
from suigo.services.counter.rules.coming import Came, fault_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[Actor], Client]
DAUGHTER = {"came": "水野 花子", "relation": "長女", "mandate": "letter"}


@pytest.mark.parametrize(
    ("came", "good"),
    [
        (Came(), True),
        (Came("水野 花子", "長女", "letter"), True),
        (Came("水野 花子", "", "none"), True),
        (Came("水野 花子", "長女", ""), False),
        (Came("", "", "letter"), False),
        (Came("", "長女", ""), False),
        (Came("水野 花子", "", "forged"), False),
        (Came("字" * 201, "", "letter"), False),
    ],
)
def test_somebody_else_has_a_name_and_a_right(came: Came, good: bool) -> None:
    assert (fault_of(came) == "") is good


def test_it_stands_on_every_application_also_when_said_late(browser: SignIn, clerk: Actor) -> None:
    client = browser(clerk)
    at = filled_in(client)
    assert {draft.arrival["caller"] for draft in Draft.objects.all()} == {"水野 葉子"}
    assert client.post(f"{at}person/", PERSON | DAUGHTER).status_code == 302
    said = [
        (d.arrival["caller"], d.arrival["relation"], d.arrival["mandate"])
        for d in Draft.objects.all()
    ]
    assert said == [("水野 花子", "長女", "letter")] * 2
    told = AuditEntry.objects.filter(action="counter.person-taken").order_by("-id")[0]
    assert '"mandate":"letter"' in told.facts
    assert "花子" not in told.facts
    shown = client.get(f"{at}person/").content.decode()
    assert 'value="水野 花子"' in shown
    assert '<option value="letter" selected>' in shown
    assert client.post(f"{at}person/", PERSON | dict.fromkeys(DAUGHTER, "")).status_code == 302
    assert {d.arrival.get("mandate", "") for d in Draft.objects.all()} == {""}


def test_half_of_it_is_refused_and_kept_on_the_page(browser: SignIn, clerk: Actor) -> None:
    client = browser(clerk)
    at = visit_at(client)
    refused = client.post(f"{at}person/", PERSON | {"came": "水野 花子", "mandate": ""})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "代理の確認の両方を入れてください" in page
    assert 'value="水野 花子"' in page
    assert Visit.objects.get().person == {}


def test_who_came_is_erased_with_the_visit(browser: SignIn, clerk: Actor) -> None:
    client = browser(clerk)
    at = visit_at(client)
    client.post(f"{at}person/", PERSON | DAUGHTER)
    assert Visit.objects.get().came == "水野 花子"
    erase_visits(keep_days=30, now=NOW + timedelta(days=400))
    visit = Visit.objects.get()
    assert (visit.came, visit.relation, visit.erased_at is not None) == ("", "", True)
    assert not Case.objects.exists()
