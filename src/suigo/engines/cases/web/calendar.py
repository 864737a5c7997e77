"""A deadline for the applicant's own calendar (RFC 5545)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from suigo.engines.cases.queries.residents import MyCaseDetail
from suigo.kernel.content import city
from suigo.kernel.language import _


def due_date_calendar(case: MyCaseDetail, *, now: datetime) -> bytes:
    """One all-day event. Its text holds the number and the procedure, nothing personal."""
    brief = case.brief
    waiting = brief.correction_due_date is not None
    day = brief.correction_due_date or brief.due_date
    calendar = Calendar()
    calendar.add("prodid", "-//Suigo//")
    calendar.add("version", "2.0")
    event = Event()
    event.add("uid", f"{brief.public_id}-{'correct' if waiting else 'due'}@suigo")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    what = _("補正の期限") if waiting else _("結果のお知らせのめやす")
    event.add("summary", f"{what}: {brief.title}（{brief.number}）")
    event.add("url", settings.SUIGO_BASE_URL + reverse("my-application", args=[brief.public_id]))
    event.add("location", str(city().name))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
