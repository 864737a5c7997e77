"""The dated deadlines of a result for somebody's own calendar (RFC 5545)."""

from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from suigo.engines.guidance.queries import Guidance, Item
from suigo.kernel.content import city


def deadlines_calendar(found: Guidance, *, now: datetime, address: str) -> bytes:
    """One all-day event for each dated deadline, with a reminder two days before.

    An entry keeps its UID for the same answers, so importing the file again makes no second one.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Suigo//")
    calendar.add("version", "2.0")
    for item in found.items:
        if item.certain and item.due is not None and item.due.day is not None:
            calendar.add_component(_event(found, item, now=now, address=address))
    content: bytes = calendar.to_ical()
    return content


def _event(found: Guidance, item: Item, *, now: datetime, address: str) -> Event:
    assert item.due is not None
    assert item.due.day is not None
    event = Event()
    event.add("uid", f"{found.guide.id}-{item.id}-{found.code}@suigo")
    event.add("dtstamp", now)
    event.add("dtstart", item.due.day)
    event.add("dtend", item.due.day + timedelta(days=1))
    event.add("summary", f"{item.entry.title} ({item.due.spec.text})")
    bring = "".join(f"\n- {thing.title}" for thing in item.bring)
    event.add("description", f"{item.because}{bring}\n{address}")
    place = item.department.name if item.department is not None else item.entry.elsewhere
    event.add("location", f"{city().name} {place}" if item.department is not None else str(place))
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", str(item.entry.title))
    alarm.add("trigger", timedelta(days=-2, hours=9))
    event.add_component(alarm)
    return event
