"""A family applies for three things in a row: what one form asked, the next ones know."""

from typing import Any

from content.itako_answers import COMPLETE, TARO, TODAY
from content.itako_procedures import C01, FORMS, K01, K11, K12, K15, X02
from suigo.engines.facts.rules import with_derived
from suigo.engines.forms.rules import Known, evaluate, value_at
from suigo.engines.forms.rules.compiling import fact_of, list_of
from suigo.engines.forms.rules.examples import example_answers
from suigo.engines.forms.rules.prefilling import facts_in, followed, origins, prefilled


def told_in(procedure: str) -> dict[str, Any]:
    form, answers = FORMS[procedure], COMPLETE[procedure]
    found = facts_in(form, answers, evaluate(form, answers, today=TODAY))
    return {key: one.value for key, one in found.items()}


def begun(procedure: str, known: dict[str, Known]) -> dict[str, Any]:
    """The form as it stands once it is known who fills it in."""
    form, start = FORMS[procedure], prefilled(FORMS[procedure], known, today=TODAY)
    answers = start | {k: v for k, v in COMPLETE[procedure].items() if k == "submitter"}
    return followed(
        form,
        answers,
        known,
        before=evaluate(form, start, today=TODAY),
        after=evaluate(form, answers, today=TODAY),
    )


def test_a_birth_asks_nothing_twice() -> None:
    known: dict[str, Known] = {}
    known_beforehand: list[tuple[str, str]] = []
    for procedure in (K15, K01, X02):
        start = begun(procedure, known)
        shown = evaluate(FORMS[procedure], COMPLETE[procedure], today=TODAY).shown
        for path, node in shown.items():
            if fact_of(node.field) in known and "*" not in node.path:
                known_beforehand.append((procedure, path))
                assert value_at(start, path), (procedure, path)
        told = told_in(procedure)
        known |= {key: Known(value, "declared", TODAY.isoformat()) for key, value in told.items()}
    assert known_beforehand == [
        (K01, "applicant.name"),
        (K01, "applicant.birth_date"),
        (K01, "applicant.address"),
        (K01, "applicant.phone"),
        (X02, "applicant.name"),
        (X02, "applicant.birth_date"),
        (X02, "applicant.address"),
        (X02, "applicant.phone"),
        (X02, "category.employer"),
        (X02, "payment.account"),
    ]


def over(answers: Any, start: Any) -> Any:
    """Answers to everything, with those that stood there already."""
    if isinstance(start, dict) and isinstance(answers, dict):
        return {**answers, **{key: over(answers.get(key), value) for key, value in start.items()}}
    if isinstance(start, list) and isinstance(answers, list) and start and answers:
        return [over(answers[0], row) for row in start]
    return start


def test_childcare_asks_again_for_nobody_and_nothing_that_was_said() -> None:
    """Allowance, certification, place: every question whose meaning is known has its answer."""
    known: dict[str, Known] = {}
    beforehand: dict[str, set[str]] = {}
    for procedure in (K01, K11, K12):
        form = FORMS[procedure]
        facts = with_derived(known)
        start = prefilled(form, facts, today=TODAY)
        answers = over(example_answers(form, today=TODAY, seed=1), start)
        evaluation = evaluate(form, answers, today=TODAY)
        beforehand[procedure] = set(origins(form, answers, facts, evaluation))
        for path, node in evaluation.shown.items():
            word = fact_of(node.field) or list_of(node.field)
            if word in facts and "." in word and path != "sibling":
                assert value_at(start, path), (procedure, path)
        told = facts_in(form, answers, evaluation)
        for key, one in told.items():
            before = known[key].value if key in known else None
            known[key] = Known(one.after(before), "declared", TODAY.isoformat())
    same = {"child.name", "child.birth_date", "guardians.0.name", "guardians.0.birth_date"}
    same |= {f"applicant.{part}" for part in ("name", "birth_date", "address", "phone")}
    assert beforehand[K01] == set()
    assert beforehand[K11] >= same
    assert beforehand[K12] >= same | {"use.from", "applicant.relation", "guardians.0.reason"}


def test_the_applicant_s_name_never_becomes_the_insured_person_s() -> None:
    known = {"person.name": Known(TARO, "declared", TODAY.isoformat())}
    form = FORMS[C01]
    start = prefilled(form, known, today=TODAY)
    for kind, insured in (("family", None), ("self", TARO), ("care_manager", None)):
        answers = start | {"filer": {**start["filer"], "kind": kind}}
        before, after = (evaluate(form, a, today=TODAY) for a in (start, answers))
        start = followed(form, answers, known, before=before, after=after)
        assert value_at(start, "insured.name") == insured
