"""One application after the other: what is known is not asked again, and is the right person's."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from engines.cases import world
from engines.cases.test_web_apply import PAGES, fill, posted, signed_in, start
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case, Draft
from suigo.engines.facts.models import Fact
from suigo.engines.facts.queries import known_facts
from suigo.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
WASTE = "g01-bulky-waste"
EVERYTHING = {"keep": ["person", "contact", "family", "work", "account"]}


@pytest.fixture(autouse=True)
def _at_ten() -> Iterator[None]:
    with time_machine.travel(world.NOW, tick=False):
        yield


def sent(client: Client, choices: dict[str, Any]) -> Case:
    """A library card, with what the applicant chose at the end."""
    check = fill(client, start(client))
    assert client.post(check, choices).status_code == 200
    return Case.objects.order_by("-id")[0]


def decided(case: Case, people: world.Desk) -> Case:
    world.act(case, "start_check", people.clerk)
    world.tick_all(case, people.clerk)
    return world.act(case, "approve", people.head)


def draft() -> Draft:
    return Draft.objects.get()


def test_nothing_is_kept_unless_the_applicant_ticks_it() -> None:
    client = signed_in(world.resident())
    page = client.get(fill(client, start(client))).content.decode()
    assert "次の申請で使えるように保存しますか" in page
    assert 'name="keep"' in page
    assert "checked" not in page.partition("次の申請で使えるように")[2].partition("</form>")[0]
    case = sent(client, {})
    assert case.origins["email"] == {"source": "account", "date": "2026-11-24"}
    assert not Fact.objects.exists()


def test_only_the_ticked_groups_are_kept() -> None:
    resident = world.resident()
    sent(signed_in(resident), {"keep": ["person"]})
    assert sorted(Fact.objects.values_list("key", flat=True)) == [
        "person.birth_date",
        "person.name",
    ]


def test_three_applications_in_a_row_ask_nothing_twice() -> None:
    """Library card, bulky waste, library card: what the first asked is in the others."""
    resident = world.resident()
    client = signed_in(resident)
    sent(client, EVERYTHING)
    start(client, WASTE)
    assert draft().answers == {
        "applicant": {"name": world.ANSWERS["applicant"], "phone": world.ANSWERS["phone"]},
        "address": world.ANSWERS["address"],
    }
    page = client.get(f"/apply/{draft().public_id}/page/you/").content.decode()
    assert page.count("前回の申請から") == 3
    assert "必須" in page
    draft().delete()
    first = start(client)
    known = {key: world.ANSWERS[key] for key in ("applicant", "birthday", "address", "phone")}
    assert draft().answers == known | {"email": world.ANSWERS["email"]}
    # the page is sent as it was shown, with the two answers that only this application asks
    page_values = posted("applicant")
    assert client.post(first, page_values).status_code == 302
    check = f"/apply/{draft().public_id}/check/"
    for name in PAGES[1:]:
        client.post(f"/apply/{draft().public_id}/page/{name}/", posted(name))
    review = client.get(check).content.decode()
    assert review.count("前回の申請から") == 5
    assert "次の申請で使えるように" not in review  # all of it is kept already
    client.post(check)
    case = Case.objects.order_by("-id")[0]
    assert sorted(case.origins) == ["address", "applicant", "birthday", "email", "phone"]


def test_a_confirmed_fact_is_read_only_whatever_is_posted() -> None:
    people = world.desk()
    client = signed_in(people.resident)
    case = decided(sent(client, EVERYTHING), people)
    assert actions.confirm_decided(case.public_id, now=world.NOW) == 3
    address = start(client)
    page = client.get(address).content.decode()
    assert 'name="applicant.family"' not in page
    assert "市が確認した内容から" in page
    assert "水野　葉子" in page
    # the address was confirmed too, but people move: it stays a question
    assert 'name="address.block"' in page
    forged = posted("applicant") | {"applicant.family": "偽", "birthday.year": "2020"}
    assert client.post(address, forged).status_code == 302
    assert draft().answers["applicant"] == world.ANSWERS["applicant"]
    assert draft().answers["birthday"] == "1990-04-01"
    # not even a draft that was changed behind the program's back
    changed = draft()
    changed.answers["birthday"] = "2001-01-01"
    changed.save()
    for name in PAGES[1:]:
        client.post(f"/apply/{changed.public_id}/page/{name}/", posted(name))
    client.post(f"/apply/{changed.public_id}/check/")
    latest = Case.objects.order_by("-id")[0]
    assert latest.answers["birthday"] == "1990-04-01"
    assert latest.origins["birthday"]["source"] == "checked"


def test_a_program_of_the_resident_can_not_say_something_else() -> None:
    people = world.desk()
    case = decided(sent(signed_in(people.resident), EVERYTHING), people)
    actions.confirm_decided(case.public_id, now=world.NOW)

    def send(key: str, **changes: Any) -> str:
        receipt = actions.submit_answers(
            world.CARD,
            world.answers(**changes),
            actor=people.resident,
            now=world.NOW,
            language="ja",
            idempotency_key=key,
        )
        return str(Case.objects.get(public_id=receipt.case_id).answers["birthday"])

    with pytest.raises(Invalid) as refused:
        send("one", birthday="2001-01-01")
    assert list(refused.value.field_errors) == ["birthday"]
    assert send("two") == "1990-04-01"
    assert send("three", birthday=None) == "1990-04-01"


def test_a_changed_answer_asks_which_to_keep() -> None:
    resident = world.resident()
    client = signed_in(resident)
    sent(client, EVERYTHING)

    def again(number: str, choice: dict[str, str]) -> str:
        address = start(client)
        client.post(address, posted("applicant", world.answers(phone=number)))
        for name in PAGES[1:]:
            client.post(f"/apply/{draft().public_id}/page/{name}/", posted(name))
        check = f"/apply/{draft().public_id}/check/"
        page = client.get(check).content.decode()
        assert "保存してある内容とちがいます" in page
        client.post(check, choice)
        return str(known_facts(resident, now=world.NOW)["person.phone"].value)

    assert again("0299-11-1111", {"replace.person.phone": "older"}) == "0299-00-0000"
    assert again("0299-22-2222", {}) == "0299-00-0000"
    assert again("0299-33-3333", {"replace.person.phone": "newer"}) == "0299-33-3333"


def test_a_visitor_and_a_clerk_get_nobody_s_facts() -> None:
    people = world.desk()
    sent(signed_in(people.resident), EVERYTHING)
    visitor = Client(headers={"accept-language": "ja"})
    start(visitor)
    assert draft().answers == {}
    assert draft().known == ""
    page = visitor.get(fill(visitor, f"/apply/{draft().public_id}/page/applicant/"))
    assert 'name="keep"' not in page.content.decode()
    visitor.post(f"/apply/{draft().public_id}/check/", EVERYTHING)
    assert Fact.objects.values("holder").distinct().count() == 1
    draft_id = actions.start_draft(
        world.CARD,
        actor=world.staff("library-chief", "係長 二郎"),
        now=world.NOW,
        channel="counter",
        known=known_facts(people.resident, now=world.NOW),
    )
    assert Draft.objects.get(public_id=draft_id).answers == {}


def test_the_clerk_sees_that_it_was_known_and_never_from_which_other_application() -> None:
    people = world.desk()
    client = signed_in(people.resident)
    sent(client, EVERYTHING)
    second = sent(client, {})
    page = signed_in(people.clerk).get(f"/staff/cases/{second.public_id}/").content.decode()
    assert page.count("本人の前回の申請から入力") == 5
    assert {key for origin in second.origins.values() for key in origin} == {"source", "date"}


def test_a_corrected_answer_is_the_applicant_s_own_word_again() -> None:
    people = world.desk()
    client = signed_in(people.resident)
    sent(client, EVERYTHING)
    case = sent(client, {})
    world.act(
        case,
        "request_correction",
        people.clerk,
        items={"phone": "日中つながる番号をお願いします"},
        correction_due_date=world.TODAY + timedelta(days=14),
    )
    case.refresh_from_db()
    actions.answer_correction(
        case.public_id,
        posted={"phone": ["0299-44-4444"]},
        actor=people.resident,
        version=case.version,
        now=world.NOW,
    )
    case.refresh_from_db()
    assert "phone" not in case.origins
    assert "address" in case.origins


def test_beginning_costs_one_query_more_than_without_facts(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    resident = world.resident()
    client = signed_in(resident)
    sent(client, EVERYTHING)
    client.post(f"/procedures/{world.CARD}/start/")
    with django_assert_num_queries(8):  # one of them for all the facts
        client.post(f"/procedures/{world.CARD}/start/")
