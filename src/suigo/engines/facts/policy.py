"""Facts are the holder's own: nobody else sees or changes them, no member of staff either."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from suigo.engines.facts.models import Fact
from suigo.kernel.access import Actor
from suigo.kernel.errors import NotSignedIn


def can_hold(actor: Actor) -> bool:
    """Whether facts can be kept for this actor: a resident with an account."""
    return actor.is_resident and actor.account_id is not None


def visible_to(actor: Actor) -> QuerySet[Fact]:
    """The actor's own living facts."""
    if not can_hold(actor):
        return Fact.objects.none()
    return Fact.objects.filter(holder_id=actor.account_id, withdrawn_at=None)


def can_see(actor: Actor, fact: Fact) -> bool:
    """Whether the fact is the actor's own and lives."""
    return can_hold(actor) and fact.holder_id == actor.account_id and fact.withdrawn_at is None


def require_holder(actor: Actor) -> int:
    """The account of somebody who can hold facts. Raises ``NotSignedIn``."""
    if actor.account_id is None or not actor.is_resident:
        raise NotSignedIn(_("保存した情報を見るには、ログインが必要です。"))
    return actor.account_id
