"""The matrix: who may do what, on a day."""

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engines.cases.world import desk, staff
from suigo.engines.identity.models import Account, PostHolding
from suigo.engines.identity.queries.authority import holders_on
from suigo.kernel.access import Actor

pytestmark = pytest.mark.django_db


def substitute(deputy: Actor, held: PostHolding, first: date, end: date) -> None:
    PostHolding.objects.create(
        account_id=deputy.account_id,
        post=held.post,
        kind="acting",
        valid_from_date=first,
        valid_to_date=end,
        substitute_for=held,
    )


def names_on(day: date, post: str) -> list[tuple[str, str, date | None]]:
    holders = holders_on(day).get(post, ())
    return [(h.name, h.substitute_for, h.last_day) for h in holders]


def test_a_day_shows_who_holds_a_post_on_it() -> None:
    people = desk()
    head = PostHolding.objects.get(account_id=people.head.account_id)
    substitute(people.chief, head, date(2026, 12, 1), date(2026, 12, 8))
    own = (people.head.name, "", None)
    acting = (people.chief.name, people.head.name, date(2026, 12, 7))
    assert names_on(date(2026, 3, 31), "library-head") == []
    assert names_on(date(2026, 11, 30), "library-head") == [own]
    assert sorted(names_on(date(2026, 12, 7), "library-head")) == sorted([own, acting])
    assert names_on(date(2026, 12, 8), "library-head") == [own]
    Account.objects.filter(pk=people.head.account_id).update(is_active=False)
    assert names_on(date(2026, 12, 8), "library-head") == []


@pytest.mark.parametrize("count", [1, 3])
def test_one_question_however_many_hold_posts(count: int) -> None:
    for number in range(count):
        staff("library-officer", f"司書 {number}")
    with CaptureQueriesContext(connection) as seen:
        assert len(holders_on(date(2026, 11, 24))["library-officer"]) == count
    assert len(seen) == 1


def test_the_page_and_its_csv_say_the_same(browser: Callable[[int], Client]) -> None:
    people = desk()
    head = PostHolding.objects.get(account_id=people.head.account_id)
    substitute(people.chief, head, date(2026, 12, 1), date(2026, 12, 8))
    assert people.clerk.account_id is not None
    client = browser(people.clerk.account_id)
    page = client.get("/staff/authority/?on=2026-12-02").content.decode()
    assert f"（{people.head.name} の代理）" in page
    assert 'name="on" type="date" value="2026-12-02"' in page
    assert "日付を「2026-11-24」のように" not in page
    assert f"（{people.head.name} の代理）" not in client.get("/staff/authority/").content.decode()
    assert "日付を「2026-11-24」のように" in client.get("/staff/authority/?on=x").content.decode()
    text = client.get("/staff/authority.csv?on=2026-12-02").content.decode("utf-8-sig")
    deciders = [
        (row["氏名"], row["職の持ち方"], row["代理される人"], row["まで"])
        for row in csv.DictReader(io.StringIO(text))
        if row["id"] == "cases.decide" and row["課と職"].startswith("図書館")
    ]
    assert sorted(deciders) == sorted(
        [
            (people.head.name, "本務", "", ""),
            (people.chief.name, "代理", people.head.name, "2026-12-07"),
        ]
    )
