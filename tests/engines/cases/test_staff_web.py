"""The clerk's screens, through the whole stack."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engines.cases.world import NOW, Desk, act, answers, desk, name, received, tick_all
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case, CaseLetter, CaseNote, CorrectionRequest, SavedView
from suigo.engines.documents.rendering import pdf_text
from suigo.kernel.access import ANONYMOUS, Actor
from suigo.kernel.clock import local_date, now
from suigo.kernel.japanese.plain import date_in_words

SignIn = Callable[[Actor], Client]


@pytest.fixture
def people(db: None) -> Desk:
    return desk()


def text(response: Any) -> str:
    """What a reader sees of a page."""
    html = re.sub(r"<(script|style|template).*?</\1>", "", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def case_url(case: Case) -> str:
    return reverse("case", args=[case.public_id])


def action_url(case: Case, action: str) -> str:
    return reverse("case-action", args=[case.public_id, action])


# --- who may enter


@pytest.mark.parametrize("path", ["inbox", "inbox-export"])
def test_the_inbox_is_for_staff(people: Desk, browser: SignIn, path: str) -> None:
    for client in (Client(), browser(people.resident)):
        response = client.get(reverse(path))
        assert (response.status_code, response["Location"].split("?")[0]) == (
            302,
            "/staff/sign-in/",
        )


def test_a_case_of_another_department_is_not_there(people: Desk, browser: SignIn) -> None:
    case = received(people.resident)
    client = browser(people.other)
    assert client.get(case_url(case)).status_code == 404
    assert client.post(action_url(case, "start_check"), {"version": 1}).status_code == 404
    assert client.post(reverse("case-note", args=[case.public_id]), {"text": "x"}).status_code == (
        404
    )
    assert browser(people.clerk).get(case_url(case)).status_code == 200
    assert browser(people.clerk).get(reverse("case", args=[uuid4()])).status_code == 404


# --- inbox


def test_the_inbox_shows_searches_and_pages(people: Desk, browser: SignIn) -> None:
    received(people.resident)
    received(people.resident, applicant=name("髙﨑<b>", "花", "タカサキ", "ハナ"))
    client = browser(people.clerk)
    page = client.get(reverse("inbox"))
    assert "R8-S01-0001" in text(page)
    assert "髙﨑<b>" in text(page)
    assert "髙﨑<b>" not in page.content.decode()
    assert "2件を表示（全2件）" in text(page)
    found = text(client.get(reverse("inbox"), {"q": "高崎"}))
    assert ("R8-S01-0002" in found, "R8-S01-0001" in found) == (True, False)
    nothing = text(client.get(reverse("inbox"), {"q": "いない"}))
    assert "当てはまる申請はありません" in nothing


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_page_costs_a_fixed_number_of_queries(
    people: Desk, browser: SignIn, count: int
) -> None:
    for _ in range(count):
        received(people.resident)
    client = browser(people.clerk)
    client.get(reverse("inbox"))
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("inbox"))
    # session, posts, own open cases for the navigation; the list, the saved views
    assert len(seen) == 5


def test_many_are_assigned_from_the_list(people: Desk, browser: SignIn) -> None:
    cases = [received(people.resident) for _ in range(2)]
    response = browser(people.chief).post(
        reverse("inbox-assign"),
        {
            "case": [str(c.public_id) for c in cases] + ["nonsense"],
            "to": people.clerk.account_id,
            "filters": "view=unassigned",
        },
        follow=True,
    )
    assert "2件の担当を決めました。" in text(response)
    assert set(Case.objects.values_list("assignee_id", flat=True)) == {people.clerk.account_id}
    nobody = browser(people.chief).post(reverse("inbox-assign"), {"to": ""})
    assert nobody.status_code == 422


def test_nobody_puts_words_into_the_inbox_of_others(people: Desk, browser: SignIn) -> None:
    assert "偽の知らせ" not in text(browser(people.clerk).get("/staff/inbox/?done=偽の知らせ"))
    case = received(people.resident)
    told = browser(people.chief).post(
        reverse("inbox-assign"), {"case": str(case.public_id), "to": people.clerk.account_id}
    )["Location"]
    assert "1件の担当を決めました。" in text(browser(people.chief).get(told))
    assert "1件の担当を決めました。" not in text(browser(people.clerk).get(told))


def test_views_are_saved_and_deleted(people: Desk, browser: SignIn) -> None:
    client = browser(people.clerk)
    saved = client.post(
        reverse("inbox-save-view"), {"name": "急ぎ", "filters": "view=overdue"}, follow=True
    )
    assert "急ぎ" in text(saved)
    view = SavedView.objects.get()
    client.post(reverse("inbox-delete-view", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_exports_leave_a_trace(people: Desk, browser: SignIn) -> None:
    received(people.resident, applicant=name("𠮷田", "花", "ヨシダ", "ハナ"))
    client = browser(people.chief)
    utf8 = client.get(reverse("inbox-export"))
    body = b"".join(utf8.streaming_content)  # type: ignore[arg-type]
    assert body.decode("utf-8-sig").splitlines()[1].startswith("R8-S01-0001,")
    assert "𠮷田 花" in body.decode("utf-8-sig")
    sjis = client.get(reverse("inbox-export"), {"encoding": "cp932"})
    line = b"".join(sjis.streaming_content).decode("cp932").splitlines()[1]  # type: ignore[arg-type]
    assert "〓田 花" in line
    assert line.endswith("申請者 U+20BB7")
    assert browser(people.clerk).get(reverse("inbox-export")).status_code == 403


# --- the case


def test_the_case_page_shows_everything(people: Desk, browser: SignIn) -> None:
    earlier = received(people.resident)
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    actions.add_note(case.public_id, text="電話で確認済み", actor=people.clerk, now=NOW)
    page = text(browser(people.clerk).get(case_url(case)))
    for piece in (
        case.number,
        "水野 葉子",
        "平成2年4月1日",
        "中央図書館",
        "電話で確認済み",
        "同じ内容の申請がほかにもあるようです",
        earlier.number,
        "氏名・生年月日を確かめた",
        "司書 一郎がR8-S01-0002に「確認を始める」を行い",
        "補正を求める",
    ):
        assert piece in page
    assert "承認する" not in page


def test_a_simple_action_is_one_click(people: Desk, browser: SignIn) -> None:
    case = received(people.resident)
    response = browser(people.clerk).post(action_url(case, "start_check"), {"version": 1})
    assert response["Location"] == case_url(case)
    case.refresh_from_db()
    assert case.state == "checking"


def test_checklist_and_notes(people: Desk, browser: SignIn) -> None:
    case = received(people.resident)
    client = browser(people.clerk)
    address = reverse("case-checklist", args=[case.public_id])
    client.post(address, {"item": ["identity", "address"]})
    client.post(address, {"item": ["address"], "was": ["identity", "address"]})
    assert list(case.marks.values_list("item_id", flat=True)) == ["address"]
    # a page opened before a colleague ticked 'address' does not take that tick back
    client.post(address, {"item": ["identity"]})
    assert sorted(case.marks.values_list("item_id", flat=True)) == ["address", "identity"]
    client.post(reverse("case-note", args=[case.public_id]), {"text": "メモ"})
    assert CaseNote.objects.get().text == "メモ"


def test_a_correction_is_asked_from_the_answers(people: Desk, browser: SignIn) -> None:
    case = received(people.resident)
    client = browser(people.clerk)
    posted = {
        "version": 1,
        "step": "done",
        "flag": ["phone"],
        "items.phone": "",
        "items.address": "番地を書いてください。",
        "correction_due_date": "R8.12.10",
        "message": "お願いします。",
    }
    wrong = client.post(action_url(case, "request_correction"), posted)
    assert wrong.status_code == 422
    assert "どう直せばよいかを入力してください。" in text(wrong)
    assert "番地を書いてください。" in wrong.content.decode()
    response = client.post(
        action_url(case, "request_correction"), posted | {"items.phone": "つながる番号に。"}
    )
    assert response.status_code == 302
    request = CorrectionRequest.objects.get()
    assert (request.due_date.isoformat(), request.message) == ("2026-12-10", "お願いします。")
    assert dict(request.items.values_list("path", "message")) == {
        "phone": "つながる番号に。",
        "address": "番地を書いてください。",
    }
    page = text(client.get(case_url(case)))
    assert "お願い: つながる番号に。" in page
    assert "申請者に補正をお願いしています" in page


def test_a_correction_shows_what_it_was_before(people: Desk, browser: SignIn) -> None:
    case = received(people.resident)
    act(case, "request_correction", people.clerk, items={"phone": "直す"})
    act(case, "answer_correction", people.resident, answers=answers(phone="0299-11-1111"))
    page = text(browser(people.clerk).get(case_url(case)))
    assert "0299-11-1111" in page
    assert "補正前: 0299-00-0000" in page


def test_a_letter_is_shown_before_it_goes(people: Desk, browser: SignIn) -> None:
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    client = browser(people.head)
    asked = client.get(action_url(case, "approve"))
    assert "まだ確認していない項目があります" in text(asked)
    unticked = client.post(action_url(case, "approve"), {"version": 2, "step": "preview"})
    assert unticked.status_code == 422
    tick_all(case, people.clerk)

    posted = {"version": 2, "note": "開館は9時です。"}
    shown = client.post(action_url(case, "approve"), posted | {"step": "preview"})
    assert shown.status_code == 200
    assert "図書館カード交付決定通知書" in text(shown)
    assert "開館は9時です。" in text(shown)
    # the same words as on paper: the day, and whom to ask
    assert date_in_words(local_date(now())) in text(shown)
    assert "お問い合わせ先" in text(shown)
    case.refresh_from_db()
    assert (case.state, CaseLetter.objects.count()) == ("checking", 0)

    pdf = client.post(reverse("case-letter-preview", args=[case.public_id, "approve"]), posted)
    assert pdf["Content-Type"] == "application/pdf"
    assert "開館は9時です。" in pdf_text(pdf.content).replace("\n", "")

    again = client.post(action_url(case, "approve"), posted | {"step": "edit"})
    assert (again.status_code, "開館は9時です。" in again.content.decode()) == (200, True)
    done = client.post(action_url(case, "approve"), posted | {"step": "done"})
    assert done["Location"] == case_url(case)
    case.refresh_from_db()
    assert case.outcome == "approved"
    waiting = CaseLetter.objects.get()
    printed = client.get(reverse("case-letter", args=[case.public_id, waiting.public_id]))
    assert "R8-S01-0001" in pdf_text(printed.content)


def test_the_slower_decider_keeps_what_they_wrote(people: Desk, browser: SignIn) -> None:
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    client = browser(people.head)
    act(case, "request_correction", people.chief, items={"phone": "直す"})
    act(case, "cancel_correction", people.chief)
    late = client.post(
        action_url(case, "reject"), {"version": 2, "step": "done", "reason": "長い理由の文章"}
    )
    assert late.status_code == 409
    assert "係長 花子がR8-S01-0001の補正の求めを取り消しました" in text(late)
    assert "長い理由の文章" in text(late)
    gone = client.post(action_url(case, "start_check"), {"version": 4})
    assert gone.status_code == 409


def test_assigning_from_the_case(people: Desk, browser: SignIn) -> None:
    case = received(people.resident)
    url = reverse("case-assign", args=[case.public_id])
    assert browser(people.clerk).post(url, {"version": 1, "to": people.clerk.account_id})[
        "Location"
    ] == case_url(case)
    assert browser(people.chief).post(url, {"version": 1, "to": ""}).status_code == 409


def test_the_application_is_printed(people: Desk, browser: SignIn) -> None:
    case = received(ANONYMOUS)
    pdf = browser(people.clerk).get(reverse("case-application", args=[case.public_id]))
    assert "0299-00-0000" in pdf_text(pdf.content)


def test_pages_carry_no_inline_script_or_style(people: Desk, browser: SignIn) -> None:
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    client = browser(people.head)
    pages = [
        client.get(reverse("inbox")),
        client.get(case_url(case)),
        client.get(action_url(case, "reject")),
        client.post(action_url(case, "reject"), {"version": 2, "step": "preview", "reason": "x"}),
    ]
    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
