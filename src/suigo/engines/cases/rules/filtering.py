"""The inbox's filters: read from an address, written back to one, kept as saved views."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

View = Literal["open", "mine", "deciding", "unassigned", "overdue", "done", "shared", "all"]
Sort = Literal["due", "received"]
VIEWS: tuple[View, ...] = (
    "open",
    "mine",
    "deciding",
    "unassigned",
    "overdue",
    "done",
    "shared",
    "all",
)
SORTS: tuple[Sort, ...] = ("due", "received")
LONGEST = 100


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """What a clerk wants to see. Empty texts do not narrow."""

    view: View = "open"
    department: str = ""
    state: str = ""
    procedure: str = ""
    channel: str = ""
    q: str = ""
    sort: Sort = "due"

    @property
    def query(self) -> str:
        """As the query of an address; '' for the plain inbox."""
        plain = InboxFilters()
        return urlencode(
            {
                f.name: getattr(self, f.name)
                for f in fields(self)
                if getattr(self, f.name) != getattr(plain, f.name)
            }
        )

    @property
    def order(self) -> Sort:
        """By what the list is ordered: once cases are over, their deadline says nothing."""
        return "received" if self.view in ("done", "shared", "all") else self.sort

    @property
    def narrowed(self) -> bool:
        """Whether anything beyond the view narrows the list."""
        return bool(self.department or self.state or self.procedure or self.channel or self.q)

    def but(self, **changes: str) -> "InboxFilters":
        """The same with some of them changed."""
        return filters_of({f.name: getattr(self, f.name) for f in fields(self)} | changes)


def filters_of(parameters: Mapping[str, str]) -> InboxFilters:
    """The filters an address asks for. What it can't mean is left at its default."""
    chosen = InboxFilters()
    for name in ("department", "state", "procedure", "channel", "q"):
        value = str(parameters.get(name, "")).replace("\x00", "").strip()[:LONGEST]
        chosen = replace(chosen, **{name: value})  # type: ignore[arg-type]
    for view in VIEWS:
        if parameters.get("view") == view:
            chosen = replace(chosen, view=view)
    for sort in SORTS:
        if parameters.get("sort") == sort:
            chosen = replace(chosen, sort=sort)
    return chosen


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of the list begins or ends: the key of its neighbour.

    ``backwards`` asks for the page before the key instead of the one after it.
    """

    key: str
    public_id: UUID
    backwards: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.backwards else '+'}{self.key}~{self.public_id}"


def cursor_of(text: str) -> Cursor | None:
    """The cursor an address carries, None for none and for nonsense."""
    sign, key, public_id = text[:1], *text[1:].partition("~")[::2]
    try:
        if sign not in ("+", "-", " "):
            return None
        return Cursor(key, UUID(public_id), backwards=sign == "-")
    except ValueError:
        return None


def days_left_class(due: date, *, today: date, phase: str) -> str:
    """How urgent a deadline is: over, soon (three days), later, or not counting."""
    if phase in ("done", "with_applicant"):
        return "idle"
    left = (due - today).days
    return "over" if left < 0 else "soon" if left <= 3 else "later"
