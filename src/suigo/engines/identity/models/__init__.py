"""The tables of identity."""

from suigo.engines.identity.models.people import (
    Account,
    ApiToken,
    PostHolding,
    RecoveryCode,
    Session,
    SignInCode,
)
from suigo.engines.identity.models.proofs import (
    Business,
    ConfirmedItems,
    ExternalIdentity,
    MatchQuestion,
)

__all__ = [
    "Account",
    "ApiToken",
    "Business",
    "ConfirmedItems",
    "ExternalIdentity",
    "MatchQuestion",
    "PostHolding",
    "RecoveryCode",
    "Session",
    "SignInCode",
]
