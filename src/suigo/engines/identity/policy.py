"""Who may do what with accounts, posts and tokens."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from suigo.kernel.access import Actor
from suigo.kernel.errors import Forbidden

MANAGE = "identity.manage"  # accounts, posts, substitutes
MATCH = "identity.match"  # is somebody with a card the one we know?
TOKENS = "api.tokens"  # keys for programs
RECOVER = "identity.recover"  # new ways in for residents who lost theirs

# A screen asks again after FRESH; what was begun on it may be finished a little later.
FRESH = timedelta(minutes=15)
FRESH_ENOUGH = timedelta(minutes=30)


def account_id_of(actor: Actor) -> int:
    """The actor's account for look-ups; 0, which no account has, for everybody else."""
    return actor.account_id or 0


def can_manage_people(actor: Actor) -> bool:
    """Whether ``actor`` may create staff, give posts and end sessions of others."""
    return actor.can(MANAGE)


def grantable_scopes(actor: Actor) -> frozenset[str]:
    """What a token of ``actor`` may be allowed: never more than the actor, and no token or
    person is ever made by a token."""
    return actor.capabilities - {MANAGE, TOKENS}


def require_fresh_proof(actor: Actor, *, now: datetime) -> None:
    """Ways in are registered and removed only by whoever has proved lately who they are.

    Raises ``Forbidden``. A key for programs never proves that.
    """
    if not actor.proved_within(FRESH_ENOUGH, now=now):
        raise Forbidden(_("時間がたったため、もう一度本人であることを確かめてください。"))
