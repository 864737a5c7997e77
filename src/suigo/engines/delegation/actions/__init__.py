"""Verbs: granting, accepting, ending, confirming, and using a grant."""

from suigo.engines.delegation.actions.accepting import accept, decline, invitation_seen
from suigo.engines.delegation.actions.confirming import claim_guardianship, confirm, refuse
from suigo.engines.delegation.actions.granting import end, invite
from suigo.engines.delegation.actions.upkeep import forget
from suigo.engines.delegation.actions.using import note, use_grant

__all__ = [
    "accept",
    "claim_guardianship",
    "confirm",
    "decline",
    "end",
    "forget",
    "invitation_seen",
    "invite",
    "note",
    "refuse",
    "use_grant",
]
