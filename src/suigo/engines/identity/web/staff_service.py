"""Staff signing in with their own service: there and back."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from suigo.engines.identity import actions, providers
from suigo.engines.identity.providers import NotProven, SignInProvider
from suigo.engines.identity.web import flow
from suigo.engines.identity.web.staff import NEXT, PAGES, finish_sign_in, home
from suigo.engines.identity.web.visitors import device_of, network_of, safe_next, session_of
from suigo.kernel import clock
from suigo.kernel.access.web import actor_of
from suigo.kernel.errors import NotFound, TooMany

PROVIDER = "staff"


def _service() -> SignInProvider:
    found = providers.provider(PROVIDER)
    if found is None or found.face != "staff":
        raise NotFound
    return found


@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-in/service/``: sends the member of staff there; whoever is signed in already
    goes to prove it again."""
    service, now = _service(), clock.now()
    target = safe_next(request.POST.get("next", ""), default=home())
    again = actor_of(request).is_staff
    try:
        actions.count_proof_request(network=network_of(request), now=now)
        sent = service.begin(redirect_uri=flow.absolute(request, "staff-service-back"), anew=again)
    except (NotProven, TooMany) as failed:
        return _failed(request, failed)
    flow.remember(
        request, flow.Under(PROVIDER, "confirm" if again else "sign-in", sent, target), now=now
    )
    return HttpResponseRedirect(sent.url)


@sensitive_variables()
@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-in/service/back/``: takes the answer; then as after a password."""
    service, now = _service(), clock.now()
    try:
        under = flow.take(request, PROVIDER, now=now)
        proof = service.finish(
            flow.answer_in(request),
            sent=under.sent,
            redirect_uri=flow.absolute(request, "staff-service-back"),
            now=now,
        )
        if under.purpose == "confirm":
            actions.confirm_with_service(
                actor_of(request), session_of(request), proof=proof, now=now
            )
            rotate_token(request)
            return HttpResponseRedirect(under.next)
        step = actions.begin_staff_sign_in_with_proof(
            session_of(request), proof, device=device_of(request), now=now
        )
    except NotProven as failed:
        return _failed(request, failed)
    if step == "done":
        return finish_sign_in(request, under.next)
    request.session[NEXT] = under.next
    return HttpResponseRedirect(reverse(PAGES[step]))


def _failed(request: HttpRequest, failed: NotProven | TooMany) -> HttpResponse:
    context = {"failure": failed.message}
    return render(request, "identity/staff_service_failed.html", context, status=failed.status)
