"""The guides of this city, and what follows from answers, joined with departments and procedures.

Public, and nothing is stored: the same answers give the same result at the counter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.queries.procedures import is_open, procedures
from suigo.engines.guidance.rules import coding
from suigo.engines.guidance.rules.compiling import Guide
from suigo.engines.guidance.rules.deadlines import last_day
from suigo.engines.guidance.rules.evaluation import Answer, Answers, Listed, Reason, evaluate
from suigo.engines.guidance.rules.loading import Library, load_guides
from suigo.engines.guidance.spec import Basis, Deadline, Entry, Question, Thing
from suigo.engines.identity.queries import organisation
from suigo.engines.identity.spec import Department
from suigo.kernel.content import Text
from suigo.kernel.content.calendar import working_days
from suigo.kernel.content.reload import Reloadable
from suigo.kernel.errors import NotFound

_library = Reloadable(load_guides)


def library() -> Library:
    """Every guide. Raises ``ContentErrors`` when they never could be read."""
    return _library.get()


def guides() -> tuple[Guide, ...]:
    """Every guide, in the order shown."""
    return library().guides


def guide(guide_id: str) -> Guide:
    """One guide. Raises ``NotFound``."""
    for found in guides():
        if found.id == guide_id:
            return found
    raise NotFound(_("このガイドは見つかりませんでした。"))


def decoded(code: str) -> tuple[Guide, dict[str, Answer]]:
    """The guide and the answers that a code holds. Raises ``NotFound``."""
    letter = coding.letter_of(code)
    for found in guides():
        if found.spec.letter == letter:
            try:
                return found, coding.decode(found, code)
            except coding.UnreadableCode:
                break
    raise NotFound(
        _("この番号では開けません。打ちまちがいがないか確かめるか、はじめから答えてください。")
    )


def guides_for(life_events: tuple[str, ...]) -> tuple[Guide, ...]:
    """The guides that belong to any of the catalogue's events of life."""
    return tuple(g for g in guides() if set(g.spec.life_events) & set(life_events))


@dataclass(frozen=True, slots=True)
class Online:
    """A procedure of the catalogue that can be applied for online."""

    id: str
    title: Text
    open: bool


@dataclass(frozen=True, slots=True)
class Due:
    """Until when. ``day`` is None when no date was given or none is counted."""

    spec: Deadline
    day: date | None
    days_left: int | None

    @property
    def passed(self) -> bool:
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True, slots=True)
class Item:
    """Something to do, with place, deadline, what to bring, and why."""

    id: str
    entry: Entry
    because: Text
    certain: bool
    reasons: tuple[Reason, ...]
    due: Due | None
    department: Department | None
    online: Online | None
    bring: tuple[Thing, ...]
    basis: tuple[Basis, ...]

    @property
    def verify(self) -> bool:
        """Whether anything about it still has to be confirmed (要確認)."""
        return (
            self.entry.verify
            or any(basis.verify for basis in self.basis)
            or (self.due is not None and self.due.spec.verify)
        )


@dataclass(frozen=True, slots=True)
class Guidance:
    """The result of a guide. ``items``: dated ones first, the earliest first; then the order of
    the content. While something is ``missing`` there is no result.
    """

    guide: Guide
    answers: Answers
    code: str
    asked: tuple[Question, ...]
    missing: tuple[Question, ...]
    items: tuple[Item, ...]

    @property
    def things(self) -> Mapping[Thing, tuple[Item, ...]]:
        """One list of what to bring, each thing once, with what it is for."""
        found: dict[Thing, tuple[Item, ...]] = {}
        for item in self.items:
            for thing in item.bring if item.certain else ():
                found[thing] = (*found.get(thing, ()), item)
        return found


def guidance(chosen: Guide, answers: Answers, *, today: date) -> Guidance:
    """Everything that the answers call for."""
    outcome = evaluate(chosen, answers)
    known = {procedure.id: procedure for procedure in procedures()}
    items = []
    for listed in outcome.listed if not outcome.missing else ():
        entry = listed.row.entry
        procedure = known.get(entry.procedure or "")
        online = None
        if procedure is not None:
            service = procedure.spec.service
            online = Online(procedure.id, service.title, is_open(service, today=today))
        items.append(_item(chosen, listed, answers, online, today=today))
    items.sort(key=lambda i: (not i.certain, i.due is None or i.due.day is None, _day(i)))
    code = coding.encode(chosen, {q.id: answers[q.id] for q in outcome.asked if q.id in answers})
    return Guidance(chosen, answers, code, outcome.asked, outcome.missing, tuple(items))


def _day(item: Item) -> date:
    return item.due.day if item.due is not None and item.due.day is not None else date.max


def _item(
    chosen: Guide, listed: Listed, answers: Answers, online: Online | None, *, today: date
) -> Item:
    entry, listing = listed.row.entry, listed.row.listing
    due = None
    if listing.deadline is not None:
        event = answers.get(listing.deadline.from_question or "")
        day = None
        if isinstance(event, date):
            day = last_day(listing.deadline, event, calendar=working_days())
        due = Due(listing.deadline, day, (day - today).days if day is not None else None)
    ids = dict.fromkeys((*entry.bring, *listing.bring))
    return Item(
        id=listing.id,
        entry=entry,
        because=listing.because,
        certain=listed.certain,
        reasons=listed.reasons,
        due=due,
        department=organisation().departments.get(entry.department or ""),
        online=online,
        bring=tuple(chosen.things[one] for one in ids),
        basis=(*entry.basis, *listing.basis),
    )
