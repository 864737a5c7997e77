"""My page: what I must do first, then everything I have asked the city for."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suigo.engines.cases.actions import freeze_for_paper
from suigo.engines.cases.actions.agents import note_look_of_agent
from suigo.engines.cases.actions.correcting import answer_correction
from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.actions.looking import note_look as note_case_look
from suigo.engines.cases.actions.transitions import Given, take_action
from suigo.engines.cases.queries.drafts import drafts_of
from suigo.engines.cases.queries.files import agent_opens, check_letter
from suigo.engines.cases.queries.looking import looks_at
from suigo.engines.cases.queries.printouts import paper_form_pdf, receipt_pdf
from suigo.engines.cases.queries.procedures import printed_definition, procedure
from suigo.engines.cases.queries.residents import MyCaseDetail, my_case, my_cases
from suigo.engines.cases.rules.corrections import open_paths
from suigo.engines.cases.rules.sheets import sheet_path
from suigo.engines.cases.spec import Action
from suigo.engines.cases.web.agents import agent_lines
from suigo.engines.cases.web.calendar import due_date_calendar
from suigo.engines.cases.web.forms_view import form_view, read_post
from suigo.engines.cases.web.review_view import review_pages
from suigo.engines.cases.web.visitor import adopt_own_drafts, owner_token_of
from suigo.engines.delegation.rules import Reach
from suigo.engines.documents.actions import note_look
from suigo.engines.documents.queries import file_for
from suigo.engines.documents.web import file_response
from suigo.engines.forms.rendering import error_summary, fields_html
from suigo.engines.forms.rules import CompiledForm, check, evaluate
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.reading import all_errors, read_page, with_blank_rows
from suigo.kernel.access.web import actor_of, resident_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Conflict
from suigo.kernel.language import _

LOOKS_BESIDE = 5  # the others are on a page of their own
DONE = {
    "corrected": gettext_lazy("直した内容を送りました。市が確認します。"),
    "added": gettext_lazy("送りました。市が確認します。"),
    "withdrawn": gettext_lazy("申請を取り下げました。"),
}


def _language() -> str:
    return get_language() or "ja"


@require_GET
@resident_required()
def home(request: HttpRequest) -> HttpResponse:
    """The resident's tasks, drafts and applications."""
    adopt_own_drafts(request)
    actor = actor_of(request)
    cases = my_cases(actor, language=_language(), today=local_date(now()))
    context = {
        "tasks": [case for case in cases if case.waits_for_me],
        "drafts": drafts_of(actor, now=now()),
        "cases": [case for case in cases if not case.waits_for_me],
    }
    return render(request, "cases/my/home.html", context)


def _case(request: HttpRequest, case_id: UUID, *, act: Reach = "follow") -> MyCaseDetail:
    return my_case(
        actor_of(request),
        case_id,
        language=_language(),
        today=local_date(now()),
        owner_token=owner_token_of(request),
        act=act,
    )


@require_GET
def application(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One application: where it stands, what comes next, letters, and what was sent."""
    case = _case(request, case_id)
    note_look_of_agent(case, now=now())
    received = local_date(case.brief.received_at)
    context = {
        "agent": agent_lines(case.arrival),
        "case": case,
        "service": case.procedure.spec.service,
        "pages": review_pages(case.procedure.form, dict(case.answers), today=received),
        "added": [
            (part.title, review_pages(inputs, dict(case.entries[part.action.id]), today=received))
            for part in case.added
            if (inputs := case.procedure.inputs(part.action)) is not None
        ],
        "withdraw": next((a for a in case.actions if a.kind == "withdraw"), None),
        "done": DONE.get(request.GET.get("done", "")),
        "sensitive": case.sensitive,
        "looks": looks_at([case_id])[:LOOKS_BESIDE] if case.sensitive else (),
    }
    return render(request, "cases/my/application.html", context)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The flagged answers, open to be corrected in place; all others stand as they are."""
    case = _case(request, case_id)
    correction = case.open_correction
    if correction is None:
        raise Conflict(_("直すようお願いしている項目は、いまはありません。"))
    if request.method == "GET":
        return _show_correction(request, case, dict(case.answers))
    token = owner_token_of(request)
    posted = read_post(request, lambda: case.procedure.form, owner_token=token)
    read = answer_correction(
        case_id,
        posted=posted.values,
        actor=actor_of(request),
        version=_version(request),
        now=now(),
        owner_token=token,
        own_files=posted.own_files,
    )
    if read.moved is not None:
        address = reverse("my-application", args=[case_id])
        return HttpResponseRedirect(f"{address}?done=corrected")
    errors = read.errors | posted.refused
    return _show_correction(
        request,
        case,
        read.answers,
        errors=errors,
        raw=posted.values,
        status=422 if errors else 200,
    )


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _show_correction(
    request: HttpRequest,
    case: MyCaseDetail,
    answers: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    raw: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    form = case.procedure.form
    correction = case.open_correction
    assert correction is not None
    received = local_date(case.brief.received_at)
    messages = {item.path: item.message for item in correction.items}
    paths = open_paths(
        form,
        before=dict(case.answers),
        after=answers,
        flagged=frozenset(messages),
        today=received,
    )
    evaluation = evaluate(form, answers, today=received)
    view = form_view(
        form, answers, evaluation, today=received, errors=errors, raw=raw, notes=messages
    )
    titles = {page.id: page.title for page in form.spec.pages}
    sections = [
        (
            titles[page],
            # a group that is called like its page says its name only once
            fields_html(
                form, page, replace(view, page_title=escape(str(titles[page]))), only=paths
            ),
        )
        for page in evaluation.pages
    ]
    context = {
        "case": case,
        "correction": correction,
        "service": case.procedure.spec.service,
        "sections": [(title, html) for title, html in sections if html],
        "errors": error_summary(form, errors) if errors else [],
    }
    return render(request, "cases/my/correct.html", context, status=status)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, case_id: UUID, action_id: str) -> HttpResponse:
    """A second part that the procedure asks for later, such as a report on finished works."""
    case = _case(request, case_id)
    action = next((a for a in case.additions if a.id == action_id), None)
    inputs = case.procedure.inputs(action) if action is not None else None
    if action is None or inputs is None:
        raise Conflict(_("この申請は、いまこの操作ができる状態ではありません。"))
    if request.method == "GET":
        return _show_addition(request, case, action, inputs, {})
    token = owner_token_of(request)
    posted = read_post(request, lambda: inputs, owner_token=token)
    reading = read_page(
        inputs, "decision", posted.values, {}, seal=seal_number, own_files=posted.own_files
    )
    given = {key: value for key, value in reading.answers.items() if value is not None}
    found = check(inputs, given, today=local_date(now())).errors
    errors = all_errors(reading.errors, found) | posted.refused
    if errors or reading.restructured:
        shown = {} if reading.restructured else errors
        return _show_addition(request, case, action, inputs, given, shown, posted.values)
    take_action(
        case_id,
        action.id,
        actor=actor_of(request),
        version=_version(request),
        now=now(),
        given=Given(decision=given),
        owner_token=token,
    )
    return HttpResponseRedirect(reverse("my-application", args=[case_id]) + "?done=added")


def _show_addition(
    request: HttpRequest,
    case: MyCaseDetail,
    action: Action,
    inputs: CompiledForm,
    answers: Answers,
    errors: dict[str, str] | None = None,
    raw: dict[str, list[str]] | None = None,
) -> HttpResponse:
    today = local_date(now())
    answers = with_blank_rows(inputs, "decision", answers)
    evaluation = evaluate(inputs, answers, today=today)
    view = form_view(inputs, answers, evaluation, today=today, errors=errors, raw=raw)
    context = {
        "case": case,
        "service": case.procedure.spec.service,
        "action": action,
        "fields": fields_html(inputs, "decision", view),
        "errors": error_summary(inputs, errors) if errors else [],
    }
    return render(request, "cases/my/add.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take an application back, after asking."""
    case = _case(request, case_id)
    action = next((a for a in case.actions if a.kind == "withdraw"), None)
    if action is None:
        raise Conflict(_("この申請は、いまは取り下げられません。"))
    if request.method == "GET":
        context = {"case": case, "service": case.procedure.spec.service, "action": action}
        return render(request, "cases/my/withdraw.html", context)
    take_action(
        case_id,
        action.id,
        actor=actor_of(request),
        version=_version(request),
        now=now(),
        given=Given(reason=request.POST.get("reason", "")[:1000]),
        owner_token=owner_token_of(request),
    )
    return HttpResponseRedirect(reverse("my-application", args=[case_id]) + "?done=withdrawn")


@require_GET
def file(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """A file of the applicant's own: an attachment, or a letter they received."""
    actor = actor_of(request)
    check_letter(actor, file_id)
    # the owner's address only: what staff may see of a case has an address of its own
    found = file_for(
        actor,
        file_id,
        owner_token=owner_token_of(request),
        allow=lambda file: agent_opens(actor, file.public_id, on=local_date(now())),
    )
    response = file_response(found, inline=True)
    if actor.is_staff:  # what they uploaded themselves, for somebody at the counter
        note_look(actor, found, now=now())
    return response


@require_GET
def receipt(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """受付票 as a PDF."""
    pdf = receipt_pdf(
        actor_of(request),
        case_id,
        language=_language(),
        today=local_date(now()),
        status_url=settings.SUIGO_BASE_URL + reverse("my-application", args=[case_id]),
        owner_token=owner_token_of(request),
    )
    if actor_of(request).is_staff:
        note_case_look(case_id, way="receipt", actor=actor_of(request), now=now())
    return _pdf(pdf, "receipt.pdf")


@require_GET
def calendar(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The day by which the city answers, or by which the applicant corrects, as iCalendar."""
    case = _case(request, case_id, act="submit")
    response = HttpResponse(
        due_date_calendar(case, now=now()), content_type="text/calendar; charset=utf-8"
    )
    name = f"{case.brief.number}.ics"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_GET
def paper_form(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """The paper twin of a procedure's form."""
    chosen = procedure(procedure_id)
    # what was printed may come back long after the form has changed
    freeze_for_paper(procedure_id, now=now())
    link = settings.SUIGO_BASE_URL + reverse("procedure", args=[procedure_id])
    sheet = settings.SUIGO_BASE_URL + sheet_path(chosen.hash)
    pdf = paper_form_pdf(chosen, link=link, page_link=sheet, language=_language())
    return _pdf(pdf, f"{procedure_id}.pdf")


@require_GET
def sheet(request: HttpRequest, code: str, page: int) -> HttpResponse:
    """Where the code on a printed sheet leads a telephone: to its procedure."""
    return HttpResponseRedirect(reverse("procedure", args=[printed_definition(code).name]))


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    return response
