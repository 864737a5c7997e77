"""Whose draft it is while nobody is signed in: a secret kept in the visitor's session."""

import secrets

from django.http import HttpRequest

from suigo.engines.cases import actions
from suigo.kernel.access.web import actor_of
from suigo.kernel.clock import now

KEY = "owner_token"


def owner_token_of(request: HttpRequest) -> str:
    """This browser's secret, '' when it has none; for staff, whose uploads belong to no resident,
    a name for the desk they work at."""
    actor = actor_of(request)
    if actor.is_staff:
        return f"desk:{actor.account_id}"
    return str(request.session.get(KEY, ""))


def new_owner_token(request: HttpRequest) -> str:
    """This browser's secret, made at the first draft of somebody who is not signed in."""
    token = owner_token_of(request)
    if not token:
        token = request.session[KEY] = secrets.token_urlsafe(32)
    return token


def adopt_own_drafts(request: HttpRequest) -> None:
    """Once a resident signs in, what this browser began and sent before becomes theirs."""
    token = owner_token_of(request)
    actor = actor_of(request)
    if token and actor.is_resident:
        actions.adopt_drafts(actor=actor, owner_token=token, now=now())
        del request.session[KEY]
