"""How a ledger row is hashed: the same bytes that the database's trigger hashes."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

SEPARATOR = "\x1f"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def digest(text: str | None) -> str:
    """SHA-256 of ``text`` in lower-case hex; the empty string when there is nothing."""
    return hashlib.sha256(text.encode()).hexdigest() if text is not None else ""


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC (integers, so no rounding can differ)."""
    delta = at - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def entry_hash(
    *,
    previous_hash: str,
    entry_id: int,
    at: datetime,
    actor: Sequence[str],
    action: str,
    subject: Sequence[str],
    facts: str,
    personal_digest: str,
) -> str:
    """The hash that chains one entry to the one before it."""
    parts = (
        previous_hash,
        str(entry_id),
        str(microseconds(at)),
        *actor,
        action,
        *subject,
        facts,
        personal_digest,
    )
    return digest(SEPARATOR.join(parts))
