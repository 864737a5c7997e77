"""Reads of intake, for staff who may bring things in: of their departments' procedures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q

from suigo.engines.cases import policy as cases_policy
from suigo.engines.cases.queries.procedures import procedure, procedures
from suigo.kernel.access import Actor
from suigo.kernel.errors import NotFound
from suigo.services.intake import policy
from suigo.services.intake.library import library
from suigo.services.intake.models import Delivery, Entry, PaperEntry, PaperFile
from suigo.services.intake.rules.mapping import Fault
from suigo.services.intake.spec import CsvMapping

SIZE = 50
SHOWN_ROWS = 200
WAITING_FOR_SOMEBODY = ("checked", "partly", "quarantined")


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery as lists and its own page show it. ``seen`` are rows that came to an end."""

    public_id: UUID
    kind: str
    mapping: str
    name: str
    size: int
    state: str
    reason: str
    rows: int
    signed: bool
    arrived_at: datetime
    brought_by: str
    finished_at: datetime | None
    forgotten: bool
    seen: int
    created: int
    known: int
    changed: int
    bad: int
    attached: int


@dataclass(frozen=True, slots=True)
class EntryView:
    """What became of one application, or would."""

    number: int
    key: str
    outcome: str
    case_id: UUID | None
    case_number: str
    faults: tuple[Fault, ...]


def _counted() -> dict[str, Count]:
    outcomes = {o: Count("entries", filter=Q(entries__outcome=o)) for o in Entry.Outcome.values}
    return {f"n_{name}": count for name, count in outcomes.items()} | {"n_seen": Count("entries")}


def _view(row: Delivery) -> DeliveryView:
    counts = {name: int(getattr(row, f"n_{name}")) for name in (*Entry.Outcome.values, "seen")}
    return DeliveryView(
        public_id=row.public_id,
        kind=row.kind,
        mapping=row.mapping,
        name=row.name,
        size=row.size,
        state=row.state,
        reason=row.reason,
        rows=row.rows,
        signed=row.signed,
        arrived_at=row.arrived_at,
        brought_by=row.brought_by_name,
        finished_at=row.finished_at,
        forgotten=row.forgotten_at is not None,
        **counts,
    )


def visible(actor: Actor) -> Q:
    """Which deliveries this actor may see: those of their departments' procedures, those they
    brought in, and those of which nobody can tell where they belong. Raises ``Forbidden``."""
    actor.require(policy.IMPORT)
    if actor.kind == "system" or actor.can(cases_policy.VIEW_ALL):
        return Q()
    departments = {p.id: p.spec.service.department for p in procedures()}
    known = library()
    own = [
        name
        for name, mapping in (*known.tables.items(), *known.packages.items())
        if departments.get(mapping.procedure) in actor.where(policy.IMPORT)
    ]
    nobodys = Q(mapping="", brought_by=None)
    return (
        Q(mapping__in=own) | Q(brought_by_id=actor.account_id, brought_by__isnull=False) | nobodys
    )


def mappings(actor: Actor) -> dict[str, CsvMapping]:
    """The spreadsheets that can be brought in, by the names of their mappings.

    Raises ``Forbidden``.
    """
    actor.require(policy.IMPORT)
    return dict(library().tables)


def deliveries(
    actor: Actor, *, state: str = "", page: int = 1
) -> tuple[list[DeliveryView], bool, dict[str, int]]:
    """A page of what arrived, the newest first; whether there is more; how many in each state.

    Two queries. Raises ``Forbidden``.
    """
    mine = Delivery.objects.filter(visible(actor))
    counts = Counter(dict(mine.values_list("state").annotate(n=Count("id")).order_by("state")))
    found = mine.filter(state=state) if state else mine
    first = (page - 1) * SIZE
    rows = list(
        found.annotate(**_counted())
        .defer("content")
        .order_by("-arrived_at", "-public_id")[first : first + SIZE + 1]
    )
    return [_view(row) for row in rows[:SIZE]], len(rows) > SIZE, dict(counts)


def delivery(actor: Actor, delivery_id: UUID) -> DeliveryView:
    """One delivery; one query. Raises ``NotFound``, ``Forbidden``."""
    rows = (
        Delivery.objects.filter(visible(actor), public_id=delivery_id)
        .annotate(**_counted())
        .defer("content")
    )
    row = rows.first()
    if row is None:
        raise NotFound
    return _view(row)


def entries(actor: Actor, delivery_id: UUID, *, outcomes: Sequence[str] = ()) -> list[EntryView]:
    """What became of the applications of a delivery, in their order. Raises ``Forbidden``."""
    mine = Delivery.objects.filter(visible(actor), public_id=delivery_id)
    rows = Entry.objects.filter(delivery__in=mine)
    if outcomes:
        rows = rows.filter(outcome__in=outcomes)
    return [
        EntryView(
            row.number,
            row.key,
            row.outcome,
            row.case_id,
            row.case_number,
            tuple(Fault(column, reason) for column, reason in row.faults),
        )
        for row in rows.order_by("number")
    ]


def same_file(actor: Actor, view: DeliveryView) -> DeliveryView | None:
    """An earlier delivery of exactly the same bytes. Raises ``Forbidden``."""
    mine = visible(actor)
    this = Delivery.objects.only("pk", "sha256").get(public_id=view.public_id)
    earlier = (
        Delivery.objects.filter(mine, sha256=this.sha256, pk__lt=this.pk)
        .annotate(**_counted())
        .defer("content")
        .order_by("-pk")
        .first()
    )
    return None if earlier is None else _view(earlier)


def waiting_count(actor: Actor) -> int | None:
    """How much waits for somebody, for the navigation."""
    if not actor.can(policy.IMPORT):
        return None
    waiting = Delivery.objects.filter(visible(actor), state__in=WAITING_FOR_SOMEBODY)
    return waiting.count()


@dataclass(frozen=True, slots=True)
class PaperView:
    """A scanned application. ``pages`` are file, page and printed number; ``missing`` says which
    printed pages are not there; ``twins`` are entries with exactly the same file."""

    public_id: UUID
    state: str
    procedure_id: str
    title: str
    reason: str
    arrived_at: datetime
    brought_by: str
    draft_id: UUID | None
    case_id: UUID | None
    case_number: str
    pages: tuple[tuple[UUID, int, int | None], ...]
    missing: tuple[int, ...]
    twins: tuple[UUID, ...]


def papers(actor: Actor, *, waiting: bool = True) -> list[PaperView]:
    """Scanned applications, the oldest first while they wait, else the newest first; two queries
    and one for twins. Raises ``Forbidden``."""
    actor.require(policy.SCAN)
    found = PaperEntry.objects.prefetch_related(Prefetch("files", PaperFile.objects.order_by("id")))
    states = ("unknown", "waiting", "typing")
    if waiting:
        return _papers(found.filter(state__in=states).order_by("arrived_at", "public_id")[:200])
    return _papers(found.exclude(state__in=states).order_by("-done_at", "-public_id")[:50])


def paper(actor: Actor, entry_id: UUID) -> PaperView:
    """One scanned application. Raises ``NotFound``, ``Forbidden``."""
    actor.require(policy.SCAN)
    found = _papers(
        PaperEntry.objects.filter(public_id=entry_id).prefetch_related(
            Prefetch("files", PaperFile.objects.order_by("id"))
        )
    )
    if not found:
        raise NotFound
    return found[0]


def _papers(rows: Iterable[PaperEntry]) -> list[PaperView]:
    entries_found = list(rows)
    digests = [file.sha256 for entry in entries_found for file in entry.files.all()]
    same: dict[str, set[UUID]] = {}
    for digest, public_id in PaperFile.objects.filter(sha256__in=digests).values_list(
        "sha256", "entry__public_id"
    ):
        same.setdefault(digest, set()).add(public_id)
    return [_paper(entry, same) for entry in entries_found]


def _paper(entry: PaperEntry, same: dict[str, set[UUID]]) -> PaperView:
    files = list(entry.files.all())
    pages = [
        (file.file_id, place, page["number"])
        for file in files
        for place, page in enumerate(file.pages, 1)
        if not page["blank"]
    ]
    numbers = {number for _file, _place, number in pages if number}
    twins = {twin for file in files for twin in same[file.sha256]} - {entry.public_id}
    return PaperView(
        public_id=entry.public_id,
        state=entry.state,
        procedure_id=entry.procedure_id,
        title=_title(entry.procedure_id),
        reason=entry.reason,
        arrived_at=entry.arrived_at,
        brought_by=entry.brought_by_name,
        draft_id=entry.draft_id,
        case_id=entry.case_id,
        case_number=entry.case_number,
        pages=tuple(pages),
        missing=tuple(n for n in range(1, max(numbers, default=0)) if n not in numbers),
        twins=tuple(sorted(twins)),
    )


def _title(procedure_id: str) -> str:
    if not procedure_id:
        return ""
    try:
        return str(procedure(procedure_id).spec.service.title)
    except NotFound:
        return procedure_id  # the city has withdrawn it


def may_open(actor: Actor, file_id: UUID) -> bool:
    """Whether this actor may look at a scanned file: until it is in a case, whoever scans may."""
    return (
        actor.is_staff
        and actor.can(policy.SCAN)
        and PaperFile.objects.filter(
            file_id=file_id, entry__state__in=("unknown", "waiting", "typing")
        ).exists()
    )


def needed(file_ids: Sequence[UUID]) -> Iterable[UUID]:
    """The files among these that somebody still has to type from."""
    found = PaperFile.objects.filter(
        file_id__in=file_ids, entry__state__in=("unknown", "waiting", "typing")
    )
    return set(found.values_list("file_id", flat=True))
