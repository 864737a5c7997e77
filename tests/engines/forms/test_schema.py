"""The form for programs."""

from datetime import date

from jsonschema_rs import validator_for

from engines.forms.sample import complete_answers, form
from suigo.engines.forms.rules import check, compile_form, json_schema

TODAY = date(2026, 11, 24)


def test_complete_answers_fit_the_schema() -> None:
    answers = complete_answers() | {"number": "123456789018"}
    assert list(validator_for(json_schema(form())).iter_errors(answers)) == []


def test_what_may_be_hidden_is_not_required() -> None:
    schema = json_schema(form())
    assert "proof" not in schema["required"]
    assert "employer" not in schema["required"]
    assert "job" in schema["required"]


def test_schema_and_rules_refuse_the_same_kinds_of_mistake() -> None:
    compiled = compile_form(form())
    validator = validator_for(json_schema(form()))
    for path, wrong in {"income": "x", "job": "king", "twins": "yes", "children": []}.items():
        answers = complete_answers() | {"number": "123456789018", path: wrong}
        assert not validator.is_valid(answers)
        assert path in check(compiled, answers, today=TODAY).errors
