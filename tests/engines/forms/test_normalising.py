"""Answers from a program end in the same spelling as answers from a page."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.forms.sample import complete_answers, form
from engines.forms.test_evaluation import any_answers
from suigo.engines.forms.rules import check, compile_form, normalised, replace_at, unknown_paths
from suigo.engines.forms.rules.answers import value_at

FORM = compile_form(form())
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("path", "given_value", "kept"),
    [
        ("applicant.family_kana", "みほん", "ミホン"),
        ("applicant.family", " 髙﨑 ", "髙﨑"),
        ("phone", "09012345678", "090-1234-5678"),
        ("home.postal_code", "311-2424", "3112424"),
        ("children.1.address.postal_code", "〒311-2424", "3112424"),
        ("account.bank_name", "にせ銀行", "常陽"),
        ("account.holder_kana", "すいごう", "スイゴウ"),
        ("remarks", "a\r\nb", "a\nb"),
    ],
)
def test_one_spelling(path: str, given_value: str, kept: str) -> None:
    answers = normalised(FORM, replace_at(complete_answers(), path, given_value))
    assert value_at(answers, path) == kept
    assert check(FORM, answers, today=TODAY).errors == {}


def test_canonical_answers_stay_as_they_are() -> None:
    answers = complete_answers()
    once = normalised(FORM, answers)
    assert normalised(FORM, once) == once
    assert {k: v for k, v in once.items() if k != "account"} == {
        k: v for k, v in answers.items() if k != "account"
    }


def test_parts_that_a_form_does_not_ask_for_are_unknown() -> None:
    answers = replace_at(complete_answers(), "home.extra", {"deep": [1, 2]})
    answers = replace_at(answers, "applicant.title", "Dr")
    assert sorted(unknown_paths(FORM, answers)) == ["applicant.title", "home.extra.deep"]


@pytest.mark.parametrize("broken", ["a\x00b", "\ud800", "\u202e"])
@pytest.mark.parametrize("path", ["applicant.family", "home.building", "employer", "remarks"])
def test_broken_text_is_refused_at_its_place(path: str, broken: str) -> None:
    answers = normalised(FORM, replace_at(complete_answers(), path, broken))
    assert path in check(FORM, answers, today=TODAY).errors


@given(any_answers)
def test_no_answer_breaks_it(answers: dict[str, Any]) -> None:
    normalised(FORM, answers)


def test_a_hundred_thousand_rows_are_refused_after_a_few() -> None:
    visited = 0

    class Rows(list[Any]):
        def __getitem__(self, index: Any) -> Any:
            nonlocal visited
            found = super().__getitem__(index)
            visited += len(found) if isinstance(index, slice) else 1
            return found

        def __iter__(self) -> Any:
            raise AssertionError("walked through all rows")

    answers = complete_answers() | {"children": Rows([{}] * 100_000)}
    found = check(FORM, answers, today=TODAY)
    assert found.errors["children"] == "「お子さん」は5件までです。"
    assert visited < 100


@given(st.sampled_from("²፩٣①"), st.sampled_from(["year", "month", "day"]))
def test_numerals_that_are_not_ascii_are_no_rows(numeral: str, part: str) -> None:
    assert value_at({"children": [{"name": 1}]}, f"children.{numeral}.name") is None
    assert FORM.node_at(f"children.{numeral}.name") is None
