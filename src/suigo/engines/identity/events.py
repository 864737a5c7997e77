"""What identity tells higher packages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignInCodeIssued:
    """A code waits to be sent; ``queries.code_to_send`` gives address, language and digits."""

    code_id: int


@dataclass(frozen=True, slots=True)
class WaysInChanged:
    """How somebody can sign in changed; they are told at the address they have (or had).

    ``change`` is ``passkey-added``, ``passkey-removed``, ``passkey-paused``, ``credentials-reset``
    or ``card-matched``; ``reference`` tells one change from another.
    """

    account_id: int
    change: str
    reference: str


@dataclass(frozen=True, slots=True)
class RecoveryMoved:
    """A resident's other ways in were asked for, or given (``step``: asked or done).

    ``sealed_address`` is the address the account had; ``queries.recovery_to_tell`` opens it.
    """

    account_id: int
    recovery: str
    step: str
    sealed_address: str
