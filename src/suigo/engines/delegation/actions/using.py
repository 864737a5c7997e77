"""Using a grant. Whoever sends with it and whoever withdraws it wait for each other."""

from datetime import datetime
from uuid import UUID

from suigo.engines.delegation.actions.telling import tell
from suigo.engines.delegation.models import Deed, Grant
from suigo.engines.delegation.queries import Acting, Need, require
from suigo.engines.delegation.rules import Reach
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date


def use_grant(
    actor: Actor,
    grant_pk: int,
    need: Need,
    act: Reach,
    *,
    now: datetime,
) -> Acting:
    """The grant, locked until the caller's transaction ends: it can't be withdrawn between this
    check and what is done with it. Raises ``NotFound``, ``GrantOver``."""
    rows = Grant.objects.select_for_update(of=("self",))
    return require(actor, grant_pk, need, act, now=now, rows=rows)


def note(
    grant_pk: int,
    what: str,
    *,
    title: str,
    now: datetime,
    number: str = "",
    case_id: UUID | None = None,
) -> None:
    """Write down what the holder did, and tell the person where it matters."""
    deed = Deed(
        grant_id=grant_pk,
        what=what,
        at=now,
        day=local_date(now),
        title=title[:200],
        number=number,
        case_id=case_id,
    )
    Deed.objects.bulk_create([deed], ignore_conflicts=what == "looked")
    if what in ("sent", "answered", "handed"):
        grant = Grant.objects.get(pk=grant_pk)
        tell(grant, what, now=now, number=number, once=f"{number}:{now.timestamp()}")
