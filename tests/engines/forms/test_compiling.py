"""A form is checked once, completely, when it is loaded."""

from typing import Any

import pytest
import yaml

from engines.forms.sample import form
from suigo.engines.forms.rules import FormErrors, compile_form
from suigo.engines.forms.spec import FormSpec


def compiled_faults(fields: str, **more: Any) -> tuple[tuple[str, str], ...]:
    source = f"pages: [{{id: p, title: 題, fields: [{fields}]}}]"
    spec = FormSpec.model_validate(yaml.load(source, Loader=yaml.BaseLoader) | more)
    with pytest.raises(FormErrors) as raised:
        compile_form(spec)
    return raised.value.faults


def test_the_sample_compiles_and_knows_what_decides() -> None:
    compiled = compile_form(form())
    assert [p.id for p in compiled.pages] == ["you", "work", "children", "apart", "rest"]
    assert compiled.affecting >= {"job", "row.living", "children", "birth_date", "today"}


def test_a_misspelt_name_is_found() -> None:
    faults = compiled_faults("{id: a, kind: text, label: あ, show_when: 'bb == \"x\"'}")
    assert faults[0][0] == "a"
    assert "undeclared reference to 'bb'" in faults[0][1]


def test_a_comparison_of_two_types_is_found() -> None:
    faults = compiled_faults(
        "{id: n, kind: number, label: 数}, {id: a, kind: text, label: あ, show_when: 'n == \"x\"'}"
    )
    assert "no matching overload" in faults[0][1]


def test_a_condition_must_be_a_condition() -> None:
    faults = compiled_faults(
        "{id: n, kind: number, label: 数}, {id: a, kind: text, label: あ, show_when: 'n + 1'}"
    )
    assert faults == (("a", "gives INT, expected boolean: n + 1"),)


def test_a_condition_can_not_look_ahead() -> None:
    faults = compiled_faults(
        "{id: a, kind: text, label: あ, show_when: 'later'}, {id: later, kind: yes_no, label: い}"
    )
    assert faults == (("a", "uses later, which is asked later"),)


def test_types_are_checked_inside_records() -> None:
    rows = (
        "{id: c, kind: repeat, label: 子, item: 子, "
        "fields: [{id: birth_date, kind: date, label: 日}]}, "
    )
    wrong = rows + "{id: t, kind: text, label: あ, show_when: 'c.exists(r, r.birth_date < today)'}"
    assert "types do not fit" in compiled_faults(wrong)[0][1]
    misspelt = rows + "{id: t, kind: text, label: あ, show_when: 'c.exists(r, r.birth == \"x\")'}"
    assert "types do not fit" in compiled_faults(misspelt)[0][1]


def test_a_repeat_inside_a_repeat_is_refused() -> None:
    faults = compiled_faults(
        "{id: c, kind: repeat, label: 子, item: 子, fields: [{id: d, kind: repeat, label: 孫, "
        "item: 孫, fields: [{id: x, kind: text, label: え}]}]}"
    )
    assert ("c.*.d", "a repeat inside a repeat is not supported") in faults


@pytest.mark.parametrize("pattern", ["(a+)+b", "([0-9]*)*", "(x{1,5}){2,}"])
def test_a_pattern_that_may_never_end_is_refused(pattern: str) -> None:
    faults = compiled_faults(f"{{id: a, kind: text, label: あ, pattern: '{pattern}'}}")
    assert faults == (("a", "pattern: a repeat inside a repeated group may never end"),)


def test_a_pattern_that_is_none_is_refused() -> None:
    assert "pattern" in compiled_faults("{id: a, kind: text, label: あ, pattern: '(a'}")[0][1]


def test_a_check_must_stand_beside_a_field() -> None:
    faults = compiled_faults(
        "{id: a, kind: yes_no, label: あ}",
        checks=[{"id": "c", "when": "a", "field": "b", "message": "だめ"}],
    )
    assert faults == (("check c", "no field 'b'"),)


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="field ids appear twice"):
        FormSpec.model_validate(
            {
                "pages": [
                    {
                        "id": "p",
                        "title": "題",
                        "fields": [
                            {"id": "a", "kind": "text", "label": "あ"},
                            {"id": "a", "kind": "date", "label": "い"},
                        ],
                    }
                ]
            }
        )
