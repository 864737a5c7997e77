"""``/staff/intake/scan/``: scanned paper, from upload to typing it in."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from suigo.engines.cases.queries.procedures import procedures
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import now
from suigo.kernel.errors import Invalid
from suigo.services.intake import actions, policy, queries
from suigo.services.intake.web.words import PAPER_STATES


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required(policy.SCAN)
def papers(request: HttpRequest) -> HttpResponse:
    """What waits to be typed in, and where scans are sent."""
    if request.method == "GET":
        return _list(request)
    try:
        scanned = actions.bring_scans(
            actor_of(request),
            [
                actions.Upload(file.name or "", file.content_type or "", file)
                for file in request.FILES.getlist("scans")
            ],
            now=now(),
        )
    except Invalid as invalid:
        errors = {key: str(message) for key, message in invalid.field_errors.items()}
        return _list(request, errors=errors)
    if len(scanned.entries) == 1 and not scanned.refused:
        return HttpResponseRedirect(reverse("intake-scan", args=[scanned.entries[0]]))
    return _list(request, scanned=scanned)


def _list(
    request: HttpRequest,
    *,
    errors: dict[str, str] | None = None,
    scanned: actions.Scanned | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "waiting": [(p, *PAPER_STATES[p.state]) for p in queries.papers(actor)],
        "over": [(p, *PAPER_STATES[p.state]) for p in queries.papers(actor, waiting=False)],
        "errors": errors or {},
        "summary": [(f"in-{name}", message) for name, message in (errors or {}).items()],
        "scanned": scanned,
        "may_import": actor.can(policy.IMPORT),
        "may_scan": True,
    }
    return render(request, "intake/papers.html", context, status=422 if errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required(policy.SCAN)
def paper(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One scanned application: its sheets, and what to do with it. Posting says which procedure
    it is, where no code could be read."""
    if request.method == "POST":
        chosen = request.POST.get("procedure", "")
        actions.name_procedure(actor_of(request), entry_id, procedure_id=chosen, now=now())
        return HttpResponseRedirect(reverse("intake-scan", args=[entry_id]))
    return _page(request, entry_id)


def _page(
    request: HttpRequest, entry_id: UUID, *, errors: dict[str, str] | None = None
) -> HttpResponse:
    view = queries.paper(actor_of(request), entry_id)
    title, tone = PAPER_STATES[view.state]
    context: dict[str, Any] = {
        "paper": view,
        "state": title,
        "tone": tone,
        "procedures": [(p.id, p.spec.service.title) for p in procedures()],
        "errors": errors or {},
        "open": view.state in ("unknown", "waiting", "typing"),
    }
    return render(request, "intake/paper.html", context, status=422 if errors else 200)


@require_POST
@staff_required(policy.SCAN)
def start_typing(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """To the form that was printed, with the sheets beside it."""
    draft = actions.start_typing(actor_of(request), entry_id, now=now())
    return HttpResponseRedirect(reverse("apply", args=[draft]))


@require_POST
@staff_required(policy.SCAN)
def dismiss(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """A twin, or a paper that is no application."""
    try:
        reason = request.POST.get("reason", "")
        actions.dismiss_scan(actor_of(request), entry_id, reason=reason, now=now())
    except Invalid as invalid:
        errors = {key: str(message) for key, message in invalid.field_errors.items()}
        return _page(request, entry_id, errors=errors)
    return HttpResponseRedirect(reverse("intake-scans"))
