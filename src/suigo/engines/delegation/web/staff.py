"""Guardians and 行政書士 who wait until a clerk has seen their paper."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from suigo.engines.delegation import actions, policy, queries
from suigo.engines.delegation.web.words import KINDS, REACHES
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import now
from suigo.kernel.errors import Invalid, Message

DONE: dict[str, Message] = {
    "confirmed": _("代理を確認しました。双方にメールで知らせました。"),
    "refused": _("代理を認めませんでした。相手にメールで知らせました。"),
}


@never_cache
@require_safe
@staff_required(policy.CONFIRM)
def waiting(request: HttpRequest) -> HttpResponse:
    """``/staff/proxies/``: what waits, the oldest first."""
    lines = [(line, KINDS[line.kind]) for line in queries.waiting(actor_of(request))]
    context = {"lines": lines, "done": DONE.get(request.GET.get("done", ""))}
    return render(request, "delegation/staff_waiting.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(policy.CONFIRM)
def one(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """What was said, to be compared with the paper, and the decision."""
    actor, errors = actor_of(request), dict[str, Message]()
    if request.method == "POST":
        try:
            done = _decide(request, grant_id)
        except Invalid as invalid:
            errors = invalid.field_errors
        else:
            return HttpResponseRedirect(reverse("staff-proxies") + f"?done={done}")
    found = queries.one_waiting(actor, grant_id)
    context = {
        "one": found,
        "kind": KINDS[found.kind],
        "reach": REACHES[found.reach],
        "errors": list(errors.items()),
        "error": errors,
        "evidence": request.POST.get("evidence", found.evidence),
        "until_date": request.POST.get("until_date", found.until_date.isoformat()),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "delegation/staff_one.html", context, status=422 if errors else 200)


def _decide(request: HttpRequest, grant_id: UUID) -> str:
    actor = actor_of(request)
    if request.POST.get("decision") == "refuse":
        reason = request.POST.get("reason", "").replace("\x00", "")
        actions.refuse(actor, grant_id, reason=reason, now=now())
        return "refused"
    try:
        until = date.fromisoformat(request.POST.get("until_date", ""))
    except ValueError:
        until = None
    evidence = request.POST.get("evidence", "").replace("\x00", "")
    actions.confirm(actor, grant_id, evidence=evidence, until_date=until, now=now())
    return "confirmed"
