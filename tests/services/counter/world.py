"""Visits that the tests of the counter begin. Everything is invented."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from engines.cases.world import NOW
from suigo.kernel.access import Actor
from suigo.services.counter.actions import entering, visits
from suigo.services.counter.models import Item, Visit

CARD, WASTE = "s01-library-card", "g01-bulky-waste"
PERSON: dict[str, Any] = {
    "name": {
        "family": "水野",
        "given": "葉子",
        "family_kana": "ミズノ",
        "given_kana": "ヨウコ",
    },
    "birth_date": "1990-04-01",
    "address": {
        "postal_code": "9998531",
        "prefecture": "見本県",
        "city": "みほん市",
        "town": "川辺町",
        "block": "1-2",
    },
    "sex": "2",
}
MOVED = {"moved_on": date(2026, 11, 20), "family": ("reader",), "furniture": "few"}
CARD_REST = {
    "email": [""],
    "commutes": ["no"],
    "branch": ["central"],
    "card_kinds": ["books"],
    "per_month": [""],
    "large_print": ["no"],
    "wishes": [""],
    "rules": ["yes"],
}
WASTE_REST = {
    "items.0.what": ["たんす"],
    "items.0.size": ["large"],
    "wanted_date.year": ["2026"],
    "wanted_date.month": ["12"],
    "wanted_date.day": ["10"],
}


def begun(clerk: Actor, *, ticket: UUID | None = None, now: datetime = NOW) -> UUID:
    """A visit with two applications that only know the four items."""
    visit = visits.begin_visit(actor=clerk, now=now, window=1, ticket_id=ticket)
    visits.save_person(
        visit, PERSON, source="typed", identity="photo_document", actor=clerk, now=now
    )
    visits.choose_events(visit, ["moving-in"], actor=clerk, now=now)
    assert visits.answer_guide(visit, "moving-in", MOVED, actor=clerk, now=now)
    entries = ["library-card", "bulky-waste", "move-in-notice"]
    visits.choose_items(visit, entries, actor=clerk, now=now)
    return visit


def filled(clerk: Actor, *, ticket: UUID | None = None, now: datetime = NOW) -> UUID:
    """A visit in which everything was asked."""
    visit = begun(clerk, ticket=ticket, now=now)
    said = {"person_phone": ["0299-00-0000"], "person_email": [""]}
    assert entering.save_common(visit, said, actor=clerk, now=now).errors == {}
    for procedure, rest in ((CARD, CARD_REST), (WASTE, WASTE_REST)):
        saved = entering.save_entry(visit, procedure, rest, actor=clerk, now=now)
        assert (saved.errors, saved.again) == ({}, False)
    return visit


def row(visit: UUID) -> Visit:
    return Visit.objects.get(public_id=visit)


def drafts(visit: UUID) -> list[UUID]:
    found = Item.objects.filter(visit__public_id=visit, draft_id__isnull=False)
    return [item.draft_id for item in found if item.draft_id is not None]
