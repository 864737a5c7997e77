"""How much one visitor may set in motion. A draft, a file and an application each cost the city
storage and work, and none of them needs an account (OWASP ASVS 5.0, 2.4.1)."""

from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.http import HttpRequest

from suigo.engines.identity.web.visitors import network_of
from suigo.kernel.access.web import actor_of
from suigo.kernel.clock import now
from suigo.kernel.limits.actions import hit

Work = Literal["start", "upload", "send"]


def count(request: HttpRequest, work: Work) -> None:
    """Count one piece of work: per network for visitors without an account, per account for
    residents. Staff are not counted. Call it outside a transaction.

    Raises ``TooMany`` beyond the hourly number of ``SUIGO_HOURLY_WORK``.
    """
    actor = actor_of(request)
    if actor.is_staff:
        return
    who = f"network:{network_of(request)}"
    if actor.account_id is not None:
        who = f"account:{actor.account_id}"
    limit = settings.SUIGO_HOURLY_WORK[work]
    hit(f"cases.{work}:{who}", limit=limit, per=timedelta(hours=1), now=now())
