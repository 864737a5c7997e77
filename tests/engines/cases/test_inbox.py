"""The inbox: right rows, right order, the same cost at any length."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engines.cases.world import (
    NOW,
    TODAY,
    TOKEN,
    Desk,
    act,
    desk,
    name,
    received,
    tick_all,
)
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case
from suigo.engines.cases.queries import residents
from suigo.engines.cases.queries.detail import case_detail
from suigo.engines.cases.queries.export import export_count, export_rows
from suigo.engines.cases.queries.inbox import InboxPage, inbox, open_count, saved_views
from suigo.engines.cases.queries.residents import case_by_number, case_id_of, my_case, my_cases
from suigo.engines.cases.rules.filtering import InboxFilters, cursor_of, filters_of
from suigo.kernel.access import ANONYMOUS, Actor
from suigo.kernel.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> Desk:
    return desk()


def listed(actor: Actor, query: str = "", *, cursor: str = "", size: int = 50) -> InboxPage:
    parameters = dict(part.split("=", 1) for part in query.split("&") if part)
    return inbox(actor, filters_of(parameters), cursor=cursor_of(cursor), today=TODAY, size=size)


def numbers(page: InboxPage) -> list[int]:
    return [int(row.number[-4:]) for row in page.rows]


def several(people: Desk, count: int, **changes: Any) -> list[Case]:
    return [received(people.resident, NOW + timedelta(days=n), **changes) for n in range(count)]


def test_a_row_says_what_matters(people: Desk) -> None:
    received(people.resident)
    row = listed(people.clerk).rows[0]
    assert (row.number, row.title, row.applicant_name, row.state) == (
        "R8-S01-0001",
        "図書館カードの申込み",
        "水野 葉子",
        "受付済み",
    )
    assert (row.assignee, row.channel, row.urgency) == ("", "web", "soon")


def test_views(people: Desk) -> None:
    cases = several(people, 4)
    act(cases[0], "start_check", people.clerk)
    act(cases[1], "request_correction", people.chief, items={"phone": "x"})
    act(cases[2], "withdraw", people.resident)
    Case.objects.filter(pk__in=[cases[0].pk, cases[1].pk]).update(
        due_date=TODAY - timedelta(days=1)
    )
    assert numbers(listed(people.clerk)) == [1, 2, 4]
    assert numbers(listed(people.clerk, "view=mine")) == [1]
    assert numbers(listed(people.clerk, "view=unassigned")) == [4]
    # the second is overdue only because its applicant has it
    assert numbers(listed(people.clerk, "view=overdue")) == [1]
    assert numbers(listed(people.clerk, "view=done")) == [3]
    assert numbers(listed(people.clerk, "view=all")) == [4, 3, 2, 1]
    assert numbers(listed(people.clerk, "state=checking")) == [1]
    assert numbers(listed(people.clerk, "channel=paper")) == []
    assert numbers(listed(people.clerk, "procedure=s01-library-card&department=library")) == [
        1,
        2,
        4,
    ]
    assert numbers(listed(people.clerk, "department=welfare")) == []
    assert numbers(listed(people.clerk, "sort=received")) == [4, 2, 1]
    assert numbers(listed(people.other)) == []
    assert open_count(people.clerk) == 1
    assert open_count(people.resident) is None


def test_paging_by_key_visits_every_case_once_in_both_directions(people: Desk) -> None:
    several(people, 7)
    # the same due date for all: only the tie-break orders them
    Case.objects.update(due_date=TODAY)
    for query in ("", "sort=received"):
        forward, pages, cursor = [], [], ""
        while True:
            page = listed(people.clerk, query, cursor=cursor, size=3)
            forward.extend(numbers(page))
            pages.append(numbers(page))
            if page.next is None:
                break
            cursor = page.next
        assert sorted(forward) == [1, 2, 3, 4, 5, 6, 7]
        assert [len(p) for p in pages] == [3, 3, 1]
        back = [pages[-1]]
        while page.previous is not None:
            page = listed(people.clerk, query, cursor=page.previous, size=3)
            back.insert(0, numbers(page))
        assert back == pages


def test_a_broken_cursor_begins_at_the_start_and_a_wrong_key_finds_nothing(people: Desk) -> None:
    several(people, 2)
    for nonsense in ("x", "+", "+2026-11-27~nothing", "?" * 50):
        assert numbers(listed(people.clerk, cursor=nonsense)) == [1, 2]
    wrong = "+yesterday~0196f000-0000-7000-8000-000000000001"
    assert numbers(listed(people.clerk, cursor=wrong)) == []


def test_the_count_stops_at_a_thousand(people: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    several(people, 3)
    monkeypatch.setattr("suigo.engines.cases.queries.inbox.COUNTED", 2)
    page = listed(people.clerk, size=1)
    assert (page.total, page.more_than_counted) == (2, True)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("R8-S01-0002", [2]),
        ("ｒ８－ｓ０１", [1, 2, 3]),
        ("r8ーS01ー0003", [3]),
        ("水野", [1]),
        ("みず", [1]),
        ("ﾐｽﾞﾉﾖｳｺ", [1]),
        ("ヨウコ", [1]),
        ("髙﨑", [2]),
        ("高崎", [2]),
        ("たかさき　はな", [2]),
        ("花", [2]),
        ("ビッグ", [3]),
        ("100%", []),
        ("野", []),
        ("・", []),
    ],
)
def test_search(people: Desk, typed: str, found: list[int]) -> None:
    received(people.resident)
    received(people.resident, applicant=name("髙﨑", "花", "タカサキ", "ハナ"))
    received(people.resident, applicant=name("ビッグ", "ベン", "ビッグ", "ベン"))
    page = inbox(people.clerk, InboxFilters(q=typed), cursor=None, today=TODAY)
    assert numbers(page) == found


def test_a_closed_case_is_found_by_searching(people: Desk) -> None:
    act(received(people.resident), "withdraw", people.resident)
    assert numbers(listed(people.clerk, "q=水野")) == [1]
    assert numbers(listed(people.other, "q=水野")) == []


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("query", ["", "q=水野", "sort=received&state=received", "view=overdue"])
def test_the_inbox_costs_one_query_and_a_second_one_beyond_a_page(
    people: Desk, count: int, query: str
) -> None:
    several(people, count)
    with CaptureQueriesContext(connection) as seen:
        listed(people.clerk, query)
    assert len(seen) == 1
    received(people.resident)
    Case.objects.update(due_date=TODAY - timedelta(days=1))
    with CaptureQueriesContext(connection) as seen:
        listed(people.clerk, query, size=1)
    assert len(seen) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_a_case_costs_a_fixed_number_of_queries(people: Desk, count: int) -> None:
    cases = several(people, count)
    case = cases[0]
    for text in "あいう"[:count]:
        actions.add_note(case.public_id, text=text, actor=people.clerk, now=NOW)
    act(
        case,
        "request_correction",
        people.clerk,
        items=dict.fromkeys(("phone", "address", "branch")[:count], "直す"),
    )
    with CaptureQueriesContext(connection) as seen:
        case_detail(people.clerk, case.public_id, today=TODAY)
    assert len(seen) == 11


def test_a_case_in_full(people: Desk) -> None:
    earlier = received(people.resident)
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    tick_all(case, people.clerk)
    detail = case_detail(people.clerk, case.public_id, today=TODAY)

    assert [p.id for p in detail.review] == ["applicant", "card", "consent"]
    assert [a.id for a in detail.actions] == ["request_correction"]
    assert [a.id for a in case_detail(people.head, case.public_id, today=TODAY).actions] == [
        "approve",
        "reject",
    ]
    assert [d.number for d in detail.duplicates] == [earlier.number]
    assert [(c.item.id, c.marked_by) for c in detail.checklist] == [
        ("identity", "司書 一郎"),
        ("address", "司書 一郎"),
        ("earlier_card", ""),
    ]
    assert {person.name for person in detail.staff} == {"司書 一郎", "係長 花子", "館長 次郎"}
    with pytest.raises(NotFound):
        case_detail(people.other, case.public_id, today=TODAY)
    with pytest.raises(NotFound):
        case_detail(ANONYMOUS, case.public_id, today=TODAY)


def test_somebody_else_is_no_duplicate(people: Desk) -> None:
    received(people.resident, birthday="1990-04-02")
    case = received(people.resident)
    assert case_detail(people.clerk, case.public_id, today=TODAY).duplicates == ()


# --- residents


def test_residents_see_where_their_case_stands(people: Desk) -> None:
    case = received(people.resident)
    other = received(people.resident, NOW + timedelta(days=1))
    act(case, "request_correction", people.clerk, items={"phone": "直す"})
    mine = my_cases(people.resident, language="ja", today=TODAY)

    assert [(c.number, c.waits_for_me) for c in mine] == [
        (case.number, True),
        (other.number, False),
    ]
    assert mine[0].line == (
        "直していただきたいところがあります。令和8年12月8日までに直して送ってください。"
    )
    assert mine[1].line == (
        "申請を受け付けました。担当の課が内容を確認します。令和8年11月30日までにお知らせします。"
    )
    detail = my_case(people.resident, case.public_id, language="ja", today=TODAY)
    assert [a.id for a in detail.actions] == ["answer_correction", "withdraw"]
    assert detail.open_correction is not None
    assert [(i.path, i.message) for i in detail.open_correction.items] == [("phone", "直す")]
    assert my_cases(people.clerk, language="ja", today=TODAY) == []
    with pytest.raises(NotFound):
        my_case(people.clerk, case.public_id, language="ja", today=TODAY)


def test_what_waits_for_me_is_listed_however_much_came_later(
    people: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(residents, "LISTED", 2)
    case = received(people.resident)
    later = [received(people.resident, NOW + timedelta(days=n)) for n in (1, 2)]
    act(case, "request_correction", people.clerk, items={"phone": "直す"})
    mine = my_cases(people.resident, language="ja", today=TODAY)
    assert [c.number for c in mine] == [case.number, later[1].number]


@pytest.mark.parametrize("count", [1, 3])
def test_my_cases_cost_one_query(people: Desk, count: int) -> None:
    several(people, count)
    with CaptureQueriesContext(connection) as seen:
        my_cases(people.resident, language="ja", today=TODAY)
    assert len(seen) == 1


def test_an_anonymous_applicant_reads_the_receipt_in_the_same_browser(people: Desk) -> None:
    case = received(ANONYMOUS)
    detail = my_case(ANONYMOUS, case.public_id, language="en", today=TODAY, owner_token=TOKEN)
    assert detail.brief.line == (
        "We have received your application. We will answer by November 27, 2026."
    )
    with pytest.raises(NotFound):
        my_case(ANONYMOUS, case.public_id, language="ja", today=TODAY, owner_token="another")


def test_a_number_tells_only_those_who_may_know(people: Desk) -> None:
    case = received(people.resident)
    assert (
        case_by_number(people.resident, case.number, language="ja", today=TODAY).state == "受付済み"
    )
    assert (
        case_by_number(people.clerk, case.number, language="ja", today=TODAY).public_id
        == case.public_id
    )
    assert case_id_of(people.clerk, case.number) == case.public_id
    for actor in (ANONYMOUS, people.other):
        with pytest.raises(NotFound):
            case_by_number(actor, case.number, language="ja", today=TODAY)
        with pytest.raises(NotFound):
            case_id_of(actor, case.number)


# --- views and export


def test_saved_views_belong_to_one_clerk(people: Desk) -> None:
    def save(label: str, query: str, actor: Actor = people.clerk) -> None:
        actions.save_view(
            name=label,
            filters=filters_of(dict([query.split("=")])),
            actor=actor,
            now=NOW,
        )

    save("急ぎ", "view=mine")
    save("急ぎ", "view=overdue")
    views = saved_views(people.clerk)
    assert [(v.name, v.query) for v in views] == [("急ぎ", "view=overdue")]
    assert saved_views(people.chief) == []
    with pytest.raises(NotFound):
        actions.delete_view(views[0].id, actor=people.chief)
    actions.delete_view(views[0].id, actor=people.clerk)
    assert saved_views(people.clerk) == []
    with pytest.raises(Invalid):
        save("", "view=mine")
    with pytest.raises(Forbidden):
        save("x", "view=mine", people.resident)


def test_export_holds_what_the_list_holds(people: Desk) -> None:
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    rows = list(export_rows(people.head, InboxFilters(), today=TODAY))
    assert rows == [
        [
            "R8-S01-0001",
            "図書館カードの申込み",
            "水野 葉子",
            "ミズノ ヨウコ",
            "確認中",
            "図書館",
            "司書 一郎",
            "Web",
            "2026-11-24",
            "2026-11-27",
            "",
        ]
    ]
    assert export_count(people.head, InboxFilters(), today=TODAY) == 1
    assert export_count(people.other, InboxFilters(), today=TODAY) == 0
