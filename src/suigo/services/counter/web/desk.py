"""The clerk's home at the counter: which window, who is next, what is open."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import NotFound, Refused
from suigo.services.counter import policy
from suigo.services.counter.actions import tickets
from suigo.services.counter.actions.visits import begin_visit
from suigo.services.counter.queries.content import counters
from suigo.services.counter.queries.tickets import desk_board
from suigo.services.counter.queries.visits import open_visits

WINDOW = "counter_window"


def window_of(request: HttpRequest) -> int | None:
    """The window this clerk sits at, None before they said so."""
    chosen = request.session.get(WINDOW)
    return chosen if isinstance(chosen, int) and counters().desk_at(chosen) is not None else None


@require_GET
@staff_required(policy.SERVE)
def home(request: HttpRequest) -> HttpResponse:
    """Who waits, who is called, and the visits that this clerk has open."""
    actor, moment = actor_of(request), now()
    window = window_of(request)
    spec = counters()
    desk = spec.desk_at(window) if window is not None else None
    context = {
        "spec": spec,
        "window": window,
        "desk": desk,
        "windows": list(spec.windows()),
        "board": desk_board(desk, window, now=moment) if desk and window is not None else None,
        "visits": open_visits(actor, day=local_date(moment)),
        "others": [one for one in spec.desks if desk is None or one.id != desk.id],
        "may_manage": actor.can(policy.MANAGE),
    }
    return render(request, "counter/desk.html", context)


@require_POST
@staff_required(policy.SERVE)
def choose_window(request: HttpRequest) -> HttpResponseBase:
    """Remember where this clerk sits."""
    typed = request.POST.get("window", "")
    window = int(typed) if typed.isascii() and typed.isdigit() else 0
    if counters().desk_at(window) is None:
        raise Refused(_("窓口の番号を選んでください。"))
    request.session[WINDOW] = window
    return HttpResponseRedirect(reverse("counter"))


def _window(request: HttpRequest) -> int:
    window = window_of(request)
    if window is None:
        raise Refused(_("先に、ご自分の窓口の番号を選んでください。"))
    return window


@require_POST
@staff_required(policy.SERVE)
def call(request: HttpRequest) -> HttpResponseBase:
    """Call the next number."""
    tickets.call_next(_window(request), actor=actor_of(request), now=now())
    return HttpResponseRedirect(reverse("counter"))


@require_POST
@staff_required(policy.SERVE)
def ticket_action(request: HttpRequest, ticket_id: UUID, verb: str) -> HttpResponseBase:
    """Call again, mark as absent, send on, finish, or begin to serve a number."""
    actor, moment = actor_of(request), now()
    if verb == "again":
        tickets.call_again(ticket_id, _window(request), actor=actor, now=moment)
    elif verb == "absent":
        tickets.mark_absent(ticket_id, actor=actor, now=moment)
    elif verb == "transfer":
        desk = request.POST.get("desk", "")
        tickets.transfer_ticket(ticket_id, desk, actor=actor, now=moment)
    elif verb == "finish":
        tickets.finish_ticket(ticket_id, actor=actor, now=moment)
    elif verb == "serve":
        visit = begin_visit(actor=actor, now=moment, window=window_of(request), ticket_id=ticket_id)
        return HttpResponseRedirect(reverse("counter-visit", args=[visit]))
    else:
        raise NotFound
    return HttpResponseRedirect(reverse("counter"))


@require_POST
@staff_required(policy.SERVE)
def begin(request: HttpRequest) -> HttpResponseBase:
    """Serve somebody who has no number."""
    visit = begin_visit(actor=actor_of(request), now=now(), window=window_of(request))
    return HttpResponseRedirect(reverse("counter-visit", args=[visit]))


@require_POST
@staff_required(policy.SERVE)
def give_ticket(request: HttpRequest) -> HttpResponseBase:
    """Give a number to somebody who could not take one at the machine."""
    purpose = request.POST.get("purpose", "")
    issued = tickets.issue_ticket(purpose, actor=actor_of(request), now=now())
    return HttpResponseRedirect(reverse("counter-ticket", args=[issued.public_id]))
