"""The guide for programs. Public: nothing about anybody is stored, and no key is needed."""

from datetime import date
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from suigo.engines.guidance import queries
from suigo.engines.guidance.queries import Guidance, Item
from suigo.engines.guidance.rules.compiling import Guide
from suigo.engines.guidance.rules.reading import read_answers
from suigo.engines.guidance.spec import Question
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Invalid, Message
from suigo.kernel.language import _

router = Router()
Typed = Annotated[str, Field(max_length=60)]


class OptionOut(Schema):
    id: str
    title: str


class QuestionOut(Schema):
    """A question. ``conditional``: only asked after certain answers to earlier ones."""

    id: str
    kind: Literal["yes_no", "choice", "several", "date"]
    title: str
    help: str | None
    options: list[OptionOut]
    conditional: bool


class GuideOut(Schema):
    """A life event with its questions, in order."""

    id: str
    title: str
    summary: str
    page: str
    questions: list[QuestionOut]


class AnswersIn(Schema):
    """Question id to answer: ``yes``, ``no``, ``unknown`` or an option; a list of options for a
    question of kind several; a day as YYYY-MM-DD. Questions that are not asked may be left out.
    """

    model_config = ConfigDict(extra="forbid")

    answers: dict[str, Typed | list[Typed]] = Field(max_length=60)


class BasisOut(Schema):
    law: str
    article: str | None
    verify: bool = Field(description="要確認: still to be looked up")


class DeadlineOut(Schema):
    text: str
    date: date | None
    basis: str | None
    verify: bool


class ItemOut(Schema):
    """Something to do. ``certain`` is false where an answer was unknown."""

    id: str
    title: str
    kind: Literal["duty", "right", "useful"]
    certain: bool
    because: str
    basis: list[BasisOut]
    place: str
    department: str | None
    deadline: DeadlineOut | None
    bring: list[str]
    procedure: str | None
    verify: bool


class ResultOut(Schema):
    """Everything to do. ``code`` opens the same result at ``page``."""

    guide: str
    code: str
    page: str
    items: list[ItemOut]
    bring: list[str]


@router.get("/guides", response=list[GuideOut], auth=None, tags=["guides"])
def list_guides(request: HttpRequest) -> list[dict[str, Any]]:
    """Every life event of the guide, with its questions."""
    return [_guide(chosen) for chosen in queries.guides()]


@router.post("/guides/{event}/results", response=ResultOut, auth=None, tags=["guides"])
def guide_results(request: HttpRequest, event: str, body: AnswersIn) -> dict[str, Any]:
    """What the answers call for: place, deadline, what to bring, and why. Stores nothing.

    An answer that is missing, or that no question has, is a problem (422) naming the question.
    """
    chosen = queries.guide(event)
    sent = {n: v if isinstance(v, list) else [v] for n, v in body.answers.items()}
    answers, faults = read_answers(chosen, lambda name: sent.get(name, []))
    known = {question.id for question in chosen.spec.questions}
    errors: dict[str, Message] = dict(faults)
    errors |= {name: _("この質問はありません。") for name in sent if name not in known}
    found = queries.guidance(chosen, answers, today=local_date(now()))
    for question in found.missing:
        errors.setdefault(question.id, _("答えを1つ選んでください。"))
    if errors:
        raise Invalid(field_errors={f"answers.{name}": text for name, text in errors.items()})
    return _result(found)


def _guide(chosen: Guide) -> dict[str, Any]:
    spec = chosen.spec
    return {
        "id": chosen.id,
        "title": str(spec.title),
        "summary": str(spec.summary),
        "page": settings.SUIGO_BASE_URL + reverse("guide", args=[chosen.id]),
        "questions": [_question(question) for question in spec.questions],
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "kind": question.kind,
        "title": str(question.title),
        "help": str(question.help) if question.help else None,
        "options": [{"id": o.id, "title": str(o.title)} for o in question.options],
        "conditional": question.show is not None,
    }


def _result(found: Guidance) -> dict[str, Any]:
    path = reverse("guide-result", args=[found.guide.id])
    return {
        "guide": found.guide.id,
        "code": found.code,
        "page": f"{settings.SUIGO_BASE_URL}{path}?code={found.code}",
        "items": [_item(item) for item in found.items],
        "bring": [str(thing.title) for thing in found.things],
    }


def _item(item: Item) -> dict[str, Any]:
    due = item.due
    department = item.department
    return {
        "id": item.id,
        "title": str(item.entry.title),
        "kind": item.entry.kind,
        "certain": item.certain,
        "because": str(item.because),
        "basis": [b.model_dump() for b in item.basis],
        "place": str(department.name if department is not None else item.entry.elsewhere),
        "department": department.id if department is not None else None,
        "deadline": {
            "text": str(due.spec.text),
            "date": due.day,
            "basis": due.spec.basis,
            "verify": due.spec.verify,
        }
        if due is not None
        else None,
        "bring": [str(thing.title) for thing in item.bring],
        "procedure": item.online.id if item.online is not None else None,
        "verify": item.verify,
    }
