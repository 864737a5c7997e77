"""Screens that ask once more who is there, when that was proved too long ago.

After the proof the person is back at the very same place. What they had sent is kept, sealed, in
their session and shown to them again: it is sent by their own press of a button, never by itself.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from suigo.kernel import clock, crypto
from suigo.kernel.access.web import View, actor_of
from suigo.kernel.errors import Message

KEPT = "access.kept"
PURPOSE = "access.kept"
KEPT_FOR = timedelta(minutes=30)
LARGEST = 64 * 1024  # characters; a longer form is asked for again
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "current_password", "new_password", "code")
LATELY = 15  # minutes


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that waits for its sender's proof. ``shown`` is what of it a person can read, by the
    words it was asked for with; ``lost`` is whether files, which can't wait, were part of it."""

    path: str
    does: str
    fields: tuple[tuple[str, str], ...]
    shown: tuple[tuple[str, str], ...]
    back: str
    lost: bool


def always(request: HttpRequest) -> bool:
    """Every request of a screen is asked about."""
    return True


def sending(request: HttpRequest) -> bool:
    """Only what is sent is asked about; the screen may be looked at."""
    return request.method == "POST"


def fresh_required(
    minutes: int = LATELY,
    *,
    does: Message,
    labels: Mapping[str, Message] | None = None,
    when: Callable[[HttpRequest], bool] = always,
) -> Callable[[View], View]:
    """Only whoever proved within ``minutes`` who they are; others are asked, and come back here.

    Stands below ``staff_required`` or ``resident_required``. ``does`` is what the screen does, in
    the words of its button; ``labels`` are the words for the fields that may be shown again;
    ``when`` says which requests are dangerous.
    """
    lately = timedelta(minutes=minutes)

    def gate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not when(request):
                return view(request, *args, **kwargs)
            sent = request.method == "POST"
            if actor_of(request).proved_within(lately, now=clock.now()):
                if sent and request.session.get(KEPT, {}).get("path") == request.path:
                    del request.session[KEPT]
                return view(request, *args, **kwargs)
            if not sent:
                return _ask(request, request.get_full_path())
            _keep(request, str(does), labels or {})
            return _ask(request, f"{settings.SUIGO_CONFIRM_URL}kept/")

        return guarded

    return gate


def _ask(request: HttpRequest, target: str) -> HttpResponseBase:
    url = f"{settings.SUIGO_CONFIRM_URL}?{urlencode({'next': target})}"
    if request.headers.get("HX-Request"):  # a part of a page asked; the whole page must go
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _keep(request: HttpRequest, does: str, labels: Mapping[str, Message]) -> None:
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in NEVER_KEPT and isinstance(value, str)
    ]
    shown = [(str(labels[name]), value) for name, value in fields if name in labels and value]
    text = json.dumps(
        {
            "does": does,
            "fields": fields,
            "shown": shown,
            "back": _page_before(request),
            "lost": bool(request.FILES),
        }
    )
    if len(text) > LARGEST:
        text = json.dumps(
            {"does": does, "fields": [], "shown": [], "back": _page_before(request), "lost": True}
        )
    request.session[KEPT] = {
        "path": request.path,
        "until": (clock.now() + KEPT_FOR).timestamp(),
        "sealed": crypto.seal(text, purpose=PURPOSE),
    }


def _page_before(request: HttpRequest) -> str:
    """The page of ours on which the form stood; the address it was sent to, when unknown."""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host() or not before.path.startswith("/"):
        return request.path
    return f"{before.path}?{before.query}" if before.query else before.path


def kept(request: HttpRequest) -> Kept | None:
    """The form that waits in this session; None when there is none, or it waited too long."""
    waiting = request.session.get(KEPT)
    if not waiting:
        return None
    if clock.now().timestamp() >= waiting["until"]:
        del request.session[KEPT]
        return None
    found = json.loads(crypto.open_sealed(waiting["sealed"], purpose=PURPOSE))
    return Kept(
        path=waiting["path"],
        does=found["does"],
        fields=tuple((name, value) for name, value in found["fields"]),
        shown=tuple((label, value) for label, value in found["shown"]),
        back=found["back"],
        lost=found["lost"],
    )


def forget_kept(request: HttpRequest) -> None:
    """The sender thought better of it."""
    request.session.pop(KEPT, None)
