"""What is known is not asked again, and is never taken for somebody else's."""

from datetime import date
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.forms.rules import FormErrors, Known, compile_form, evaluate
from suigo.engines.forms.rules.prefilling import (
    enforced,
    facts_in,
    followed,
    held,
    name_fact,
    origins,
    prefilled,
)
from suigo.engines.forms.rules.reading import read_page
from suigo.engines.forms.spec import FormSpec

SOURCE = """
pages:
  - id: you
    title: あなた
    fields:
      - id: whose
        kind: choice
        label: だれの
        options: [{id: self, label: 自分}, {id: other, label: 他の人}]
      - id: applicant
        kind: group
        label: 申請する方
        fields:
          - {id: name, kind: name, label: 氏名, of_applicant: true, prefill: profile.name}
          - {id: birth_date, kind: date, label: 生年月日, fact: person.birth_date, locked: true}
      - {id: email, kind: email, label: メール, prefill: profile.email}
      - {id: patient, kind: name, label: 患者, fact: person.name, fact_when: whose == "self"}
      - id: children
        kind: repeat
        label: 子
        item: 子
        fact: household.children
        fields:
          - {id: called, kind: name, fact: name, label: 氏名}
          - {id: pet, kind: text, label: 動物}
"""
FORM = compile_form(FormSpec.model_validate(yaml.load(SOURCE, Loader=yaml.BaseLoader)))
TODAY = date(2026, 11, 24)
NAME = name_fact("髙﨑　花子", "タカサキ　ハナコ")
CHILD = {"family": "髙﨑", "given": "一", "family_kana": "タカサキ", "given_kana": "ハジメ"}
KNOWN = {
    "person.name": Known(NAME, "declared", "2026-11-01"),
    "person.birth_date": Known("1990-04-01", "checked", "2026-11-01", firm=True),
    "household.children": Known(
        [{"name": CHILD, "birth_date": "2020-01-01"}], "declared", "2026-11-01"
    ),
}


def seal(number: str) -> str:
    raise AssertionError(number)


def test_a_form_starts_from_what_is_known_and_from_nothing_else() -> None:
    assert prefilled(FORM, KNOWN, today=TODAY) == {
        "applicant": {"name": NAME, "birth_date": "1990-04-01"},
        "children": [{"called": CHILD}],
    }
    assert prefilled(FORM, {}, today=TODAY) == {}
    # what somebody answered, or emptied, stays as it is
    given_answers = {"applicant": {"name": None}, "children": []}
    assert prefilled(FORM, KNOWN, today=TODAY, answers=given_answers) == {
        "applicant": {"name": None, "birth_date": "1990-04-01"},
        "children": [],
    }


def test_a_name_that_is_not_in_two_parts_is_not_guessed() -> None:
    assert name_fact("マリア デ シルバ", "") is None
    assert name_fact("", "") is None
    assert name_fact("水郷 花子", "スイゴウ") == {"family": "水郷", "given": "花子"}


def follow(answers: dict[str, Any], whose: str) -> dict[str, Any]:
    after = answers | {"whose": whose}
    return followed(
        FORM,
        after,
        KNOWN,
        before=evaluate(FORM, answers, today=TODAY),
        after=evaluate(FORM, after, today=TODAY),
    )


def test_another_person_never_gets_the_applicant_s_facts() -> None:
    start = prefilled(FORM, KNOWN, today=TODAY)
    assert "patient" not in start
    mine = follow(start, "self")
    assert mine["patient"] == NAME
    theirs = follow(mine, "other")
    assert theirs["patient"] is None
    # what was typed about the other person stays, also when it equals
    typed = theirs | {"patient": NAME}
    assert follow(typed, "other")["patient"] == NAME
    told = facts_in(FORM, theirs | {"patient": CHILD}, evaluate(FORM, theirs, today=TODAY))
    assert told["person.name"].value == NAME
    assert follow(theirs | {"patient": CHILD}, "self")["patient"] == CHILD


def test_where_an_answer_came_from_is_that_it_equals_a_fact() -> None:
    start = prefilled(FORM, KNOWN, today=TODAY)
    moved = start | {"children": [{"called": {"family": "別"}}, *start["children"]]}
    found = origins(FORM, moved, KNOWN, evaluate(FORM, moved, today=TODAY))
    assert sorted(found) == ["applicant.birth_date", "applicant.name", "children.1.called"]
    assert found["applicant.birth_date"].firm


def test_a_confirmed_fact_that_the_form_can_not_take_locks_nobody_out() -> None:
    unusable = KNOWN | {"person.birth_date": Known("unknown", "checked", "2026-11-01", firm=True)}
    evaluation = evaluate(FORM, {}, today=TODAY)
    assert held(FORM, KNOWN, evaluation, today=TODAY) == {"applicant.birth_date": "1990-04-01"}
    assert held(FORM, unusable, evaluation, today=TODAY) == {}
    declared = KNOWN | {"person.birth_date": Known("1990-04-01", "declared", "2026-11-01")}
    assert held(FORM, declared, evaluation, today=TODAY) == {}


KEYS = st.sampled_from(
    [
        "applicant.birth_date",
        "applicant.birth_date.year",
        "applicant.birth_date.month",
        "applicant.birth_date.day",
        "applicant.birth_date.era",
        "applicant.name.family",
        "applicant",
        "_add",
        "_remove",
    ]
)


@given(st.dictionaries(KEYS, st.lists(st.text(max_size=12), max_size=2)), st.booleans())
def test_nothing_that_is_posted_changes_a_locked_fact(
    posted: dict[str, list[str]], tampered: bool
) -> None:
    answers = prefilled(FORM, KNOWN, today=TODAY)
    if tampered:
        answers["applicant"]["birth_date"] = "2001-01-01"
    fixed = held(FORM, KNOWN, evaluate(FORM, answers, today=TODAY), today=TODAY)
    read = read_page(FORM, "you", posted, answers, seal=seal, fixed=fixed).answers
    evaluation = evaluate(FORM, read, today=TODAY)
    kept = enforced(FORM, read, KNOWN, evaluation, today=TODAY)
    assert kept["applicant"]["birth_date"] == "1990-04-01"


def faults(field: str) -> list[str]:
    page = {"id": "p", "title": "題", "fields": [yaml.load(field, Loader=yaml.BaseLoader)]}
    try:
        compile_form(FormSpec.model_validate({"pages": [page]}))
    except FormErrors as wrong:
        return [message for _path, message in wrong.faults]
    return []


def test_what_can_not_work_is_refused_when_the_form_is_read() -> None:
    assert faults("{id: a, kind: text, label: い, locked: true}") == ["locked needs a fact"]
    assert faults("{id: a, kind: my_number, label: い, fact: person.number}") == [
        "the answer to a my_number is never reused"
    ]
    assert faults("{id: a, kind: text, label: い, fact: a.b, prefill: profile.b}") == [
        "say fact or prefill, not both"
    ]
    assert faults(
        "{id: r, kind: repeat, label: い, item: い, fact: a.b,"
        " fields: [{id: a, kind: text, label: い, fact: b, locked: true}]}"
    ) == ["a row of a repeat can't be locked"]
