"""A family applies for three things in a row: what one form asked, the next ones know."""

from typing import Any

from content.itako_answers import COMPLETE, TARO, TODAY
from content.itako_procedures import C01, FORMS, K01, K15, X02
from suigo.engines.forms.rules import Known, evaluate, value_at
from suigo.engines.forms.rules.compiling import fact_of
from suigo.engines.forms.rules.prefilling import facts_in, followed, prefilled


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


def test_the_applicant_s_name_never_becomes_the_insured_person_s() -> None:
    known = {"person.name": Known(TARO, "declared", TODAY.isoformat())}
    form = FORMS[C01]
    start = prefilled(form, known, today=TODAY)
    for kind, insured in (("family", None), ("self", TARO), ("care_manager", None)):
        answers = start | {"filer": {**start["filer"], "kind": kind}}
        before, after = (evaluate(form, a, today=TODAY) for a in (start, answers))
        start = followed(form, answers, known, before=before, after=after)
        assert value_at(start, "insured.name") == insured
