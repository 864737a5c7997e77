"""Asking what remains: the common questions once, then each form's own on one page."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from suigo.engines.cases.web.forms_view import form_view, read_post
from suigo.engines.cases.web.visitor import owner_token_of
from suigo.engines.forms.rendering import about_anchor, anchor, error_summary, fields_html
from suigo.engines.forms.rules import evaluate
from suigo.engines.forms.rules.answers import Answers, value_at
from suigo.engines.forms.rules.compiling import parts_of
from suigo.engines.forms.rules.members import choices
from suigo.engines.forms.rules.reading import with_blank_rows
from suigo.engines.forms.spec import FileField
from suigo.kernel.access.web import staff_required
from suigo.kernel.clock import local_date
from suigo.kernel.errors import NotFound
from suigo.services.counter import policy
from suigo.services.counter.actions.entering import save_common, save_entry
from suigo.services.counter.queries.visits import Entered
from suigo.services.counter.rules import merging, remembering, sharing
from suigo.services.counter.web.page import Work, show, work_on


@require_http_methods(["GET", "POST"])
@staff_required(policy.SERVE)
def common(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """What every form needs, asked once."""
    work = work_on(request, visit_id)
    if work.common is None:
        return HttpResponseRedirect(reverse("counter-visit", args=[visit_id]))
    if request.method == "GET":
        answers = sharing.common_answers(work.common, work.visit.common)
        return _show_common(request, work, answers)
    posted = {key: request.POST.getlist(key) for key in request.POST}
    saved = save_common(visit_id, posted, actor=work.actor, now=work.moment)
    if saved.errors or saved.again:
        return _show_common(
            request,
            work,
            saved.answers,
            errors=saved.errors,
            raw=posted,
            status=422 if saved.errors else 200,
        )
    return HttpResponseRedirect(work_on(request, visit_id).next_url)


def _show_common(
    request: HttpRequest,
    work: Work,
    answers: Answers,
    *,
    errors: dict[str, str] | None = None,
    raw: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    assert work.common is not None
    form, today = work.common.form, local_date(work.moment)
    evaluation = evaluate(form, answers, today=today)
    view = form_view(form, answers, evaluation, today=today, errors=errors, raw=raw)
    context = {
        "fields": fields_html(form, sharing.COMMON, view),
        "errors": error_summary(form, errors) if errors else [],
        "uses": [a.item.title for a in work.applications],
    }
    return show(request, work, "common", step="common", context=context, status=status)


@require_http_methods(["GET", "POST"])
@staff_required(policy.SERVE)
def entry(request: HttpRequest, visit_id: UUID, procedure_id: str) -> HttpResponseBase:
    """What is left of one form, on one page."""
    work = work_on(request, visit_id)
    application = _application(work, procedure_id)
    if request.method == "GET":
        return _show_entry(request, work, application, application.draft.answers)
    form = application.draft.procedure.form
    posted = read_post(request, lambda: form, owner_token=owner_token_of(request))
    saved = save_entry(
        visit_id,
        procedure_id,
        posted.values,
        actor=work.actor,
        now=work.moment,
        own_files=posted.own_files,
    )
    errors = saved.errors | posted.refused
    if errors or saved.again:
        return _show_entry(
            request,
            work_on(request, visit_id),
            application,
            saved.answers,
            errors=errors,
            raw=posted.values if errors else None,
            status=422 if errors else 200,
            focus="" if errors else _focus(posted.values, saved.answers),
            more=saved.again,
        )
    return HttpResponseRedirect(work_on(request, visit_id).next_url)


@require_POST
@staff_required(policy.SERVE)
def refresh(request: HttpRequest, visit_id: UUID, procedure_id: str) -> HttpResponse:
    """The same page for a script, after an answer that other questions depend on; nothing is
    kept."""
    work = work_on(request, visit_id)
    application = _application(work, procedure_id)
    form = application.draft.procedure.form
    posted = read_post(request, lambda: form, owner_token=owner_token_of(request))
    with transaction.atomic():
        saved = save_entry(
            visit_id,
            procedure_id,
            posted.values,
            actor=work.actor,
            now=work.moment,
            own_files=posted.own_files,
        )
        transaction.set_rollback(True)
    return _show_entry(request, work, application, saved.answers)


def _application(work: Work, procedure_id: str) -> Entered:
    for application in work.applications:
        if application.item.procedure_id == procedure_id:
            return application
    raise NotFound


def _focus(posted: dict[str, list[str]], answers: Answers) -> str:
    """Where to go on after a row was added, a postal code looked up, or a child chosen."""
    for path in posted.get("_add", ()):
        rows = value_at(answers, path)
        return anchor(f"{path}.{len(rows) - 1}") if isinstance(rows, list) and rows else ""
    for path in posted.get("_remove", ()):
        return anchor(path.rpartition(".")[0])
    for path in posted.get("_lookup", ()):
        return anchor(f"{path.partition('#')[0]}.block")
    for control, picked in posted.items():
        if control.startswith("_about.") and picked:
            return about_anchor(control.removeprefix("_about."), picked[-1])
    return ""


def _show_entry(
    request: HttpRequest,
    work: Work,
    application: Entered,
    answers: Answers,
    *,
    errors: dict[str, str] | None = None,
    raw: dict[str, list[str]] | None = None,
    status: int = 200,
    focus: str = "",
    more: bool = False,
) -> HttpResponse:
    draft, today = application.draft, local_date(work.moment)
    form = draft.procedure.form
    for page in form.pages:
        answers = with_blank_rows(form, page.id, answers)
    evaluation = evaluate(form, answers, today=today)
    facts = work.visit.facts_for(application.item.procedure_id)
    done = merging.settled(form, answers, facts, evaluation, today=today)
    about = {
        path: choice
        for path, choice in choices(form, answers, remembering.lists_in(facts), evaluation).items()
        if not any(f"{path}.{part}" in done for part in parts_of(form.nodes[path]).values())
    }
    titles = {p.id: p.title for p in form.spec.pages}
    upload = reverse("apply-page", args=[draft.public_id, "PAGE"]) + "upload/"
    left = set(merging.asked(evaluation, done))
    sections = []
    for page_id in evaluation.pages:
        here = [path for path, node in evaluation.shown_on(page_id)]
        view = form_view(
            form,
            answers,
            evaluation,
            today=today,
            pages=[page_id],
            errors=errors,
            raw=raw,
            page_title=str(titles[page_id]),
            upload_url=upload.replace("PAGE", page_id),
            focus=focus,
            about=about,
        )
        asked = sum(path in left for path in here)
        sections.append(
            (page_id, titles[page_id], asked, fields_html(form, page_id, replace(view, fixed=done)))
        )
    context = {
        "application": application,
        "service": draft.procedure.spec.service,
        "sections": sections,
        "known": len(done),
        "errors": error_summary(form, errors) if errors else [],
        "has_files": any(isinstance(n.field, FileField) for n in form.nodes.values()),
        "more": more,
    }
    return show(
        request, work, "entry", step=application.item.procedure_id, context=context, status=status
    )
