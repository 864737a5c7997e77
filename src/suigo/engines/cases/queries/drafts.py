"""Applications that are still being written."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case, Draft
from suigo.engines.cases.queries.agents import acting_in
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.cases.rules.arrival import Arrival, arrival_of
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.delegation.queries import Acting
from suigo.engines.forms.rules import Known, KnownFacts
from suigo.engines.forms.rules.answers import Answers
from suigo.kernel.access import Actor
from suigo.kernel.crypto import open_sealed
from suigo.kernel.errors import Gone, NotFound

KNOWN_PURPOSE = "cases.known"


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with the definition it is written against."""

    public_id: UUID
    procedure: Procedure
    answers: Answers
    page: str
    channel: str
    arrival: Arrival
    version: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    known: KnownFacts = field(default_factory=dict)
    acting: Acting | None = None  # for whom somebody else writes it


@dataclass(frozen=True, slots=True)
class DraftBrief:
    """A draft in a list. ``page`` is where the person left off."""

    public_id: UUID
    procedure_id: str
    title: str
    page: str
    updated_at: datetime
    expires_at: datetime
    person: str = ""  # for whom somebody else writes it


def living_drafts(draft_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these drafts are still there; one query."""
    found = Draft.objects.filter(public_id__in=list(draft_ids))
    return set(found.values_list("public_id", flat=True))


def draft_view(draft: Draft, *, acting: Acting | None = None) -> DraftView:
    """The view of a row."""
    return DraftView(
        public_id=draft.public_id,
        procedure=defined(draft.definition_id),
        answers=draft.answers,
        page=draft.page,
        channel=draft.channel,
        arrival=arrival_of(draft.arrival),
        version=draft.version,
        created_at=draft.created_at,
        updated_at=draft.updated_at,
        expires_at=draft.expires_at,
        known=opened_known(draft.known),
        acting=acting,
    )


def opened_known(sealed: str) -> KnownFacts:
    """The facts about its writer that a draft may start from."""
    if not sealed:
        return {}
    kept = json.loads(open_sealed(sealed, purpose=KNOWN_PURPOSE))
    return {key: Known(**fact) for key, fact in kept.items()}


def draft_for(
    actor: Actor,
    public_id: UUID,
    *,
    now: datetime,
    owner_token: str = "",
    even_over: bool = False,
) -> DraftView:
    """The draft this actor is writing; one query, two for somebody else's.

    Raises ``NotFound`` (also for a draft of another), ``Gone`` once its time is over, and
    ``GrantOver`` when who writes it may no longer act for the person, unless ``even_over``: what
    it holds must not be shown then.
    """
    draft = Draft.objects.filter(public_id=public_id).first()
    if draft is None or not policy.owns_draft(actor, draft, owner_token=owner_token):
        raise NotFound(_("この下書きは見つかりませんでした。送信済みか、削除されています。"))
    if draft.expires_at <= now:
        raise expired()
    if even_over:
        return draft_view(draft)
    chosen = defined(draft.definition_id)
    return draft_view(draft, acting=acting_in(actor, draft, chosen, now=now))


def sent_as(actor: Actor, public_id: UUID, *, on: date, owner_token: str = "") -> UUID | None:
    """The case that a draft of this actor became, None when it became none of theirs."""
    case = Case.objects.filter(submit_key=f"draft:{public_id}").first()
    if case is None or not (
        policy.is_applicant(actor, case, owner_token=owner_token)
        or policy.is_agent(actor, case, "follow", on=on)
    ):
        return None
    return case.public_id


def expired() -> Gone:
    """What somebody reads who comes back too late."""
    return Gone(
        _(
            "この下書きは保存期間が過ぎたため開けません。お手数ですが、"
            "手続のページからもう一度始めてください。"
        )
    )


def drafts_of(
    actor: Actor, *, now: datetime, owner_token: str = "", procedure_id: str | None = None
) -> list[DraftBrief]:
    """The actor's living drafts, the one saved last first; one query."""
    drafts = Draft.objects.filter(expires_at__gt=now)
    if actor.account_id is not None:
        drafts = drafts.filter(owner_id=actor.account_id)
    elif owner_token:
        drafts = drafts.filter(owner_token=policy.token_digest(owner_token))
    else:
        return []
    if procedure_id is not None:
        drafts = drafts.filter(procedure_id=procedure_id)
    return [
        DraftBrief(
            public_id=draft.public_id,
            procedure_id=draft.procedure_id,
            title=defined(draft.definition_id).spec.service.title.in_language(actor.language),
            page=draft.page,
            updated_at=draft.updated_at,
            expires_at=draft.expires_at,
            person=draft.grant.person_name if draft.grant is not None else "",
        )
        for draft in drafts.select_related("grant")
        .order_by("-updated_at", "-id")
        .defer("answers", "known")[:50]
    ]
