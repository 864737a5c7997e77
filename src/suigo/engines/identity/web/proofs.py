"""Signing in with a card or GビズID: there, back, and what is decided in between."""

from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suigo.engines.identity import actions, providers
from suigo.engines.identity.oidc.keys import OwnKeys
from suigo.engines.identity.providers import NotProven, SignInProvider
from suigo.engines.identity.web import flow
from suigo.engines.identity.web.residents import home
from suigo.engines.identity.web.signing import take_signature
from suigo.engines.identity.web.visitors import (
    device_of,
    network_of,
    safe_next,
    session_of,
    signed_in,
)
from suigo.kernel import clock
from suigo.kernel.access.web import actor_of
from suigo.kernel.content.calendar import working_days
from suigo.kernel.content.city import city
from suigo.kernel.errors import Gone, NotFound, TooMany
from suigo.kernel.japanese.business_days import add_business_days

NEXT = "identity.proof-next"
ASKED = "identity.match-asked"
TITLES = {"card": _("マイナンバーカード"), "business": _("GビズID")}


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _provider(name: str) -> SignInProvider:
    found = providers.provider(name)
    if found is None or found.face != "resident":
        raise NotFound
    return found


@never_cache
@require_POST
def begin(request: HttpRequest, provider: str) -> HttpResponse:
    """``/sign-in/with/<provider>/``: sends the visitor there."""
    chosen, now = _provider(provider), clock.now()
    target = safe_next(request.POST.get("next", ""), default=home())
    try:
        actions.count_proof_request(network=network_of(request), now=now)
        sent = chosen.begin(redirect_uri=flow.absolute(request, "sign-in-back", provider=provider))
    except (NotProven, TooMany) as failed:
        return _failed(request, failed, provider, target)
    flow.remember(request, flow.Under(provider, "sign-in", sent, target), now=now)
    return HttpResponseRedirect(sent.url)


@sensitive_variables()
@never_cache
@require_safe
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """``/sign-in/with/<provider>/back/``: takes the provider's answer."""
    chosen, now = _provider(provider), clock.now()
    target = home()
    try:
        under = flow.take(request, provider, now=now)
        target = under.next
        if under.purpose == "sign":
            return take_signature(request, under, now=now)
        proof = chosen.finish(
            flow.answer_in(request),
            sent=under.sent,
            redirect_uri=flow.absolute(request, "sign-in-back", provider=provider),
            now=now,
        )
        outcome = actions.sign_in_with_proof(
            session_of(request),
            proof,
            device=device_of(request),
            language=_language(),
            now=now,
        )
    except NotProven as failed:
        return _failed(request, failed, provider, target)
    if outcome.actor is not None:
        return signed_in(request, outcome.actor, target)
    request.session[NEXT] = target
    if outcome.step == "choose":
        return HttpResponseRedirect(reverse("sign-in-choose"))
    return _wait(request, outcome)


def _wait(request: HttpRequest, outcome: actions.Outcome) -> HttpResponse:
    if outcome.asked_at is not None:
        request.session[ASKED] = outcome.asked_at.isoformat()
    return HttpResponseRedirect(reverse("sign-in-waiting"))


def _failed(
    request: HttpRequest, failed: NotProven | TooMany, provider: str, target: str
) -> HttpResponse:
    """A page that says what happened and what can be done now."""
    context = {
        "failure": failed.message,
        "declined": isinstance(failed, NotProven) and failed.declined,
        "provider": provider,
        "next": target,
        "is_resident": actor_of(request).is_resident,
    }
    return render(request, "identity/proof_failed.html", context, status=failed.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """``/sign-in/choose/``: is this card to be joined to the account that is signed in?"""
    session, now = session_of(request), clock.now()
    target = request.session.get(NEXT, home())
    choice = actions.pending_choice(session, now=now)
    if choice is None:
        return HttpResponseRedirect(target if actor_of(request).is_resident else reverse("sign-in"))
    if request.method == "POST":
        wanted: actions.Choice = "join" if request.POST.get("choice") == "join" else "switch"
        if request.POST.get("choice") == "stay":
            actions.drop_choice(session)
            return HttpResponseRedirect(home())
        try:
            outcome = actions.choose(
                session, wanted, device=device_of(request), language=_language(), now=now
            )
        except (NotProven, Gone) as failed:
            refused = failed if isinstance(failed, NotProven) else NotProven(failed.message)
            return _failed(request, refused, choice.provider, target)
        if outcome.actor is not None:
            # what the account that was left had asked for is not the other one's
            place = target if wanted == "join" else home()
            return signed_in(request, outcome.actor, place)
        return _wait(request, outcome)
    context = {"choice": choice, "title": TITLES[choice.provider], "actor": actor_of(request)}
    return render(request, "identity/proof_choose.html", context)


def _due(asked: date) -> tuple[date | None, bool]:
    """When a clerk will have looked, as the city says, and whether it has confirmed that."""
    wait = city().spec.card_match_on(asked)
    if wait is None:
        return None, False
    return add_business_days(asked, wait.working_days, calendar=working_days()), wait.verify


@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """``/sign-in/waiting/``: a clerk compares two records before the card opens an account. Says
    until when, and what can be done meanwhile."""
    asked = request.session.get(ASKED)
    day = clock.local_date(datetime.fromisoformat(asked)) if asked else None
    due, verify = _due(day) if day else (None, False)
    context = {
        "next": request.session.get(NEXT, ""),
        "actor": actor_of(request),
        "asked": day,
        "due": due,
        "verify": verify,
    }
    return render(request, "identity/proof_waiting.html", context)


@require_safe
def keys(_request: HttpRequest) -> JsonResponse:
    """``/sign-in/keys.json``: our public keys, for providers to check and to encrypt with."""
    response = JsonResponse(OwnKeys.parse(settings.SUIGO_SIGN_IN_KEYS).public())
    response["Cache-Control"] = "public, max-age=300"
    return response
