"""Which questions mean the same, and where an answer goes."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suigo.engines.cases.rules.loading import load_specs
from suigo.engines.forms.rules import CompiledForm, check, compile_form, evaluate, value_at
from suigo.engines.forms.rules.answers import is_empty
from suigo.engines.forms.rules.examples import example_answers
from suigo.engines.forms.spec import FormSpec
from suigo.kernel.content import Text
from suigo.services.counter.rules import merging

TODAY = date(2026, 11, 24)
CITIES = Path(__file__).parents[3] / "cities"
TITLE = Text.model_validate("共通")


def form_of(*fields: dict[str, Any]) -> CompiledForm:
    page = {"id": "page", "title": "試験", "fields": list(fields)}
    return compile_form(FormSpec.model_validate({"pages": [page]}))


def field(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "id": name, "label": name, **more}


def phone(name: str, **more: Any) -> dict[str, Any]:
    return (
        field("phone", name, label=f"{name}の電話", fact="person.phone", of_applicant=True) | more
    )


def meanings(form: CompiledForm) -> dict[str, str | None]:
    return {path: merging.meaning(node) for path, node in form.nodes.items()}


def test_the_same_fact_means_the_same_whatever_it_is_called() -> None:
    a, b = form_of(phone("tel")), form_of(phone("contact"))
    assert meanings(a)["tel"] == meanings(b)["contact"] == "person.phone"


def test_the_same_words_at_the_same_path_mean_the_same() -> None:
    a = form_of(field("yes_no", "married", label="結婚していますか"))
    same = form_of(field("yes_no", "married", label="結婚していますか", required=False, hint="注"))
    words = form_of(field("yes_no", "married", label="配偶者はいますか"))
    place = form_of(field("yes_no", "spouse", label="結婚していますか"))
    kind = form_of(field("text", "married", label="結婚していますか"))
    first = meanings(a)["married"]
    assert first == meanings(same)["married"]
    for other in (words, place, kind):
        assert first not in meanings(other).values()


def test_other_choices_are_another_question() -> None:
    def ask(*ids: str) -> CompiledForm:
        options = [{"id": one, "label": one} for one in ids]
        return form_of(field("choice", "way", options=options))

    assert meanings(ask("a", "b"))["way"] == meanings(ask("a", "b"))["way"]
    assert meanings(ask("a", "b"))["way"] != meanings(ask("a", "c"))["way"]


@pytest.mark.parametrize(
    "never",
    [
        field("consent", "x", text="同意します"),
        field("file", "x"),
        field("my_number", "x"),
    ],
)
def test_consents_files_and_my_number_are_never_shared(never: dict[str, Any]) -> None:
    assert meanings(form_of(never)) == {"x": None}


def test_an_answer_about_somebody_else_is_not_carried() -> None:
    form = form_of(
        field("yes_no", "myself"),
        phone("tel", fact_when="myself"),
    )
    known = {"person.phone": "0299000000"}
    other = merging.carried(form, {"myself": False}, known, today=TODAY)
    own = merging.carried(form, {"myself": True}, known, today=TODAY)
    assert other == {"myself": False}
    assert own == {"myself": True, "tel": "0299000000"}


def test_what_a_form_hides_is_not_filled_in() -> None:
    form = form_of(field("yes_no", "wants"), phone("tel", show_when="wants"))
    known = {"person.phone": "0299000000"}
    assert merging.carried(form, {"wants": False}, known, today=TODAY) == {"wants": False}
    # and what it asks because of a carried answer is filled in with it
    yes = form_of(field("yes_no", "wants"))
    key = meanings(yes)["wants"]
    assert key is not None
    both = merging.carried(form, {}, {key: True, **known}, today=TODAY)
    assert both == {"wants": True, "tel": "0299000000"}


def test_an_answer_that_a_form_cannot_take_never_replaces_one_it_could() -> None:
    form = form_of(field("name", "who", fact="person.name", of_applicant=True))
    whole = {"family": "水野", "given": "葉子", "family_kana": "ミズノ", "given_kana": "ヨウコ"}
    bare = {"family": "水野", "given": "葉子"}
    kept = merging.carried(form, {"who": whole}, {"person.name": bare}, today=TODAY)
    assert kept == {"who": whole}
    put = merging.carried(form, {}, {"person.name": bare}, today=TODAY)
    assert put == {"who": bare}
    evaluation = evaluate(form, put, today=TODAY)
    known = {"person.name": bare}
    assert merging.settled(form, put, known, evaluation, today=TODAY) == frozenset()


def children(**more: Any) -> CompiledForm:
    own = [field("name", "name", kana=False), field("yes_no", "cares")]
    return form_of(
        field("repeat", "children", item="お子さん", fields=own, **more),
    )


def test_rows_are_carried_with_what_both_lists_ask() -> None:
    a = children()
    b = form_of(
        field(
            "repeat",
            "children",
            item="お子さん",
            fields=[field("name", "name", kana=False), field("text", "school")],
        )
    )
    told = {"children": [{"name": {"family": "水野", "given": "一"}, "cares": True}]}
    known = merging.told(a, told, evaluate(a, told, today=TODAY), today=TODAY)
    put = merging.carried(b, {}, known, today=TODAY)
    assert put == {"children": [{"name": {"family": "水野", "given": "一"}}]}
    put["children"][0]["school"] = "小学校"
    assert merging.carried(b, put, known, today=TODAY) == put
    evaluation = evaluate(b, put, today=TODAY)
    done = merging.settled(b, put, known, evaluation, today=TODAY)
    assert done == {"children.0.name"}
    assert merging.asked(evaluation, done) == ("children.0.school",)


def test_the_common_questions() -> None:
    a = form_of(phone("tel"), field("yes_no", "married", label="結婚していますか"))
    b = form_of(
        phone("contact", required=False),
        field("yes_no", "married", label="結婚していますか"),
        field("text", "own"),
        field("email", "mail", fact="person.email", show_when="married"),
    )
    shared = merging.common([a, b], without=frozenset(), title=TITLE)
    assert shared is not None
    assert list(shared.meanings.values()) == ["person.phone", meanings(a)["married"]]
    assert [f.id for p in shared.form.spec.pages for f in p.fields] == ["q0", "q1"]
    found = check(shared.form, {}, today=TODAY)
    assert sorted(found.errors) == ["q0", "q1"]
    only = merging.common([a], without=frozenset({"person.phone"}), title=TITLE)
    assert only is None  # a question of one form alone is asked there
    told = merging.common_told(shared, {"q0": "0299000000"})
    assert told == {"person.phone": "0299000000"}


SOME = ("g01", "s01", "k01", "k02", "k15", "x02", "c01", "d01")
FORMS = {
    spec.id: compile_form(spec.form)
    for city in ("example", "itako")
    for spec in load_specs(CITIES / city, known=None)
    if spec.id.startswith(SOME)
}


@cache
def filled(procedure: str, seed: int) -> dict[str, Any]:
    return example_answers(FORMS[procedure], today=TODAY, seed=seed)


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(sorted(FORMS)), min_size=2, max_size=2),
    st.integers(0, 2),
    st.booleans(),
)
def test_whatever_is_said_in_one_form_is_not_asked_in_the_others(
    pair: list[str], seed: int, begun: bool
) -> None:
    """With the real procedures: say everything in one, then look at another."""
    first, second = (FORMS[procedure] for procedure in pair)
    answers = filled(pair[0], seed)
    known = merging.told(first, answers, evaluate(first, answers, today=TODAY), today=TODAY)
    before = filled(pair[1], seed + 1) if begun else {}
    after = merging.carried(second, before, known, today=TODAY)
    evaluation = evaluate(second, after, today=TODAY)
    done = merging.settled(second, after, known, evaluation, today=TODAY)
    wrong = check(second, after, today=TODAY, evaluation=evaluation).errors
    # what is settled is in order, and is what was said
    for path in done:
        assert not any(one == path or one.startswith(f"{path}.") for one in wrong)
        assert not is_empty(value_at(after, path))
    # every shown question that means something known is settled, or the form can't take it
    for path, node in evaluation.shown.items():
        key = merging.meaning(node)
        if key in known and node.takes is None and not key.startswith("list:"):
            refused = any(one == path or one.startswith(f"{path}.") for one in wrong)
            kept = value_at(after, path) == value_at(before, path)
            assert path in done or refused or kept
    # doing it again changes nothing, and nothing foreign got in
    assert merging.carried(second, after, known, today=TODAY) == after
    assert set(after) <= {path for path in second.nodes if "." not in path} | set(before)


def test_what_a_form_asked_itself_can_be_corrected_there() -> None:
    """Every answer has one place where it was said: there it is asked, everywhere else not."""
    known = merging.remembered({}, {"a": 1}, by="common", elsewhere=())
    known = merging.remembered(known, {"a": 1, "b": 2}, by="first", elsewhere={"a"})
    assert merging.known_to("first", known) == {"a": 1}
    assert merging.known_to("second", known) == {"a": 1, "b": 2}
    # corrected in the first form, then hidden there
    known = merging.remembered(known, {"b": 3}, by="first", elsewhere={"a"})
    assert merging.known_to("second", known) == {"a": 1, "b": 3}
    known = merging.remembered(known, {}, by="first", elsewhere={"a"})
    assert merging.known_to("second", known) == {"a": 1}
    # a form that could not take it says it anew, and then it is said there
    known = merging.remembered(known, {"a": 4}, by="second", elsewhere=())
    assert merging.known_to("first", known) == {"a": 4}
    assert merging.known_to("second", known) == {}


def test_the_meaning_of_a_part_is_that_of_its_list() -> None:
    form = children()
    assert merging.meanings_at(form, ["children.0.name"]) == {meanings(form)["children"]}
    assert merging.meanings_at(form, ["gone"]) == set()
