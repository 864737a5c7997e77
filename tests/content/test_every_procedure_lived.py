"""Generated: one case of every procedure, from a browser's posts and from a program's JSON,
through as much of its workflow as one case can see. Everything a stranger could add is added."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from content.every_procedure import (
    PROCEDURES,
    TODAY,
    TOWNS,
    Step,
    answers_to,
    catalogue,
    controls,
    one_way_over_everything,
    posted,
)
from engines.cases.conftest import browser  # noqa: F401 - a fixture
from engines.cases.world import NOW, resident, staff
from engines.documents.samples import pdf
from suigo.engines.cases import actions
from suigo.engines.cases.actions import Given, answer_correction, take_action
from suigo.engines.cases.actions.programs import api_token
from suigo.engines.cases.models import Case, CaseLetter, CorrectionRequest
from suigo.engines.cases.queries import procedures as registry
from suigo.engines.cases.queries.printouts import letter_pdf
from suigo.engines.cases.rules.corrections import flaggable
from suigo.engines.cases.rules.letters import FilledLetter
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.documents.actions import store_file
from suigo.engines.documents.rendering import pdf_text
from suigo.engines.forms.rules import evaluate, final_answers, normalised, value_at
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.examples import Material
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    ChoicesField,
    ComputedField,
    ConsentField,
    DateField,
    EmailField,
    FileField,
    KanaField,
    MoneyField,
    MyNumberField,
    NameField,
    NumberField,
    PhoneField,
    YesNoField,
)
from suigo.engines.forms.spec.fields import AnswerField
from suigo.kernel.access import SYSTEM, Actor, Assurance
from suigo.kernel.clock import local_date

pytestmark = pytest.mark.django_db
every_procedure = pytest.mark.parametrize("name", sorted(PROCEDURES))
CATALOGUE = catalogue()


@pytest.fixture(autouse=True)
def _both_cities(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry._catalogue, "get", lambda: CATALOGUE)
    with time_machine.travel(NOW, tick=False):
        yield


def chosen(name: str) -> Procedure:
    return CATALOGUE.by_id[PROCEDURES[name].id]


def material(actor: Actor, owner_token: str = "") -> Material:
    """Files that this person really sent. 個人番号 stay as they are typed."""
    kept: dict[str, str] = {}

    def file_ids(spec: FileField) -> list[str]:
        if "id" not in kept:
            kept["id"] = str(
                store_file(
                    actor,
                    name="見本.pdf",
                    content_type_claimed="application/pdf",
                    stream=io.BytesIO(pdf(text=str(uuid4()))),
                    accept=("pdf",),
                    owner_token=owner_token,
                    now=NOW,
                ).public_id
            )
        return [kept["id"]]

    return Material(seal=str, file_ids=file_ids, towns=TOWNS)


def tampering(procedure: Procedure, answers: Answers) -> dict[str, list[str]]:
    """Posts for everything that the page never asked: computed values, and hidden questions."""
    form = procedure.form
    shown = evaluate(form, answers, today=TODAY).shown
    junk: dict[str, list[str]] = {}
    for path, node in form.nodes.items():
        if "*" in path:
            continue
        if isinstance(node.field, ComputedField):
            junk[path] = ["999999"]
        elif isinstance(node.field, AnswerField) and path not in shown:
            junk |= controls(node.field, path, INTRUDER.get(type(node.field), "侵入"))
    return junk


INTRUDER: dict[type, Any] = {
    NameField: {"family": "侵入", "given": "者", "family_kana": "シンニュウ", "given_kana": "シャ"},
    AddressField: {"postal_code": "1000001", "prefecture": "見本県", "city": "侵入市"},
    BankAccountField: {"bank_code": "0001", "bank_name": "みずほ", "number": "7777777"},
    DateField: "2001-01-01",
    MoneyField: 777,
    NumberField: 7,
    YesNoField: True,
    ConsentField: True,
    ChoicesField: ["侵入"],
    FileField: ["0196f000-0000-7000-8000-000000000007"],
    PhoneField: "090-7777-7777",
    EmailField: "intruder@example.jp",
    KanaField: "シンニュウ",
    MyNumberField: {"sealed": "123456789018"},
}


def sealed(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"sealed"}


def is_what_was_meant(case: Case, procedure: Procedure, answers: Answers) -> None:
    """The case holds the answers to what was asked, what the rules compute, and nothing else."""
    form = procedure.form
    wanted = final_answers(form, normalised(form, answers), today=TODAY)
    assert open_numbers(case.answers) == open_numbers(wanted)
    assert "侵入" not in json.dumps(case.answers, ensure_ascii=False)
    for path, node in evaluate(form, case.answers, today=TODAY).shown.items():
        if isinstance(node.field, MyNumberField):
            before, after = value_at(wanted, path), value_at(case.answers, path)
            assert (before is None) == (after is None)
            assert before is None or before != after  # never kept as typed


def open_numbers(value: Any) -> Any:
    """The same answers with every 個人番号 blotted out, and files named once."""
    if sealed(value):
        return "個人番号"
    if isinstance(value, dict):
        return {key: open_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        kept = [open_numbers(inner) for inner in value]
        return list(dict.fromkeys(kept)) if all(isinstance(v, str) for v in kept) else kept
    return value


@every_procedure
def test_a_case_lives_through_everything(
    name: str,
    browser: Callable[[Actor], Client],  # noqa: F811
) -> None:
    procedure = chosen(name)
    applicant = replace(resident(), assurance=Assurance.SIGNATURE)
    answers = answers_to(procedure.form, "most", material(applicant))

    case = sent_by_browser(procedure, browser(applicant), answers)
    is_what_was_meant(case, procedure, answers)
    for number, step in enumerate(one_way_over_everything(procedure.spec.workflow)):
        take(case, procedure, step, applicant, days=number)
        case.refresh_from_db()
        assert case.state == step.action.to

    assert case.phase == "done"
    letters = list(CaseLetter.objects.filter(case=case))
    for letter in letters:
        assert "{{" not in str(letter.content)
        blank = [label for label, value in letter.content["rows"] if not value.strip(" 　（）")]
        assert blank == [], f"{letter.letter_id}: {blank}"
    if letters:
        longest = max(letters, key=lambda letter: len(str(letter.content)))
        filled = FilledLetter.of_content(longest.content)
        text = pdf_text(letter_pdf(filled, department=case.department))
        assert squeezed(filled.title) in squeezed(text)


def squeezed(text: str) -> str:
    return "".join(text.split())


def sent_by_browser(procedure: Procedure, client: Client, answers: Answers) -> Case:
    form = procedure.form
    started = client.post(f"/procedures/{procedure.id}/start/", follow=True)
    first = started.redirect_chain[-1][0]
    draft = first.split("/page/")[0]
    values = posted(form, answers) | tampering(procedure, answers)
    for page in evaluate(form, answers, today=TODAY).pages:
        address = f"{draft}/page/{page}/"
        own = {n.path.split(".")[0] for top in form.page(page).nodes for n in top.walk()}
        sent = {path: texts for path, texts in values.items() if path.split(".")[0] in own}
        answer = client.post(address, sent)
        if answer.status_code == 200:  # warnings are read and confirmed
            fingerprint = answer.context["confirmed"]
            answer = client.post(address, {**sent, "_confirmed": fingerprint})
        assert answer.status_code == 302, (page, answer.context and answer.context.get("summary"))
    done = client.post(f"{draft}/check/")
    assert done.status_code == 200
    return Case.objects.get()


def take(case: Case, procedure: Procedure, step: Step, applicant: Actor, *, days: int) -> None:
    now, action = NOW + timedelta(days=days), step.action
    case.refresh_from_db()
    assert case.state == step.state
    if action.kind == "answer_correction":
        request = CorrectionRequest.objects.get(case=case, answered_at=None, cancelled_at=None)
        items = set(request.items.values_list("path", flat=True))
        assert items == flaggable(procedure.form, case.answers, today=TODAY)
        values = {
            path: texts
            for path, texts in posted(procedure.form, case.answers).items()
            # a number that was sent isn't shown again; left blank it stays
            if not isinstance(_field(procedure, path), MyNumberField)
        }
        files = {v for texts in values.values() for v in texts}
        read = answer_correction(
            case.public_id,
            posted=values | tampering(procedure, case.answers),
            actor=applicant,
            version=case.version,
            now=now,
            own_files=files,
        )
        assert read.errors == {}
        assert read.moved is not None
        before = open_numbers(case.answers)
        case.refresh_from_db()
        assert open_numbers(case.answers) == before
        return
    if action.checklist:
        for item in procedure.spec.checklist:
            actions.mark_checklist(case.public_id, item.id, ticked=True, actor=SYSTEM, now=now)
        case.refresh_from_db()
    inputs = procedure.inputs(action)
    asked = flaggable(procedure.form, case.answers, today=TODAY)
    actor = applicant if action.who == "applicant" else SYSTEM
    entered = {} if inputs is None else answers_to(inputs, "most", material(applicant))
    flagged = asked if action.kind == "request_correction" else ()
    given = Given(
        decision=entered,
        reason="理由を書きます。" if action.reason else "",
        items=dict.fromkeys(flagged, "確かめてください。"),
    )
    take_action(case.public_id, action.id, actor=actor, version=case.version, now=now, given=given)
    case.refresh_from_db()
    if inputs is not None:
        kept = case.decision if action.kind == "decide" else case.entries[action.id]
        reason = {"reason": given.reason} if action.reason else {}
        assert kept == reason | final_answers(inputs, entered, today=local_date(now))


def _field(procedure: Procedure, path: str) -> Any:
    node = procedure.form.node_at(path)
    return node.field if node is not None else None


@every_procedure
def test_a_program_can_not_decide_what_the_rules_decide(name: str) -> None:
    procedure = chosen(name)
    form = procedure.form
    clerk = replace(staff("library-officer", "司書 一郎"), assurance=Assurance.SIGNATURE)
    answers = answers_to(form, "most", material(clerk, api_token(clerk)))
    tampered = _with_computed(procedure, _typed(answers))
    receipt = actions.submit_answers(
        procedure.id,
        tampered,
        actor=clerk,
        now=NOW,
        language="ja",
        idempotency_key=str(uuid4()),
    )
    is_what_was_meant(Case.objects.get(public_id=receipt.case_id), procedure, answers)


def _typed(value: Any) -> Any:
    if sealed(value):
        return value["sealed"]
    if isinstance(value, dict):
        return {key: _typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_typed(inner) for inner in value]
    return value


def _with_computed(procedure: Procedure, answers: Answers) -> Answers:
    """The answers with another value at each thing that the city computes, and with answers to
    questions that these answers hide."""
    changed = json.loads(json.dumps(answers))
    shown = evaluate(procedure.form, answers, today=TODAY).shown
    for path, node in procedure.form.nodes.items():
        spec = node.field
        hidden = isinstance(spec, AnswerField) and path not in shown
        numbered = isinstance(spec, MyNumberField)  # refused where it isn't one, hidden or not
        if "*" not in path and not numbered and (hidden or isinstance(spec, ComputedField)):
            *groups, last = path.split(".")
            target = changed
            for group in groups:
                target = target.setdefault(group, {})
            target[last] = "999999"
    return changed
