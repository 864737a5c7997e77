"""Why somebody looks at a sensitive case, and who looked at one's own."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from suigo.engines.cases import actions
from suigo.engines.cases.queries.looking import SHOWN, access
from suigo.engines.cases.queries.residents import looks_at_mine, number_seen_by
from suigo.engines.identity.web.visitors import safe_next
from suigo.kernel.access.web import actor_of, resident_required, staff_required
from suigo.kernel.clock import now
from suigo.kernel.errors import Invalid


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required()
def reason(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask why this clerk looks at a sensitive case; then lead to what they wanted to see."""
    actor = actor_of(request)
    context = {
        "number": number_seen_by(actor, case_id),
        "reasons": access().reasons,
        "next": request.GET.get("next", ""),
    }
    if request.method == "GET":
        return render(request, "cases/staff/reason.html", context)
    chosen, note = request.POST.get("reason", ""), request.POST.get("note", "")
    target = request.POST.get("next", "")
    try:
        actions.give_reason(case_id, reason=chosen, note=note, actor=actor, now=now())
    except Invalid as invalid:
        wrong = {name: str(message) for name, message in invalid.field_errors.items()}
        context |= {
            "next": target,
            "chosen": chosen,
            "note": note,
            "errors": list(wrong.items()),
            "reason_error": wrong.get("reason", ""),
            "note_error": wrong.get("note", ""),
        }
        return render(request, "cases/staff/reason.html", context, status=422)
    return HttpResponseRedirect(safe_next(target, default=reverse("case", args=[case_id])))


@never_cache
@require_GET
@resident_required()
def mine(request: HttpRequest) -> HttpResponse:
    """``/my/looks/``: who of the staff looked at one's own sensitive cases, when and why."""
    text = request.GET.get("below", "")
    below = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    looks = looks_at_mine(actor_of(request), below=below)
    shown = looks[:SHOWN]
    context = {"looks": shown, "next": shown[-1].id if len(looks) > SHOWN else None}
    return render(request, "cases/my/looks.html", context)
