"""The security log's lines about refused access (ASVS 5.0, 16.3.2): one JSON object each.

A line says who (the number of the account, never a name or an address), which page by its name in
the URL map (never the path, which may name a person's application), and what was missing. Nobody
fills the disk with them: each minute holds so many for one account and so many in all for each
process, and the line that closes it says so; the next minute begins with how many were left out.
"""

import json
import logging
from collections import Counter
from threading import Lock
from uuid import UUID

from django.http import HttpRequest

from suigo.kernel import clock
from suigo.kernel.access.web import actor_of
from suigo.kernel.errors import SuigoError

logger = logging.getLogger("suigo.security")

SECONDS = 60
LINES_FOR_ONE = 20
LINES = 300


def note(request: HttpRequest, *, status: int, code: str, needs: str = "") -> None:
    """Write that ``request`` was refused with ``status``. ``code`` says why, in the words of
    ``kernel/errors``; ``needs`` what would have been enough: a capability, or an assurance."""
    actor, match = actor_of(request), request.resolver_match
    who = f"account {actor.account_id}" if actor.account_id else actor.kind
    told = {
        "who": who,
        "kind": actor.kind,
        "page": match.view_name if match else "",
        "method": request.method,
        "status": status,
        "code": code,
        "needs": needs,
    }
    _bound.write(who, json.dumps(told))


def note_error(request: HttpRequest, error: SuigoError) -> None:
    """Write a failure if it is a refusal of access.

    Missing and forbidden look the same from outside, so a thing that isn't found counts when
    somebody is signed in, or when it was asked for by its number; a public page that isn't there
    doesn't.
    """
    refused = error.status in (401, 403)
    if error.status == 404:
        match = request.resolver_match
        numbered = match and any(isinstance(value, UUID) for value in match.kwargs.values())
        refused = bool(actor_of(request).account_id or numbered)
    if refused:
        note(request, status=error.status, code=error.code, needs=error.needs)


class _Bound:
    """Lines of one minute, counted."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute = 0
        self._seen: Counter[str] = Counter()

    def write(self, who: str, line: str) -> None:
        with self._lock:
            minute = int(clock.now().timestamp()) // SECONDS
            if minute != self._minute:
                self.begin(minute)
            self._seen[who] += 1
            self._seen[""] += 1
            if self._seen[who] > LINES_FOR_ONE or self._seen[""] > LINES:
                self._seen["left out"] += 1
                return
            logger.warning("refused %s", line)
            if self._seen[who] == LINES_FOR_ONE or self._seen[""] == LINES:
                logger.warning("refused %s", json.dumps({"who": who, "rest": "only counted"}))

    def begin(self, minute: int) -> None:
        if left_out := self._seen["left out"]:
            logger.warning("refused %s", json.dumps({"left_out_before": left_out}))
        self._minute = minute
        self._seen.clear()


_bound = _Bound()


def count_anew() -> None:
    """Forget what was counted: for tests, whose clock stands still."""
    _bound.begin(0)
