"""What holds now and what is planned: the city's folder and everything published over it."""

from dataclasses import dataclass
from datetime import date, datetime

from suigo.engines.cases.queries.procedures import in_folder, is_open, procedures
from suigo.kernel.access import Actor
from suigo.services.builder import policy
from suigo.services.builder.models import Publication
from suigo.services.builder.rules.timeline import Entry, in_force, standing


@dataclass(frozen=True, slots=True)
class LiveLine:
    """A procedure in the list. ``state`` is open, closed, planned or over; ``from_folder`` says
    that it is the city's folder that defines it."""

    id: str
    title: str
    state: str
    from_folder: bool
    planned: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class PublicationView:
    """One row of a procedure's history."""

    number: int
    kind: str
    valid_from: date
    title: str
    sentence: str
    made_by: str
    approved_by: str
    made_at: datetime
    withdrawn: bool
    planned: bool
    now: bool


def _entries(rows: list[Publication]) -> list[Entry]:
    return [
        Entry(
            row.pk,
            row.procedure_id,
            row.kind,
            row.valid_from_date,
            row.definition,
            row.sentence,
            row.withdraws_id,
        )
        for row in rows
    ]


def live(actor: Actor, *, today: date) -> list[LiveLine]:
    """Every procedure there is or will be, in the order of their ids."""
    policy.require_builder(actor)
    rows = list(Publication.objects.defer("files").order_by("id"))
    entries = _entries(rows)
    force = in_force(entries, today=today)
    planned: dict[str, list[tuple[str, date]]] = {}
    titles = {row.procedure_id: row.title for row in rows}
    for entry in standing(entries):
        if entry.valid_from > today:
            planned.setdefault(entry.procedure_id, []).append((entry.kind, entry.valid_from))
    lines = []
    for found in procedures():
        holds = force.get(found.id)
        closed = bool(holds and holds.closed)
        opened = is_open(found.spec.service, today=today)
        lines.append(
            LiveLine(
                id=found.id,
                title=found.spec.service.title.ja,
                state="over" if closed else "open" if opened else "closed",
                from_folder=not (holds and holds.definition),
                planned=tuple(planned.pop(found.id, ())),
            )
        )
    lines += [
        LiveLine(key, titles[key], "planned", from_folder=False, planned=tuple(plans))
        for key, plans in planned.items()
    ]
    return sorted(lines, key=lambda line: line.id)


def history(actor: Actor, procedure_id: str, *, today: date) -> list[PublicationView]:
    """What was published, closed and withdrawn for one procedure, newest first."""
    policy.require_builder(actor)
    rows = list(Publication.objects.filter(procedure_id=procedure_id).defer("files").order_by("id"))
    gone = {row.withdraws_id for row in rows if row.withdraws_id is not None}
    begun = [e for e in standing(_entries(rows)) if e.valid_from <= today]
    now = begun[-1].id if begun else None
    return [
        PublicationView(
            number=row.number,
            kind=row.kind,
            valid_from=row.valid_from_date,
            title=row.title,
            sentence=row.sentence,
            made_by=row.made_by_name,
            approved_by=row.approved_by_name,
            made_at=row.made_at,
            withdrawn=row.pk in gone,
            planned=row.kind != "withdraw" and row.pk not in gone and row.valid_from_date > today,
            now=row.pk == now,
        )
        for row in reversed(rows)
    ]


def files_of_publication(actor: Actor, procedure_id: str, number: int) -> dict[str, str] | None:
    """The files of one publication, None when there is no such."""
    policy.require_builder(actor)
    files: dict[str, str] | None = (
        Publication.objects.filter(procedure_id=procedure_id, number=number, kind="publish")
        .values_list("files", flat=True)
        .first()
    )
    return files


def is_in_folder(procedure_id: str) -> bool:
    """Whether the city's folder has this procedure."""
    return in_folder(procedure_id) is not None
