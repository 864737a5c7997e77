"""The city's procedures: consistent, complete in three languages, and right in their rules."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from content.itako_answers import (
    COMPLETE,
    TODAY,
)
from content.itako_procedures import C01, FORMS, ITAKO, SPECS
from suigo.engines.cases.rules.checks import Known
from suigo.engines.cases.rules.letters import FilledLetter, compile_inputs, fill
from suigo.engines.cases.rules.loading import load_specs
from suigo.engines.cases.rules.workflow import paths_to_an_end
from suigo.engines.cases.spec import ProcedureSpec
from suigo.engines.forms.rules import check, evaluate, final_answers
from suigo.engines.forms.spec import (
    ChoiceField,
    DateField,
    Field,
    MoneyField,
    MultilineField,
    NumberField,
    TextField,
)
from suigo.engines.identity.spec import OrgSpec
from suigo.engines.insight.spec import PlanSpec
from suigo.kernel.content import Text, load

CAPABILITIES = frozenset(
    {"cases.view", "cases.check", "cases.decide", "cases.assign", "cases.reopen"}
)
PLAIN_ENOUGH = {"はい", "いいえ"}  # the form engine's own words, the same in やさしい日本語
PHONE_NUMBER = re.compile(r"0\d{1,3}-\d{2,4}-\d{4}")


def test_everything_named_exists() -> None:
    known = Known(
        departments=frozenset(d.id for d in load(ITAKO / "org.yaml", OrgSpec).departments),
        capabilities=CAPABILITIES,
        measures=frozenset(m.id for m in load(ITAKO / "plan.yaml", PlanSpec).measures()),
        procedures=frozenset(SPECS),
    )
    folders = sorted(f.parent.name for f in ITAKO.glob("services/*/service.yaml"))
    assert [s.id for s in load_specs(ITAKO, known=known)] == folders


@pytest.mark.parametrize("procedure", sorted(COMPLETE))
def test_complete_answers_are_accepted(procedure: str) -> None:
    found = check(FORMS[procedure], COMPLETE[procedure], today=TODAY)
    assert (found.errors, found.warnings) == ({}, {})


@pytest.mark.parametrize("procedure", sorted(SPECS))
def test_an_empty_form_asks_for_something_on_its_first_page(procedure: str) -> None:
    form = FORMS[procedure]
    evaluation = evaluate(form, {}, today=TODAY)
    found = check(form, {}, today=TODAY, pages={evaluation.pages[0]})
    assert found.errors


def texts(part: Any) -> Iterator[Text]:
    if isinstance(part, Text):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from texts(getattr(part, name))
    elif isinstance(part, tuple):
        for item in part:
            yield from texts(item)


@pytest.mark.parametrize("procedure", sorted(SPECS))
def test_residents_read_everything_in_three_languages(procedure: str) -> None:
    spec = SPECS[procedure]
    read_by_residents = [
        *texts(spec.service),
        *texts(spec.form),
        *(state_text for state in spec.workflow.states for state_text in texts(state)),
        *(a.title for a in spec.workflow.actions if a.who == "applicant"),
    ]
    assert [
        text.ja
        for text in read_by_residents
        if not (text.has("ja-easy") and text.has("en")) and text.ja not in PLAIN_ENOUGH
    ] == []


@pytest.mark.parametrize("procedure", sorted(SPECS))
def test_no_telephone_number_is_invented(procedure: str) -> None:
    folder = ITAKO / "services" / procedure
    found = [
        (file.name, number)
        for file in folder.rglob("*.yaml")
        for number in PHONE_NUMBER.findall(file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("procedure", sorted(SPECS))
def test_what_the_city_never_said_is_marked(procedure: str) -> None:
    service = SPECS[procedure].service
    assert service.to_confirm
    assert service.retention.sample
    # 30 days for care need certification are in the law; other periods name their source
    assert service.standard_period.sample is (service.standard_period.source is None)
    assert SPECS[C01].service.standard_period.source is not None
    assert all(letter.sample for letter in SPECS[procedure].letters)


# --- letters -----------------------------------------------------------------------------------


def some_input(field: Field) -> Any:
    match field:
        case DateField():
            return "2026-12-01"
        case MoneyField() | NumberField():
            return 1
        case ChoiceField():
            return field.options[0].id
        case TextField() | MultilineField():
            return "ひとこと"
        case _:
            raise AssertionError(f"no sample for {field.kind}")


def letters_of(spec: ProcedureSpec) -> Iterator[FilledLetter]:
    form = FORMS[spec.id]
    answers = final_answers(form, COMPLETE[spec.id], today=TODAY)
    facts = {
        "case.number": "R8-X-0001",
        "case.title": spec.service.title.ja,
        "case.received_date": "令和8年11月24日",
        "case.correction_due_date": "令和8年12月8日",
        "case.reason": "理由の文",
    }
    for action in spec.workflow.actions:
        if action.letter is not None:
            yield fill(
                spec.letter(action.letter),
                form=form,
                answers=answers,
                inputs=compile_inputs(action.inputs) if action.inputs else None,
                decision={field.id: some_input(field) for field in action.inputs},
                facts=facts,
                issued=TODAY,
                corrections=({"label": "住所", "message": "番地を書いてください。"},),
            )


@pytest.mark.parametrize("procedure", sorted(COMPLETE))
def test_every_letter_is_used_and_leaves_nothing_open(procedure: str) -> None:
    spec = SPECS[procedure]
    filled = list(letters_of(spec))
    assert {letter.id for letter in filled} == {letter.id for letter in spec.letters}
    for letter in filled:
        assert "{{" not in str(letter.content())
        assert [label for label, value in letter.rows if not value.strip(" （）")] == []


@pytest.mark.parametrize("procedure", sorted(COMPLETE))
def test_a_refusal_always_gives_its_reason(procedure: str) -> None:
    for action in SPECS[procedure].workflow.actions:
        if action.outcome == "rejected":
            assert action.reason
    rejection = next(x for x in letters_of(SPECS[procedure]) if x.id == "rejection")
    assert "理由の文" in [value for _label, value in rejection.rows]


@pytest.mark.parametrize("procedure", sorted(SPECS))
def test_every_walk_through_the_workflow_ends(procedure: str) -> None:
    workflow = SPECS[procedure].workflow
    walks = paths_to_an_end(workflow)
    assert {a.id for walk in walks for a in walk} == {a.id for a in workflow.actions}
    assert {workflow.state(walk[-1].to).phase for walk in walks} == {"done"}
