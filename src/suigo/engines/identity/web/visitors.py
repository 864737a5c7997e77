"""What a request says about the visitor: where from, with what, and where to next."""

import json
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.utils.http import url_has_allowed_host_and_scheme

from suigo.engines.identity import rules
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import crypto
from suigo.kernel.access import Actor

ONCE = "identity.shown-once"
ONCE_PURPOSE = "identity.shown-once"


def session_of(request: HttpRequest) -> SessionStore:
    """The session under its real type."""
    return cast(SessionStore, request.session)


def network_of(request: HttpRequest) -> str:
    """The visitor's network for limits. Behind ``SUIGO_PROXY_HOPS`` proxies of our own it is the
    entry that the outermost of them wrote; what a visitor wrote before it is never believed."""
    address = request.META.get("REMOTE_ADDR", "")
    hops = settings.SUIGO_PROXY_HOPS
    if hops:
        forwarded = [p.strip() for p in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = forwarded[-hops] if len(forwarded) >= hops else address
    return rules.network_of(address)


def device_of(request: HttpRequest) -> str:
    """The browser in a person's words."""
    return rules.device_name(request.META.get("HTTP_USER_AGENT", ""))


def safe_next(target: str, *, default: str) -> str:
    """``target`` if it is a path of this site, else ``default``: a link to our sign-in page must
    not lead anywhere else afterwards."""
    inside = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if inside and target.startswith("/") else default


def signed_in(request: HttpRequest, actor: Actor, target: str) -> HttpResponse:
    """Go on after a sign-in, with a new CSRF token and in the language of the account."""
    rotate_token(request)
    response = HttpResponseRedirect(target)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        remember_language(response, actor.language)
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    """Show pages in ``language`` from now on, as the language buttons of every page do."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 60 * 60,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def show_once(request: HttpRequest, values: list[str]) -> None:
    """Keep secrets, sealed, for the next page, so that reloading it doesn't make new ones."""
    request.session[ONCE] = crypto.seal(json.dumps(values), purpose=ONCE_PURPOSE)


def shown_once(request: HttpRequest) -> list[str]:
    """The secrets to show now; the next time there are none."""
    sealed = request.session.pop(ONCE, None)
    if sealed is None:
        return []
    return [str(v) for v in json.loads(crypto.open_sealed(sealed, purpose=ONCE_PURPOSE))]
