"""Who may ask: a resident, for themselves."""

from suigo.kernel.access import Actor
from suigo.kernel.errors import NotFound


def account_of(actor: Actor) -> int:
    """The account it is about. Raises ``NotFound`` for whoever is no resident."""
    if not actor.is_resident or actor.account_id is None:
        raise NotFound
    return actor.account_id
