"""Visits as the clerk works on them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.queries.drafts import DraftView, draft_for
from suigo.engines.forms.rules import check, evaluate
from suigo.engines.guidance.queries import Guidance, decoded, guidance, guide
from suigo.engines.guidance.rules.compiling import Guide
from suigo.engines.guidance.rules.evaluation import Answer
from suigo.engines.identity.queries import organisation
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.content import Text
from suigo.kernel.crypto import keyed_digest
from suigo.kernel.errors import Gone, NotFound
from suigo.services.counter import policy
from suigo.services.counter.models import Item, Visit
from suigo.services.counter.queries.content import counters, person_form
from suigo.services.counter.rules import merging, remembering, sharing
from suigo.services.counter.rules.coming import Came
from suigo.services.counter.spec import Desk

PERSON = "person."
COMMON_TITLE = Text.model_validate(
    {"ja": "どの手続にも共通のこと", "easy": "ぜんぶの 手続きで 使う こと", "en": "For all forms"}
)


@dataclass(frozen=True, slots=True)
class ItemView:
    """A listed procedure or visit to a desk. ``title`` is how it was called on the day."""

    entry: str
    guide: str
    title: str
    department: str
    department_name: str
    procedure_id: str
    certain: bool
    today: bool
    draft_id: UUID | None
    case_id: UUID | None
    number: str
    done: bool


@dataclass(frozen=True, slots=True)
class MemoView:
    """What a desk wrote for the next one."""

    from_desk: str
    to_desk: str
    text: str
    author: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit. ``agreed`` and ``signed`` say so only while nothing was changed since.

    ``at_home`` are the codes that the resident brought along, by event.
    """

    public_id: UUID
    day: date
    desk: Desk | None
    window: int | None
    ticket: str
    ticket_id: UUID | None
    state: str
    language: str
    clerk_id: int | None
    clerk: str
    person: Mapping[str, Any]
    person_source: str
    identity: str
    came: Came
    known: remembering.Known
    common_asked: bool
    guides: tuple[tuple[str, str], ...]
    at_home: Mapping[str, str]
    items: tuple[ItemView, ...]
    memos: tuple[MemoView, ...]
    wish: str
    agreed_digest: str
    signature: str
    signed_digest: str
    signed_at: datetime | None
    signature_file: UUID | None
    began_at: datetime
    received_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def name(self) -> str:
        """The resident's name as it was given, '' before that."""
        name = self.person.get("name") or {}
        return " ".join(part for part in (name.get("family"), name.get("given")) if part)

    @property
    def person_facts(self) -> dict[str, Any]:
        """The four items by meaning."""
        return {f"{PERSON}{key}": value for key, value in self.person.items() if value}

    def facts_for(self, form_id: str) -> dict[str, Any]:
        """What a form, or the page of common questions, need not ask."""
        return remembering.facts_for(form_id, self.known, self.person_facts)

    @property
    def common(self) -> dict[str, Any]:
        """What was said on the page of common questions."""
        return {k: s["value"] for k, s in self.known.items() if s["by"] == sharing.COMMON}

    @property
    def entered(self) -> tuple[ItemView, ...]:
        """What is applied for here today, still being filled in."""
        return tuple(i for i in self.items if i.today and i.draft_id and not i.number)

    @property
    def received(self) -> tuple[ItemView, ...]:
        """What was applied for and has its number."""
        return tuple(i for i in self.items if i.number)

    @property
    def without_form(self) -> tuple[ItemView, ...]:
        """What is done here without a form, such as 転入届, and is not done yet."""
        return tuple(i for i in self.items if i.draft_id is None and not i.done and i.department)


def visit_for(actor: Actor, public_id: UUID) -> VisitView:
    """A visit that this actor may open. Raises ``NotFound``, and ``Gone`` once it was erased."""
    visit = Visit.objects.select_related("ticket", "clerk").filter(public_id=public_id).first()
    if visit is None or not (actor.is_staff and actor.can(policy.SERVE)):
        raise NotFound
    if not policy.can_serve(actor, visit):
        raise Gone(_("この来庁の記録は、保存期間が過ぎたため消去しました。"))
    return view_of(visit)


def view_of(visit: Visit) -> VisitView:
    """The view of a row; three queries at most."""
    spec = counters()
    names = {d.id: str(d.name) for d in organisation().departments.values()}
    items = tuple(
        _item(item, names) for item in Item.objects.filter(visit=visit).order_by("position", "id")
    )
    memos = tuple(
        MemoView(
            from_desk=_desk_title(memo.from_desk),
            to_desk=_desk_title(memo.to_desk),
            text=memo.text,
            author=memo.author.name if memo.author else "",
            written_at=memo.written_at,
        )
        for memo in visit.memos.select_related("author").order_by("-written_at", "-id")
    )
    return VisitView(
        public_id=visit.public_id,
        day=visit.day,
        desk=spec.desk(visit.desk),
        window=visit.window,
        ticket=str(visit.ticket) if visit.ticket else "",
        ticket_id=visit.ticket.public_id if visit.ticket else None,
        state=visit.state,
        language=visit.language,
        clerk_id=visit.clerk_id,
        clerk=visit.clerk.name if visit.clerk else "",
        person=visit.person,
        person_source=visit.person_source,
        identity=visit.identity,
        came=Came(visit.came, visit.relation, visit.mandate),
        known=visit.known,
        common_asked=visit.common_asked,
        guides=tuple((one["guide"], one["code"]) for one in visit.guides),
        at_home={one["guide"]: one["home"] for one in visit.guides if one.get("home")},
        items=items,
        memos=memos,
        wish=visit.wish,
        agreed_digest=visit.agreed_digest,
        signature=visit.signature,
        signed_digest=visit.signed_digest,
        signed_at=visit.signed_at,
        signature_file=visit.signature_file,
        began_at=visit.began_at,
        received_at=visit.received_at,
    )


def _item(item: Item, names: Mapping[str, str]) -> ItemView:
    return ItemView(
        entry=item.entry,
        guide=item.guide,
        title=item.title,
        department=item.department,
        department_name=names.get(item.department, ""),
        procedure_id=item.procedure_id,
        certain=item.certain,
        today=item.today,
        draft_id=item.draft_id,
        case_id=item.case_id,
        number=item.number,
        done=item.done_at is not None,
    )


def _desk_title(desk_id: str) -> str:
    desk = counters().desk(desk_id)
    return str(desk.title) if desk is not None else desk_id


def guide_answers(guide_id: str, code: str) -> tuple[Guide, dict[str, Answer]]:
    """A guide and the answers of its code; none for a guide that nobody answered, or that the
    city has rewritten since."""
    if code:
        try:
            found, answers = decoded(code)
            if found.id == guide_id:
                return found, answers
        except NotFound:
            pass
    return guide(guide_id), {}


def guidances(visit: VisitView, *, today: date) -> list[Guidance]:
    """What each chosen life event calls for."""
    found = []
    for guide_id, code in visit.guides:
        chosen, answers = guide_answers(guide_id, code)
        found.append(guidance(chosen, answers, today=today))
    return found


@dataclass(frozen=True, slots=True)
class Entered:
    """An application of the visit while it is being filled in."""

    item: ItemView
    draft: DraftView
    errors: Mapping[str, str]
    asked: int


def entered(visit: VisitView, actor: Actor, *, now: datetime) -> list[Entered]:
    """The applications of a visit, with what is still to be mended in each."""
    found = []
    for item in visit.entered:
        assert item.draft_id is not None
        draft = draft_for(actor, item.draft_id, now=now)
        found.append(_entered(item, draft, visit, now))
    return found


def _entered(item: ItemView, draft: DraftView, visit: VisitView, now: datetime) -> Entered:
    form, today = draft.procedure.form, local_date(now)
    evaluation = evaluate(form, draft.answers, today=today)
    errors = check(form, draft.answers, today=today, evaluation=evaluation).errors
    facts = visit.facts_for(item.procedure_id)
    done = merging.settled(form, draft.answers, facts, evaluation, today=today)
    return Entered(item, draft, errors, len(merging.asked(evaluation, done)))


def owner_of(visit: VisitView) -> Actor:
    """Whose the drafts are: the clerk of the visit, with no power but to own them."""
    return Actor(kind="staff", account_id=visit.clerk_id)


def digest_of(visit: VisitView, applications: list[Entered]) -> str:
    """What a resident agrees to and signs, as one number: any change gives another."""
    content = [
        visit.person,
        [(e.draft.procedure.hash, e.draft.answers) for e in applications],
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return keyed_digest(text.encode(), purpose="counter.content")


def common_questions(visit: VisitView, applications: list[Entered]) -> sharing.Common | None:
    """What the applications ask together, beside the four items."""
    four = frozenset(
        f"{PERSON}{field.id}" for page in person_form().spec.pages for field in page.fields
    )
    forms = [application.draft.procedure.form for application in applications]
    return sharing.common(forms, without=four, title=COMMON_TITLE)


def open_visits(actor: Actor, *, day: date) -> list[VisitView]:
    """Today's visits of this clerk that are not finished, the latest first."""
    rows = (
        policy.visible_visits(actor)
        .filter(day=day, state="open", clerk_id=actor.account_id)
        .select_related("ticket", "clerk")
        .order_by("-began_at", "-id")
    )
    return [view_of(row) for row in rows[:20]]
