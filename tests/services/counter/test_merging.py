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
from suigo.services.counter.rules import merging, remembering, sharing
from suigo.services.counter.rules.meanings import meaning, meanings_at

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
    return {path: meaning(node) for path, node in form.nodes.items()}


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
    shared = sharing.common([a, b], without=frozenset(), title=TITLE)
    assert shared is not None
    assert list(shared.meanings.values()) == ["person.phone", meanings(a)["married"]]
    assert [f.id for p in shared.form.spec.pages for f in p.fields] == ["person_phone", "q1"]
    found = check(shared.form, {}, today=TODAY)
    assert sorted(found.errors) == ["person_phone", "q1"]
    only = sharing.common([a], without=frozenset({"person.phone"}), title=TITLE)
    assert only is None  # a question of one form alone is asked there
    told = sharing.common_told(shared, {"person_phone": "0299000000"})
    assert told == {"person.phone": "0299000000"}


SOME = ("g01", "s01", "k01", "k02", "k11", "k12", "k13", "k15", "x02", "c01", "d01")
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
        key = meaning(node)
        if key in known and node.takes is None and not key.startswith(("list:", "one:")):
            refused = any(one == path or one.startswith(f"{path}.") for one in wrong)
            kept = value_at(after, path) == value_at(before, path)
            assert path in done or refused or kept
    # doing it again changes nothing, and nothing foreign got in
    assert merging.carried(second, after, known, today=TODAY) == after
    assert set(after) <= {path for path in second.nodes if "." not in path} | set(before)


def test_what_a_form_asked_itself_can_be_corrected_there() -> None:
    """Every answer has one place where it was said: there it is asked, everywhere else not."""
    known = remembering.remembered({}, {"a": 1}, by="common", elsewhere=())
    known = remembering.remembered(known, {"a": 1, "b": 2}, by="first", elsewhere={"a"})
    assert remembering.known_to("first", known) == {"a": 1}
    assert remembering.known_to("second", known) == {"a": 1, "b": 2}
    # corrected in the first form, then hidden there
    known = remembering.remembered(known, {"b": 3}, by="first", elsewhere={"a"})
    assert remembering.known_to("second", known) == {"a": 1, "b": 3}
    known = remembering.remembered(known, {}, by="first", elsewhere={"a"})
    assert remembering.known_to("second", known) == {"a": 1}
    # a form that could not take it says it anew, and then it is said there
    known = remembering.remembered(known, {"a": 4}, by="second", elsewhere=())
    assert remembering.known_to("first", known) == {"a": 4}
    assert remembering.known_to("second", known) == {}


K01, K11, K12 = (
    next(form for name, form in FORMS.items() if name.startswith(prefix))
    for prefix in ("k01", "k11", "k12")
)
HANA = {
    "name": {"family": "水野", "given": "花", "family_kana": "ミズノ", "given_kana": "ハナ"},
    "birth_date": "2026-11-20",
}
SORA = {
    "name": {"family": "水野", "given": "空", "family_kana": "ミズノ", "given_kana": "ソラ"},
    "birth_date": "2022-05-05",
}
PERSON = {"person.name": HANA["name"] | {"given": "葉子", "given_kana": "ヨウコ"}}
LIST, ONE = "list:household.children", "one:household.children"
CHILD = {"child.name", "child.birth_date"}
Said = dict[str, dict[str, Any]]


def said(by: str, form: CompiledForm, answers: dict[str, Any], known: Said) -> Said:
    """What is known after a form was filled in with what was left of it."""
    facts = remembering.facts_for(by, known, PERSON)
    evaluation = evaluate(form, answers, today=TODAY)
    fixed = merging.settled(form, answers, facts, evaluation, today=TODAY)
    news = merging.told(form, answers, evaluation, today=TODAY)
    elsewhere = meanings_at(form, fixed) & facts.keys() | PERSON.keys()
    return remembering.remembered(known, news, by=by, elsewhere=elsewhere)


def put(
    by: str, form: CompiledForm, answers: dict[str, Any], known: Said
) -> tuple[dict[str, Any], set[str]]:
    """A form with everything put in, and which questions about its child are settled."""
    facts = remembering.facts_for(by, known, PERSON)
    after = merging.carried(form, answers, facts, today=TODAY)
    evaluation = evaluate(form, after, today=TODAY)
    settled = merging.settled(form, after, facts, evaluation, today=TODAY)
    return after, {path for path in settled if path.startswith("child.")}


def test_the_only_child_of_the_list_is_the_child_of_the_other_forms() -> None:
    known = said("k01", K01, {"children": [HANA]}, {})
    for by, form in (("k11", K11), ("k12", K12)):
        answers, settled = put(by, form, {}, known)
        assert answers["child"] == HANA
        assert settled == CHILD
        assert "sibling" not in answers
    # corrected where it was said, also twice: the child stays, what was said about it too
    known = said("k01", K01, {"children": [HANA | {"birth_date": "2026-11-21"}]}, known)
    before = {"child": HANA | {"certified_before": False}}
    answers, settled = put("k11", K11, before, known)
    assert answers["child"] == {
        **HANA,
        "birth_date": "2026-11-21",
        "certified_before": False,
    }
    assert settled >= CHILD
    # said by the form itself it is not: it comes from the list
    assert ONE not in said("k11", K11, answers, known)


def test_of_several_children_one_is_chosen_once() -> None:
    known = said("k01", K01, {"children": [HANA, SORA]}, {})
    assert put("k11", K11, {}, known) == (put("k11", K11, {}, known)[0], set())
    assert "child" not in put("k11", K11, {}, known)[0]
    known = said("k11", K11, {"child": SORA}, known)
    assert known[ONE] == {"value": {"row": 1}, "by": "k11"}
    answers, settled = put("k12", K12, {}, known)
    assert (answers["child"], settled) == (SORA, CHILD)
    # there it can be chosen anew
    assert put("k11", K11, {"child": SORA}, known)[1] == set()
    # another child: nothing that was said about the first goes along
    other = said("k11", K11, {"child": HANA}, known)
    before = {"child": SORA | {"now": "home", "my_number": {"sealed": "x"}}}
    assert put("k12", K12, before, other)[0]["child"] == HANA
    # a correction in the list reaches both forms, also the one that chose
    mended = SORA | {"birth_date": "2022-05-06"}
    known = said("k01", K01, {"children": [HANA, mended]}, known)
    for by, form in (("k11", K11), ("k12", K12)):
        assert put(by, form, {"child": SORA | {"now": "home"}}, known)[0]["child"] == {
            **mended,
            "now": "home",
        }


def test_a_child_that_was_said_first_begins_the_list() -> None:
    known = said("k11", K11, {"child": HANA}, {})
    facts = remembering.facts_for("k01", known, PERSON)
    answers = merging.carried(K01, {}, facts, today=TODAY)
    assert answers["children"] == [HANA]
    evaluation = evaluate(K01, answers, today=TODAY)
    settled = merging.settled(K01, answers, facts, evaluation, today=TODAY)
    assert settled >= {"children.0.name", "children.0.birth_date"}
    known = said("k01", K01, {"children": [HANA, SORA]}, known)
    assert [row["name"]["given"] for row in known[LIST]["value"]] == ["花", "空"]
    assert known[ONE]["value"] == {"row": 0}
    # the second child is not thrown away when the form is opened again
    again = remembering.facts_for("k01", known, PERSON)
    both = merging.carried(K01, {"children": [HANA, SORA]}, again, today=TODAY)
    assert both["children"] == [HANA, SORA]


def test_guardians_begin_with_who_came_and_are_asked_once() -> None:
    facts = remembering.facts_for("k11", {}, PERSON)
    need = {"need": {"category": "c3", "from": "2027-04-01"}}
    answers = merging.carried(K11, need, facts, today=TODAY)
    assert answers["guardians"] == [{"name": PERSON["person.name"]}]
    whole = {**answers["guardians"][0], "birth_date": "1990-04-01", "reason": "work", "hours": 120}
    grandmother = {**whole, "name": SORA["name"], "reason": "caring"}
    known = said("k11", K11, answers | {"guardians": [whole, grandmother]}, {})
    others = remembering.facts_for("k12", known, PERSON)
    after = merging.carried(K12, {}, others, today=TODAY)
    assert after["guardians"] == [whole, grandmother]
    evaluation = evaluate(K12, after, today=TODAY)
    settled = merging.settled(K12, after, others, evaluation, today=TODAY)
    assert {"guardians.0.reason", "guardians.0.hours", "guardians.1.name"} <= settled


def test_the_meaning_of_a_part_is_that_of_its_list() -> None:
    form = children()
    assert meanings_at(form, ["children.0.name"]) == {meanings(form)["children"]}
    assert meanings_at(form, ["gone"]) == set()
