"""The screens of the builder, as somebody walks through them."""

import html
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client

from engines.cases import world
from suigo.engines.cases.models import Draft
from suigo.engines.cases.spec import ProcedureSpec
from suigo.kernel.access import Actor
from suigo.kernel.errors import Refused
from suigo.services.builder import actions
from suigo.services.builder.models import Design
from suigo.services.builder.queries import designs
from suigo.services.builder.queries.beginnings import copied_files
from suigo.services.builder.queries.blocks import blocks
from suigo.services.builder.queries.checking import faults_of, read_spec, shared_workflows
from suigo.services.builder.queries.designs import files_at
from suigo.services.builder.queries.trying import runnable, sample_answers
from suigo.services.builder.rules.diffing import differences
from suigo.services.builder.rules.fields import SETTINGS
from suigo.services.builder.rules.package import parsed, replaced
from suigo.services.builder.rules.questions import added, found, questions

pytestmark = pytest.mark.django_db


@pytest.fixture
def design(maker: Actor) -> UUID:
    """A draft that changes the library card."""
    return actions.start_design(
        world.CARD, copied_files(world.CARD), note="", actor=maker, now=world.NOW
    )


def version_of(design: UUID) -> int:
    return Design.objects.get(public_id=design).version


def form_of(maker: Actor, design: UUID) -> dict[str, Any]:
    return parsed(files_at(maker, design, version_of(design)), "form.yaml")


def spec_of(maker: Actor, design: UUID, version: int = 0) -> ProcedureSpec:
    """What the files mean: a text may be written in two ways."""
    return read_spec(world.CARD, files_at(maker, design, version or version_of(design)))


def send(browser: Client, design: UUID, screen: str = "", **data: Any) -> Any:
    address = f"/staff/builder/d/{design}/{screen}"
    return browser.post(address, {"version": version_of(design), **data})


def typed_form(page: str) -> dict[str, Any]:
    """What a browser would send of the open form if nobody touched it."""
    page = page[page.index('id="open"') :]
    page = page[: page.index("</form>")]
    values: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            values.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>', page):
        values[name] = html.unescape(text)
    for name, inside in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        values[name] = html.unescape(chosen[1]) if chosen else ""
    return values


def test_a_new_procedure_is_right_from_the_start(maker: Actor, maker_browser: Client) -> None:
    response = maker_browser.post(
        "/staff/builder/new/",
        {
            "way": "empty",
            "title": "犬の登録",
            "procedure_id": "dog-registration",
            "number_prefix": "A02",
            "department": "general-affairs",
            "workflow": "standard",
        },
    )
    made = Design.objects.get()
    assert response["Location"] == f"/staff/builder/d/{made.public_id}/"
    files = files_at(maker, made.public_id, 1)
    assert faults_of("dog-registration", files) == ()


def test_what_is_missing_is_said_and_kept(maker_browser: Client) -> None:
    response = maker_browser.post("/staff/builder/new/", {"way": "empty", "title": "犬の登録"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="犬の登録"' in page
    assert "担当の課を入れてください。" in page


def test_one_procedure_has_one_draft(design: UUID, maker_browser: Client) -> None:
    response = maker_browser.post("/staff/builder/new/", {"way": "change", "source": world.CARD})
    assert response.status_code == 409
    assert f"/staff/builder/d/{design}/" in response.content.decode()


def test_a_question_is_added_edited_moved_and_removed(
    design: UUID, maker: Actor, maker_browser: Client
) -> None:
    page = form_of(maker, design)["pages"][0]["id"]
    send(
        maker_browser,
        design,
        op="add",
        place=page,
        what="kind:yes_no",
        label="犬がいますか",
        field_id="has_dog",
    )
    place = f"{page}/has_dog"
    opened = maker_browser.get(f"/staff/builder/d/{design}/?edit={place}").content.decode()
    typed = typed_form(opened) | {"label.ja": "犬を飼っていますか", "hint.ja": "何びきでも"}
    typed["required"] = "no"
    send(maker_browser, design, **typed)
    assert found(form_of(maker, design), place) == {
        "kind": "yes_no",
        "id": "has_dog",
        "label": {"ja": "犬を飼っていますか"},
        "hint": {"ja": "何びきでも"},
        "required": "false",
    }
    send(maker_browser, design, op="up", place=place)
    order = [q.path for q in questions(form_of(maker, design)) if q.page == page and q.depth == 0]
    assert order[-2] == "has_dog"
    send(maker_browser, design, op="remove", place=place)
    assert place not in [q.place for q in questions(form_of(maker, design))]


def test_every_question_can_be_opened_and_saved_as_it_is(
    design: UUID, maker: Actor, maker_browser: Client
) -> None:
    for question in list(questions(form_of(maker, design))):
        address = f"/staff/builder/d/{design}/"
        opened = maker_browser.get(address, {"edit": question.place}).content.decode()
        response = maker_browser.post(address, typed_form(opened))
        assert response.status_code == 302, question.place
    assert (
        differences(files_at(maker, design, 1), files_at(maker, design, version_of(design))) == []
    )
    assert spec_of(maker, design) == spec_of(maker, design, 1)


def test_the_second_of_two_is_told_what_changed_and_loses_nothing(
    design: UUID,
    maker: Actor,
    second_maker: Actor,
    browser: Callable[[Actor], Client],
) -> None:
    first, second = browser(maker), browser(second_maker)
    place = next(q.place for q in questions(form_of(maker, design)) if q.path == "phone")
    address = f"/staff/builder/d/{design}/"
    mine = typed_form(first.get(address, {"edit": place}).content.decode())
    theirs = typed_form(second.get(address, {"edit": place}).content.decode())
    first.post(address, mine | {"label.ja": "日中の電話番号"})
    response = second.post(address, theirs | {"hint.ja": "携帯電話でもかまいません"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "係長 花子さんが先に保存しました。" in page
    assert "「電話番号」が「日中の電話番号」という質問になりました" in page
    assert "携帯電話でもかまいません" in page
    again = second.post(address, typed_form(page))
    assert again.status_code == 302
    assert found(form_of(maker, design), place)["hint"]["ja"] == "携帯電話でもかまいません"


def test_the_workflow_that_most_procedures_use_is_offered_first(
    settings: LazySettings, tmp_path: Path
) -> None:
    shutil.copytree(settings.SUIGO_CITY, tmp_path / "city")
    shared = tmp_path / "city" / "workflows"
    shutil.copy(shared / "standard.yaml", shared / "another.yaml")
    settings.SUIGO_CITY = str(tmp_path / "city")
    assert list(shared_workflows()) == ["standard", "another"]


def test_the_about_page_saves_what_it_shows(
    design: UUID, maker: Actor, maker_browser: Client
) -> None:
    address = f"/staff/builder/d/{design}/about/"
    shown = maker_browser.get(address).content.decode()
    assert "「図書館カードの申込み" in shown.split("市の決まりの文になります", 1)[1]
    opened = shown.replace('<form class="form card"', '<p id="open"><form', 1)
    response = maker_browser.post(address, typed_form(opened))
    assert response.status_code == 302
    assert spec_of(maker, design) == spec_of(maker, design, 1)


def test_every_letter_and_check_can_be_saved_as_it_is(
    design: UUID, maker: Actor, maker_browser: Client
) -> None:
    before = files_at(maker, design, 1)
    for screen, places in (
        ("letters/", [n[8:-5] for n in before if n.startswith("letters/")]),
        ("checklist/", [c["id"] for c in parsed(before, "checklist.yaml")["items"]]),
    ):
        for place in places:
            address = f"/staff/builder/d/{design}/{screen}"
            opened = maker_browser.get(address, {"edit": place}).content.decode()
            assert maker_browser.post(address, typed_form(opened)).status_code == 302
    assert spec_of(maker, design) == spec_of(maker, design, 1)


@pytest.mark.parametrize("drafts", [1, 3])
def test_the_list_costs_the_same_with_more_drafts(
    drafts: int,
    maker: Actor,
    maker_browser: Client,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in range(drafts):
        files = copied_files(world.CARD)
        actions.start_design(f"copy-{number}", files, note="", actor=maker, now=world.NOW)
    maker_browser.get("/staff/builder/")
    with django_assert_num_queries(7):
        response = maker_browser.get("/staff/builder/")
    assert response.content.decode().count("/staff/builder/d/") == drafts


def test_a_whole_walk_from_nothing_to_a_live_procedure(
    maker_browser: Client,
    approver_browser: Client,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    maker_browser.post(
        "/staff/builder/new/",
        {
            "way": "empty",
            "title": "犬の登録",
            "procedure_id": "dog-registration",
            "number_prefix": "A02",
            "department": "general-affairs",
            "workflow": "standard",
        },
    )
    design = Design.objects.get().public_id
    send(maker_browser, design, "review/", op="request", message="お願いします")
    send(approver_browser, design, "review/", op="approve", comment="よいと思います")
    with django_capture_on_commit_callbacks(execute=True):
        send(maker_browser, design, "review/", op="publish", valid_from="2026-11-24")
    page = Client().get("/procedures/dog-registration/")
    assert page.status_code == 200
    assert "犬の登録" in page.content.decode()
    history = maker_browser.get("/staff/builder/p/dog-registration/").content.decode()
    assert "作成 係長 花子、承認 課長 四郎" in history


def test_the_blocks_of_the_product_fit_into_any_form(maker: Actor, design: UUID) -> None:
    for number, one in enumerate(blocks(), start=1):

        def change(files: Any, block: Any = one) -> dict[str, str]:
            form, _places = added(parsed(files, "form.yaml"), "card", block.fields)
            return replaced(files, "form.yaml", form)

        actions.save_design(design, change, version=number, note="", actor=maker, now=world.NOW)
    assert faults_of(world.CARD, files_at(maker, design, version_of(design))) == ()


def test_a_draft_can_be_tried_with_sample_and_own_answers(
    design: UUID, maker_browser: Client
) -> None:
    address = f"/staff/builder/d/{design}/trial/"
    least = maker_browser.get(address).content.decode()
    assert "R8-S01-0001" in least
    assert "「承認する」のときの通知文" in least
    most = maker_browser.get(address, {"filled": "max"}).content.decode()
    assert len(most) > len(least)
    own = maker_browser.post(address, {"applicant.family": "水野"}).content.decode()
    assert "のときの通知文" not in own  # answers that can't be sent give no letter
    assert Draft.objects.count() == 0


def test_a_draft_is_shown_as_residents_will_see_it(design: UUID, maker_browser: Client) -> None:
    address = f"/staff/builder/d/{design}/frame/card/"
    japanese = maker_browser.get(address)
    assert "受け取る図書館" in japanese.content.decode()
    assert japanese["X-Frame-Options"] == "SAMEORIGIN"
    english = maker_browser.get(address, {"language": "en"}).content.decode()
    assert "Where to pick it up" in english
    paper = maker_browser.get(f"/staff/builder/d/{design}/paper.pdf")
    assert paper.content.startswith(b"%PDF-")


def test_a_broken_draft_says_what_and_where(
    design: UUID, maker: Actor, maker_browser: Client
) -> None:
    place = next(q.place for q in questions(form_of(maker, design)) if q.path == "phone")
    opened = maker_browser.get(f"/staff/builder/d/{design}/", {"edit": place}).content.decode()
    send(maker_browser, design, **typed_form(opened) | {"expression": "dog.age > 1"})
    review = maker_browser.get(f"/staff/builder/d/{design}/review/").content.decode()
    assert "という質問はありません。" in review
    assert "form.yaml:" in review
    assert 'value="request"' not in review
    assert maker_browser.get(f"/staff/builder/d/{design}/trial/").status_code == 200


def with_new(kind: str, design: UUID, maker: Actor, browser: Client) -> str:
    """A new question on the first page; returns its place."""
    page = form_of(maker, design)["pages"][0]["id"]
    what = f"kind:{kind}"
    send(browser, design, op="add", place=page, what=what, label="新しい", field_id="new")
    return f"{page}/new"


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_question_of_any_kind_is_filled_in_once_and_kept(
    kind: str, design: UUID, maker: Actor, maker_browser: Client
) -> None:
    """No two boxes of a form have one name: the empty one would win over what was typed."""
    place = with_new(kind, design, maker, maker_browser)
    address = f"/staff/builder/d/{design}/"
    opened = maker_browser.get(address, {"edit": place}).content.decode()
    form = opened[opened.index('id="open"') :].partition("</form>")[0]
    boxes = re.findall(r"<(?:input|textarea|select)[^>]*>", form)
    names = [
        name[1]
        for box in boxes
        if 'type="checkbox"' not in box and (name := re.search(r' name="([^"]+)"', box))
    ]
    assert sorted(names) == sorted(set(names))

    typed = typed_form(opened)
    texts = {name: f"書いた文 {name}" for name in typed if name.endswith(".ja")}
    condition = {"expression": "true"}
    response = maker_browser.post(address, typed | texts | condition)

    assert response.status_code == 302, response.content.decode()
    kept = json.dumps(found(form_of(maker, design), place), ensure_ascii=False)
    assert [text for text in texts.values() if text not in kept] == []


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("computed", "計算の式と理由が、まだ書かれていません。"),
        ("notice", "お知らせの文が、まだ書かれていません。"),
        ("choice", "選択肢が、まだ書かれていません。"),
        ("choices", "選択肢が、まだ書かれていません。"),
        ("group", "質問の言葉が、まだ書かれていません。"),
        ("repeat", "質問の言葉が、まだ書かれていません。"),
    ],
)
def test_what_nobody_has_written_yet_is_no_procedure(
    kind: str, sentence: str, design: UUID, maker: Actor, maker_browser: Client
) -> None:
    """The first words of a new question only hold its place."""
    with_new(kind, design, maker, maker_browser)

    review = maker_browser.get(f"/staff/builder/d/{design}/review/").content.decode()
    assert sentence in review
    assert "このまま公開できる形です" not in review
    assert sentence in maker_browser.get(f"/staff/builder/d/{design}/").content.decode()
    with pytest.raises(Refused):
        actions.request_approval(
            design, message="", version=version_of(design), actor=maker, now=world.NOW
        )


def test_an_answer_that_is_wrong_in_a_closed_part_is_in_sight(
    design: UUID, maker: Actor, maker_browser: Client
) -> None:
    question = next(q for q in questions(form_of(maker, design)) if q.kind == "text")
    address = f"/staff/builder/d/{design}/"
    opened = maker_browser.get(address, {"edit": question.place}).content.decode()

    answer = maker_browser.post(address, typed_form(opened) | {"id": "Not An Id"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.index('value="Not An Id"') < page.index("くわしい設定")


def test_what_was_done_is_said(design: UUID, maker: Actor, maker_browser: Client) -> None:
    question = next(q for q in questions(form_of(maker, design)) if q.kind == "text")
    address = f"/staff/builder/d/{design}/"
    opened = maker_browser.get(address, {"edit": question.place}).content.decode()

    saved = maker_browser.post(address, typed_form(opened), follow=True).content.decode()
    assert saved.count("保存しました。") == 1
    assert saved.index("保存しました。") > saved.index('<ol class="builder-list">')

    maker_browser.post(f"{address}review/", {"op": "request", "version": version_of(design)})
    back = maker_browser.post(f"{address}review/", {"op": "take_back"}, follow=True)
    assert "編集に戻しました。" in back.content.decode()


def test_the_least_answers_ask_the_fewest_questions(design: UUID, maker: Actor) -> None:
    def branching(files: Any) -> dict[str, str]:
        form = parsed(files, "form.yaml")
        page = form["pages"][0]
        page["fields"] += [
            {"kind": "yes_no", "id": "more", "label": {"ja": "もっとありますか"}},
            *(
                {"kind": "text", "id": f"more{n}", "label": {"ja": "それは"}, "show_when": "more"}
                for n in range(3)
            ),
        ]
        return replaced(files, "form.yaml", form)

    actions.save_design(design, branching, version=1, note="", actor=maker, now=world.NOW)
    procedure = runnable(designs.design(maker, design))
    assert procedure is not None
    today = world.NOW.date()
    least = sample_answers(procedure, "min", today=today)
    most = sample_answers(procedure, "max", today=today)
    assert least is not None
    assert most is not None
    assert (least["more"], most["more"]) == (False, True)
