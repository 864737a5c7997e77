"""The same city hall for programs: procedures, applications, files, and cases for staff.

Failures are raised as everywhere; ``project/api.py`` answers them as RFC 9457 problem details.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from ninja import File, Header, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from suigo.engines.cases import actions, policy
from suigo.engines.cases.actions.programs import api_token
from suigo.engines.cases.queries.detail import CaseDetail, case_detail
from suigo.engines.cases.queries.inbox import inbox
from suigo.engines.cases.queries.letters import department_name
from suigo.engines.cases.queries.procedures import is_open, procedure, procedures
from suigo.engines.cases.queries.residents import case_by_number, case_id_of
from suigo.engines.cases.rules.filtering import Sort, View, cursor_of, filters_of
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.numbering import as_number
from suigo.engines.cases.rules.veiling import veiled
from suigo.engines.documents.actions import store_file
from suigo.engines.forms.rules import json_schema
from suigo.kernel.access.web import actor_of
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import NotFound
from suigo.kernel.limits.actions import hit

SUBMISSIONS_PER_MINUTE = 120
router = Router()


def _language() -> str:
    return get_language() or "ja"


class Body(Schema):
    """Unknown keys are a mistake, not noise."""

    model_config = ConfigDict(extra="forbid")


class StandardPeriodOut(Schema):
    days: int
    unit: Literal["business_days", "calendar_days"]
    sample: bool = Field(description="not the city's published period")


class ProcedureBriefOut(Schema):
    """A procedure in the list."""

    id: str
    title: str
    summary: str
    department: str
    open: bool = Field(description="whether the city takes applications today")
    assurance: Literal["none", "contact", "identity", "signature"]
    fee_yen: int
    standard_period: StandardPeriodOut
    page: str = Field(description="address of the procedure's page")


class ProcedureOut(ProcedureBriefOut):
    """A procedure with everything needed to apply. ``answers`` is a JSON Schema (2020-12)."""

    description: str | None
    applicant: str
    deadline: str
    definition: str = Field(description="hash of the definition; changes when the form changes")
    answers: dict[str, Any]


def _brief(chosen: Procedure) -> dict[str, Any]:
    service, language = chosen.spec.service, _language()
    return {
        "id": chosen.id,
        "title": service.title.in_language(language),
        "summary": service.summary.in_language(language),
        "department": department_name(service.department, language=language),
        "open": is_open(service, today=local_date(now())),
        "assurance": service.assurance,
        "fee_yen": service.fee.amount,
        "standard_period": {
            "days": service.standard_period.days,
            "unit": service.standard_period.unit,
            "sample": service.standard_period.sample,
        },
        "page": settings.SUIGO_BASE_URL + reverse("procedure", args=[chosen.id]),
    }


@router.get("/procedures", response=list[ProcedureBriefOut], auth=None, tags=["procedures"])
def list_procedures(request: HttpRequest) -> list[dict[str, Any]]:
    """Every procedure of the city."""
    return [_brief(chosen) for chosen in procedures()]


@router.get("/procedures/{procedure_id}", response=ProcedureOut, auth=None, tags=["procedures"])
def get_procedure(request: HttpRequest, procedure_id: str) -> dict[str, Any]:
    """One procedure, with the JSON Schema of its answers."""
    chosen = procedure(procedure_id)
    service, language = chosen.spec.service, _language()
    description = service.description
    return {
        **_brief(chosen),
        "description": description.in_language(language) if description else None,
        "applicant": service.applicant.in_language(language),
        "deadline": service.deadline.in_language(language),
        "definition": chosen.hash,
        "answers": json_schema(chosen.spec.form, language),
    }


class ApplicationIn(Body):
    """``answers`` as the procedure's schema has them; a 個人番号 is sent as twelve digits."""

    answers: dict[str, Any]
    language: Literal["ja", "ja-easy", "en"] = Field(
        "ja", description="the language the applicant wants to be written to in"
    )


class ReceiptOut(Schema):
    number: str
    received_at: datetime
    due_date: date
    status_url: str


@router.post(
    "/procedures/{procedure_id}/applications", response={201: ReceiptOut}, tags=["applications"]
)
def apply(
    request: HttpRequest,
    response: HttpResponse,
    procedure_id: str,
    body: ApplicationIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)],
) -> Status[dict[str, Any]]:
    """Send an application.

    ``Idempotency-Key`` names this one application: sending it again, after a lost answer or by
    mistake, gives the same receipt and makes no second case. The same key with another body is a
    conflict (409). Needs ``cases.enter``.
    """
    actor = actor_of(request)
    actor.require(policy.ENTER)
    moment = now()
    hit(
        f"cases.api:{actor.account_id}",
        limit=SUBMISSIONS_PER_MINUTE,
        per=timedelta(minutes=1),
        now=moment,
    )
    receipt = actions.submit_answers(
        procedure_id,
        body.answers,
        actor=actor,
        now=moment,
        language=body.language,
        idempotency_key=idempotency_key,
    )
    if not receipt.created:
        response["Idempotency-Replayed"] = "true"
    return Status(
        201,
        {
            "number": receipt.number,
            "received_at": receipt.received_at,
            "due_date": receipt.due_date,
            "status_url": settings.SUIGO_BASE_URL
            + reverse("api:get_application", args=[receipt.number]),
        },
    )


class FileOut(Schema):
    """A stored file. Its ``id`` goes into the answers of an application."""

    id: UUID
    name: str
    kind: Literal["pdf", "image", "office", "text", "signature"]
    size: int
    sha256: str


@router.post("/files", response={201: FileOut}, tags=["applications"])
def upload(request: HttpRequest, file: Annotated[UploadedFile, File()]) -> Status[dict[str, Any]]:
    """Send a file before the application that names it. Needs ``cases.enter``."""
    actor = actor_of(request)
    actor.require(policy.ENTER)
    kept = store_file(
        actor,
        name=file.name or "",
        content_type_claimed=file.content_type or "",
        stream=file,
        accept=("pdf", "image", "office", "text", "signature"),
        owner_token=api_token(actor),
        now=now(),
    )
    return Status(
        201,
        {
            "id": kept.public_id,
            "name": kept.name,
            "kind": kept.kind,
            "size": kept.size,
            "sha256": kept.sha256,
        },
    )


class ApplicationOut(Schema):
    """Where an application stands. ``line`` is the sentence its applicant reads."""

    number: str
    procedure: str
    state: str
    phase: Literal["waiting", "checking", "with_applicant", "done"]
    line: str
    received_at: datetime
    due_date: date
    correction_due_date: date | None


@router.get(
    "/applications/{number}",
    response=ApplicationOut,
    tags=["applications"],
    url_name="get_application",
)
def get_application(request: HttpRequest, number: str) -> dict[str, Any]:
    """Where one application stands."""
    case = case_by_number(
        actor_of(request), _number(number), language=_language(), today=local_date(now())
    )
    return {
        "number": case.number,
        "procedure": case.title,
        "state": case.state,
        "phase": case.phase,
        "line": case.line,
        "received_at": case.received_at,
        "due_date": case.due_date,
        "correction_due_date": case.correction_due_date,
    }


def _number(typed: str) -> str:
    """A number that may exist; everything else does not, and never reaches the database."""
    number = as_number(typed)
    if number is None:
        raise NotFound
    return number


class CaseBriefOut(Schema):
    number: str
    procedure: str
    applicant: str = Field(description="empty where ``veiled``")
    veiled: bool = Field(description="a sensitive case of somebody else: read the case itself")
    state: str
    phase: str
    due_date: date
    assignee: str
    channel: str
    received_at: datetime
    version: int


class CaseListOut(Schema):
    """``total`` is counted to a thousand. ``next`` goes into ``cursor`` for the next page."""

    items: list[CaseBriefOut]
    total: int
    more_than_counted: bool
    next: str | None
    previous: str | None


class CaseFilters(Schema):
    view: View = "open"
    department: str = ""
    state: str = ""
    procedure: str = ""
    channel: str = ""
    q: str = Field("", max_length=100, description="number, name or reading")
    sort: Sort = "due"
    cursor: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=100)


@router.get("/cases", response=CaseListOut, tags=["cases"])
def list_cases(request: HttpRequest, filters: Annotated[CaseFilters, Query()]) -> dict[str, Any]:
    """The cases the token's owner may see. Needs ``cases.view``."""
    actor = actor_of(request)
    actor.require(policy.VIEW)
    asked = {k: str(v) for k, v in filters.dict(exclude={"cursor", "limit"}).items()}
    page = inbox(
        actor,
        filters_of(asked),
        cursor=cursor_of(filters.cursor),
        today=local_date(now()),
        size=filters.limit,
    )
    actions.note_found(page.found, way="search", actor=actor, now=now())
    return {
        "items": [
            {
                "number": row.number,
                "procedure": row.title,
                "applicant": row.applicant_name,
                "veiled": row.veiled,
                "state": row.state,
                "phase": row.phase,
                "due_date": row.due_date,
                "assignee": row.assignee,
                "channel": row.channel,
                "received_at": row.received_at,
                "version": row.version,
            }
            for row in page.rows
        ],
        "total": page.total,
        "more_than_counted": page.more_than_counted,
        "next": page.next,
        "previous": page.previous,
    }


class ReasonIn(Body):
    """Why a sensitive case is looked at; it holds until the end of the day in Japan."""

    reason: str = Field(max_length=40, description="an id of the city's access.yaml")
    note: str = Field("", max_length=300, description="in words; the applicant reads it")


class ReasonOut(Schema):
    number: str


@router.post("/cases/{number}/reason", response=ReasonOut, tags=["cases"])
def give_reason(request: HttpRequest, number: str, body: ReasonIn) -> dict[str, Any]:
    """Say why one looks at a sensitive case: without it reading one answers ``reason-needed``."""
    actor = actor_of(request)
    actor.require(policy.VIEW)
    case_id = case_id_of(actor, _number(number))
    actions.give_reason(case_id, reason=body.reason, note=body.note, actor=actor, now=now())
    return {"number": number}


class ActionOut(Schema):
    """What may be done now. ``decision`` is the JSON Schema of the action's inputs."""

    id: str
    title: str
    kind: str
    needs_reason: bool
    decision: dict[str, Any] | None


class CaseOut(Schema):
    """A case. A 個人番号 among the answers shows only that it was entered."""

    number: str
    procedure_id: str
    procedure: str
    definition: str
    state: str
    phase: str
    outcome: str
    department: str
    assignee: str
    applicant: str
    applicant_kana: str
    channel: str
    received_at: datetime
    due_date: date
    decided_at: datetime | None
    closed_at: datetime | None
    version: int
    answers: dict[str, Any]
    actions: list[ActionOut]


@router.get("/cases/{number}", response=CaseOut, tags=["cases"])
def get_case(request: HttpRequest, number: str) -> dict[str, Any]:
    """One case with its answers and what may be done with it. Needs ``cases.view``."""
    return _case(request, number)


def _detail(request: HttpRequest, number: str) -> CaseDetail:
    actor = actor_of(request)
    actor.require(policy.VIEW)
    case_id = case_id_of(actor, _number(number))
    case = case_detail(actor, case_id, today=local_date(now()))
    if case.sensitive:
        actions.note_look(case_id, way="api", actor=actor, now=now())
    return case


def _case(request: HttpRequest, number: str) -> dict[str, Any]:
    case, language = _detail(request, number), _language()
    return {
        "number": case.number,
        "procedure_id": case.procedure.id,
        "procedure": case.title,
        "definition": case.procedure.hash,
        "state": case.state.id,
        "phase": case.state.phase,
        "outcome": case.outcome,
        "department": case.department,
        "assignee": case.assignee,
        "applicant": case.applicant_name,
        "applicant_kana": case.applicant_kana,
        "channel": case.channel,
        "received_at": case.received_at,
        "due_date": case.due_date,
        "decided_at": case.decided_at,
        "closed_at": case.closed_at,
        "version": case.version,
        "answers": veiled(dict(case.answers)),
        "actions": [
            {
                "id": action.id,
                "title": action.title.in_language(language),
                "kind": action.kind,
                "needs_reason": action.reason,
                "decision": json_schema(inputs.spec, language) if inputs is not None else None,
            }
            for action in case.actions
            for inputs in [case.procedure.inputs(action)]
        ],
    }


class ActionIn(Body):
    """``version`` is the one of the case as it was read: somebody faster makes it a conflict."""

    version: int = Field(ge=1, le=2_000_000_000)
    decision: dict[str, Any] = {}
    reason: str = Field("", max_length=4000)
    items: dict[str, str] = Field({}, description="path of an answer: what to correct")
    message: str = Field("", max_length=4000)
    correction_due_date: date | None = None


class MovedOut(Schema):
    number: str
    state: str
    phase: str
    version: int


@router.post("/cases/{number}/actions/{action}", response=MovedOut, tags=["cases"])
def act(request: HttpRequest, number: str, action: str, body: ActionIn) -> dict[str, Any]:
    """Take an action of the workflow. Needs what the action needs, such as ``cases.decide``."""
    actor = actor_of(request)
    actor.require(policy.VIEW)
    moved = actions.take_action(
        case_id_of(actor, _number(number)),
        action,
        actor=actor,
        version=body.version,
        now=now(),
        given=actions.Given(
            decision=body.decision,
            reason=body.reason,
            items=body.items,
            message=body.message,
            correction_due_date=body.correction_due_date,
        ),
    )
    return {
        "number": moved.number,
        "state": moved.state,
        "phase": moved.phase,
        "version": moved.version,
    }
