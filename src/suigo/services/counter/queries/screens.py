"""The resident's screen: which visit a code opens, and what it shows."""

from dataclasses import dataclass
from datetime import datetime

from suigo.kernel.crypto import keyed_digest, keyed_digests, open_sealed
from suigo.kernel.errors import NotFound
from suigo.services.counter.models import Screen
from suigo.services.counter.queries.visits import (
    Entered,
    VisitView,
    digest_of,
    entered,
    owner_of,
    view_of,
)

PURPOSE = "counter.screen"


def code_digest(code: str) -> str:
    """How a code is stored for looking up."""
    return keyed_digest(code.encode(), purpose=PURPOSE)


def code_digests(code: str) -> list[str]:
    """How it may be stored: also under a key that has just been replaced."""
    return keyed_digests(code.encode(), purpose=PURPOSE)


@dataclass(frozen=True, slots=True)
class Pairing:
    """The code of a visit's screen while it is good."""

    code: str
    expires_at: datetime
    opened: bool


def pairing_of(visit: VisitView, *, now: datetime) -> Pairing | None:
    """The living code of a visit, None when there is none."""
    screen = Screen.objects.filter(visit__public_id=visit.public_id, expires_at__gt=now).first()
    if screen is None:
        return None
    code = open_sealed(screen.code, purpose=PURPOSE)
    return Pairing(code, screen.expires_at, screen.opened_at is not None)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the resident's screen shows. Once ``complete``, it can be agreed to."""

    visit: VisitView
    applications: list[Entered]
    digest: str
    complete: bool
    agreed: bool
    signed: bool


def shown_by(code: str, *, now: datetime) -> Shown:
    """What a living code shows. Raises ``NotFound`` for any other."""
    screen = (
        Screen.objects.select_related("visit", "visit__ticket", "visit__clerk")
        .filter(code_digest__in=code_digests(code), expires_at__gt=now, visit__state="open")
        .first()
    )
    if screen is None:
        raise NotFound
    visit = view_of(screen.visit)
    applications = entered(visit, owner_of(visit), now=now)
    digest = digest_of(visit, applications) if applications else ""
    return Shown(
        visit=visit,
        applications=applications,
        digest=digest,
        complete=bool(applications) and not any(a.errors for a in applications),
        agreed=bool(digest) and visit.agreed_digest == digest,
        signed=bool(digest) and visit.signed_digest == digest,
    )
