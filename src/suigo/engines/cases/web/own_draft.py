"""The draft that a visitor goes on with, on each page of an application."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from suigo.engines.cases.queries.drafts import DraftView, draft_for, sent_as
from suigo.engines.cases.web.visitor import adopt_own_drafts, owner_token_of
from suigo.engines.delegation.queries import GrantOver
from suigo.kernel.access.web import actor_of
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import NotFound


def already_sent_leads_on(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whoever goes back to a draft that was sent meanwhile is led to the application; whoever may
    no longer act for the person of a draft reads why."""

    @wraps(view)
    def led(request: HttpRequest, draft_id: UUID, *more: str, **named: str) -> HttpResponseBase:
        try:
            return view(request, draft_id, *more, **named)
        except GrantOver as over:
            context = {"message": str(over), "draft_id": draft_id}
            return render(request, "cases/apply/over.html", context, status=409)
        except NotFound:
            sent = sent_as(
                actor_of(request),
                draft_id,
                on=local_date(now()),
                owner_token=owner_token_of(request),
            )
            if sent is None or request.method != "GET":
                raise
            return HttpResponseRedirect(reverse("my-application", args=[sent]))

    return led


def own_draft(request: HttpRequest, draft_id: UUID, *, even_over: bool = False) -> DraftView:
    """The visitor's own draft. Raises ``NotFound``, ``Gone``, ``GrantOver``."""
    adopt_own_drafts(request)
    return draft_for(
        actor_of(request),
        draft_id,
        now=now(),
        owner_token=owner_token_of(request),
        even_over=even_over,
    )
