"""Numbers for everybody: the ticket machine, the wait on the phone, the display in the hall."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from suigo.engines.documents.rendering import qr_svg
from suigo.kernel.access.web import actor_of
from suigo.kernel.clock import now
from suigo.services.counter import policy
from suigo.services.counter.actions import tickets as actions
from suigo.services.counter.queries import tickets as queries
from suigo.services.counter.queries.content import counters

KIOSK = "counter_kiosk"  # the machine's secret, in a cookie of its own


@require_http_methods(["GET", "POST"])
def tickets(request: HttpRequest) -> HttpResponseBase:
    """Big buttons, one for each purpose. Only a registered machine and the clerks get numbers:
    others see how long the wait is, and where the machine stands."""
    spec = counters()
    actor = actor_of(request)
    token = request.COOKIES.get(KIOSK, "")
    if request.method == "POST":
        issued = actions.issue_ticket(
            request.POST.get("purpose", "")[:60],
            actor=actor,
            now=now(),
            language=get_language() or "ja",
            kiosk=token,
        )
        return HttpResponseRedirect(reverse("counter-ticket", args=[issued.public_id]))
    waits = {wait.desk.id: wait for wait in queries.display(now=now()).desks}
    may = actions.is_kiosk(token) or (actor.is_staff and actor.can(policy.SERVE))
    context = {
        "spec": spec,
        "purposes": [(purpose, waits[purpose.desk]) for purpose in spec.purposes],
        "may": may,
    }
    return _fresh(render(request, "counter/tickets.html", context))


@require_safe
def ticket(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """A number: how many are before it, about how long, and the call when it comes."""
    wait = queries.wait_of(ticket_id, now=now())
    address = reverse("counter-ticket", args=[ticket_id])
    context = {
        "wait": wait,
        "ticket_id": ticket_id,
        "here": address,
        "state": f"{wait.state}|{wait.window}|{wait.ahead}|{wait.desk.id if wait.desk else ''}",
        "at_machine": actions.is_kiosk(request.COOKIES.get(KIOSK, "")),
        "sample": counters().sample,
    }
    return _fresh(render(request, "counter/ticket.html", context))


@require_safe
def ticket_qr(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """The address of a number, to follow the wait on a phone."""
    queries.wait_of(ticket_id, now=now())
    address = f"{settings.SUIGO_BASE_URL}{reverse('counter-ticket', args=[ticket_id])}"
    return HttpResponse(qr_svg(address), content_type="image/svg+xml")


@require_safe
def display(request: HttpRequest) -> HttpResponse:
    """What hangs in the hall: who is called where, how many wait. Numbers, no names."""
    shown = queries.display(now=now())
    state = "|".join(
        [f"{one.label}@{one.window}" for one in shown.called]
        + [
            f"{d.desk.id}:{d.waiting}:{d.estimate.minutes}:{','.join(d.absent)}"
            for d in shown.desks
        ]
    )
    context = {
        "shown": shown,
        "state": state,
        "here": reverse("counter-display"),
        "sample": counters().sample,
    }
    return _fresh(render(request, "counter/display.html", context))


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
