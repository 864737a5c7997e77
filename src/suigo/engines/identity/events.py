"""What identity tells higher packages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignInCodeIssued:
    """A code waits to be sent; ``queries.code_to_send`` gives address, language and digits."""

    code_id: int
