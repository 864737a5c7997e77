"""Generated: every procedure of both cities, every way through it, every letter. No database."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from content.every_procedure import (
    CITIES,
    MATERIAL,
    PROCEDURES,
    SIZES,
    TODAY,
    Size,
    Step,
    answers_of,
    answers_to,
    posted,
    ways,
)
from suigo.engines.cases.rules.corrections import changed_elsewhere, flaggable, open_paths
from suigo.engines.cases.rules.letters import CASE_NAMES, CITY_NAMES, FilledLetter, fill
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.wording import status_line
from suigo.engines.cases.spec import Action
from suigo.engines.forms.rules import (
    check,
    evaluate,
    final_answers,
    json_schema,
    normalised,
    replace_at,
    review,
    unknown_paths,
    value_at,
    whole_label,
)
from suigo.engines.forms.rules.answers import Answers, is_empty
from suigo.engines.forms.rules.checking import fault_of
from suigo.engines.forms.rules.examples import NoExample, example_answers
from suigo.engines.forms.rules.reading import read_page
from suigo.engines.forms.spec import (
    ChoicesField,
    ConsentField,
    DateField,
    Field,
    FileField,
    MoneyField,
    MultilineField,
    NameField,
    NumberField,
    PhoneField,
    RepeatField,
    TextField,
)
from suigo.engines.forms.spec.fields import AnswerField

every_procedure = pytest.mark.parametrize("name", sorted(PROCEDURES))
every_size = pytest.mark.parametrize("size", SIZES)
FACTS = {f"case.{n}": f"［{n}］" for n in CASE_NAMES} | {
    f"city.{n}": f"［{n}］" for n in CITY_NAMES
}
CORRECTIONS = ({"label": "住所", "message": "番地を書いてください。"},)


def test_both_cities_are_walked() -> None:
    assert [root.name for root in CITIES] == ["example", "itako"]
    folders = {f"{r.name}/{f.parent.name}" for r in CITIES for f in r.glob("services/*/form.yaml")}
    assert set(PROCEDURES) == folders


# --- answers


@every_procedure
@every_size
def test_answers_of_every_size_are_accepted(name: str, size: Size) -> None:
    form, answers = PROCEDURES[name].form, answers_of(name, size)
    assert unknown_paths(form, answers) == []
    final = final_answers(form, answers, today=TODAY)
    assert check(form, final, today=TODAY).errors == {}
    assert final_answers(form, final, today=TODAY) == final
    for language in ("ja", "ja-easy", "en"):
        pages = review(form, final, today=TODAY, language=language)
        assert [page.id for page in pages] == evaluate(form, final, today=TODAY).pages


@every_procedure
@every_size
def test_what_a_browser_posts_is_read_as_it_was_answered(name: str, size: Size) -> None:
    form, answers = PROCEDURES[name].form, answers_of(name, size)
    read: Answers = {}
    values = posted(form, answers)
    files = {value for texts in values.values() for value in texts}
    for page in form.pages:
        reading = read_page(form, page.id, values, read, seal=str, own_files=files)
        assert reading.errors == {}
        read = reading.answers
    wanted = normalised(form, answers)
    assert {path: value_at(read, path) for path in _asked(name, answers)} == {
        path: _once(value_at(wanted, path)) for path in _asked(name, answers)
    }


def _asked(name: str, answers: Answers) -> list[str]:
    shown = evaluate(PROCEDURES[name].form, answers, today=TODAY).shown
    return [
        path
        for path, node in shown.items()
        if isinstance(node.field, AnswerField) and not is_empty(value_at(answers, path))
    ]


def _once(value: Any) -> Any:
    return list(dict.fromkeys(value)) if isinstance(value, list) else value


@every_procedure
def test_one_beyond_the_edge_is_refused(name: str) -> None:
    form = PROCEDURES[name].form
    for size in SIZES:
        for path, node in evaluate(form, answers_of(name, size), today=TODAY).shown.items():
            for inside, outside in _edges(node.field):
                assert fault_of(node.field, inside, days=(TODAY, TODAY)) == {}, path
                assert fault_of(node.field, outside, days=(TODAY, TODAY)) != {}, path


def _edges(spec: Field) -> Iterator[tuple[Any, Any]]:
    """The last value that is accepted and the first that is not, on either side."""
    match spec:
        case MoneyField() | NumberField():
            if spec.minimum is not None:
                yield spec.minimum, spec.minimum - 1
            if spec.maximum is not None:
                yield spec.maximum, spec.maximum + 1
        case DateField():
            first, last = spec.first_day(today=TODAY), spec.last_day(today=TODAY)
            if first is not None:
                yield _day(first, 0), _day(first, -1)
            if last is not None:
                yield _day(last, 0), _day(last, 1)
        case MultilineField():
            yield "字" * spec.max_length, "字" * (spec.max_length + 1)
        case TextField() if spec.pattern is None:
            yield "字" * spec.max_length, "字" * (spec.max_length + 1)
        case FileField():
            yield ["f"] * spec.at_most, ["f"] * (spec.at_most + 1)
        case ChoicesField() if spec.at_most is not None:
            ids = [o.id for o in spec.options]
            yield ids[: spec.at_most], ids[: spec.at_most + 1]


def _day(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


@every_procedure
def test_nothing_at_all_is_never_accepted(name: str) -> None:
    form = PROCEDURES[name].form
    found = check(form, {}, today=TODAY, pages={evaluate(form, {}, today=TODAY).pages[0]})
    assert found.errors != {} or check(form, {}, today=TODAY).errors != {}


@every_procedure
def test_programs_are_told_of_every_question(name: str) -> None:
    procedure = PROCEDURES[name]
    properties = json_schema(procedure.spec.form, "ja")["properties"]
    asked = {n.path.split(".")[0] for n in procedure.form.nodes.values() if _is_asked(n.field)}
    assert set(properties) >= asked


def _is_asked(spec: Field) -> bool:
    return isinstance(spec, AnswerField | RepeatField)


# --- the workflow


@every_procedure
def test_every_way_through_the_workflow(name: str) -> None:
    procedure = PROCEDURES[name]
    workflow = procedure.spec.workflow
    taken, ends = set(), set()
    for way in ways(workflow):
        state = workflow.start
        for step in way:
            assert (step.state, state in step.action.from_) == (state, True)
            taken.add((state, step.action.id))
            state = step.action.to
        assert workflow.state(state).phase == "done"
        ends.add(state)
    assert taken == {(state, action.id) for action in workflow.actions for state in action.from_}
    assert ends == {state.id for state in workflow.states if state.phase == "done"}


@every_procedure
def test_corrections_go_to_the_applicant_and_come_back(name: str) -> None:
    workflow = PROCEDURES[name].spec.workflow
    waiting = {s.id for s in workflow.states if s.phase == "with_applicant"}
    asks = [a for a in workflow.actions if a.kind == "request_correction"]
    answers = [a for a in workflow.actions if a.kind == "answer_correction"]
    assert {a.to for a in asks} <= waiting
    for state in {a.to for a in asks}:
        assert len([a for a in answers if state in a.from_]) == 1
    assert {state for a in answers for state in a.from_} <= waiting
    assert all(a.who == "applicant" for a in answers)
    # whoever waits for the applicant can be told to stop waiting, and whoever applied can stop
    for state in waiting:
        kinds = {a.kind for a in workflow.actions if state in a.from_}
        assert "withdraw" in kinds


@every_procedure
def test_every_state_tells_the_applicant_where_it_stands(name: str) -> None:
    for state in PROCEDURES[name].spec.workflow.states:
        for language in ("ja", "ja-easy", "en"):
            line = status_line(
                state, language=language, due=TODAY, correction_due=TODAY, today=TODAY
            )
            assert line
            assert "{" not in line


@every_procedure
@every_size
def test_what_staff_write_with_an_action_is_accepted(name: str, size: Size) -> None:
    procedure = PROCEDURES[name]
    for action in procedure.spec.workflow.actions:
        inputs = procedure.inputs(action)
        if inputs is not None:
            given = answers_to(inputs, size)
            assert check(inputs, given, today=TODAY).errors == {}
            assert unknown_paths(inputs, given) == []


# --- letters


def letter_of(procedure: Procedure, action: Action, answers: Answers, size: Size) -> FilledLetter:
    assert action.letter is not None
    inputs = procedure.inputs(action)
    return fill(
        procedure.spec.letter(action.letter),
        form=procedure.form,
        answers=final_answers(procedure.form, answers, today=TODAY),
        inputs=inputs,
        decision={} if inputs is None else answers_to(inputs, size),
        facts=FACTS,
        issued=TODAY,
        corrections=CORRECTIONS,
    )


@every_procedure
@every_size
def test_every_letter_leaves_nothing_open(name: str, size: Size) -> None:
    procedure = PROCEDURES[name]
    written = set()
    for action in procedure.spec.workflow.actions:
        if action.letter is None:
            continue
        letter = letter_of(procedure, action, answers_of(name, size), size)
        written.add(letter.id)
        assert "{{" not in str(letter.content())
        assert FilledLetter.of_content(letter.content()) == letter
        blank = [label for label, value in letter.rows if not value.strip(" 　（）")]
        assert blank == [], f"{letter.id}: {blank}"
        assert letter.addressee.strip(" 　様") != ""
        if action.kind == "request_correction":
            assert letter.table is not None
            assert [list(row) for row in letter.table.rows] == [["住所", "番地を書いてください。"]]
        if action.reason and action.outcome == "rejected":
            assert "［reason］" in str(letter.content())
    assert written == {letter.id for letter in procedure.spec.letters}


@every_procedure
def test_a_refusal_always_gives_its_reason(name: str) -> None:
    for action in PROCEDURES[name].spec.workflow.actions:
        if action.outcome in ("rejected", "partly_approved"):
            required = {f.id for f in action.inputs if isinstance(f, AnswerField) and f.required}
            assert action.reason or "reason" in required


# --- corrections


@every_procedure
@pytest.mark.parametrize("size", ["least", "most"])
def test_every_answer_can_be_corrected(name: str, size: Size) -> None:
    form = PROCEDURES[name].form
    before = final_answers(form, answers_of(name, size), today=TODAY)
    correctable = flaggable(form, before, today=TODAY)
    assert correctable
    for path in sorted(correctable):
        assert whole_label(form, path, language="ja")
        after = corrected(name, before, path)
        allowed = open_paths(form, before=before, after=after, flagged={path}, today=TODAY)
        assert (
            changed_elsewhere(form, before=before, after=after, allowed=allowed, today=TODAY) == ()
        )
        assert check(form, after, today=TODAY).errors == {}
        if isinstance(_spec_at(name, path), NameField | PhoneField | MultilineField):
            assert value_at(after, path) != value_at(before, path), path
        # and nothing but what was asked for, and what it leads to, may be changed
        for other in sorted(correctable - allowed - {path})[:3]:
            if not isinstance(_spec_at(name, other), ConsentField):
                meddled = replace_at(after, other, None if value_at(after, other) else "見")
                assert other in changed_elsewhere(
                    form, before=before, after=meddled, allowed=allowed, today=TODAY
                ) or other not in flaggable(form, meddled, today=TODAY)


def _spec_at(name: str, path: str) -> Field:
    node = PROCEDURES[name].form.node_at(path)
    assert node is not None
    return node.field


def corrected(name: str, before: Answers, path: str) -> Answers:
    """Another answer at ``path`` that the form accepts, with what it leads to; the same where a
    check accepts no other."""
    form = PROCEDURES[name].form
    for seed in range(4):
        without = replace_at(before, path, None)
        try:
            value: Any = "直しました。"
            if not isinstance(_spec_at(name, path), MultilineField):
                value = value_at(_example(name, without, seed, maximal=True), path)
            after = _example(name, replace_at(before, path, value), seed, maximal=False)
        except NoExample:
            continue
        allowed = open_paths(form, before=before, after=after, flagged={path}, today=TODAY)
        if value != value_at(before, path) and not changed_elsewhere(
            form, before=before, after=after, allowed=allowed, today=TODAY
        ):
            return after
    return before


def _example(name: str, fixed: Answers, seed: int, *, maximal: bool) -> Answers:
    return example_answers(
        PROCEDURES[name].form,
        today=TODAY,
        seed=seed,
        maximal=maximal,
        fixed=fixed,
        material=MATERIAL,
    )


def test_a_step_knows_its_state() -> None:
    workflow = PROCEDURES["example/s01-library-card"].spec.workflow
    first = next(iter(ways(workflow)))[0]
    assert first == Step("received", workflow.action("start_check"))
