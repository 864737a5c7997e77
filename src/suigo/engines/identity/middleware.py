"""Puts the actor on every request, and keeps what was made for one person out of caches."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from suigo.engines.identity import queries
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import clock
from suigo.kernel.access import Actor

# Programs are known by their token, not by a session; their answers are personal all the same.
API = "/api/"
PERSONAL = "private, no-store"


def actor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """``request.actor`` is found when somebody asks for it, so that pages which are the same for
    everybody never look at the session (and may be cached).

    Whatever did look at it and found one, and every answer of the API, is marked ``private,
    no-store`` unless it says itself how it may be kept: on a shared computer the back button must
    not show somebody's application after they signed out. Pages that looked and found nobody are
    told apart by ``Vary: Cookie``, which the session middleware adds.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        def find() -> Actor:
            session, now = cast(SessionStore, request.session), clock.now()
            session.touch(now)
            return queries.actor_of_session(session, now=now)

        request.actor = SimpleLazyObject(find)  # type: ignore[attr-defined]
        response = get_response(request)
        session = request.session
        somebodys = session.accessed and not session.is_empty()
        if (somebodys or request.path.startswith(API)) and not response.has_header("Cache-Control"):
            response["Cache-Control"] = PERSONAL
        return response

    return middleware
