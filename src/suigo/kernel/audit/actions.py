"""Writing the ledger, and erasing personal data from it."""

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.models import AuditEntry

# The trigger gives the id, the digests and the link to the entry before. A written-out statement,
# because everybody who changes anything waits for the chain's lock.
APPEND = """
INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id,
    facts, personal, personal_digest, previous_hash, hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '', '', '')
"""


def canonical(values: Mapping[str, Any]) -> str:
    """The one JSON text for ``values``: sorted keys, no spaces, characters as they are."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def record(
    action: str,
    *,
    actor: Actor,
    subject_kind: str,
    subject_id: str,
    facts: Mapping[str, Any],
    now: datetime,
    personal: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry to the ledger, inside the caller's transaction.

    Call it last: the trigger takes the chain's lock, which is held until the commit.
    ``facts`` must hold nothing that says who a resident is; such values go into ``personal``,
    where they can be erased. A resident's own name is personal, a clerk's is not.
    """
    entry = _entry(action, actor, subject_kind, subject_id, facts, personal, now)
    with connection.cursor() as cursor:
        cursor.execute(APPEND, entry)


def record_each(
    action: str,
    subjects: Mapping[str, Mapping[str, Any]],
    *,
    actor: Actor,
    subject_kind: str,
    now: datetime,
) -> None:
    """Append one entry for each subject, by its id with its facts, in one round trip."""
    entries = [
        _entry(action, actor, subject_kind, subject_id, facts, None, now)
        for subject_id, facts in subjects.items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany(APPEND, entries)


def _entry(
    action: str,
    actor: Actor,
    subject_kind: str,
    subject_id: str,
    facts: Mapping[str, Any],
    personal: Mapping[str, Any] | None,
    now: datetime,
) -> list[Any]:
    private: dict[str, Any] = dict(personal or {})
    name = actor.name
    if actor.is_resident and actor.name:
        private["actor"] = actor.name
        name = ""
    if private:
        # the salt keeps a short personal value from being guessed from its digest
        private["salt"] = secrets.token_hex(16)
    return [
        now,
        actor.kind,
        actor.account_id,
        name,
        action,
        subject_kind,
        subject_id,
        canonical(facts),
        canonical(private) if private else None,
    ]


def erase_personal(*, subject_kind: str, subject_id: str) -> int:
    """Erase the personal part of every entry about a subject; returns how many were erased.

    The chain stays valid: it covers only the digest of what was erased.
    """
    return AuditEntry.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, personal__isnull=False
    ).update(personal=None)


@transaction.atomic
def erase_personal_before(
    moment: datetime, *, subject_kinds: Collection[str], now: datetime
) -> int:
    """Erase the personal part of every entry about subjects of these kinds that is older than
    ``moment``; returns how many were erased. For records that nobody's request ends."""
    count = AuditEntry.objects.filter(
        subject_kind__in=subject_kinds, at__lt=moment, personal__isnull=False
    ).update(personal=None)
    if count:
        record(
            "audit.personal-erased",
            actor=SYSTEM,
            subject_kind="entries",
            subject_id=", ".join(sorted(subject_kinds))[:80],
            facts={"count": count},
            now=now,
        )
    return count
