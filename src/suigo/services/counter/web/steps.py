"""Where a visit stands: the steps down the side of every page of it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from suigo.services.counter.queries.visits import Entered, VisitView, digest_of


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``url`` is empty while it can't be opened yet."""

    id: str
    title: str
    url: str
    state: str  # done, open, later
    note: str
    current: bool


def steps(
    visit: VisitView, applications: list[Entered], *, current: str, common: bool
) -> list[Step]:
    """Every step with what is left to do in it."""
    result: list[Step] = []

    def add(step: str, title: str, url: str, *, done: bool, ready: bool, note: str = "") -> None:
        state = "done" if done else "open" if ready else "later"
        result.append(Step(step, title, url if ready or done else "", state, note, step == current))

    key = visit.public_id
    has_person = bool(visit.person)
    answered = bool(visit.guides) and all(code for _guide, code in visit.guides)
    chosen = any(item.today for item in visit.items)
    add("person", _("ご本人"), _at("person", key), done=has_person, ready=True, note=visit.name)
    add("events", _("何がありましたか"), _at("events", key), done=answered, ready=True)
    add(
        "items",
        _("手続を選ぶ"),
        _at("items", key),
        done=chosen,
        ready=has_person and answered,
        note=_("今日%(n)d件") % {"n": sum(i.today for i in visit.items)} if chosen else "",
    )
    if common or visit.common_asked:
        add("common", _("共通の質問"), _at("common", key), done=visit.common_asked, ready=chosen)
    for application in applications:
        left = len(application.errors)
        add(
            application.item.procedure_id,
            application.item.title,
            reverse("counter-entry", args=[key, application.item.procedure_id]),
            done=not left,
            ready=True,
            note=_("残り%(n)d項目") % {"n": left} if left else "",
        )
    ready = bool(applications) and not any(a.errors for a in applications)
    signed = bool(applications) and visit.signed_digest == digest_of(visit, applications)
    add(
        "check",
        _("確認と署名"),
        _at("check", key),
        done=signed or bool(visit.received),
        ready=ready,
    )
    add(
        "done",
        _("受付と引き継ぎ"),
        _at("done", key),
        done=not visit.is_open,
        ready=chosen and (not applications or bool(visit.received)),
    )
    return result


def _at(name: str, key: object) -> str:
    return reverse(f"counter-{name}", args=[key])


def next_url(visit: VisitView, applications: list[Entered], *, common: bool) -> str:
    """The first step that is not done."""
    for step in steps(visit, applications, current="", common=common):
        if step.state == "open" and step.url:
            return step.url
    return _at("done", visit.public_id)
