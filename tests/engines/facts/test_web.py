"""The page on which residents see what is kept."""

import json
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from engines.cases import world
from engines.cases.test_web_apply import signed_in
from suigo.engines.facts import actions, queries
from suigo.engines.facts.actions import Origin
from suigo.engines.forms.rules.prefilling import Told
from suigo.kernel.access import Actor

pytestmark = pytest.mark.django_db
VALUES = {
    "person.phone": "0299-00-0000",
    "person.address": world.ANSWERS["address"],
    "household.children": [{"name": world.ANSWERS["applicant"], "birth_date": "2020-01-01"}],
}


@pytest.fixture(autouse=True)
def _at_ten() -> Iterator[None]:
    with time_machine.travel(world.NOW, tick=False):
        yield


def kept(actor: Actor, *keys: str) -> Client:
    case = world.received(actor)
    origin = Origin(case.public_id, case.number, "図書館カードの申込み")
    values = {key: Told(VALUES[key]) for key in keys}
    actions.keep_facts(actor, values, origin=origin, replace=(), now=world.NOW)
    return signed_in(actor)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_says_what_from_where_and_for_what(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = kept(world.resident(), *list(VALUES)[:number])
    with django_assert_num_queries(2):
        page = client.get("/my/facts/").content.decode()
    assert page.count('class="fact"') == number
    assert "0299-00-0000" in page
    assert "申請で答えた内容" in page
    assert "/my/applications/" in page
    assert f"/procedures/{world.CARD}/" in page


def test_others_see_nothing() -> None:
    people = world.desk()
    kept(people.resident, "person.phone")
    assert Client().get("/my/facts/")["Location"].startswith("/sign-in/")
    other = signed_in(world.resident("別 人", "other@example.jp"))
    assert "0299" not in other.get("/my/facts/").content.decode()
    assert other.get("/my/facts/person-phone/").status_code == 404
    assert other.post("/my/facts/person-phone/withdraw/").status_code == 404
    assert "0299" not in other.get("/my/facts.json").content.decode()
    assert signed_in(people.clerk).get("/my/facts/")["Location"].startswith("/sign-in/")


def test_a_fact_is_changed_with_the_same_care_as_in_a_form() -> None:
    resident = world.resident()
    client = kept(resident, "person.phone")
    assert 'value="0299-00-0000"' in client.get("/my/facts/person-phone/").content.decode()
    wrong = client.post("/my/facts/person-phone/", {"person_phone": "12"})
    assert wrong.status_code == 422
    assert queries.value_of(resident, "person.phone", now=world.NOW) == "0299-00-0000"
    right = client.post("/my/facts/person-phone/", {"person_phone": "0299-55-5555"})
    assert right["Location"] == "/my/facts/?done=changed"
    page = client.get(right["Location"]).content.decode()
    assert "0299-55-5555" in page
    assert "このページで自分で直した内容" in page


def test_rows_can_be_added_and_taken_away() -> None:
    resident = world.resident()
    client = kept(resident, "household.children")
    address = "/my/facts/household-children/"
    child = {
        "family": "水野",
        "given": "一",
        "family_kana": "ミズノ",
        "given_kana": "ハジメ",
    }
    two = {f"household_children.{i}.name.{k}": v for i in (0, 1) for k, v in child.items()}
    more = client.post(address, two | {"_add": "household_children"}).content.decode()
    assert more.count('class="row"') == 3
    fewer = client.post(address, two | {"_remove": "household_children.0"}).content.decode()
    assert fewer.count('class="row"') == 1
    one = {k: v for k, v in two.items() if ".0." in k}
    assert client.post(address, one).status_code == 302
    assert queries.value_of(resident, "household.children", now=world.NOW) == [
        {"name": child, "birth_date": None}
    ] or queries.value_of(resident, "household.children", now=world.NOW) == [{"name": child}]


def test_one_and_all_are_withdrawn_after_asking() -> None:
    resident = world.resident()
    client = kept(resident, "person.phone", "person.address")
    assert (
        "「電話番号」を消しますか"
        in client.get("/my/facts/person-phone/withdraw/").content.decode()
    )
    assert client.post("/my/facts/person-phone/withdraw/").status_code == 302
    assert client.get("/my/facts/person-phone/withdraw/").status_code == 404
    assert "すべて消しますか" in client.get("/my/facts/withdraw/").content.decode()
    assert client.post("/my/facts/withdraw/").status_code == 302
    assert queries.kept_facts(resident, language="ja", now=world.NOW) == []
    assert "保存した情報はありません" in client.get("/my/facts/").content.decode()


def test_the_holder_can_take_everything_along() -> None:
    client = kept(world.resident(), *VALUES)
    response = client.get("/my/facts.json")
    assert response["Content-Disposition"] == 'attachment; filename="facts.json"'
    assert "no-store" in response["Cache-Control"]
    taken = {fact["key"]: fact["value"] for fact in json.loads(response.content)["facts"]}
    assert taken == VALUES


def test_a_newer_answer_is_chosen_on_the_page() -> None:
    resident = world.resident()
    client = kept(resident, "person.phone")
    case = world.received(resident)
    origin = Origin(case.public_id, case.number, "別の手続")
    newer = {"person.phone": Told("0299-77-7777")}
    actions.keep_facts(resident, newer, origin=origin, replace=(), now=world.NOW)
    assert "どちらを残しますか" in client.get("/my/facts/").content.decode()
    assert client.post("/my/facts/person-phone/choose/", {"keep": "?"}).status_code == 404
    assert client.post("/my/facts/person-phone/choose/", {"keep": "newer"}).status_code == 302
    assert "0299-77-7777" in client.get("/my/facts/").content.decode()
