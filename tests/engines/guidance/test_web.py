"""The pages of the guide: questions, the result in one request, calendar, code, and the API."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "moved_on": "2026-11-20",
    "family": ["pupil", "reader"],
    "same_school": "no",
    "furniture": "few",
}
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def result(client: Client, **answers: Any) -> Any:
    return client.get("/guide/moving-in/result/", answers)


def groups_of(response: Any) -> list[tuple[str, list[str]]]:
    return [(g.title, [item.id for item in g.items]) for g in response.context["groups"]]


def test_the_events_of_life_are_offered(client: Client) -> None:
    page = client.get("/guide/").content.decode()
    assert (
        '<a class="guide-event__link" href="/guide/moving-in/">見本市に引っ越してきた</a>' in page
    )
    assert '<a class="guide-event__link" href="/guide/birth/">赤ちゃんが生まれた</a>' in page


def test_one_request_gives_everything_by_day(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = result(client, **EVERYTHING)
    assert response.status_code == 200
    assert groups_of(response) == [
        ("令和8年11月25日（水）まで", ["school-transfer"]),
        ("令和8年12月4日（金）まで", ["move-in-notice"]),
        ("日付の決まりがないもの", ["library-card", "bulky-waste"]),
    ]
    page = response.content.decode()
    assert "あと10日" in page
    assert "小中学生は、住むところで学校が変わります。" in page
    assert "「今の学校に通い続けたいですか」に「いいえ」と答えたため" in page
    assert 'href="/procedures/s01-library-card/"' in page
    assert "住民基本台帳法22条" in page
    assert "style=" not in page


def test_the_same_by_place(client: Client) -> None:
    response = result(client, **EVERYTHING, by="place")
    assert groups_of(response) == [
        ("福祉課", ["school-transfer"]),
        ("総務課", ["move-in-notice", "bulky-waste"]),
        ("図書館", ["library-card"]),
    ]


def test_what_to_bring_is_one_list(client: Client) -> None:
    things = result(client, **EVERYTHING).context["things"]
    assert [(str(thing.title), [item.id for item in items]) for thing, items in things] == [
        ("本人確認書類", ["move-in-notice", "library-card"]),
        ("転出証明書", ["move-in-notice"]),
    ]


def test_an_unknown_answer_is_shown_as_to_be_checked(client: Client) -> None:
    response = result(client, family="pupil", same_school="unknown", furniture="none")
    assert [item.id for item in response.context["unsure"]] == ["school-transfer"]
    assert "あてはまるかもしれないもの" in response.content.decode()


def test_a_question_that_comes_up_is_asked_without_blame(client: Client) -> None:
    response = result(client, family="pupil", furniture="none", asked=["family", "furniture"])
    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="same_school"' in page
    assert "あと1問です。" in page
    assert "error-summary" not in page


def test_what_was_asked_and_not_answered_is_an_error_at_its_question(client: Client) -> None:
    response = result(client, family="pupil", asked=["family", "same_school", "furniture"])
    page = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#same_school">答えを1つ選んでください。</a>' in page
    assert '<a href="#furniture">答えを1つ選んでください。</a>' in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("moved_on=2026-02-30&furniture=none", 422),
        ("furniture=sofa", 422),
        ("family=ghost&furniture=none", 422),
        ("furniture=none&nonsense=1", 200),
        ("code=nonsense", 404),
    ],
)
def test_wrong_answers_never_break_it(client: Client, query: str, status: int) -> None:
    assert client.get(f"/guide/moving-in/result/?{query}").status_code == status


def test_the_code_opens_the_same_result(client: Client) -> None:
    found = result(client, **EVERYTHING).context["found"]
    response = client.get("/guide/code/", {"code": found.code.lower()})
    assert response.status_code == 302
    again = client.get(response["Location"])
    assert again.context["found"].answers == found.answers
    assert groups_of(again) == groups_of(result(client, **EVERYTHING))
    picture = client.get("/guide/moving-in/code.svg", {"code": found.code})
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg")


def test_a_code_that_is_wrong_says_what_to_do(client: Client) -> None:
    response = client.get("/guide/code/", {"code": "A123-4567"})
    assert response.status_code == 422
    assert "この番号では開けません" in response.content.decode()
    # the code of one guide does not open another
    code = result(client, **EVERYTHING).context["found"].code
    assert client.get(f"/guide/birth/result/?code={code}").status_code == 404


def test_deadlines_go_into_a_calendar(client: Client) -> None:
    response = client.get("/guide/moving-in/deadlines.ics", EVERYTHING)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(response.content).walk("VEVENT")
    found = [(str(event["SUMMARY"]), event.decoded("DTSTART")) for event in events]
    assert found == [
        ("小中学校の転校 (転入届のあと、早めに（2開庁日のうち）)", date(2026, 11, 25)),
        ("転入届 (住み始めた日から14日以内)", date(2026, 12, 4)),
    ]
    again = client.get("/guide/moving-in/deadlines.ics", EVERYTHING).content
    assert again == response.content


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Moving-in"), ("ja-easy", "ひっこしの 届け")]
)
def test_other_languages(client: Client, language: str, words: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert words in result(client, **EVERYTHING).content.decode()


def test_a_guide_that_is_not_there(client: Client) -> None:
    assert client.get("/guide/nothing/").status_code == 404


def test_programs_get_the_same(client: Client) -> None:
    guides = client.get("/api/v1/guides").json()
    assert [(g["id"], len(g["questions"])) for g in guides] == [("moving-in", 4), ("birth", 2)]
    response = client.post(
        "/api/v1/guides/moving-in/results",
        {"answers": EVERYTHING},
        content_type="application/json",
    )
    assert response.status_code == 200
    answer = response.json()
    assert [(i["id"], i["deadline"] and i["deadline"]["date"]) for i in answer["items"]] == [
        ("school-transfer", "2026-11-25"),
        ("move-in-notice", "2026-12-04"),
        ("library-card", None),
        ("bulky-waste", None),
    ]
    assert answer["items"][1] == {
        "id": "move-in-notice",
        "title": "転入届",
        "kind": "duty",
        "certain": True,
        "because": "引っ越してきた人は、みな届け出ます。",
        "basis": [{"law": "住民基本台帳法", "article": "22条", "verify": True}],
        "place": "総務課",
        "department": "general-affairs",
        "deadline": {
            "text": "住み始めた日から14日以内",
            "date": "2026-12-04",
            "basis": "住民基本台帳法22条",
            "verify": True,
        },
        "bring": ["本人確認書類", "転出証明書"],
        "procedure": None,
        "verify": True,
    }
    assert answer["code"] == result(client, **EVERYTHING).context["found"].code


@pytest.mark.parametrize(
    ("answers", "paths"),
    [
        ({}, ["answers.furniture"]),
        ({"furniture": "sofa"}, ["answers.furniture"]),
        ({"furniture": "none", "moved_on": "yesterday"}, ["answers.moved_on"]),
        ({"furniture": "none", "other": "yes"}, ["answers.other"]),
    ],
)
def test_programs_hear_what_is_wrong(
    client: Client, answers: dict[str, str], paths: list[str]
) -> None:
    response = client.post(
        "/api/v1/guides/moving-in/results", {"answers": answers}, content_type="application/json"
    )
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert [error["path"] for error in response.json()["errors"]] == paths
