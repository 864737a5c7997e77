"""A group about one of the children: whose answers it starts from, and never somebody else's."""

from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.forms.rendering import FormView, fields_html
from suigo.engines.forms.rules import FormErrors, Known, compile_form, evaluate, prefilled
from suigo.engines.forms.rules.members import OTHER, Choice, followed_choice, is_same, joined
from suigo.engines.forms.rules.prefilling import (
    Told,
    about_whom,
    enforced,
    facts_asked,
    facts_in,
    followed,
    lists_in,
    origins,
)
from suigo.engines.forms.rules.reading import read_page
from suigo.engines.forms.spec import FormSpec

SOURCE = """
pages:
  - id: child
    title: お子さん
    fields:
      - {id: applies, kind: yes_no, label: 申し込みますか}
      - id: child
        kind: group
        fact: household.children[]
        item: {ja: お子さん, en: child}
        label: 申し込むお子さん
        fields:
          - {id: called, kind: name, fact: name, label: 氏名, kana: false}
          - {id: born, kind: date, fact: birth_date, label: 生年月日}
          - {id: certificate, kind: text, label: 認定番号, required: false}
      - {id: with_sibling, kind: yes_no, label: きょうだいも}
      - id: sibling
        kind: group
        fact: household.children[]
        item: {ja: お子さん, en: child}
        label: きょうだい
        show_when: with_sibling
        fields:
          - {id: name, kind: name, fact: name, label: 氏名, kana: false}
  - id: you
    title: あなた
    fields:
      - {id: phone, kind: phone, fact: person.phone, label: 電話, of_applicant: true, locked: true}
"""
FORM = compile_form(FormSpec.model_validate(yaml.load(SOURCE, Loader=yaml.BaseLoader)))
TODAY = date(2026, 11, 24)
HANA = {"name": {"family": "水野", "given": "花"}, "birth_date": "2026-11-20"}
SORA = {"name": {"family": "水野", "given": "空"}, "birth_date": "2022-05-05"}
PHONE = Known("0299-00-0000", "checked", "2026-11-01", firm=True)


def known(*children: dict[str, Any]) -> dict[str, Known]:
    return {
        "household.children": Known(list(children), "declared", "2026-11-01"),
        "person.phone": PHONE,
    }


def about(child: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"called": child["name"], "born": child["birth_date"], **more}


def choose(
    answers: dict[str, Any], picked: str, before: str, *children: dict[str, Any]
) -> dict[str, Any]:
    """The answers after the choice was posted with the rest of the page unchanged."""
    posted = {"_about.child": [picked], "_about_before.child": [before]}
    found, _changed = followed_choice(
        FORM,
        "child",
        posted,
        answers,
        lists_in(known(*children)),
        evaluate(FORM, answers, today=TODAY),
    )
    return found


def test_the_only_child_is_filled_in_and_several_are_asked_for() -> None:
    assert facts_asked(FORM) == {"household.children", "person.phone"}
    one = prefilled(FORM, known(HANA), today=TODAY)
    assert one == {"child": about(HANA), "phone": "0299-00-0000"}
    evaluation = evaluate(FORM, one, today=TODAY)
    assert sorted(origins(FORM, one, known(HANA), evaluation)) == [
        "child.born",
        "child.called",
        "phone",
    ]
    assert about_whom(FORM, one, known(HANA), evaluation) == {"child": Choice({"0": HANA}, "0")}
    several = prefilled(FORM, known(HANA, SORA), today=TODAY)
    assert "child" not in several
    evaluation = evaluate(FORM, several, today=TODAY)
    assert about_whom(FORM, several, known(HANA, SORA), evaluation) == {
        "child": Choice({"0": HANA, "1": SORA}, "")
    }
    # what was answered already, or emptied, is left alone
    typed = {"child": {"called": None}}
    assert prefilled(FORM, known(HANA), today=TODAY, answers=typed)["child"] == {"called": None}


def test_a_choice_fills_in_that_child_and_forgets_the_one_before() -> None:
    chosen = choose({"child": {"certificate": "12"}}, "1", "", HANA, SORA)
    assert chosen == {"child": about(SORA, certificate="12")}
    # what was said about one child is never sent about another
    assert choose(chosen, "0", "1", HANA, SORA) == {"child": about(HANA)}
    # somebody else: what was typed over the filled-in name stays, the rest was about the other
    typed = {"child": about(SORA, certificate="12") | {"called": {"family": "別", "given": "子"}}}
    assert choose(typed, OTHER, "1", HANA, SORA) == {
        "child": {"called": {"family": "別", "given": "子"}, "born": None}
    }
    # the same choice again changes nothing, also after a correction of a part
    assert choose(typed, "1", "1", HANA, SORA) == typed
    # nothing was filled in: what is typed is about somebody else already
    assert choose({"child": {"certificate": "1"}}, OTHER, "", HANA) == {
        "child": {"certificate": "1"}
    }


@pytest.mark.parametrize("picked", ["2", "-1", "x", "", "1\x00", "01"])
def test_a_choice_that_nobody_offered_changes_nothing(picked: str) -> None:
    assert choose({"child": about(HANA)}, picked, "0", HANA, SORA) == {"child": about(HANA)}


def test_nobody_is_offered_to_two_groups() -> None:
    answers = {"with_sibling": True, "child": about(HANA)}
    found = about_whom(FORM, answers, known(HANA, SORA), evaluate(FORM, answers, today=TODAY))
    assert found["sibling"] == Choice({"1": SORA}, "")
    before = evaluate(FORM, {"child": about(HANA)}, today=TODAY)
    after = evaluate(FORM, answers, today=TODAY)
    # a sibling is somebody else: the only child is not filled in a second time
    assert followed(FORM, answers, known(HANA), before=before, after=after) == answers
    assert "sibling" not in about_whom(FORM, answers, known(HANA), after)


def test_a_group_that_comes_back_is_not_about_who_was_chosen_elsewhere_meanwhile() -> None:
    hidden = {"with_sibling": False, "sibling": {"name": HANA["name"]}, "child": about(HANA)}
    shown = hidden | {"with_sibling": True}
    before, after = (evaluate(FORM, one, today=TODAY) for one in (hidden, shown))
    found = followed(FORM, shown, known(HANA, SORA), before=before, after=after)
    assert found == shown | {"sibling": {}}


def test_one_child_is_added_to_the_list_or_brought_up_to_date() -> None:
    answers = {"child": about(HANA)}
    told = facts_in(FORM, answers, evaluate(FORM, answers, today=TODAY))["household.children"]
    assert told == Told([HANA], adds=True)
    assert told.after(None) == [HANA]
    assert told.after([SORA]) == [SORA, HANA]
    assert told.after([SORA, HANA]) == [SORA, HANA]
    assert told.after([{"name": HANA["name"]}]) == [HANA]
    twin = HANA | {"name": {"family": "水野", "given": "月"}}
    assert joined([HANA], [twin]) == [HANA, twin]
    assert not is_same(HANA, HANA | {"birth_date": "2020-01-01"})


def test_a_list_told_with_fewer_questions_forgets_nothing_of_who_is_in_it() -> None:
    told = Told([{"name": HANA["name"]}], parts=frozenset({"name"}))
    assert told.after([SORA, HANA]) == [HANA]
    assert told.after(None) == [{"name": HANA["name"]}]


def test_the_choice_is_a_group_of_radio_buttons_with_names_and_dates() -> None:
    answers = prefilled(FORM, known(HANA), today=TODAY)
    evaluation = evaluate(FORM, answers, today=TODAY)
    html = fields_html(
        FORM,
        "child",
        FormView(
            answers=answers,
            evaluation=evaluation,
            today=TODAY,
            about=about_whom(FORM, answers, known(HANA), evaluation),
        ),
    )
    assert html.count('name="_about.child"') == 2
    assert "水野 花（令和8年11月20日生まれ）" in html
    assert 'name="_about.child" value="0" data-affects checked' in html
    assert "ほかのお子さん" in html
    assert '<input type="hidden" name="_about_before.child" value="0">' in html


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("        item: {ja: お子さん, en: child}\n", "", "child: say in item"),
        ("[]", "", "pattern"),
        ("fact: birth_date,", "fact: birth_date, locked: true,", "locked is not for one of a list"),
    ],
)
def test_what_makes_no_sense_is_refused(before: str, after: str, fault: str) -> None:
    assert before in SOURCE
    source = SOURCE.replace(before, after, 1)
    with pytest.raises((FormErrors, ValueError), match=fault):
        compile_form(FormSpec.model_validate(yaml.load(source, Loader=yaml.BaseLoader)))


CONTROLS = st.sampled_from(
    [
        *("_about.child", "_about_before.child", "_about.sibling", "_about_before.sibling"),
        *("child.called.family", "child.born.year", "child.certificate", "sibling.name.given"),
        *("phone", "with_sibling", "applies", "_about.phone", "_about"),
    ]
)
VALUES = st.sampled_from(["0", "1", "2", "other", "", "yes", "no", "-1", "水野"])


@given(
    st.lists(st.dictionaries(CONTROLS, VALUES), max_size=4),
    st.lists(st.sampled_from([HANA, SORA]), max_size=2, unique_by=lambda c: c["birth_date"]),
)
def test_whatever_is_posted_hidden_groups_get_nothing_and_what_is_held_stays(
    posts: list[dict[str, str]], children: list[dict[str, Any]]
) -> None:
    facts = known(*children)
    answers = prefilled(FORM, facts, today=TODAY)
    for post in posts:
        posted = {key: [value] for key, value in post.items()}
        before = evaluate(FORM, answers, today=TODAY)
        # what a page can post is what it showed
        if not before.shows("sibling"):
            posted = {k: v for k, v in posted.items() if not k.startswith("sibling.")}
        reading = read_page(FORM, "child", posted, answers, seal=str, fixed={"phone"})
        hidden = reading.answers.get("sibling")
        middle = evaluate(FORM, reading.answers, today=TODAY)
        answers, _changed = followed_choice(
            FORM, "child", posted, reading.answers, lists_in(facts), middle
        )
        after = evaluate(FORM, answers, today=TODAY)
        answers = followed(FORM, answers, facts, before=before, after=after)
        answers = enforced(FORM, answers, facts, after, today=TODAY)
        if not after.shows("sibling"):
            assert answers.get("sibling") == hidden
        assert answers["phone"] == "0299-00-0000"
        # nobody is in two places
        both = [answers.get("child", {}).get("called"), answers.get("sibling", {}).get("name")]
        if after.shows("sibling") and both[0] in [c["name"] for c in children]:
            assert both[0] != both[1]
