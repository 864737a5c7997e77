"""Puts the actor on every request."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from suigo.engines.identity import queries
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import clock
from suigo.kernel.access import Actor


def actor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """``request.actor`` is found when somebody asks for it, so that pages which are the same for
    everybody never look at the session (and may be cached)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        def find() -> Actor:
            session, now = cast(SessionStore, request.session), clock.now()
            session.touch(now)
            return queries.actor_of_session(session, today=clock.local_date(now))

        request.actor = SimpleLazyObject(find)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
