"""For whoever runs the counter: how long things take, and which machines give numbers."""

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import local_date, now
from suigo.services.counter import policy
from suigo.services.counter.actions import tickets
from suigo.services.counter.queries.content import counters
from suigo.services.counter.queries.figures import Figures, as_csv, phase_titles
from suigo.services.counter.queries.figures import figures as measured
from suigo.services.counter.queries.kiosks import kiosks as registered
from suigo.services.counter.web.page import text_of
from suigo.services.counter.web.public import KIOSK

USUAL = timedelta(days=30)
TEN_YEARS = 10 * 365 * 24 * 3600


def _period(request: HttpRequest) -> Figures:
    today = local_date(now())

    def day(name: str, usual: date) -> date:
        try:
            return date.fromisoformat(request.GET.get(name, ""))
        except ValueError:
            return usual

    until = day("until", today)
    since = day("since", until - USUAL)
    return measured(actor_of(request), since=min(since, until), until=until)


@require_GET
@staff_required(policy.MANAGE)
def figures(request: HttpRequest) -> HttpResponse:
    """Median and 90th percentile per event of life and desk."""
    found = _period(request)
    titles = phase_titles()
    rows = [(row, [row.phases[phase] for phase in titles]) for row in found.rows]
    context = {"found": found, "rows": rows, "phases": list(titles.values())}
    return render(request, "counter/figures.html", context)


@require_GET
@staff_required(policy.MANAGE)
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same for a spreadsheet."""
    found = _period(request)
    response = HttpResponse("\ufeff" + as_csv(found), content_type="text/csv; charset=utf-8")
    name = f"counter-{found.since.isoformat()}-{found.until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "POST"])
@staff_required(policy.MANAGE)
def kiosks(request: HttpRequest) -> HttpResponseBase:
    """The ticket machines; posting makes this very device one."""
    if request.method == "GET":
        context = {"kiosks": registered(actor_of(request)), "spec": counters()}
        return render(request, "counter/kiosks.html", context)
    token = tickets.register_kiosk(
        text_of(request, "title", most=60), actor=actor_of(request), now=now()
    )
    response = HttpResponseRedirect(reverse("counter-kiosks"))
    response.set_cookie(
        KIOSK,
        token,
        max_age=TEN_YEARS,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure(),
        path=reverse("counter-tickets"),
    )
    return response


@require_POST
@staff_required(policy.MANAGE)
def remove_kiosk(request: HttpRequest, kiosk_id: UUID) -> HttpResponseBase:
    """From now on this machine gives no numbers."""
    tickets.remove_kiosk(kiosk_id, actor=actor_of(request), now=now())
    return HttpResponseRedirect(reverse("counter-kiosks"))
