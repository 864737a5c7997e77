"""The draft that a visitor goes on with, on each page of an application."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from suigo.engines.cases.queries.drafts import DraftView, draft_for, sent_as
from suigo.engines.cases.web.visitor import adopt_own_drafts, owner_token_of
from suigo.kernel.access.web import actor_of
from suigo.kernel.clock import now
from suigo.kernel.errors import NotFound


def already_sent_leads_on(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whoever goes back to a draft that was sent meanwhile is led to the application."""

    @wraps(view)
    def led(request: HttpRequest, draft_id: UUID, *more: str, **named: str) -> HttpResponseBase:
        try:
            return view(request, draft_id, *more, **named)
        except NotFound:
            sent = sent_as(actor_of(request), draft_id, owner_token=owner_token_of(request))
            if sent is None or request.method != "GET":
                raise
            return HttpResponseRedirect(reverse("my-application", args=[sent]))

    return led


def own_draft(request: HttpRequest, draft_id: UUID) -> DraftView:
    """The visitor's own draft. Raises ``NotFound``, ``Gone``."""
    adopt_own_drafts(request)
    return draft_for(actor_of(request), draft_id, now=now(), owner_token=owner_token_of(request))
