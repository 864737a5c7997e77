"""Gates for views: who may enter, and where to sign in when nobody has yet."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from suigo.kernel.access import ANONYMOUS, Actor, Assurance
from suigo.kernel.errors import Forbidden

View = Callable[..., HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """The actor that identity's middleware put on the request."""
    return cast(Actor, getattr(request, "actor", ANONYMOUS))


def sign_in_redirect(
    request: HttpRequest,
    sign_in_url: str,
    *,
    target: str | None = None,
    assurance: Assurance = Assurance.CONTACT,
) -> HttpResponseBase:
    """Send the visitor to sign in and back to ``target``, or to the page they asked for. Where
    that needs more than a proven address, the sign-in asks for just that."""
    if target is None:
        target = request.get_full_path() if request.method == "GET" else request.path
    asked = {"next": target}
    if assurance > Assurance.CONTACT:
        asked["level"] = assurance.name.lower()
    return HttpResponseRedirect(f"{sign_in_url}?{urlencode(asked)}")


def resident_required(
    assurance: Assurance = Assurance.CONTACT,
) -> Callable[[View], View]:
    """Only residents signed in with at least ``assurance``; others are sent to sign in."""

    def gate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = actor_of(request)
            if not actor.is_resident or actor.assurance < assurance:
                return sign_in_redirect(
                    request, settings.SUIGO_RESIDENT_SIGN_IN_URL, assurance=assurance
                )
            return view(request, *args, **kwargs)

        return guarded

    return gate


def staff_required(capability: str | None = None) -> Callable[[View], View]:
    """Only staff, and only with ``capability`` when one is named.

    Raises ``Forbidden`` for staff without it; everyone else is sent to the staff sign-in.
    """

    def gate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = actor_of(request)
            if not actor.is_staff:
                return sign_in_redirect(request, settings.SUIGO_STAFF_SIGN_IN_URL)
            if capability is not None and not actor.can(capability):
                raise Forbidden(_("この画面を見る権限がありません。"), needs=capability)
            return view(request, *args, **kwargs)

        return guarded

    return gate
