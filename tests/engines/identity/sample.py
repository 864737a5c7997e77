"""The moment at which these tests happen, and what only a member of staff knows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pyotp

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # noon in Japan
TODAY = date(2026, 11, 24)
PASSWORD = "Ayame-no-hana-2026"


@dataclass(frozen=True)
class Staff:
    """A member of staff with their authenticator app."""

    id: int
    public_id: UUID
    email: str
    secret: str

    def code(self, at: datetime = NOW) -> str:
        return pyotp.TOTP(self.secret).at(at)
