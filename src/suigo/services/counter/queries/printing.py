"""The set of a visit on paper: a cover with the list, then every filled-in form, as one PDF."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from suigo.engines.cases.queries.printouts import application_sheet, draft_sheet, moment_in_words
from suigo.engines.documents.rendering import render_pdf
from suigo.engines.guidance.queries import Guidance
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.clock import local_date
from suigo.kernel.content import city
from suigo.kernel.japanese.plain import date_in_words
from suigo.services.counter.queries.content import counters
from suigo.services.counter.queries.visits import (
    Entered,
    VisitView,
    digest_of,
    entered,
    guidances,
    visit_for,
)

SHORT = 16  # characters of the digest that people compare


def visit_set(actor: Actor, public_id: UUID, *, now: datetime) -> bytes:
    """Everything of a visit that was filled in, received or not, for signing and for taking home.

    Whoever serves the visit may print what it applied for, also where another department decides:
    the forms came from this desk. Raises ``NotFound``, ``Gone``.
    """
    visit = visit_for(actor, public_id)
    language = "ja"  # forms are handed in in Japanese, whatever was spoken
    with translation.override(language):
        applications = entered(visit, actor, now=now)
        today = local_date(now)
        sheets = [
            application_sheet(SYSTEM, item.case_id, language=language)
            for item in visit.received
            if item.case_id is not None
        ]
        sheets += [draft_sheet(e.draft, language=language, today=today) for e in applications]
        found = guidances(visit, today=today)
        data: dict[str, Any] = {
            "date": today.isoformat(),
            "date_text": date_in_words(today, language=language, weekday=True),
            "ticket": visit.ticket or None,
            "applicant": _("%(name)s 様") % {"name": visit.name},
            "sample": counters().sample,
            "tables": _tables(visit, found),
            "things": _things(found),
            "statement": _("申請の内容を確認しました。まちがいありません。"),
            "signed": _signed(visit, applications),
            "forms": sheets,
        }
        return render_pdf(
            "application_set",
            {key: value for key, value in data.items() if value is not None},
            title=_("申請書一式"),
            city_root=city().root,
            lang=language,
            author=city().spec.name.in_language(language),
        )


def _tables(visit: VisitView, found: list[Guidance]) -> list[dict[str, Any]]:
    due = {
        item.id: date_in_words(item.due.day, language="ja")
        for guidance in found
        for item in guidance.items
        if item.due is not None and item.due.day is not None
    }
    places = {
        item.id: str(item.entry.elsewhere or "") for guidance in found for item in guidance.items
    }
    today = [
        [
            item.title,
            item.department_name or places.get(item.entry, ""),
            item.number or (_("済") if item.done else ""),
        ]
        for item in visit.items
        if item.today
    ]
    later = [
        [item.title, item.department_name or places.get(item.entry, ""), due.get(item.entry, "")]
        for item in visit.items
        if not item.today and not item.done and item.certain
    ]
    return [
        {
            "title": _("今日行う手続"),
            "columns": [_("手続"), _("窓口"), _("受付番号")],
            "rows": today,
        },
        {"title": _("あとで行う手続"), "columns": [_("手続"), _("窓口"), _("期限")], "rows": later},
    ]


def _things(found: list[Guidance]) -> list[str]:
    return list(dict.fromkeys(str(thing.title) for g in found for thing in g.things))


def _signed(visit: VisitView, applications: list[Entered]) -> str | None:
    """What is printed where somebody would sign, when they signed on the tablet."""
    if visit.signature not in {"drawn", "typed"} or visit.signed_at is None:
        return None
    if applications and visit.signed_digest != digest_of(visit, applications):
        return None
    moment = moment_in_words(visit.signed_at, language="ja")
    return _("画面で署名しました（%(moment)s、照合番号 %(digest)s）") % {
        "moment": moment,
        "digest": visit.signed_digest[:SHORT],
    }
