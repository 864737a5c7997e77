"""The inbox: every case a clerk may see, narrowed, in order, a page at a time.

Pages are found by key, never by counting from the start, and the total is counted to a thousand
only: the inbox costs the same with a million cases as with a thousand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case, SavedView
from suigo.engines.cases.models.case import OPEN
from suigo.engines.cases.queries.looking import is_sensitive
from suigo.engines.cases.queries.procedures import defined, procedures
from suigo.engines.cases.rules.filtering import Cursor, InboxFilters, days_left_class
from suigo.engines.cases.rules.numbering import as_number
from suigo.engines.cases.rules.searching import looked_for
from suigo.kernel.access import Actor

PAGE = 50
COUNTED = 1000


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One case in a list."""

    public_id: UUID
    number: str
    title: str
    applicant_name: str
    state: str
    phase: str
    due_date: date
    days_left: int
    urgency: str
    assignee: str
    channel: str
    received_at: datetime
    version: int
    veiled: bool  # a sensitive case of somebody else: the name is on its page, after the reason


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of the inbox. ``total`` stops at ``COUNTED``: then ``more_than_counted`` is true.

    ``found`` are the sensitive cases, as public id, number and department, that a search by name
    brought up: the caller has the ledger say so (``actions.note_found``).
    """

    rows: list[InboxRow]
    total: int
    more_than_counted: bool
    previous: str | None
    next: str | None
    found: tuple[tuple[UUID, str, str], ...] = ()


def inbox(
    actor: Actor,
    filters: InboxFilters,
    *,
    cursor: Cursor | None,
    today: date,
    size: int = PAGE,
) -> InboxPage:
    """A page of what ``actor`` may see; at most two queries, however many cases there are."""
    matching = matching_cases(actor, filters, today=today)
    found, previous, following = _page(matching, filters, cursor, size)
    total = len(found)
    if previous is not None or following is not None:
        # public_id ends every index of the inbox: counting reads the index alone
        total = matching.order_by().values("public_id")[: COUNTED + 1].count()
    return InboxPage(
        rows=[_row(values, actor, get_language() or actor.language, today) for values in found],
        total=min(total, COUNTED),
        more_than_counted=total > COUNTED,
        previous=previous,
        next=following,
        found=tuple(_sensitive(found)) if by_name(filters) else (),
    )


def by_name(filters: InboxFilters) -> bool:
    """Whether somebody is looked for by name."""
    return bool(filters.q) and as_number(filters.q) is None


def found_by_name(
    actor: Actor, filters: InboxFilters, *, today: date
) -> list[tuple[UUID, str, str]]:
    """The sensitive cases that a search by name brings up, for a list that is not paged."""
    if not by_name(filters):
        return []
    rows = matching_cases(actor, filters, today=today).values_list(*_COLUMNS)
    return list(_sensitive(rows.iterator()))


def _sensitive(rows: Iterable[Any]) -> Iterator[tuple[UUID, str, str]]:
    for row in rows:
        if is_sensitive(row[_PROCEDURE], row[2]):
            yield row[0], row[1], row[_DEPARTMENT]


def matching_cases(actor: Actor, filters: InboxFilters, *, today: date) -> QuerySet[Case]:
    """The cases the filters ask for, among those the actor may see; in no order."""
    shared = filters.view == "shared"
    cases = policy.shared_cases(actor) if shared else policy.handled_cases(actor)
    number = as_number(filters.q) if filters.q else None
    if number is not None:
        return cases.filter(number__startswith=number)
    if filters.q:
        piece = looked_for(filters.q)
        cases = cases.filter(search_text__contains=piece) if piece else cases.none()
    match filters.view:
        case "open":
            cases = cases if filters.q else cases.filter(OPEN)
        case "mine":
            cases = cases.filter(OPEN, assignee_id=actor.account_id)
        case "deciding":
            cases = cases.filter(OPEN, state__in=_states_to_decide())
        case "unassigned":
            cases = cases.filter(OPEN, assignee__isnull=True)
        case "overdue":
            cases = cases.filter(OPEN, due_date__lt=today).exclude(phase="with_applicant")
        case "done":
            cases = cases.filter(phase="done")
        case "shared" | "all":
            pass
    if filters.department:
        cases = cases.filter(department=filters.department)
    if filters.state:
        cases = cases.filter(state=filters.state)
    if filters.procedure:
        cases = cases.filter(procedure_id=filters.procedure)
    if filters.channel:
        cases = cases.filter(channel=filters.channel)
    return cases


_COLUMNS = (
    "public_id",
    "number",
    "definition_id",
    "applicant_name",
    "state",
    "phase",
    "due_date",
    "assignee__name",
    "channel",
    "received_at",
    "version",
    "procedure_id",
    "department",
    "assignee_id",
)
_PROCEDURE, _DEPARTMENT = _COLUMNS.index("procedure_id"), _COLUMNS.index("department")
Found = tuple[
    UUID, str, str, str, str, str, date, str | None, str, datetime, int, str, str, int | None
]


def _page(
    matching: QuerySet[Case], filters: InboxFilters, cursor: Cursor | None, size: int
) -> tuple[list[Found], str | None, str | None]:
    """One page in order, with the cursors of its neighbours."""
    newest_first = filters.order == "received"
    column = "received_at" if newest_first else "due_date"
    backwards = cursor is not None and cursor.backwards
    descending = newest_first != backwards
    order = ("-" if descending else "") + column, ("-" if descending else "") + "public_id"
    if cursor is not None:
        matching = _beyond(matching, column, cursor, descending=descending)
    found = list(matching.order_by(*order).values_list(*_COLUMNS)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return [], None, None
    index = _COLUMNS.index(column)
    first, last = found[0], found[-1]
    before = Cursor(first[index].isoformat(), first[0], backwards=True)
    after = Cursor(last[index].isoformat(), last[0])
    has_before = more if backwards else cursor is not None
    has_after = cursor is not None if backwards else more
    return found, str(before) if has_before else None, str(after) if has_after else None


def _beyond(
    cases: QuerySet[Case], column: str, cursor: Cursor, *, descending: bool
) -> QuerySet[Case]:
    key: date | datetime
    try:
        key = (
            datetime.fromisoformat(cursor.key)
            if column == "received_at"
            else date.fromisoformat(cursor.key)
        )
    except ValueError:
        return cases.none()
    way = "lt" if descending else "gt"
    # the first condition alone lets an index begin at the key
    return cases.filter(
        Q(**{f"{column}__{way}e": key}),
        Q(**{f"{column}__{way}": key}) | Q(**{f"public_id__{way}": cursor.public_id}),
    )


def _row(values: Found, actor: Actor, language: str, today: date) -> InboxRow:
    public_id, number, definition, name, state, phase, due = values[:7]
    assignee, channel, at, version = values[7], values[8], values[9], values[10]
    veiled = is_veiled(actor, values[11], definition, assignee_id=values[13])
    spec = defined(definition).spec
    return InboxRow(
        public_id=public_id,
        number=number,
        title=spec.service.title.in_language(language),
        applicant_name="" if veiled else name,
        state=spec.workflow.state(state).title.in_language(language),
        phase=phase,
        due_date=due,
        days_left=(due - today).days,
        urgency=days_left_class(due, today=today, phase=phase),
        assignee=assignee or "",
        channel=channel,
        received_at=at,
        version=version,
        veiled=veiled,
    )


def is_veiled(actor: Actor, procedure_id: str, definition: str, *, assignee_id: int | None) -> bool:
    """Whether a list leaves out the applicant's name: in a sensitive case of somebody else."""
    mine = assignee_id is not None and assignee_id == actor.account_id
    return not mine and actor.is_staff and is_sensitive(procedure_id, definition)


@dataclass(frozen=True, slots=True)
class SavedViewLine:
    """A clerk's own view of the inbox."""

    id: int
    name: str
    query: str


def saved_views(actor: Actor) -> list[SavedViewLine]:
    """The views that ``actor`` saved, by name."""
    if actor.account_id is None:
        return []
    rows = SavedView.objects.filter(owner_id=actor.account_id).order_by("name", "id")
    return [SavedViewLine(row.pk, row.name, row.query) for row in rows]


# On every page of every clerk, so it is written out: building it took longer than running it.
OPEN_MINE = """
SELECT count(*) FROM (
    SELECT 1 FROM cases_case
    WHERE assignee_id = %s AND phase <> 'done' AND (%s OR department = ANY(%s))
    LIMIT 100
) AS mine
"""


def _states_to_decide() -> list[str]:
    """The states, of any procedure, in which a decision is the next step."""
    return sorted(
        {
            state
            for found in procedures()
            for action in found.spec.workflow.actions
            if action.kind == "decide"
            for state in action.from_
        }
    )


def open_count(actor: Actor) -> int | None:
    """How many open cases wait for this clerk, for the navigation; None for nobody's inbox."""
    if not actor.is_staff:
        return None
    everywhere = actor.can(policy.VIEW_ALL)
    if not everywhere and not actor.can(policy.VIEW):
        return 0
    if actor.can(policy.DECIDE) and not actor.can(policy.CHECK):
        waiting = matching_cases(actor, InboxFilters(view="deciding"), today=date.min)
        return waiting.values("public_id")[: COUNTED + 1].count()
    with connection.cursor() as cursor:
        cursor.execute(OPEN_MINE, [actor.account_id, everywhere, sorted(actor.where(policy.VIEW))])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
