"""C10 in two stages: the plan is approved, and the applicant adds the report on the works later,
to the same case."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from content.every_procedure import answers_to, catalogue, posted
from content.test_every_procedure_lived import material
from engines.cases.conftest import browser  # noqa: F401 - a fixture
from engines.cases.world import NOW, resident, staff
from engines.documents.samples import pdf
from suigo.engines.cases import actions
from suigo.engines.cases.actions import Given, take_action
from suigo.engines.cases.models import Case, CaseFile, CaseLetter
from suigo.engines.cases.queries import procedures as registry
from suigo.engines.cases.queries.detail import case_detail
from suigo.engines.cases.spec import Action
from suigo.engines.documents.actions import store_file
from suigo.kernel.access import SYSTEM, Actor, Assurance
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db
RENOVATION = "c10-care-home-renovation"
CATALOGUE = catalogue()
PROCEDURE = CATALOGUE.by_id[RENOVATION]
REPORT = PROCEDURE.spec.workflow.action("report_completion")


@pytest.fixture(autouse=True)
def _both_cities(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry._catalogue, "get", lambda: CATALOGUE)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def applicant(db: None) -> Actor:
    return replace(resident(), assurance=Assurance.SIGNATURE)


def act(case: Case, action: str, actor: Actor, **given: Any) -> None:
    case.refresh_from_db()
    take_action(
        case.public_id,
        action,
        actor=actor,
        version=case.version,
        now=NOW,
        given=Given(**given),
    )
    case.refresh_from_db()


def approved_plan(applicant: Actor, owner: Actor | None = None) -> Case:
    """A case whose works may begin; ``owner`` is a clerk who entered it at the counter."""
    sender = owner or applicant
    made = answers_to(PROCEDURE.form, "least", material(sender))
    channel = "web" if owner is None else "paper"
    draft = actions.start_draft(RENOVATION, actor=sender, now=NOW, channel=channel, answers=made)
    receipt = actions.submit_application(draft, actor=sender, now=NOW, language="ja")
    case = Case.objects.get(public_id=receipt.case_id)
    act(case, "start_check", SYSTEM)
    act(case, "finish_check", SYSTEM)
    act(case, "approve_plan", SYSTEM, decision={"report_by": "2027-05-31"})
    return case


def report_of(applicant: Actor) -> dict[str, Any]:
    inputs = PROCEDURE.inputs(REPORT)
    assert inputs is not None
    return answers_to(inputs, "most", material(applicant))


def test_the_plan_is_approved_before_the_works(applicant: Actor) -> None:
    case = approved_plan(applicant)
    assert (case.state, case.phase, case.outcome) == ("works", "with_applicant", "")
    assert case.entries["approve_plan"] == {"report_by": "2027-05-31"}
    letter = CaseLetter.objects.get()
    assert (letter.letter_id, letter.kind) == ("plan-approval", "notice")
    assert dict(letter.content["rows"])["報告をお願いする日（サンプル）"] == "令和9年5月31日"
    # the days until the report don't count against the city
    assert case.paused_date == local_date(NOW)


def test_the_applicant_adds_the_report_to_the_same_case(
    applicant: Actor,
    browser: Callable[[Actor], Client],  # noqa: F811
) -> None:
    case = approved_plan(applicant)
    client = browser(applicant)
    page = f"/my/applications/{case.public_id}/"
    add = f"{page}add/report_completion/"
    assert add in client.get(page).content.decode()
    assert page in client.get("/my/").content.decode()
    shown = client.get(add)
    assert shown.status_code == 200
    assert "領収書（本人の名前のもの）" in shown.content.decode()

    empty = client.post(add, {"version": str(case.version)})
    assert empty.status_code == 422
    assert "「工事が終わった日」を入力してください。" in empty.content.decode()

    inputs = PROCEDURE.inputs(REPORT)
    assert inputs is not None
    report = report_of(applicant)
    sent = client.post(add, {**posted(inputs, report), "version": str(case.version)})
    assert (sent.status_code, sent["Location"]) == (302, f"{page}?done=added")
    case.refresh_from_db()
    assert (case.state, case.phase) == ("inspecting", "checking")
    assert case.entries["report_completion"] == report
    assert CaseFile.objects.filter(case=case, path="report_completion.receipts").exists() or (
        CaseFile.objects.filter(case=case, file_id=report["receipts"][0]).exists()
    )
    seen = client.get(page).content.decode()
    assert "工事が終わったことを報告する" in seen
    assert "見本.pdf" in seen
    with pytest.raises(Conflict):
        act(case, "report_completion", applicant, decision=report)
    assert client.get(add).status_code == 409


def test_the_clerk_reads_the_report_and_grants(applicant: Actor) -> None:
    case = approved_plan(applicant)
    act(case, "report_completion", applicant, decision=report_of(applicant))
    detail = case_detail(SYSTEM, case.public_id, today=local_date(NOW))
    assert [part.title for part in detail.entered] == [
        "計画を承認する",
        "工事が終わったことを報告する",
    ]
    labels = [row.label for page in detail.entered[1].review for row in page.rows]
    assert "払った額（税込）" in labels
    for item in PROCEDURE.spec.checklist:
        actions.mark_checklist(case.public_id, item.id, ticked=True, actor=SYSTEM, now=NOW)
    act(case, "approve", SYSTEM, decision={"amount": 90_000})
    assert (case.state, case.outcome, case.decision) == ("approved", "approved", {"amount": 90_000})


def test_nobody_else_reports_and_nobody_sends_a_strangers_file(applicant: Actor) -> None:
    case = approved_plan(applicant)
    report = report_of(applicant)
    stranger = replace(resident("他人", "other@example.jp"), assurance=Assurance.SIGNATURE)
    theirs = store_file(
        stranger,
        name="他人.pdf",
        content_type_claimed="application/pdf",
        stream=io.BytesIO(pdf(text=str(uuid4()))),
        accept=("pdf",),
        owner_token="",
        now=NOW,
    )
    with pytest.raises(Invalid) as foreign:
        act(
            case,
            "report_completion",
            applicant,
            decision={**report, "receipts": [str(theirs.public_id)]},
        )
    assert list(foreign.value.field_errors) == ["receipts"]
    with pytest.raises(Forbidden):
        act(case, "report_completion", SYSTEM, decision=report)
    with pytest.raises(Invalid) as unknown:
        act(case, "report_completion", applicant, decision={**report, "amount": 1})
    assert list(unknown.value.field_errors) == ["amount"]
    case.refresh_from_db()
    assert (case.state, "report_completion" in case.entries) == ("works", False)


def test_a_clerk_reports_for_somebody_who_came_with_paper(applicant: Actor) -> None:
    """The papers are at the clerk's hand: the files need not be sent, everything else must."""
    clerk = replace(
        staff("library-chief", "係長 花子"),
        departments=frozenset({"elderly-welfare"}),
        assurance=Assurance.SIGNATURE,
    )
    case = approved_plan(applicant, clerk)
    on_paper = {
        key: value
        for key, value in report_of(applicant).items()
        if key not in {"receipts", "breakdown", "photos_after"}
    }
    with pytest.raises(Invalid) as missing:
        act(case, "report_completion", clerk, decision={**on_paper, "paid": None})
    assert list(missing.value.field_errors) == ["paid"]
    act(case, "report_completion", clerk, decision=on_paper)
    assert case.state == "inspecting"


def test_what_was_entered_is_erased_with_the_case(applicant: Actor) -> None:
    case = approved_plan(applicant)
    act(case, "withdraw", applicant)
    much_later = NOW + timedelta(days=3650)
    assert actions.apply_retention(now=much_later) == 1
    case.refresh_from_db()
    assert (case.entries, case.answers) == ({}, {})
    with pytest.raises(IntegrityError, match="cases_case_erased"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(entries={"approve_plan": {"conditions": "氏名"}})


def test_what_is_decided_still_needs_its_inputs(applicant: Actor) -> None:
    """An action that moves a case asks for its inputs as a decision does."""
    made = answers_to(PROCEDURE.form, "least", material(applicant))
    draft = actions.start_draft(RENOVATION, actor=applicant, now=NOW, answers=made)
    receipt = actions.submit_application(draft, actor=applicant, now=NOW, language="ja")
    case = Case.objects.get(public_id=receipt.case_id)
    act(case, "start_check", SYSTEM)
    with pytest.raises(Invalid) as unknown:
        act(case, "finish_check", SYSTEM, decision={"colour": "red"})
    assert list(unknown.value.field_errors) == ["colour"]
    act(case, "finish_check", SYSTEM)
    with pytest.raises(Invalid) as missing:
        act(case, "approve_plan", SYSTEM)
    assert list(missing.value.field_errors) == ["report_by"]


def test_an_applicant_adds_by_moving_the_case_and_in_no_other_way() -> None:
    action = REPORT.model_dump(mode="json", by_alias=True)
    assert Action.model_validate(action) == REPORT
    with pytest.raises(ValueError, match="adds something by an action of kind move"):
        Action.model_validate({**action, "kind": "withdraw"})
