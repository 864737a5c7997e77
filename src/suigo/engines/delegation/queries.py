"""Reading grants: what may be done with one, and what its two sides see of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from suigo.engines.delegation import policy, rules
from suigo.engines.delegation.models import Deed, Grant
from suigo.engines.delegation.providers import Agents, case_url, offered
from suigo.engines.identity.queries import account_brief
from suigo.engines.identity.queries.records import business_represented
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.clock import local_date
from suigo.kernel.crypto import open_sealed
from suigo.kernel.errors import NotFound, Refused

LISTED = 100
NEEDS_CARE: tuple[rules.Standing, ...] = ("invited", "to_confirm", "later", "active")


class GrantOver(Refused):
    """The grant no longer allows what its holder was about to do. Nothing of theirs is lost."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a procedure asks of an agent: which kinds it takes, and how surely the person who
    granted it, as well as the agent, has to be known."""

    procedure: str
    agents: Agents
    assurance: Assurance


@dataclass(frozen=True, slots=True)
class Acting:
    """For whom somebody acts, and by what right."""

    pk: int
    grant_id: UUID
    person_id: int | None
    person_name: str
    holder_name: str
    kind: rules.Kind
    reach: rules.Reach
    shares_facts: bool
    until_date: date
    evidence: str
    assurance: int  # how surely the person was known when they granted it

    @property
    def sends(self) -> bool:
        """Whether they may send, rather than only fill in."""
        return self.reach != "fill"

    @property
    def follows(self) -> bool:
        """Whether they see what becomes of the application."""
        return self.reach == "follow"


def acting_of(grant: Grant) -> Acting:
    """The view of a row."""
    return Acting(
        pk=grant.pk,
        grant_id=grant.public_id,
        person_id=grant.person_id,
        person_name=grant.person_name,
        holder_name=grant.holder_name,
        kind=grant.terms.kind,
        reach=grant.terms.reach,
        shares_facts=grant.shares_facts,
        until_date=grant.until_date,
        evidence=grant.evidence,
        assurance=grant.assurance,
    )


def require(
    actor: Actor,
    grant_pk: int,
    need: Need,
    act: rules.Reach,
    *,
    now: datetime,
    rows: QuerySet[Grant] | None = None,
) -> Acting:
    """What the actor may do with a grant of theirs, or with the one that replaced it; one query.

    Raises ``NotFound`` for somebody else's grant, ``GrantOver`` with the reason when it does not
    allow this (any more).
    """
    if not actor.is_resident or actor.account_id is None:
        raise NotFound
    found = (Grant.objects if rows is None else rows).filter(
        _between_the_two(grant_pk), holder_id=actor.account_id
    )
    grant = found.order_by(F("ended_at").desc(nulls_first=True), "-pk").first()
    if grant is None:
        raise NotFound
    _check(grant, need, act, on=local_date(now))
    return acting_of(grant)


def _between_the_two(grant_pk: int) -> Q:
    """A grant, and those of the same two people: the one that replaced it goes on where it ended.
    Of two who are the same at most one lives."""
    person = Grant.objects.filter(pk=grant_pk).values("person_id")
    return Q(pk=grant_pk) | Q(person_id=Subquery(person))


def grant_pk(actor: Actor, grant_id: UUID) -> int:
    """The key of a grant that the actor holds. Raises ``NotFound``."""
    found = policy.held_by(actor).filter(public_id=grant_id).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound
    return found


def _check(grant: Grant, need: Need, act: rules.Reach, *, on: date) -> None:
    name = {"person": grant.person_name}
    stands = rules.standing(grant.terms, grant.state, on=on)
    if stands in ("withdrawn", "given_up", "replaced", "refused", "declined"):
        message = _("%(person)s さんの代理は終わりました。送信されていません。入力は残っています。")
        raise GrantOver(message % name)
    if stands != "active":
        message = _(
            "%(person)s さんの代理は、いまは使えません"
            "（期限が過ぎたか、市の確認が終わっていません）。送信されていません。入力は残っています。"
        )
        raise GrantOver(message % name)
    if not rules.covers(grant.terms, need.procedure):
        raise GrantOver(_("%(person)s さんは、この手続の代理を頼んでいません。") % name)
    if not rules.open_to(need.agents, grant.terms.kind):
        raise GrantOver(_("この手続は、代理ではできません。本人が行ってください。"))
    if not rules.reaches(grant.terms, act):
        raise GrantOver(_("%(person)s さんは、ここまでは頼んでいません。") % name)
    if grant.assurance < need.assurance:
        message = _(
            "この手続の代理を頼むには、%(person)s さんの"
            "マイナンバーカードなどでの本人確認が必要です。カードでログインして、もう一度頼んでもらってください。"
        )
        raise GrantOver(message % name)


def choices(actor: Actor, need: Need, *, now: datetime) -> list[Acting]:
    """For whom the actor may do a procedure today; one query, none for who is no resident."""
    if need.agents == "none" or not actor.is_resident or actor.account_id is None:
        return []
    found = []
    for grant in policy.held_by(actor).filter(ended_at=None).order_by("person_name", "pk"):
        try:
            _check(grant, need, "fill", on=local_date(now))
        except GrantOver:
            continue
        found.append(acting_of(grant))
    return found


def still_may(actor: Actor, grant_pk: int, procedure: str, act: rules.Reach, *, on: date) -> bool:
    """Whether the actor holds this grant and may still do this with it; one query. For a case:
    what the procedure asks of agents was checked when the application was sent."""
    if not actor.is_resident or actor.account_id is None:
        return False
    held = policy.held_by(actor).filter(_between_the_two(grant_pk), ended_at=None)
    return any(
        rules.may(grant.terms, grant.state, procedure=procedure, act=act, on=on) for grant in held
    )


def follower(grant_pk: int, procedure: str, *, on: date) -> tuple[int, str, str] | None:
    """Account, address and language of a holder who may follow a case today; None if nobody."""
    holder = Grant.objects.filter(pk=grant_pk).values("holder_id")
    grant = Grant.objects.filter(
        _between_the_two(grant_pk), holder_id=Subquery(holder), ended_at=None
    ).first()
    if grant is None or grant.holder_id is None:
        return None
    if not rules.may(grant.terms, grant.state, procedure=procedure, act="follow", on=on):
        return None
    brief = account_brief([grant.holder_id]).get(grant.holder_id)
    return (brief.id, brief.email, brief.language) if brief is not None and brief.email else None


def may_ask(actor: Actor) -> tuple[rules.Kind, ...]:
    """What kinds of people the actor can ask: staff only who represents a business; one query."""
    business = actor.account_id is not None and business_represented(actor.account_id)
    return rules.ASKED if business else tuple(k for k in rules.ASKED if k != "staff")


@dataclass(frozen=True, slots=True)
class DeedView:
    """Something that was done, and where to read it."""

    what: str
    at: datetime
    title: str
    number: str
    url: str


@dataclass(frozen=True, slots=True)
class GrantView:
    """A grant as one of its two sides sees it."""

    public_id: UUID
    mine: bool  # whether the reader is the person, rather than the holder
    other: str  # the other side's name
    person_name: str
    holder_name: str
    address: str
    kind: rules.Kind
    reach: rules.Reach
    procedures: tuple[str, ...]
    shares_facts: bool
    from_date: date
    until_date: date
    standing: rules.Standing
    evidence: str
    created_at: datetime
    ended_at: datetime | None
    deeds: tuple[DeedView, ...] = ()

    @property
    def lives(self) -> bool:
        """Whether it can still be ended."""
        return self.standing in NEEDS_CARE


def grants_of(actor: Actor, *, language: str, today: date) -> list[GrantView]:
    """Grants that the actor gave or holds, living ones first; one query."""
    found = policy.seen_by(actor).order_by("-created_at", "-pk")[:LISTED]
    titles = _titles(language)
    views = [grant_view(g, actor, titles=titles, today=today) for g in found]
    return sorted(views, key=lambda view: not view.lives)


def grant_of(actor: Actor, grant_id: UUID, *, language: str, today: date) -> GrantView:
    """One of them with what was done; two queries. The holder reads of their own deeds as long as
    the grant lives. Raises ``NotFound``."""
    grant = policy.seen_by(actor).filter(public_id=grant_id).first()
    if grant is None:
        raise NotFound
    mine = grant.person_id == actor.account_id
    deeds: Sequence[Deed] = ()
    if mine or grant.ended_at is None:
        deeds = list(Deed.objects.filter(grant=grant).order_by("-at", "-pk")[:LISTED])
    return grant_view(grant, actor, titles=_titles(language), today=today, deeds=deeds)


def invitation_view(grant: Grant, actor: Actor, *, language: str, today: date) -> GrantView:
    """A grant as whoever it was offered to reads it before they answer."""
    return grant_view(grant, actor, titles=_titles(language), today=today)


def grant_view(
    grant: Grant,
    actor: Actor,
    *,
    titles: dict[str, str],
    today: date,
    deeds: Sequence[Deed] = (),
) -> GrantView:
    """The view of a row."""
    mine = grant.person_id is not None and grant.person_id == actor.account_id
    reads = mine or (
        grant.reach == "follow" and rules.standing(grant.terms, grant.state, on=today) == "active"
    )
    return GrantView(
        public_id=grant.public_id,
        mine=mine,
        other=grant.holder_name if mine else grant.person_name,
        person_name=grant.person_name,
        holder_name=grant.holder_name,
        address=grant.address if mine else "",
        kind=grant.terms.kind,
        reach=grant.terms.reach,
        procedures=tuple(titles.get(p, p) for p in grant.procedures),
        shares_facts=grant.shares_facts,
        from_date=grant.from_date,
        until_date=grant.until_date,
        standing=rules.standing(grant.terms, grant.state, on=today),
        evidence=grant.evidence,
        created_at=grant.created_at,
        ended_at=grant.ended_at,
        deeds=tuple(
            DeedView(
                deed.what,
                deed.at,
                deed.title,
                deed.number,
                case_url(deed.case_id) if deed.case_id and reads else "",
            )
            for deed in deeds
        ),
    )


def _titles(language: str) -> dict[str, str]:
    return {p.id: p.title.in_language(language) for p in offered()}


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """What a clerk compares with a certificate."""

    public_id: UUID
    kind: rules.Kind
    person_name: str
    person_kana: str
    person_birth_date: date | None
    person_address: str
    has_account: bool
    holder_name: str
    holder_address: str
    evidence: str
    evidence_date: date | None
    reach: rules.Reach
    until_date: date
    accepted_at: datetime


def waiting(actor: Actor) -> list[ToConfirm]:
    """What waits for a clerk, the oldest first; one query. Raises ``Forbidden``."""
    return [_to_confirm(g) for g in policy.to_confirm(actor).order_by("accepted_at", "pk")[:LISTED]]


def one_waiting(actor: Actor, grant_id: UUID) -> ToConfirm:
    """One of them. Raises ``Forbidden``, ``NotFound``."""
    grant = policy.to_confirm(actor).filter(public_id=grant_id).first()
    if grant is None:
        raise NotFound
    return _to_confirm(grant)


def person_purpose(grant_id: UUID) -> str:
    """What a ward's items are sealed for."""
    return f"delegation.person.{grant_id}"


def _to_confirm(grant: Grant) -> ToConfirm:
    items: dict[str, str] = {}
    if grant.sealed_person:
        items = json.loads(
            open_sealed(grant.sealed_person, purpose=person_purpose(grant.public_id))
        )
    assert grant.accepted_at is not None
    return ToConfirm(
        public_id=grant.public_id,
        kind=grant.terms.kind,
        person_name=grant.person_name,
        person_kana=items.get("kana", ""),
        person_birth_date=date.fromisoformat(items["birth_date"]) if items else None,
        person_address=items.get("address", ""),
        has_account=grant.person_id is not None,
        holder_name=grant.holder_name,
        holder_address=grant.address,
        evidence=grant.evidence,
        evidence_date=grant.evidence_date,
        reach=grant.terms.reach,
        until_date=grant.until_date,
        accepted_at=grant.accepted_at,
    )
