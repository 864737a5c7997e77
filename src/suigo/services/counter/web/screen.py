"""The resident's screen on a tablet: what was entered, in large letters, and the yes to it."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suigo.engines.cases.web.review_view import review_pages
from suigo.engines.documents.failures import UnacceptableFile
from suigo.engines.documents.rendering import qr_svg
from suigo.engines.identity.web.visitors import network_of
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Conflict, NotFound, Refused, TooMany
from suigo.services.counter import policy
from suigo.services.counter.actions import screens
from suigo.services.counter.queries.screens import pairing_of, shown_by
from suigo.services.counter.queries.visits import visit_for
from suigo.services.counter.web.page import text_of

PAIRED = "counter_screen"


@require_POST
@staff_required(policy.SERVE)
def pair(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """A code for the tablet."""
    screens.pair_screen(visit_id, actor=actor_of(request), now=now())
    return HttpResponseRedirect(reverse("counter-check", args=[visit_id]))


@require_GET
def enter(request: HttpRequest) -> HttpResponseBase:
    """The box for the code; a code leads to its screen."""
    code = _plain(request.GET.get("code", ""))
    if code:
        return HttpResponseRedirect(reverse("counter-screen", args=[code]))
    return _closed(request, "", status=200)


def _plain(code: str) -> str:
    return "".join(c for c in code.upper()[:40] if c.isascii() and c.isalnum())


def _closed(request: HttpRequest, error: str, *, status: int) -> HttpResponse:
    response = render(request, "counter/screen_code.html", {"error": error}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
def screen(request: HttpRequest, pairing: str) -> HttpResponseBase:
    """What was entered; and the resident's answer to it. Guessing codes is slowed down."""
    moment = now()
    try:
        if request.session.get(PAIRED) != pairing:
            # before anything is looked up: a right guess counts like a wrong one
            screens.count_try(network_of(request), now=moment)
        error = _take(request, pairing) if request.method == "POST" else ""
        shown = shown_by(pairing, now=moment)
    except TooMany as too_many:
        return _closed(request, str(too_many), status=too_many.status)
    except NotFound:
        return _closed(request, str(screens.ENDED), status=410)
    request.session[PAIRED] = pairing
    if request.method == "POST" and not error:
        return HttpResponseRedirect(reverse("counter-screen", args=[pairing]))
    status = 422 if error else 200
    today = local_date(moment)
    forms = [
        {
            "title": application.draft.procedure.spec.service.title,
            "pages": review_pages(
                application.draft.procedure.form, application.draft.answers, today=today
            ),
        }
        for application in shown.applications
    ]
    context = {
        "code": pairing,
        "shown": shown,
        "forms": forms,
        "error": error,
        "state": "|".join(
            [
                shown.digest,
                str(shown.complete),
                str(shown.agreed),
                str(shown.signed),
                str(len(shown.visit.received)),
            ]
        ),
        "languages": (("ja", "日本語"), ("ja-easy", "やさしい日本語"), ("en", "English")),
        "here": reverse("counter-screen", args=[pairing]),
    }
    response = render(request, "counter/screen.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _take(request: HttpRequest, code: str) -> str:
    """Carry out the resident's answer; what to tell them when it can't be. Raises ``NotFound``."""
    shown, moment = request.POST.get("shown", ""), now()
    verb = request.POST.get("verb", "")
    try:
        if verb == "agree":
            screens.agree(code, shown=shown, now=moment)
        elif verb == "change":
            screens.wish_change(code, text_of(request, "wish", most=500), now=moment)
        elif verb in {"drawn", "typed"}:
            screens.sign(
                code,
                shown=shown,
                way="drawn" if verb == "drawn" else "typed",
                name=text_of(request, "name", most=200),
                picture=request.POST.get("picture", ""),
                now=moment,
            )
        else:
            return _("もう一度押してください。")
    except (Conflict, Refused, UnacceptableFile) as refused:
        return str(refused)
    return ""


def address_of(code: str) -> str:
    """What the tablet opens, for the QR code on the clerk's page."""
    return f"{settings.SUIGO_BASE_URL}{reverse('counter-screen', args=[code])}"


@require_GET
@staff_required(policy.SERVE)
def qr_code(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """The address of the resident's screen as a QR code."""
    visit = visit_for(actor_of(request), visit_id)
    pairing = pairing_of(visit, now=now())
    if pairing is None:
        raise NotFound
    response = HttpResponse(qr_svg(address_of(pairing.code)), content_type="image/svg+xml")
    response["Cache-Control"] = "private, no-store"
    return response
