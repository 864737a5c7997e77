"""The tables of identity."""

from suigo.engines.identity.models.passkeys import Passkey, PasskeyChallenge
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
from suigo.engines.identity.models.recovery import Recovery

__all__ = [
    "Account",
    "ApiToken",
    "Business",
    "ConfirmedItems",
    "ExternalIdentity",
    "MatchQuestion",
    "Passkey",
    "PasskeyChallenge",
    "PostHolding",
    "Recovery",
    "RecoveryCode",
    "Session",
    "SignInCode",
]
