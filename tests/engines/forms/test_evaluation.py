"""What is asked, computed and finally sent."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.forms.sample import complete_answers, form
from suigo.engines.forms.rules import (
    check,
    compile_form,
    evaluate,
    final_answers,
    replace_at,
    review,
    unknown_paths,
    value_at,
    whole_label,
)

TODAY = date(2026, 11, 24)
FORM = compile_form(form())

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["family", "name", "living", "birth_date", "address", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
any_answers = st.dictionaries(st.sampled_from([*complete_answers(), "unknown"]), plain, max_size=8)


def test_complete_answers_are_in_order() -> None:
    assert check(FORM, complete_answers(), today=TODAY).errors == {}


def test_a_hidden_answer_never_reaches_a_case() -> None:
    answers = complete_answers() | {"job": "none"}
    final = final_answers(FORM, answers, today=TODAY)
    assert "employer" not in final
    assert answers["employer"] == "見本商店"  # kept in the draft, should the person go back


def test_a_hidden_page_is_not_asked() -> None:
    answers = replace_at(complete_answers(), "children.1.living", "together")
    result = evaluate(FORM, answers, today=TODAY)
    assert result.pages == ["you", "work", "children", "rest"]
    assert "proof" not in final_answers(FORM, answers, today=TODAY)


def test_an_answer_hidden_earlier_does_not_decide_later() -> None:
    answers = replace_at(complete_answers(), "children.1.living", "together")
    final = final_answers(FORM, answers, today=TODAY)
    assert "address" not in final["children"][1]
    assert final["apart_count"] == 0


def test_a_computed_value_waits_for_what_it_needs() -> None:
    answers = complete_answers()
    del answers["birth_date"]
    computed = evaluate(FORM, answers, today=TODAY).computed["adult"]
    assert (computed.determined, computed.value) == (False, None)
    assert "adult" not in final_answers(FORM, answers, today=TODAY)


def test_a_computed_value_can_not_be_sent_in() -> None:
    answers = complete_answers() | {"apart_count": 99}
    assert final_answers(FORM, answers, today=TODAY)["apart_count"] == 1


def test_a_check_over_several_answers() -> None:
    answers = replace_at(complete_answers(), "children.0.birth_date", "1980-01-01")
    assert check(FORM, answers, today=TODAY).errors == {
        "children": "お子さんの生年月日を確かめてください"
    }


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("birth_date", "2026-11-25", "今日より後の日付は入力できません。"),
        ("birth_date", "2026-02-30", "年月日を正しく入力してください。"),
        ("phone", "12", "電話番号は0から始まる10けたか11けたの数字で入力してください。"),
        ("employer", "あ" * 21, "20文字以内で入力してください（いま21文字です）。"),
        ("income", -1, "0以上の数字を入力してください。"),
        ("income", "100", "数字で入力してください。"),
        ("job", "king", "一覧の中から選んでください。"),
        ("wishes", ["a", "b", "c"], "選べるのは2個までです。"),
        ("wishes", ["a", "a"], "一覧の中から選んでください。"),
        ("twins", "yes", "一覧の中から選んでください。"),
        ("agree", False, "内容を確認し、同意する場合はチェックを入れてください。"),
        ("email", "name@", "メールアドレスの形で入力してください。例: name@example.jp"),
        ("email", "a,b@c.de", "メールアドレスの形で入力してください。例: name@example.jp"),
        ("number", "123456789012", "12けたの個人番号を入力してください。"),
        ("proof", ["a", "b", "c"], "ファイルは2個までです。"),
        ("children", [], "「お子さん」を1件以上入力してください。"),
        ("children.1.address.postal_code", "12", "郵便番号は7けたの数字で入力してください。"),
        ("account.number", "12", "口座番号を7けたの数字で入力してください。"),
        ("account.bank_code", "0000", "金融機関を、名前か4けたの番号で選んでください。"),
    ],
)
def test_a_wrong_answer_is_explained(path: str, value: Any, message: str) -> None:
    answers = replace_at(complete_answers(), path, value)
    assert check(FORM, answers, today=TODAY).errors.get(path) == message


def test_looking_again_later_is_lenient_on_both_sides() -> None:
    spec = form()
    fields = [
        f.model_copy(update={"earliest": "today", "latest": None}) if f.id == "birth_date" else f
        for f in spec.pages[0].fields
    ]
    page = spec.pages[0].model_copy(update={"fields": tuple(fields)})
    future = compile_form(spec.model_copy(update={"pages": (page, *spec.pages[1:]), "checks": ()}))
    received, later = date(2026, 11, 24), date(2026, 11, 29)
    due = complete_answers() | {"birth_date": "2026-11-25"}
    assert "birth_date" in check(future, due, today=later).errors
    assert "birth_date" not in check(future, due, today=later, since=received).errors
    born = complete_answers() | {"birth_date": "2026-11-27"}
    assert "birth_date" in check(FORM, born, today=received).errors
    assert "birth_date" not in check(FORM, born, today=later, since=received).errors


def test_unknown_answers_are_named() -> None:
    answers = complete_answers() | {"admin": True}
    answers = replace_at(answers, "children.0.secret", 1)
    assert sorted(unknown_paths(FORM, answers)) == ["admin", "children.0.secret"]


def test_a_repeat_with_nobody_in_it_is_no_unknown_answer() -> None:
    assert unknown_paths(FORM, {"children": []}) == []
    assert unknown_paths(FORM, {"nobody": []}) == ["nobody"]


@given(any_answers)
def test_no_answer_breaks_the_rules(answers: dict[str, Any]) -> None:
    evaluation = evaluate(FORM, answers, today=TODAY)
    check(FORM, answers, today=TODAY, evaluation=evaluation)
    final = final_answers(FORM, answers, today=TODAY)
    sent = {k: v for k, v in final.items() if k not in evaluation.computed}
    assert set(unknown_paths(FORM, sent)) <= set(unknown_paths(FORM, answers))
    review(FORM, answers, language="ja", today=TODAY)


@given(st.lists(st.sampled_from(["together", "apart"]), min_size=1, max_size=5), st.booleans())
def test_only_what_is_shown_is_sent(livings: list[str], office: bool) -> None:
    child = complete_answers()["children"][1]
    answers = complete_answers() | {
        "job": "office" if office else "none",
        "children": [child | {"living": living} for living in livings],
    }
    shown = evaluate(FORM, answers, today=TODAY)
    final = final_answers(FORM, answers, today=TODAY)
    for path in [f"children.{i}.address" for i in range(len(livings))] + ["employer", "proof"]:
        assert (value_at(final, path) is not None) == shown.shows(path)


def test_a_label_on_its_own_says_which_child() -> None:
    def label(path: str) -> str:
        return whole_label(FORM, path, language="ja")

    assert label("children.1.birth_date") == "お子さん 2 生年月日"
    assert label("phone") == "電話番号"
    assert label("a question of an earlier form") == "a question of an earlier form"
