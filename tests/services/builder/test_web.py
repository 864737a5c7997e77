"""The screens of the builder, as somebody walks through them."""

import html
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from engines.cases import world
from suigo.engines.cases.models import Draft
from suigo.engines.cases.spec import ProcedureSpec
from suigo.kernel.access import Actor
from suigo.kernel.content import city
from suigo.services.builder import actions
from suigo.services.builder.models import Design
from suigo.services.builder.queries import checking
from suigo.services.builder.queries.beginnings import copied_files, new_files
from suigo.services.builder.queries.blocks import blocks
from suigo.services.builder.queries.checking import faults_of, read_spec
from suigo.services.builder.queries.designs import files_at
from suigo.services.builder.rules.diffing import differences
from suigo.services.builder.rules.package import parsed, replaced
from suigo.services.builder.rules.questions import added, found, questions
from suigo.services.builder.rules.templates import TEMPLATES
from suigo.services.builder.web import words

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


def test_the_about_page_saves_what_it_shows(
    design: UUID, maker: Actor, maker_browser: Client
) -> None:
    address = f"/staff/builder/d/{design}/about/"
    shown = maker_browser.get(address).content.decode()
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
    with django_assert_num_queries(6):
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


def test_several_questions_at_once(maker: Actor, maker_browser: Client, design: UUID) -> None:
    """A page with its questions, more of them on a page that is there, and a line to mend."""
    sent = send(
        maker_browser,
        design,
        op="add_page",
        place="",
        title="犬",
        lines="犬の名前\n性別: オス、メス",
    )
    assert sent.status_code == 302
    page = form_of(maker, design)["pages"][-1]
    assert [(f["kind"], f["label"]["ja"]) for f in page["fields"]] == [
        ("text", "犬の名前"),
        ("choice", "性別"),
    ]
    sent = send(maker_browser, design, op="add_lines", place=page["id"], lines="年: 数")
    assert sent.status_code == 302
    assert form_of(maker, design)["pages"][-1]["fields"][-1]["kind"] == "number"
    before = version_of(design)
    for data, at in (
        ({"op": "add_lines", "place": page["id"], "lines": "生まれた日: ひづけ"}, "lines-at-page"),
        ({"op": "add_lines", "place": page["id"], "lines": " "}, "lines-at-page"),
        (
            {"op": "add_page", "place": "", "title": "x", "lines": "生まれた日: ひづけ"},
            "lines-new-page",
        ),
    ):
        refused = send(maker_browser, design, **data)
        text = refused.content.decode()
        assert refused.status_code == 422
        assert f'href="#{at}"' in text
        assert f'id="{at}-error"' in text
        if "ひづけ" in data["lines"]:
            assert "1行目の「ひづけ」が分かりません。" in text
            assert "生まれた日: ひづけ</textarea>" in text
    assert version_of(design) == before
    assert not faults_of(world.CARD, files_at(maker, design, before))


def test_whether_it_must_be_answered_what_fills_it_in_and_what_may_be_counted(
    maker: Actor, maker_browser: Client, design: UUID
) -> None:
    """All of it by choosing words: nobody writes an expression or a key."""
    send(
        maker_browser,
        design,
        op="add_page",
        place="",
        title="犬",
        lines="犬がいますか [has_dog]: はい・いいえ\n電話 [dog_phone]: 電話番号\n年 [dog_age]: 数",
    )
    page = form_of(maker, design)["pages"][-1]["id"]
    place = f"{page}/dog_phone"
    opened = maker_browser.get(f"/staff/builder/d/{design}/?edit={place}").content.decode()
    assert "「犬がいますか」が「はい」のとき</option>" in opened
    assert "申請する方の「電話番号」</option>" in opened
    assert 'name="open_data"' not in opened  # a telephone number is never a figure
    typed = typed_form(opened) | {"required": "when:has_dog", "fact": "person.phone"}
    assert send(maker_browser, design, **typed).status_code == 302
    phone = found(form_of(maker, design), place)
    assert (phone["require_when"], phone["fact"]) == ("has_dog", "person.phone")
    assert "required" not in phone
    again = typed_form(
        maker_browser.get(f"/staff/builder/d/{design}/?edit={place}").content.decode()
    )
    assert (again["required"], again["fact"]) == ("when:has_dog", "person.phone")
    send(maker_browser, design, **again | {"required": "no", "fact": ""})
    assert found(form_of(maker, design), place) == {
        "kind": "phone",
        "id": "dog_phone",
        "label": {"ja": "電話"},
        "required": "false",
    }
    age = f"{page}/dog_age"
    typed = typed_form(maker_browser.get(f"/staff/builder/d/{design}/?edit={age}").content.decode())
    send(maker_browser, design, **typed | {"open_data": "1"})
    assert found(form_of(maker, design), age)["open_data"] == "true"
    assert not faults_of(world.CARD, files_at(maker, design, version_of(design)))


def test_a_rule_over_answers_is_put_together_from_words(
    maker: Actor, maker_browser: Client, design: UUID
) -> None:
    lines = "生まれた日 [born]: 日付\n飼い始めた日 [got]: 日付"
    send(maker_browser, design, op="add_page", place="", title="犬", lines=lines)
    address = f"/staff/builder/d/{design}/rules/"
    typed = typed_form(maker_browser.get(f"{address}?edit=%2B").content.decode())
    typed |= {"left": "got", "other": "born", "sign": "<"}
    refused = maker_browser.post(address, typed)
    assert refused.status_code == 422
    assert "を日本語で書いてください。" in refused.content.decode()
    typed["message.ja"] = "生まれた日より前です。"
    assert maker_browser.post(address, typed).status_code == 302
    check = form_of(maker, design)["checks"][-1]
    assert (check["when"], check["field"]) == ("got < born", "got")
    shown = maker_browser.get(address).content.decode()
    assert "「飼い始めた日」が「生まれた日」より前（小さい）とき" in shown
    assert not faults_of(world.CARD, files_at(maker, design, version_of(design)))
    # what was never chosen is told beside the box
    empty = typed_form(maker_browser.get(f"{address}?edit=%2B").content.decode())
    refused = maker_browser.post(address, empty | {"message.ja": "x"})
    assert 'href="#left"' in refused.content.decode()
    send(maker_browser, design, "rules/", op="remove", place=check["id"])
    assert check["id"] not in str(form_of(maker, design).get("checks"))


def test_what_is_wrong_is_told_where_it_stands(
    maker: Actor, maker_browser: Client, design: UUID
) -> None:
    send(maker_browser, design, op="add_page", place="", title="犬", lines="犬の名前 [dog]")
    place = f"{form_of(maker, design)['pages'][-1]['id']}/dog"
    opened = maker_browser.get(f"/staff/builder/d/{design}/?edit={place}").content.decode()
    send(maker_browser, design, **typed_form(opened) | {"expression": "cat.age > 3"})
    page = maker_browser.get(f"/staff/builder/d/{design}/").content.decode()
    item = page[page.index('id="at-page-dog"') :]
    assert "式の中の「cat.age」という質問はありません。" in item[: item.index("</li>")]
    rule = {"left": "", "field": "dog", "message.ja": "x", "level": "error", "sign": "<"}
    send(maker_browser, design, "rules/", op="edit", place="+", expression="cat.age > 3", **rule)
    page = maker_browser.get(f"/staff/builder/d/{design}/rules/").content.decode()
    assert page.count("式の中の「cat.age」という質問はありません。") == 1


def test_whoever_only_approves_sees_everything_and_changes_nothing(
    maker: Actor, maker_browser: Client, design: UUID, browser: Callable[[Actor], Client]
) -> None:
    reviewer = browser(world.staff("library-reviewer", "補佐 五郎"))
    assert "下書きを始める</a>" not in reviewer.get("/staff/builder/").content.decode()
    assert reviewer.get("/staff/builder/new/").status_code == 403
    for screen in (
        "", "rules/", "about/", "checklist/", "letters/", "preview/", "trial/", "review/",
        "package.zip",
    ):  # fmt: skip
        assert reviewer.get(f"/staff/builder/d/{design}/{screen}").status_code == 200, screen
    assert send(reviewer, design, op="add_page", place="", title="x").status_code == 403
    assert send(reviewer, design, "review/", op="request").status_code == 403
    send(maker_browser, design, "review/", op="request", message="")
    assert send(reviewer, design, "review/", op="take_back").status_code == 403
    page = reviewer.get(f"/staff/builder/d/{design}/review/").content.decode()
    assert 'value="approve"' in page
    assert 'value="take_back"' not in page
    assert send(reviewer, design, "review/", op="approve", comment="").status_code == 302
    assert Design.objects.get(public_id=design).state == "approved"
    assert (version_of(design), maker.name) == (1, "係長 花子")


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_is_right_and_can_be_tried_at_once(
    maker: Actor, maker_browser: Client, template: str
) -> None:
    made = {
        "way": "empty",
        "title": "見本の手続",
        "procedure_id": "sample-procedure",
        "number_prefix": "A77",
        "department": "general-affairs",
        "workflow": "standard",
        "template": template,
    }
    assert maker_browser.post("/staff/builder/new/", made).status_code == 302
    design = Design.objects.get()
    files = files_at(maker, design.public_id, 1)
    assert faults_of("sample-procedure", files) == ()
    for filled in ("min", "max"):
        tried = maker_browser.get(f"/staff/builder/d/{design.public_id}/trial/?filled={filled}")
        assert "-A77-" in tried.content.decode()


def test_the_words_name_every_template() -> None:
    assert list(words.TEMPLATES) == list(TEMPLATES)


def test_letters_are_chosen_among_those_the_city_shares(
    maker: Actor, maker_browser: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The example city shares none, so this one is given a set."""
    copy = tmp_path / "city"
    shutil.copytree(city().root, copy)
    (copy / "letters" / "common").mkdir(parents=True)
    (copy / "letters" / "common" / "rejection.yaml").write_text(
        "id: rejection\ntitle: 共有の文\nkind: decision\nparagraphs: [できません。]\n", "utf-8"
    )
    with_letters = replace(city(), root=copy)
    monkeypatch.setattr(checking, "city", lambda: with_letters)
    files = new_files(
        title="犬", number_prefix="A78", department="general-affairs", workflow="standard"
    )
    made = actions.start_design("dog", files, note="", actor=maker, now=world.NOW)
    address = f"/staff/builder/d/{made}/about/"
    shown = maker_browser.get(address).content.decode()
    assert "市で共有: 認めないときの通知</option>" in shown
    typed = typed_form(shown.replace('<form class="form card"', '<p id="open"><form', 1))
    assert maker_browser.post(address, typed | {"letters": "common"}).status_code == 302
    after = files_at(maker, made, version_of(made))
    assert parsed(after, "service.yaml")["letters"] == "common"
    assert "letters/rejection.yaml" not in after
    assert "letters/approval.yaml" in after
    assert not faults_of("dog", after)
    listed = maker_browser.get(f"/staff/builder/d/{made}/letters/").content.decode()
    assert "市で共有している文を使います: 認めないときの通知" in listed
