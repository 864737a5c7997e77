"""Reading the ledger: as sentences for people, and as a chain that proves itself."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.rules import digest, entry_hash
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.manifest import AuditType
from suigo.kernel.personal import Held

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


class _Lacking(dict[str, str]):
    """Values of a sentence; the ones that are not there read ``instead``."""

    def __init__(self, values: Mapping[str, str], *, instead: str) -> None:
        super().__init__(values)
        self._instead = instead

    def __missing__(self, key: str) -> str:
        return self._instead


def sentence_of(entry: AuditEntry, *, veiled: bool = False) -> str:
    """The entry as a sentence. A personal value that was erased reads （消去済み）; with
    ``veiled`` those that are still there read （伏せています）."""
    hidden = veiled and entry.personal is not None
    values = _Lacking(
        {name: _as_read(v) for name, v in json.loads(entry.facts).items()},
        instead=_("（伏せています）") if hidden else _("（消去済み）"),
    )
    values["actor"] = entry.actor_name or (_("申請者") if entry.actor_kind == "resident" else "")
    if entry.actor_kind == "anonymous":
        values["actor"] = _("申請者")
    if entry.personal and not veiled:
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


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One entry of the whole ledger, without its personal part."""

    id: int
    at: datetime
    sentence: str
    action: str
    actor_kind: str
    subject_kind: str
    subject_id: str
    has_personal: bool


def action_types() -> dict[str, AuditType]:
    """What the packages record, by id."""
    return dict(_types)


def ledger_lines(
    *,
    limit: int,
    below: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    action: str = "",
    actor: str = "",
    subject_id: str = "",
) -> list[LedgerLine]:
    """Entries of the whole ledger, newest first; the next page begins ``below`` the last id.

    ``since`` is included, ``until`` is not. ``actor`` is a part of the name of a member of staff.
    """
    entries = AuditEntry.objects.order_by("-id")
    if below is not None:
        entries = entries.filter(id__lt=below)
    if since is not None:
        entries = entries.filter(at__gte=since)
    if until is not None:
        entries = entries.filter(at__lt=until)
    if action:
        entries = entries.filter(action=action)
    if actor:
        entries = entries.filter(actor_name__contains=actor)
    if subject_id:
        entries = entries.filter(subject_id=subject_id)
    return [_line(entry) for entry in entries[:limit]]


def ledger_line(entry_id: int) -> LedgerLine | None:
    """One entry without its personal part."""
    entry = AuditEntry.objects.filter(id=entry_id).first()
    return None if entry is None else _line(entry)


def full_sentence(entry_id: int) -> str | None:
    """An entry with its personal part: the caller has asked for a reason and recorded the look."""
    entry = AuditEntry.objects.filter(id=entry_id).first()
    return None if entry is None else sentence_of(entry)


def head() -> tuple[int, str]:
    """How many entries the ledger has, and the hash of the last."""
    last = AuditEntry.objects.order_by("-id").values_list("id", "hash").first()
    return last or (0, "")


def _line(entry: AuditEntry) -> LedgerLine:
    return LedgerLine(
        id=entry.id,
        at=entry.at,
        sentence=sentence_of(entry, veiled=True),
        action=entry.action,
        actor_kind=entry.actor_kind,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        has_personal=entry.personal is not None,
    )


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry as a package reads back what it wrote itself: facts and personal part together."""

    id: int
    at: datetime
    actor_name: str
    action: str
    subject_id: str
    values: Mapping[str, Any]


def recorded(
    actions: Collection[str],
    *,
    subject_kind: str,
    subject_ids: Collection[str],
    actor: Actor | None = None,
    since: datetime | None = None,
    below: int | None = None,
    limit: int,
) -> list[Recorded]:
    """The newest entries of these kinds about some subjects, newest first; one query."""
    entries = AuditEntry.objects.filter(
        action__in=actions, subject_kind=subject_kind, subject_id__in=subject_ids
    )
    if actor is not None:
        entries = entries.filter(actor_kind=actor.kind, actor_id=actor.account_id)
    if since is not None:
        entries = entries.filter(at__gte=since)
    if below is not None:
        entries = entries.filter(id__lt=below)
    return [
        Recorded(
            id=e.id,
            at=e.at,
            actor_name=e.actor_name,
            action=e.action,
            subject_id=e.subject_id,
            values=json.loads(e.facts) | (json.loads(e.personal) if e.personal else {}),
        )
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


def verify_chain(
    *,
    batch: int = 2000,
    noted: Mapping[int, str] | None = None,
    watch: Callable[[int], None] | None = None,
) -> ChainReport:
    """Walk the whole ledger and recompute every hash, without the database's help.

    ``noted`` are hashes by id that were written down elsewhere: they show a ledger that agrees
    with itself because somebody has written it anew, or cut off its end. ``watch`` is told how
    many entries have been walked, every ``batch``.
    """
    noted = noted or {}
    previous, count = "", 0
    for entry in _in_order(batch):
        reason = _fault(entry, previous=previous, expected_id=count + 1)
        if reason is None and noted.get(entry.id, entry.hash) != entry.hash:
            reason = "is not the one that was noted elsewhere"
        if reason is not None:
            return ChainReport(count, previous, ChainBreak(entry.id, reason))
        previous, count = entry.hash, count + 1
        if watch is not None and count % batch == 0:
            watch(count)
    if max(noted, default=0) > count:
        missing = ChainBreak(count + 1, f"entry {count + 1} is missing")
        return ChainReport(count, previous, missing)
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


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed on a day by one rule."""

    day: date
    action: str
    rule: str
    count: int


def removal_rules() -> list[tuple[str, str]]:
    """By which rules data is removed on schedule: the kind of entry that tells of it, and the
    rule."""
    return [(kind.id, str(kind.rule)) for kind in _types.values() if kind.rule is not None]


REMOVED = """
SELECT (at AT TIME ZONE 'Asia/Tokyo')::date AS day, action,
       sum(coalesce((facts::jsonb ->> 'count')::bigint, 1))
FROM audit_entry WHERE action = ANY(%s) AND at >= %s AND at < %s
GROUP BY day, action ORDER BY day DESC, action
"""


def removals(*, since: datetime, until: datetime) -> list[Removal]:
    """What was removed on schedule, by day and rule, newest first; ``until`` is not included."""
    rules = dict(removal_rules())
    with connection.cursor() as cursor:
        cursor.execute(REMOVED, [list(rules), since, until])
        rows = cursor.fetchall()
    return [Removal(day, action, rules[action], int(count)) for day, action, count in rows]


def removal_lines(*, since: datetime, until: datetime) -> Iterator[tuple[LedgerLine, str]]:
    """Every entry that tells of a removal, oldest first, with its rule."""
    rules = dict(removal_rules())
    entries = AuditEntry.objects.filter(action__in=list(rules), at__gte=since, at__lt=until)
    for entry in entries.order_by("id").iterator(chunk_size=500):
        yield _line(entry), rules[entry.action]


OWN_HISTORY = 2_000  # of one person: years of using it daily


def held(actor: Actor, now: datetime) -> list[Held]:
    """What the ledger says that a resident did, newest first, to take along."""
    if not actor.is_resident or actor.account_id is None:
        return []
    entries = AuditEntry.objects.filter(actor_kind="resident", actor_id=actor.account_id)
    lines = [_line(entry) for entry in entries.order_by("-id")[:OWN_HISTORY]]
    return [
        Held(
            title=_("%(count)d件") % {"count": len(lines)},
            rows=tuple((f"{localtime(line.at):%Y-%m-%d %H:%M}", line.sentence) for line in lines),
            data={
                "entries": [
                    {"at": line.at.isoformat(), "action": line.action, "about": line.subject_id}
                    for line in lines
                ]
            },
        )
    ]
