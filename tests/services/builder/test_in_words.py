"""What is chosen and written in words: several questions, rules, templates, shared letters."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from engines.cases import world
from services.builder.test_web import design, form_of, send, spec_of, typed_form, version_of
from suigo.engines.cases.queries.handling import Told, handling_of
from suigo.kernel.access import Actor
from suigo.kernel.content import city
from suigo.services.builder import actions
from suigo.services.builder.models import Design
from suigo.services.builder.queries import checking
from suigo.services.builder.queries.beginnings import new_files
from suigo.services.builder.queries.checking import faults_of
from suigo.services.builder.queries.designs import files_at
from suigo.services.builder.rules.diffing import differences
from suigo.services.builder.rules.package import parsed, replaced
from suigo.services.builder.rules.questions import found
from suigo.services.builder.rules.templates import TEMPLATES
from suigo.services.builder.web import words

__all__ = ["design"]
pytestmark = pytest.mark.django_db


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


def opened(page: str) -> dict[str, str]:
    """The whole form of a page as a browser would send it."""
    return typed_form(page.replace('<form class="form card"', '<p id="open"><form', 1))


def test_what_answers_are_for_and_who_is_given_them(
    maker: Actor, maker_browser: Client, design: UUID
) -> None:
    address = f"/staff/builder/d/{design}/about/"
    page = maker_browser.get(address).content.decode()
    assert "市の決まりの文になります: 「図書館カードの申込み」の確認、決定、ご連絡のため" in page
    typed = opened(page)
    said = {
        "purpose.ja": "貸し出しの連絡だけに使います。",
        "purpose.en": "Only to tell you about loans.",
        "recipients": "県立図書館： 取り寄せのため\n\n配送会社: 本を届けるため",
        "handling_verify": "1",
    }
    assert maker_browser.post(address, typed | said).status_code == 302
    files = files_at(maker, design, version_of(design))
    assert parsed(files, "service.yaml")["handling"] == {
        "purpose": {"ja": "貸し出しの連絡だけに使います。", "en": "Only to tell you about loans."},
        "recipients": [
            {"who": {"ja": "県立図書館"}, "why": {"ja": "取り寄せのため"}},
            {"who": {"ja": "配送会社"}, "why": {"ja": "本を届けるため"}},
        ],
        "verify": "true",
    }
    assert not faults_of(world.CARD, files)
    assert handling_of(spec_of(maker, design).service, language="en") == Told(
        purpose="Only to tell you about loans.",
        recipients=(
            ("県立図書館", "取り寄せのため", False),
            ("配送会社", "本を届けるため", False),
        ),
        verify=True,
    )
    changes = "\n".join(differences(files_at(maker, design, 1), files))
    assert "利用目的「貸し出しの連絡だけに使います。」が加わりました" in changes
    assert "市の外に渡す相手が「県立図書館: 取り寄せのため、配送会社: 本を届けるため」" in changes
    again = opened(maker_browser.get(address).content.decode())
    assert maker_browser.post(address, again).status_code == 302
    assert files_at(maker, design, version_of(design)) == files
    nothing = again | {"purpose.ja": "", "purpose.en": "", "recipients": ""}
    assert maker_browser.post(address, nothing).status_code == 302
    assert "handling" not in parsed(files_at(maker, design, version_of(design)), "service.yaml")


def test_what_a_screen_does_not_ask_about_recipients_stays(
    maker: Actor, maker_browser: Client, design: UUID
) -> None:
    before = files_at(maker, design, 1)
    who = {"ja": "県", "easy": "けん", "en": "The prefecture"}
    one = {"who": who, "why": {"ja": "審査", "en": "to check"}, "verify": "true"}
    service = parsed(before, "service.yaml") | {
        "handling": {"purpose": {"ja": "連絡", "zh": "联系"}, "recipients": [one]}
    }
    actions.save_design(
        design,
        lambda files: replaced(files, "service.yaml", service),
        version=1,
        note="",
        actor=maker,
        now=world.NOW,
    )
    address = f"/staff/builder/d/{design}/about/"
    typed = opened(maker_browser.get(address).content.decode())
    assert maker_browser.post(address, typed).status_code == 302
    kept = parsed(files_at(maker, design, version_of(design)), "service.yaml")["handling"]
    assert kept == service["handling"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"recipients": "県: 審査のため"}, "利用目的も書いてください"),
        ({"purpose.ja": "連絡", "recipients": "県"}, "わけを書いてください"),
        ({"purpose.en": "To tell you"}, "日本語で書いてください"),
    ],
)
def test_half_of_what_people_must_be_told_is_refused(
    said: dict[str, str], sentence: str, maker_browser: Client, design: UUID
) -> None:
    address = f"/staff/builder/d/{design}/about/"
    typed = opened(maker_browser.get(address).content.decode())
    refused = maker_browser.post(address, typed | said)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert version_of(design) == 1


def test_two_new_procedures_can_be_drafted_without_giving_them_ids(maker_browser: Client) -> None:
    made = {
        "way": "empty",
        "title": "見本",
        "number_prefix": "A79",
        "department": "general-affairs",
        "workflow": "standard",
    }
    for _twice in range(2):
        assert maker_browser.post("/staff/builder/new/", made).status_code == 302
    ids = Design.objects.order_by("id").values_list("procedure_id", flat=True)
    assert list(ids) == ["a79-procedure", "a79-procedure-2"]
