"""Reading the ledger: as sentences for people, and as a chain that proves itself."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.rules import digest, entry_hash
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.manifest import AuditType

_types: dict[str, AuditType] = {}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def register(types: dict[str, AuditType]) -> None:
    """Make the sentences known. Called once by ``project/installed.py``."""
    _types.clear()
    _types.update(types)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry as people read it."""

    at: datetime
    sentence: str
    action: str
    actor_kind: str


class _Erased(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return _("（消去済み）")


def sentence_of(entry: AuditEntry) -> str:
    """The entry as a sentence. A personal value that was erased reads （消去済み）."""
    values = _Erased({name: _as_read(v) for name, v in json.loads(entry.facts).items()})
    values["actor"] = entry.actor_name or (_("申請者") if entry.actor_kind == "resident" else "")
    if entry.actor_kind == "anonymous":
        values["actor"] = _("申請者")
    if entry.personal:
        values.update(json.loads(entry.personal))
    kind = _types.get(entry.action)
    if kind is None:
        return f"{entry.action} {entry.facts}"
    return str(kind.sentence).format_map(values)


def _as_read(value: str) -> str:
    """A day as its reader writes days (the ledger holds ISO dates); anything else as it is."""
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        return value
    try:
        day = date.fromisoformat(value)
    except ValueError:  # looks like a day only
        return value
    return date_in_words(day, language=get_language() or "ja")


def history_of(*, subject_kind: str, subject_id: str, limit: int = 200) -> list[HistoryLine]:
    """The newest ``limit`` entries about a subject, newest first."""
    entries = AuditEntry.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return [
        HistoryLine(at=e.at, sentence=sentence_of(e), action=e.action, actor_kind=e.actor_kind)
        for e in entries.order_by("-id")[:limit]
    ]


def was_recorded(
    action: str, *, actor: Actor, subject_kind: str, subject_id: str, since: datetime
) -> bool:
    """Whether this actor has an entry about a subject since a moment; one query."""
    return AuditEntry.objects.filter(
        action=action,
        actor_kind=actor.kind,
        actor_id=actor.account_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        at__gte=since,
    ).exists()


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """The first place where the ledger does not agree with itself."""

    entry_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a verification found. ``head`` is the hash to compare with one noted elsewhere."""

    entries: int
    head: str
    broken: ChainBreak | None


def verify_chain(*, batch: int = 2000) -> ChainReport:
    """Walk the whole ledger and recompute every hash, without the database's help."""
    previous, expected_id, count = "", 1, 0
    for entry in _in_order(batch):
        reason = _fault(entry, previous=previous, expected_id=expected_id)
        if reason is not None:
            return ChainReport(count, previous, ChainBreak(entry.id, reason))
        previous, expected_id, count = entry.hash, entry.id + 1, count + 1
    return ChainReport(count, previous, None)


def _in_order(batch: int) -> Iterator[AuditEntry]:
    return AuditEntry.objects.order_by("id").iterator(chunk_size=batch)


def _fault(entry: AuditEntry, *, previous: str, expected_id: int) -> str | None:
    if entry.id != expected_id:
        return f"entry {expected_id} is missing"
    if entry.previous_hash != previous:
        return "does not follow the entry before it"
    if entry.personal is not None and digest(entry.personal) != entry.personal_digest:
        return "its personal part was altered"
    actor_id = "" if entry.actor_id is None else str(entry.actor_id)
    expected = entry_hash(
        previous_hash=previous,
        entry_id=entry.id,
        at=entry.at,
        actor=(entry.actor_kind, actor_id, entry.actor_name),
        action=entry.action,
        subject=(entry.subject_kind, entry.subject_id),
        facts=entry.facts,
        personal_digest=entry.personal_digest,
    )
    return None if expected == entry.hash else "was altered"
