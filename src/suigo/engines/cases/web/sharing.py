"""Letting another department read one case: who may, on what basis, until when."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from suigo.engines.cases import actions
from suigo.engines.cases.queries.disclosing import sharing_of
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Invalid

FIELDS = ("department", "article", "reason", "days")


@require_http_methods(["GET", "POST"])
@staff_required()
def show(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The disclosures of a case, and the form for another one."""
    actor = actor_of(request)
    given = {name: request.POST.get(name, "").strip() for name in FIELDS}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        days = given["days"]
        try:
            actions.disclose_case(
                case_id,
                department=given["department"],
                article=given["article"],
                reason=given["reason"],
                days=int(days) if days.isdecimal() and len(days) < 5 else 0,
                actor=actor,
                now=now(),
            )
        except Invalid as invalid:
            wrong = {name: str(message) for name, message in invalid.field_errors.items()}
        else:
            return HttpResponseRedirect(reverse("case-sharing", args=[case_id]))
    context = {
        "sharing": sharing_of(actor, case_id, today=local_date(now())),
        "given": given,
        "wrong": wrong,
        "errors": list(wrong.items()),
    }
    return render(request, "cases/staff/sharing.html", context, status=422 if wrong else 200)


@require_POST
@staff_required()
def withdraw(request: HttpRequest, case_id: UUID, disclosure: UUID) -> HttpResponse:
    """Stop showing the case to another department, at once."""
    actions.withdraw_disclosure(case_id, disclosure, actor=actor_of(request), now=now())
    return HttpResponseRedirect(reverse("case-sharing", args=[case_id]))
