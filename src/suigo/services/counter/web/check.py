"""The resident checks and signs; everything is received; the next desk learns of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suigo.engines.cases.web.review_view import review_pages
from suigo.engines.forms.rendering import placed_errors
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Invalid
from suigo.services.counter import policy
from suigo.services.counter.actions import receiving, visits
from suigo.services.counter.queries.content import counters
from suigo.services.counter.queries.printing import visit_set
from suigo.services.counter.queries.screens import pairing_of
from suigo.services.counter.queries.visits import digest_of
from suigo.services.counter.web.page import Work, show, text_of, work_on


@require_GET
@staff_required(policy.SERVE)
def check(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Everything that was entered, before it is received."""
    work = work_on(request, visit_id)
    if work.mine and work.applications:
        receiving.start_checking(visit_id, actor=work.actor, now=work.moment)
    return _show(request, work)


def _show(
    request: HttpRequest, work: Work, *, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    today = local_date(work.moment)
    forms: list[dict[str, Any]] = []
    problems: list[tuple[str, str]] = []
    for application in work.applications:
        draft, item = application.draft, application.item
        address = reverse("counter-entry", args=[work.visit.public_id, item.procedure_id])
        wrong = dict(application.errors)
        problems += [
            (f"{address}#{target}", f"{item.title}: {message}")
            for _path, target, message in placed_errors(draft.procedure.form, wrong)
        ]
        forms.append(
            {
                "title": item.title,
                "url": address,
                "pages": review_pages(
                    draft.procedure.form, draft.answers, today=today, errors=wrong
                ),
            }
        )
    digest = digest_of(work.visit, work.applications) if work.applications else ""
    pairing = pairing_of(work.visit, now=work.moment)
    agreed = bool(digest) and work.visit.agreed_digest == digest
    signed = bool(digest) and work.visit.signed_digest == digest
    opened = pairing is not None and pairing.opened
    context = {
        "forms": forms,
        "problems": problems,
        "digest": digest,
        "agreed": agreed,
        "signed": signed,
        "pairing": pairing,
        # what the tablet changes: the page looks for it every few seconds
        "state": f"{digest[:8]}|{agreed}|{signed}|{opened}|{work.visit.wish}",
    }
    return show(request, work, "check", step="check", context=context, status=status)


@require_POST
@staff_required(policy.SERVE)
def on_paper(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """The resident checked the printed set and signs it."""
    digest = request.POST.get("digest", "")
    receiving.sign_on_paper(visit_id, digest=digest, actor=actor_of(request), now=now())
    return HttpResponseRedirect(reverse("counter-check", args=[visit_id]))


@require_POST
@staff_required(policy.SERVE)
def receive(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """Receive everything at once."""
    try:
        receiving.receive_visit(visit_id, actor=actor_of(request), now=now())
    except Invalid:
        return _show(request, work_on(request, visit_id), status=422)
    return HttpResponseRedirect(reverse("counter-done", args=[visit_id]))


@require_http_methods(["GET", "POST"])
@staff_required(policy.SERVE)
def done(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """The numbers, the set to print, what the next desk does; marking what is done without a
    form."""
    if request.method == "POST":
        receiving.mark_item(
            visit_id,
            text_of(request, "entry", most=60),
            done=request.POST.get("done") == "1",
            actor=actor_of(request),
            now=now(),
        )
        return HttpResponseRedirect(reverse("counter-done", args=[visit_id]))
    work = work_on(request, visit_id)
    here = work.visit.desk.id if work.visit.desk is not None else ""
    context = {"desks": [desk for desk in counters().desks if desk.id != here]}
    return show(request, work, "done", step="done", context=context)


@require_GET
@staff_required(policy.SERVE)
def printed_set(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Every filled-in form as one PDF."""
    pdf = visit_set(actor_of(request), visit_id, now=now())
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="applications.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@staff_required(policy.SERVE)
def hand_over(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """To the next desk, with a memo."""
    receiving.hand_over(
        visit_id,
        request.POST.get("desk", ""),
        text_of(request, "text", most=2000),
        actor=actor_of(request),
        now=now(),
    )
    return HttpResponseRedirect(reverse("counter"))


@require_POST
@staff_required(policy.SERVE)
def end(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """The resident goes home."""
    visits.end_visit(visit_id, actor=actor_of(request), now=now())
    return HttpResponseRedirect(reverse("counter"))
