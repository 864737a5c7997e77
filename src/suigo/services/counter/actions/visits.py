"""A visit, from its beginning to its end: who it is, what happened, what is done today."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.actions import discard_draft, keep_answers, keep_arrival, start_draft
from suigo.engines.cases.queries.drafts import draft_for
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.cases.rules.arrival import IDENTITY_CHECKS, Arrival
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.guidance.queries import guidance, guide
from suigo.engines.guidance.rules.evaluation import Answer
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Conflict, Gone, NotFound, Refused
from suigo.services.counter import policy
from suigo.services.counter.models import Item, Phase, Screen, Ticket, Visit
from suigo.services.counter.queries.content import counters
from suigo.services.counter.queries.visits import VisitView, guidances, view_of
from suigo.services.counter.rules import merging
from suigo.services.counter.rules.coming import THEMSELVES, Came, fault_of

SOURCES = ("typed", "card", "code")


@transaction.atomic
def begin_visit(
    *,
    actor: Actor,
    now: datetime,
    window: int | None = None,
    ticket_id: UUID | None = None,
    language: str = "ja",
) -> UUID:
    """Begin to serve somebody, with or without a number.

    A number that comes from another desk brings its visit along. Raises ``Forbidden``,
    ``NotFound`` and, for a number that is not called, ``Conflict``.
    """
    actor.require(policy.SERVE)
    spec = counters()
    desk = spec.desk_at(window) if window is not None else None
    desk = desk or next(one for one in spec.desks if one.serves)
    ticket = None
    if ticket_id is not None:
        ticket = Ticket.objects.select_for_update().filter(public_id=ticket_id).first()
        if ticket is None or ticket.day != local_date(now):
            raise NotFound
        if ticket.state != "called":
            raise Conflict(_("先に番号を呼んでから、応対を始めてください。"))
        earlier = Visit.objects.filter(ticket=ticket, erased_at=None).first()
        if earlier is not None:
            return earlier.public_id
        language = ticket.language
    purpose = spec.purpose(ticket.purpose) if ticket is not None else None
    chosen = purpose.guides if purpose is not None and len(purpose.guides) == 1 else ()
    visit = Visit.objects.create(
        day=local_date(now),
        desk=desk.id,
        first_desk=desk.id,
        window=window,
        ticket=ticket,
        clerk_id=actor.account_id,
        language=language,
        guides=[{"guide": one, "code": ""} for one in chosen],
        began_at=now,
    )
    Phase.objects.create(visit=visit, phase="guide", began_at=now)
    note("counter.visit-began", actor, visit, now, {"desk": desk.title.ja})
    return visit.public_id


def locked(actor: Actor, public_id: UUID, *, begun: bool = True) -> Visit:
    """The visit, locked until the transaction ends. With ``begun`` it must still be open and the
    actor's own. Raises ``NotFound``, ``Gone``, ``Conflict``."""
    visit = Visit.objects.select_for_update().filter(public_id=public_id).first()
    if visit is None or not (actor.is_staff and actor.can(policy.SERVE)):
        raise NotFound
    if visit.erased_at is not None:
        raise Gone(_("この来庁の記録は、保存期間が過ぎたため消去しました。"))
    if begun and visit.state != "open":
        raise Conflict(_("この来庁の応対は、もう終わっています。"))
    if begun and visit.clerk_id != actor.account_id:
        raise Conflict(_("この来庁は、ほかの職員が応対しています。引き継いでから進めてください。"))
    return visit


def note(
    kind: str, actor: Actor, visit: Visit, now: datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """One ledger entry about a visit. Nothing in it says who the resident is."""
    record(
        kind,
        actor=actor,
        subject_kind="visit",
        subject_id=str(visit.public_id),
        facts=dict(facts or {}),
        now=now,
    )


def enter_phase(visit: Visit, phase: str, *, now: datetime) -> None:
    """From now on the visit's time counts for ``phase``; the phase before ends."""
    current = Phase.objects.filter(visit=visit, ended_at=None).first()
    if current is not None and current.phase == phase:
        return
    if current is not None:
        current.ended_at = max(now, current.began_at)
        current.save(update_fields=["ended_at"])
    Phase.objects.create(visit=visit, phase=phase, began_at=now)


@transaction.atomic
def save_person(
    public_id: UUID,
    person: Answers,
    *,
    source: str,
    identity: str,
    actor: Actor,
    now: datetime,
    guides: Collection[tuple[str, str]] = (),
    language: str = "",
    came: Came = THEMSELVES,
) -> None:
    """Keep the four items, and what else a prepared code brought along.

    ``identity`` is how the clerk made sure who it is, ``came`` who came for them. The applications
    already begun take all that over. Raises ``Conflict``, ``Gone``, ``NotFound``, ``Refused``.
    """
    if identity and identity not in IDENTITY_CHECKS:
        raise Refused(_("本人確認の方法を、一覧の中から選んでください。"))
    if fault := fault_of(came):
        raise Refused(fault)
    if source not in SOURCES:
        raise Refused(_("項目の入れ方が正しくありません。"))
    visit = locked(actor, public_id)
    visit.person, visit.person_source, visit.identity = person, source, identity
    visit.came, visit.relation, visit.mandate = came.name, came.relation, came.mandate
    known = {one["guide"] for one in visit.guides if one["code"]}
    brought = [{"guide": g, "code": c, "home": c} for g, c in guides if g not in known]
    if brought:
        names = {one["guide"] for one in brought}
        visit.guides = [one for one in visit.guides if one["guide"] not in names] + brought
    if language in dict(settings.LANGUAGES):
        visit.language = language
    who = ["person", "person_source", "identity", "came", "relation", "mandate"]
    visit.save(update_fields=[*who, "guides", "language"])
    if brought:
        _list_items(visit, now=now)
    view = view_of(visit)
    carry_over(view, actor=actor, now=now)
    for item in view.entered:
        assert item.draft_id is not None
        keep_arrival(item.draft_id, _arrival(view), actor=actor, now=now)
    facts = {"source": source, **({"mandate": came.mandate} if came.mandate else {})}
    note("counter.person-taken", actor, visit, now, facts)


@transaction.atomic
def choose_events(
    public_id: UUID, guide_ids: Collection[str], *, actor: Actor, now: datetime
) -> None:
    """Say what happened. What was answered for an event that stays is kept.

    Raises ``Refused`` when none is chosen, ``NotFound`` for an unknown one.
    """
    if not guide_ids:
        raise Refused(_("ライフイベントを1つは選んでください。"))
    visit = locked(actor, public_id)
    before = {one["guide"]: one for one in visit.guides}
    visit.guides = [before.get(g) or {"guide": guide(g).id, "code": ""} for g in guide_ids]
    visit.save(update_fields=["guides"])
    enter_phase(visit, "guide", now=now)
    _list_items(visit, now=now)


@transaction.atomic
def answer_guide(
    public_id: UUID,
    guide_id: str,
    answers: Mapping[str, Answer],
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Keep the answers to one event's questions; whether all of them are answered.

    Raises ``NotFound`` for an event that was not chosen.
    """
    visit = locked(actor, public_id)
    if guide_id not in {one["guide"] for one in visit.guides}:
        raise NotFound
    found = guidance(guide(guide_id), answers, today=local_date(now))
    visit.guides = [
        {**one, "code": found.code} if one["guide"] == guide_id else one for one in visit.guides
    ]
    visit.save(update_fields=["guides"])
    _list_items(visit, now=now)
    return not found.missing


def _list_items(visit: Visit, *, now: datetime) -> None:
    """Make the list of items what the answers call for; what was begun or done stays."""
    listed: dict[str, Item] = {}
    for found in guidances(view_of(visit), today=local_date(now)):
        for result in found.items:
            if result.id in listed:
                listed[result.id].certain = listed[result.id].certain or result.certain
                continue
            listed[result.id] = Item(
                visit=visit,
                position=len(listed),
                guide=found.guide.id,
                entry=result.id,
                title=result.entry.title.ja,
                department=result.entry.department or "",
                procedure_id=result.online.id if result.online and result.online.open else "",
                certain=result.certain,
            )
    present = {item.entry: item for item in Item.objects.filter(visit=visit)}
    for entry, item in listed.items():
        earlier = present.pop(entry, None)
        if earlier is None:
            item.save()
        else:
            earlier.position, earlier.certain = item.position, item.certain
            earlier.procedure_id = earlier.procedure_id or item.procedure_id
            earlier.save(update_fields=["position", "certain", "procedure_id"])
    for gone in present.values():
        if gone.draft_id is None and gone.done_at is None and not gone.today:
            gone.delete()


@transaction.atomic
def choose_items(public_id: UUID, entries: Collection[str], *, actor: Actor, now: datetime) -> None:
    """Say what is done today. An application begins for each procedure of the catalogue, filled
    in with what is known; one that is not wanted after all is thrown away.

    Raises ``Refused`` when nothing is chosen or the four items are missing.
    """
    visit = locked(actor, public_id)
    if not visit.person:
        raise Refused(_("先に、ご本人の氏名・住所・生年月日を入力してください。"))
    items = list(Item.objects.filter(visit=visit).order_by("position", "id"))
    if not any(item.entry in entries for item in items):
        raise Refused(_("今日行うものを1つは選んでください。"))
    begun = {item.procedure_id for item in items if item.draft_id is not None}
    for item in items:
        item.today = item.entry in entries or item.case_id is not None
        if item.today and item.procedure_id and item.draft_id is None:
            if item.procedure_id not in begun:
                item.draft_id = _begin(visit, item, actor=actor, now=now)
                begun.add(item.procedure_id)
        elif not item.today and item.draft_id is not None:
            discard_draft(item.draft_id, actor=actor, now=now)
            item.draft_id = None
        item.save(update_fields=["today", "draft_id"])
    enter_phase(visit, "entry", now=now)
    note("counter.items-chosen", actor, visit, now, {"count": sum(i.today for i in items)})


def _begin(visit: Visit, item: Item, *, actor: Actor, now: datetime) -> UUID:
    form = procedure(item.procedure_id).form
    view = view_of(visit)
    return start_draft(
        item.procedure_id,
        actor=actor,
        now=now,
        channel="counter",
        answers=merging.carried(form, {}, view.facts_for(item.procedure_id), today=local_date(now)),
        arrival=_arrival(view),
    )


def _arrival(view: VisitView) -> Arrival:
    """Who came, and how the clerk made sure of them and of their right to act."""
    return Arrival(
        caller=view.came.name or view.name,
        relation=view.came.relation,
        identity=view.identity,
        mandate=view.came.mandate,
    )


def carry_over(view: VisitView, *, actor: Actor, now: datetime) -> None:
    """Put everything that is known into every application of the visit."""
    for item in view.entered:
        assert item.draft_id is not None
        draft = draft_for(actor, item.draft_id, now=now)
        answers = merging.carried(
            draft.procedure.form,
            draft.answers,
            view.facts_for(item.procedure_id),
            today=local_date(now),
        )
        if answers != draft.answers:
            keep_answers(item.draft_id, answers, actor=actor, now=now)


@transaction.atomic
def end_visit(public_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The resident goes home: done when something was received or done, else just ended.

    Applications that nobody sent are thrown away. The resident's screen goes dark. Raises
    ``Conflict`` when it ended before.
    """
    visit = locked(actor, public_id)
    something = visit.received_at is not None or visit.items.filter(done_at__isnull=False).exists()
    visit.state, visit.ended_at = ("done" if something else "ended"), now
    visit.events = [one["guide"] for one in visit.guides]
    visit.save(update_fields=["state", "ended_at", "events"])
    Phase.objects.filter(visit=visit, ended_at=None).update(ended_at=now)
    Screen.objects.filter(visit=visit).delete()
    for draft in visit.items.filter(draft_id__isnull=False, case_id=None):
        assert draft.draft_id is not None
        discard_draft(draft.draft_id, actor=actor, now=now)
        draft.draft_id = None
        draft.save(update_fields=["draft_id"])
    if visit.ticket_id is not None:
        Ticket.objects.filter(pk=visit.ticket_id).exclude(state="done").update(
            state="done", window=None, finished_at=now
        )
    note("counter.visit-ended", actor, visit, now)
