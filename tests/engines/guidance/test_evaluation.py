"""What follows from answers, and the code that opens them again."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.guidance.conftest import EXAMPLE, Write, written
from suigo.engines.guidance.rules import coding
from suigo.engines.guidance.rules.compiling import Guide
from suigo.engines.guidance.rules.evaluation import Answer, evaluate
from suigo.engines.guidance.rules.loading import load_guides
from suigo.engines.guidance.rules.reading import read_answers

GUIDES = load_guides(EXAMPLE).guides


def listed(guide: Guide, answers: dict[str, Answer]) -> dict[str, bool]:
    return {one.row.listing.id: one.certain for one in evaluate(guide, answers).listed}


def test_answers_decide_what_is_listed(moving_in: Guide) -> None:
    nothing: dict[str, Answer] = {"family": (), "furniture": "none"}
    assert listed(moving_in, nothing) == {"move-in-notice": True}
    everything: dict[str, Answer] = {
        "family": ("pupil", "reader"),
        "same_school": "no",
        "furniture": "many",
    }
    assert listed(moving_in, everything) == {
        "move-in-notice": True,
        "school-transfer": True,
        "library-card": True,
        "bulky-waste": True,
    }
    assert "school-transfer" not in listed(moving_in, {**everything, "same_school": "yes"})


def test_what_is_not_known_is_listed_as_uncertain(moving_in: Guide) -> None:
    answers: dict[str, Answer] = {
        "family": ("pupil",),
        "same_school": "unknown",
        "furniture": "unknown",
    }
    assert listed(moving_in, answers) == {
        "move-in-notice": True,
        "school-transfer": False,
        "bulky-waste": False,
    }


def test_a_question_comes_up_once_it_is_called_for(moving_in: Guide) -> None:
    def asked(answers: dict[str, Answer]) -> list[str]:
        return [question.id for question in evaluate(moving_in, answers).asked]

    assert asked({}) == ["moved_on", "family", "furniture"]
    assert asked({"family": ("pupil",)}) == ["moved_on", "family", "same_school", "furniture"]
    missing = evaluate(moving_in, {"family": ("pupil",)}).missing
    assert [question.id for question in missing] == ["same_school", "furniture"]


def test_an_answer_to_a_question_that_is_not_asked_changes_nothing(moving_in: Guide) -> None:
    answers: dict[str, Answer] = {"family": (), "same_school": "no", "furniture": "none"}
    assert listed(moving_in, answers) == {"move-in-notice": True}


def test_a_question_behind_an_unknown_answer_is_asked(write: Write) -> None:
    guide = write(
        [{"id": "first", "kind": "yes_no"}, {"id": "second", "kind": "yes_no", "show": "first"}],
        [{"id": "some", "when": "first && second"}],
    )
    asked = evaluate(guide, {"first": "unknown"}).asked
    assert [question.id for question in asked] == ["first", "second"]
    assert listed(guide, {"first": "unknown", "second": "yes"}) == {
        "everybody": True,
        "some": False,
    }
    # false whatever the first answer is
    assert listed(guide, {"first": "unknown", "second": "no"}) == {"everybody": True}


def test_reasons_are_the_answers_that_decided(moving_in: Guide) -> None:
    outcome = evaluate(moving_in, {"family": ("pupil",), "same_school": "no", "furniture": "few"})
    reasons = {
        one.row.listing.id: [(r.question.id, r.words) for r in one.reasons]
        for one in outcome.listed
    }
    assert reasons == {
        "move-in-notice": [],
        "school-transfer": [("family", "小中学生"), ("same_school", "いいえ")],
        "bulky-waste": [("furniture", "1つか2つ")],
    }


@st.composite
def answered(draw: st.DrawFn) -> tuple[Guide, dict[str, Answer]]:
    guide = draw(st.sampled_from(GUIDES))
    answers: dict[str, Answer] = {}
    for question in guide.spec.questions:
        ids = [option.id for option in question.options]
        if question.kind == "several":
            chosen = draw(st.sets(st.sampled_from(ids)))
            answers[question.id] = tuple(one for one in ids if one in chosen)
        elif draw(st.booleans()):
            if question.kind == "date":
                last = coding.FIRST_DAY + timedelta(days=coding.DAYS - 1)
                answers[question.id] = draw(st.dates(coding.FIRST_DAY, last))
            else:
                options = ids or ["yes", "no"]
                answers[question.id] = draw(st.sampled_from([*options, "unknown"]))
    return guide, answers


@given(answered())
def test_a_code_gives_the_answers_back(made: tuple[Guide, dict[str, Answer]]) -> None:
    guide, answers = made
    code = coding.encode(guide, answers)
    assert coding.decode(guide, code) == answers
    assert coding.decode(guide, f" {code.lower().replace('-', ' ')}") == answers


@given(made=answered(), where=st.integers(0, 60), digit=st.sampled_from(coding.DIGITS))
def test_a_mistyped_code_is_not_taken_for_itself(
    made: tuple[Guide, dict[str, Answer]], where: int, digit: str
) -> None:
    guide, answers = made
    code = coding.plain(coding.encode(guide, answers))
    place = 1 + where % (len(code) - 1)
    wrong = code[:place] + digit + code[place + 1 :]
    if wrong == code:
        return
    # three check characters: one wrong code in 32,768 passes, never as the same answers
    with suppress(coding.UnreadableCode):
        assert coding.decode(guide, wrong) != answers


def test_a_code_from_before_the_questions_changed_is_refused() -> None:
    before = written([{"id": "one", "kind": "yes_no"}], [{"id": "some", "when": "one"}])
    after = written([{"id": "two", "kind": "yes_no"}], [{"id": "some", "when": "two"}])
    with pytest.raises(coding.UnreadableCode):
        coding.decode(after, coding.encode(before, {"one": "yes"}))


@pytest.mark.parametrize("code", ["", "A", "Z999", "A-!!!!", "A000000", "あいう", "B" * 500])
def test_nonsense_is_refused(moving_in: Guide, code: str) -> None:
    with pytest.raises(coding.UnreadableCode):
        coding.decode(moving_in, code)


def test_days_are_read_as_people_write_them(moving_in: Guide) -> None:
    def read(typed: str) -> tuple[dict[str, Answer], dict[str, str]]:
        sent = {"moved_on": [typed]}
        return read_answers(moving_in, lambda name: sent.get(name, []))

    for typed in ("2026-11-22", "令和8年11月22日", "R8.11.22"):
        assert read(typed) == ({"moved_on": date(2026, 11, 22)}, {})
    for typed in ("2026-02-30", "あした", "1999-12-31", "2110-01-01"):
        answers, faults = read(typed)
        assert (answers, list(faults)) == ({}, ["moved_on"])
