"""Drafts, their versions and reviews."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from suigo.kernel.access import Actor
from suigo.kernel.errors import NotFound
from suigo.services.builder import policy
from suigo.services.builder.models import Design, DesignVersion, Publication, Review


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A request for approval and its answer."""

    version: int
    requested_by: str
    requested_at: datetime
    message: str
    outcome: str
    answered_by: str
    answered_at: datetime | None
    comment: str


@dataclass(frozen=True, slots=True)
class DesignView:
    """A draft as its screens need it."""

    public_id: UUID
    procedure_id: str
    title: str
    state: str
    version: int
    files: Mapping[str, str]
    changed_at: datetime
    changed_by: str
    can_edit: bool
    can_answer: bool
    made_by_self: bool
    reviews: tuple[ReviewView, ...]


def design(actor: Actor, design_id: UUID) -> DesignView:
    """One draft. Raises ``NotFound``, ``Forbidden``."""
    policy.require_builder(actor)
    try:
        found = Design.objects.get(public_id=design_id)
    except Design.DoesNotExist as missing:
        raise NotFound(_("この下書きは見つかりませんでした。")) from missing
    files = DesignVersion.objects.values_list("files", flat=True).get(
        design=found, version=found.version
    )
    makers = makers_of(found)
    reviews = Review.objects.filter(design=found).order_by("-requested_at", "-id")
    return DesignView(
        public_id=found.public_id,
        procedure_id=found.procedure_id,
        title=found.title,
        state=found.state,
        version=found.version,
        files=files,
        changed_at=found.changed_at,
        changed_by=found.changed_by_name,
        can_edit=policy.can_edit(actor, found),
        can_answer=policy.can_answer(actor, found, makers=makers),
        made_by_self=actor.account_id in makers,
        reviews=tuple(_review(one) for one in reviews),
    )


def _review(row: Review) -> ReviewView:
    return ReviewView(
        version=row.version,
        requested_by=row.requested_by_name,
        requested_at=row.requested_at,
        message=row.message,
        outcome=row.outcome,
        answered_by=row.answered_by_name,
        answered_at=row.answered_at,
        comment=row.comment,
    )


def makers_of(found: Design) -> frozenset[int]:
    """Everybody who saved a version of this draft."""
    return frozenset(
        DesignVersion.objects.filter(design=found).values_list("saved_by_id", flat=True).distinct()
    )


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A save, in a list."""

    version: int
    note: str
    saved_at: datetime
    saved_by: str


def versions(actor: Actor, design_id: UUID, *, limit: int = 50) -> list[VersionLine]:
    """The latest saves of a draft, newest first."""
    policy.require_builder(actor)
    rows = DesignVersion.objects.filter(design__public_id=design_id).order_by("-version")
    return [
        VersionLine(row.version, row.note, row.saved_at, row.saved_by_name)
        for row in rows.defer("files")[:limit]
    ]


def files_at(actor: Actor, design_id: UUID, version: int) -> dict[str, str]:
    """The files of a draft after one save. Raises ``NotFound``."""
    policy.require_builder(actor)
    files: dict[str, str] | None = (
        DesignVersion.objects.filter(design__public_id=design_id, version=version)
        .values_list("files", flat=True)
        .first()
    )
    if files is None:
        raise NotFound
    return files


def published_files(procedure_id: str) -> dict[str, str] | None:
    """The files of the newest publication of a procedure; None when it never was published."""
    files: dict[str, str] | None = (
        Publication.objects.filter(procedure_id=procedure_id, kind=Publication.Kind.PUBLISH)
        .order_by("-number")
        .values_list("files", flat=True)
        .first()
    )
    return files


@dataclass(frozen=True, slots=True)
class DesignLine:
    """A draft in the list."""

    public_id: UUID
    procedure_id: str
    title: str
    state: str
    changed_at: datetime
    changed_by: str


def designs(actor: Actor, *, limit: int = 200) -> list[DesignLine]:
    """The drafts somebody is working on or has to look at, last changed first."""
    policy.require_builder(actor)
    open_states = [Design.State.EDITING, Design.State.WAITING, Design.State.APPROVED]
    rows = Design.objects.filter(state__in=open_states).order_by("-changed_at", "-id")[:limit]
    return [
        DesignLine(
            row.public_id,
            row.procedure_id,
            row.title,
            row.state,
            row.changed_at,
            row.changed_by_name,
        )
        for row in rows
    ]


def open_draft_of(procedure_id: str) -> UUID | None:
    """The draft in which somebody is changing this procedure."""
    open_states = [Design.State.EDITING, Design.State.WAITING, Design.State.APPROVED]
    found: UUID | None = (
        Design.objects.filter(procedure_id=procedure_id, state__in=open_states)
        .values_list("public_id", flat=True)
        .first()
    )
    return found
