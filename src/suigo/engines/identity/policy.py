"""Who may do what with accounts, posts and tokens."""

from suigo.kernel.access import Actor

MANAGE = "identity.manage"  # accounts, posts, substitutes
MATCH = "identity.match"  # is somebody with a card the one we know?
TOKENS = "api.tokens"  # keys for programs


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
