"""Reading procedures: what is right loads fast, what is wrong is named with its line."""

import shutil
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from engines.cases.world import CARD, NOW, TODAY, TOKEN, Desk, act, desk, draft_of
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case, CaseLetter
from suigo.engines.cases.queries import procedures as registry
from suigo.engines.cases.queries.printouts import letter_pdf
from suigo.engines.cases.queries.procedures import (
    as_procedure,
    defined,
    is_open,
    procedure,
    procedures,
)
from suigo.engines.cases.rules.checks import Known
from suigo.engines.cases.rules.letters import FilledLetter
from suigo.engines.cases.rules.loading import Procedure, load_specs
from suigo.engines.cases.rules.workflow import paths_to_an_end
from suigo.engines.cases.spec import Action, OpenPeriod, ProcedureSpec
from suigo.engines.documents.rendering import pdf_text
from suigo.engines.forms.rules.examples import example_answers
from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor, Assurance
from suigo.kernel.content import ContentErrors
from suigo.kernel.errors import NotFound

EXAMPLE = Path(settings.SUIGO_CITY)
KNOWN = Known(
    departments=frozenset({"library"}),
    capabilities=frozenset({"cases.check", "cases.decide", "cases.reopen"}),
    measures=frozenset({"1-1-01"}),
    procedures=frozenset({CARD}),
)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A copy of the example city with the library card alone, to be broken."""
    shutil.copytree(EXAMPLE / "services" / CARD, tmp_path / "services" / CARD)
    shutil.copytree(EXAMPLE / "workflows", tmp_path / "workflows")
    return tmp_path


def faults_after(city: Path, file: str, old: str, new: str) -> list[str]:
    """The faults after an edit, each as ``file:line: where: message`` from the city's folder."""
    path = city / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentErrors) as broken:
        load_specs(city, known=KNOWN)
    return [str(e).removeprefix(f"{city}/") for e in broken.value.errors]


def test_the_example_is_right(city: Path) -> None:
    assert [s.id for s in load_specs(city, known=KNOWN)] == [CARD]


def test_a_letter_the_folder_lacks_is_the_shared_one_it_names(city: Path) -> None:
    own = city / "services" / CARD / "letters" / "rejection.yaml"
    text = own.read_text(encoding="utf-8")
    shared = city / "letters" / "application"
    shared.mkdir(parents=True)
    (shared / "rejection.yaml").write_text(text.replace("title: ", "title: 共有の"), "utf-8")
    (shared / "nobody-sends-it.yaml").write_text("id: nobody-sends-it\n", "utf-8")
    service = city / SERVICE
    service.write_text(service.read_text("utf-8") + "letters: application\n", "utf-8")

    before = load_specs(city, known=KNOWN)[0]
    own.unlink()
    after = load_specs(city, known=KNOWN)[0]

    assert after.letter("rejection").title == "共有の" + before.letter("rejection").title
    assert after.letter("approval") == before.letter("approval")
    assert {x.id for x in after.letters} == {x.id for x in before.letters}


def test_a_fault_in_a_shared_letter_is_named_where_it_is(city: Path) -> None:
    own = city / "services" / CARD / "letters" / "rejection.yaml"
    shared = city / "letters" / "application" / "rejection.yaml"
    shared.parent.mkdir(parents=True)
    shutil.move(own, shared)
    service = city / SERVICE
    service.write_text(service.read_text("utf-8") + "letters: application\n", "utf-8")
    found = faults_after(
        city, "letters/application/rejection.yaml", "{{ case.number }}", "{{ case.numbre }}"
    )
    assert [fault.split(": ")[0].split(":")[0] for fault in found] == [
        "letters/application/rejection.yaml"
    ]
    assert "case has no 'numbre'" in found[0]


SERVICE = f"services/{CARD}/service.yaml"
FORM = f"services/{CARD}/form.yaml"
APPROVAL = f"services/{CARD}/letters/approval.yaml"
WORKFLOW = "workflows/standard.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            SERVICE,
            "department: library",
            "department: moon",
            f"{SERVICE}:17: department: org.yaml has no department 'moon'",
        ),
        (
            SERVICE,
            "minutes: 5",
            "minutes: soon",
            f"{SERVICE}:24: minutes: Input should be a valid integer, unable to parse string as an "
            "integer",
        ),
        (
            SERVICE,
            "applicant_name: applicant",
            "applicant_name: birthday",
            f"{SERVICE}:34: applicant_name: 'birthday' is not a name or text field of the form",
        ),
        (
            SERVICE,
            "duplicate_by: [applicant, birthday]",
            "duplicate_by: [applicant.age]",
            f"{SERVICE}:35: duplicate_by.0: no single answer 'applicant.age' in the form",
        ),
        (
            SERVICE,
            "open_data_columns: [branch,",
            "open_data_columns: [phone,",
            f"{SERVICE}:36: open_data_columns.0: 'phone' is not marked open_data in the form",
        ),
        (
            SERVICE,
            "open_data_columns: [branch,",
            "open_data_columns: [applicant,",
            f"{SERVICE}:36: open_data_columns.0: 'applicant' is personal",
        ),
        (SERVICE, "workflow: standard", "workflow: missing", "workflows/missing.yaml:1: [Errno 2]"),
        (
            SERVICE,
            "workflow: standard",
            "workflow: standard\nletters: missing",
            f"{SERVICE}:1: letters: the city has no shared letters 'missing'",
        ),
        (
            SERVICE,
            "sample: true",
            "colour: red",
            f"{SERVICE}:28: standard_period.colour: Extra inputs are not permitted",
        ),
        (
            SERVICE,
            "retention:",
            "measures: [9-9-99]\nretention:",
            f"{SERVICE}:31: measures.0: plan.yaml has no measure '9-9-99'",
        ),
        (
            SERVICE,
            "retention:",
            "related: [z99]\nretention:",
            f"{SERVICE}:31: related.0: no procedure 'z99'",
        ),
        (
            FORM,
            "when: commutes",
            "when: commute",
            f"{FORM}:43: pages.0.fields.6: column 1: undeclared reference to 'commute'",
        ),
        (FORM, "field: guardian\n", "field: guard\n", f"{FORM}:110: checks.0: no field 'guard'"),
        (
            APPROVAL,
            "{{ branch }}",
            "{{ brunch }}",
            f"{APPROVAL}:15: rows.3.value: the form has no printable answer 'brunch'",
        ),
        (
            APPROVAL,
            "{{ decision.note }}",
            "{{ decision.sum }}",
            f"{APPROVAL}:20: rows.5.value: the action 'approve' has no input 'sum'",
        ),
        (
            APPROVAL,
            "show_when: commutes",
            "show_when: commutes + 1",
            f"{APPROVAL}:18: rows.4.show_when: column",
        ),
        (
            APPROVAL,
            "{{ case.number }}",
            "{{ case.colour }}",
            f"{APPROVAL}:4: reference: case has no 'colour'",
        ),
        (
            APPROVAL,
            "id: approval",
            "id: approved",
            f"{APPROVAL}:1: id: the id must be the file's name, 'approval'",
        ),
        (
            WORKFLOW,
            "letter: rejection",
            "letter: refusal",
            f"{WORKFLOW}:95: actions.5.letter: no letter 'refusal'",
        ),
        (
            WORKFLOW,
            "capability: cases.decide",
            "capability: cases.deside",
            f"{WORKFLOW}:76: actions.4.capability: no capability 'cases.deside'",
        ),
        (
            WORKFLOW,
            "{due_date}までに",
            "{dew_date}までに",
            f"{WORKFLOW}:7: states.0.line: nothing fills {{dew_date}} (ja)",
        ),
    ],
)
def test_faults_are_named_with_their_line(
    city: Path, file: str, old: str, new: str, fault: str
) -> None:
    found = faults_after(city, file, old, new)
    assert any(line.startswith(fault) for line in found), found


def test_two_procedures_can_not_share_a_prefix(city: Path) -> None:
    shutil.copytree(city / "services" / CARD, city / "services" / "s02-copy")
    with pytest.raises(ContentErrors) as broken:
        load_specs(city, known=None)
    assert "'S01' already numbers the cases of 's01-library-card'" in str(broken.value)


def test_three_hundred_procedures_load_in_three_seconds(city: Path) -> None:
    for number in range(2, 301):
        folder = city / "services" / f"s{number:03d}"
        shutil.copytree(city / "services" / CARD, folder)
        service = folder / "service.yaml"
        text = service.read_text(encoding="utf-8").replace("prefix: S01", f"prefix: S{number:03d}")
        service.write_text(text, encoding="utf-8")
    began = time.process_time()
    loaded = [as_procedure(spec) for spec in load_specs(city, known=None)]
    assert len(loaded) == 300
    assert time.process_time() - began < 3


def test_a_frozen_definition_is_the_definition(city: Path) -> None:
    live = procedure(CARD)
    assert ProcedureSpec.model_validate(live.document) == live.spec
    assert as_procedure(live.spec).hash == live.hash
    with pytest.raises(NotFound):
        procedure("nothing")


@pytest.mark.django_db
def test_a_draft_keeps_its_definition_when_the_form_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A definition changed mid-way: the draft is sent with the one it was begun with."""
    draft = draft_of(ANONYMOUS)
    live = procedure(CARD)
    service = live.spec.service.model_copy(update={"number_prefix": "X99"})
    changed = as_procedure(live.spec.model_copy(update={"service": service}))
    other = registry.Catalogue({CARD: changed}, {changed.hash: changed})
    monkeypatch.setattr(registry._catalogue, "get", lambda: other)
    registry._frozen.cache_clear()

    receipt = actions.submit_application(
        draft, actor=ANONYMOUS, now=NOW, language="ja", owner_token=TOKEN
    )
    assert receipt.number == "R8-S01-0001"
    case = Case.objects.get()
    assert case.definition_id == live.hash
    assert defined(case.definition_id).spec == live.spec
    assert procedure(CARD).spec.service.number_prefix == "X99"


@pytest.mark.parametrize(
    ("period", "is_it"),
    [
        ({}, True),
        ({"open_now": False}, False),
        ({"from_date": "2026-11-24"}, True),
        ({"from_date": "2026-11-25"}, False),
        ({"to_date": "2026-11-24"}, True),
        ({"to_date": "2026-11-23"}, False),
    ],
)
def test_open_periods(period: dict[str, object], is_it: bool) -> None:
    service = procedure(CARD).spec.service
    changed = service.model_copy(update={"open": OpenPeriod.model_validate(period)})
    assert is_open(changed, today=TODAY) is is_it


# --- generated: every procedure of the city, every way through it, every letter

WALKS = [
    pytest.param(p, walk, id=f"{p.id}:{'>'.join(a.id for a in walk)}")
    for p in procedures()
    for walk in paths_to_an_end(p.spec.workflow)
]


@pytest.mark.django_db
@pytest.mark.parametrize(("chosen", "walk"), WALKS)
@pytest.mark.parametrize("maximal", [False, True], ids=["least", "most"])
def test_every_walk_ends_and_every_letter_prints(
    chosen: Procedure, walk: tuple[Action, ...], maximal: bool
) -> None:
    people = desk()
    case = _sent(chosen, people.resident, maximal=maximal)
    for number, action in enumerate(walk):
        _take(case, chosen, action, people, now=NOW + timedelta(days=number), maximal=maximal)
    assert case.phase == "done"
    for letter in CaseLetter.objects.all():
        filled = FilledLetter.of_content(letter.content)
        assert "{{" not in str(letter.content)
        text = pdf_text(letter_pdf(filled, department=case.department)).replace("\n", "")
        assert filled.title.replace("　", "") in text.replace("　", "")


def _sent(chosen: Procedure, applicant: Actor, *, maximal: bool) -> Case:
    answers = example_answers(chosen.form, today=TODAY, seed=1, maximal=maximal)
    draft = actions.start_draft(
        chosen.id,
        actor=_surely(applicant),
        now=NOW,
        answers=answers,
    )
    receipt = actions.submit_application(draft, actor=_surely(applicant), now=NOW, language="ja")
    return Case.objects.get(public_id=receipt.case_id)


def _surely(applicant: Actor) -> Actor:
    return replace(applicant, assurance=Assurance.SIGNATURE)


def _take(
    case: Case, chosen: Procedure, action: Action, people: Desk, *, now: datetime, maximal: bool
) -> None:
    given: dict[str, object] = {"reason": "理由を書きます。"} if action.reason else {}
    inputs = chosen.inputs(action)
    if inputs is not None:
        given["decision"] = example_answers(inputs, today=TODAY, seed=2, maximal=maximal)
    if action.checklist:
        for item in chosen.spec.checklist:
            actions.mark_checklist(case.public_id, item.id, ticked=True, actor=SYSTEM, now=NOW)
    if action.kind == "request_correction":
        given["items"] = {chosen.spec.service.applicant_name: "確かめてください。"}
    if action.kind == "answer_correction":
        given["answers"] = case.answers
    actor = people.resident if action.who == "applicant" else SYSTEM
    act(case, action.id, actor, now=now, **given)  # type: ignore[arg-type]
