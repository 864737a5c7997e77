"""``/confirm/``: who is there? Asked in the middle of a session, before something dangerous."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from suigo.engines.identity import actions, queries
from suigo.engines.identity.web import residents, staff
from suigo.engines.identity.web.inputs import Input, page
from suigo.engines.identity.web.passkey_forms import passkey_form
from suigo.engines.identity.web.visitors import network_of, safe_next, session_of
from suigo.kernel import clock
from suigo.kernel.access import fresh, refusals
from suigo.kernel.access.web import actor_of
from suigo.kernel.errors import Gone, Invalid, Refused, SuigoError, TooMany

PASSWORD = Input(
    name="password", label=_("パスワード"), kind="password", autocomplete="current-password"
)


def _home(request: HttpRequest) -> str:
    return staff.home() if actor_of(request).is_staff else residents.home()


def _target(request: HttpRequest) -> str:
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    return safe_next(asked, default=_home(request))


def _outside(request: HttpRequest) -> HttpResponse | None:
    actor = actor_of(request)
    if actor.is_staff or actor.is_resident:
        return None
    return HttpResponseRedirect(reverse("sign-in"))


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks for the best proof the person has; staff send their code, or their password, here."""
    if outside := _outside(request):
        return outside
    failure: SuigoError | None = None
    actor, session, now = actor_of(request), session_of(request), clock.now()
    if request.method == "POST":
        try:
            if "code" in request.POST:
                actions.confirm_with_code(actor, session, code=request.POST["code"], now=now)
            else:
                password = request.POST.get("password", "")
                actions.confirm_with_password(actor, session, password=password, now=now)
        except (Invalid, TooMany, Gone) as error:
            failure = error
        else:
            return _confirmed(request)
    return _ask(request, failure)


@never_cache
@require_POST
def by_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey answered."""
    if outside := _outside(request):
        return outside
    try:
        actions.confirm_with_passkey(
            actor_of(request),
            session_of(request),
            answer=request.POST.get("credential", ""),
            network=network_of(request),
            now=clock.now(),
        )
    except (Refused, Gone, TooMany) as error:
        return _ask(request, error)
    return _confirmed(request)


def _confirmed(request: HttpRequest) -> HttpResponse:
    rotate_token(request)
    return HttpResponseRedirect(_target(request))


def _ask(request: HttpRequest, failure: SuigoError | None) -> HttpResponse:
    if failure is not None:
        refusals.note(request, status=failure.status, code="not-proved-again")
    proofs, target = queries.proofs_of(actor_of(request)), _target(request)
    form = passkey_form(request, "confirm-passkey", target=target) if proofs.passkey else None
    waiting = fresh.kept(request)
    inputs = [staff.CODE] if proofs.code else [PASSWORD] if proofs.password else []
    context = {
        "next": target,
        "proofs": proofs,
        "passkey_form": form,
        "email": actor_of(request).email,
        "waiting": waiting if target == reverse("confirm-kept") else None,
    }
    return page(request, "identity/confirm.html", context, inputs=inputs, failure=failure)


@never_cache
@require_POST
def by_mail(request: HttpRequest) -> HttpResponse:
    """Sends a resident a code; entering it is a sign-in, which leads back to the same place."""
    actor = actor_of(request)
    if not actor.is_resident or not actor.email:
        return _outside(request) or HttpResponseRedirect(reverse("confirm"))
    try:
        code = actions.request_sign_in_code(
            actor.email,
            network=network_of(request),
            language=get_language() or actor.language,
            now=clock.now(),
        )
    except (Invalid, TooMany) as error:
        return _ask(request, error)
    pending = {"code": str(code), "email": actor.email, "next": _target(request)}
    request.session[residents.PENDING] = pending
    return HttpResponseRedirect(reverse("sign-in-code"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kept_form(request: HttpRequest) -> HttpResponse:
    """What was sent before the proof, to be sent by its sender, or not. POST: not."""
    waiting = fresh.kept(request)
    if waiting is None:
        return HttpResponseRedirect(_home(request))
    if request.method == "POST":
        fresh.forget_kept(request)
        return HttpResponseRedirect(waiting.back)
    return render(request, "identity/kept_form.html", {"kept": waiting})
