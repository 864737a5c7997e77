"""Who serves at the counter. ``visible_visits`` and ``can_serve`` agree (tested)."""

from django.db.models import QuerySet

from suigo.kernel.access import Actor
from suigo.services.counter.models import Visit

SERVE = "counter.serve"
MANAGE = "counter.manage"


def visible_visits(actor: Actor) -> QuerySet[Visit]:
    """The visits this actor may open: whoever serves, because people go from desk to desk."""
    if actor.is_staff and actor.can(SERVE):
        return Visit.objects.filter(erased_at__isnull=True)
    return Visit.objects.none()


def can_serve(actor: Actor, visit: Visit) -> bool:
    """Whether this actor may open this visit."""
    return actor.is_staff and actor.can(SERVE) and visit.erased_at is None
