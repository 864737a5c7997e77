"""Who sees a grant: the person, the holder, and clerks while there is something to confirm."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from suigo.engines.delegation.models import Grant
from suigo.kernel.access import Actor
from suigo.kernel.errors import NotSignedIn

CONFIRM = "delegation.confirm"


def require_resident(actor: Actor) -> int:
    """The account of a resident. Raises ``NotSignedIn``."""
    if actor.account_id is None or not actor.is_resident:
        raise NotSignedIn(_("代理の画面を見るには、ログインが必要です。"))
    return actor.account_id


def given_by(actor: Actor) -> QuerySet[Grant]:
    """The grants of the actor about themselves."""
    if not actor.is_resident or actor.account_id is None:
        return Grant.objects.none()
    return Grant.objects.filter(person_id=actor.account_id)


def held_by(actor: Actor) -> QuerySet[Grant]:
    """The grants by which the actor may act, or once could."""
    if not actor.is_resident or actor.account_id is None:
        return Grant.objects.none()
    return Grant.objects.filter(holder_id=actor.account_id)


def seen_by(actor: Actor) -> QuerySet[Grant]:
    """Either."""
    if not actor.is_resident or actor.account_id is None:
        return Grant.objects.none()
    return Grant.objects.filter(Q(person_id=actor.account_id) | Q(holder_id=actor.account_id))


def to_confirm(actor: Actor) -> QuerySet[Grant]:
    """What waits for a clerk. Raises ``Forbidden``."""
    actor.require(CONFIRM)
    return Grant.objects.filter(
        kind__in=("guardian", "gyoseishoshi"),
        accepted_at__isnull=False,
        confirmed_at=None,
        ended_at=None,
    )
