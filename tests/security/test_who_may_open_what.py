"""Who may open what: every address of the product, asked for by everybody.

An address is asked as a page where it can be one, else by sending an empty form. What somebody may
not know exists is "hidden" (404), what they know but may not use is "no" (403). A new address fails
here until somebody decides who may open it.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from PIL import Image

from engines.cases import world
from engines.signing.cards import waiting_signature
from security.proxies import proxies
from security.table import (
    A_SIGNED_IN,
    RESIDENTS,
    STAFF,
    TABLE,
    THE_OFFICE,
    THEIR_OWN,
)
from security.ways_in import ways_in
from services.counter import world as counter
from suigo.engines.cases.actions import disclose_case
from suigo.engines.cases.models import CaseDisclosure, CaseLetter, SavedView
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.documents.actions import purge_due, store_file
from suigo.engines.facts.actions import Origin, keep_facts
from suigo.engines.forms.rules.prefilling import Told
from suigo.engines.identity.actions import create_api_token
from suigo.engines.identity.models import Account, ApiToken, PostHolding, Session
from suigo.engines.notices.models import Message
from suigo.kernel.access import SYSTEM, Actor
from suigo.services.builder.actions import start_design
from suigo.services.builder.queries.beginnings import copied_files
from suigo.services.counter.actions.screens import pair_screen
from suigo.services.counter.actions.tickets import issue_ticket, register_kiosk
from suigo.services.counter.models import Kiosk
from suigo.services.intake.actions import bring_in
from suigo.services.ledger.actions import prove_yesterday

pytestmark = pytest.mark.django_db

WHO = (
    "anonymous",
    "resident A",
    "resident B",
    "clerk",
    "decider",
    "clerk elsewhere",
    "administrator",
)


def names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """The name of every address, ``namespace:name`` inside a namespace."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield f"{namespace}{pattern.name}"


def test_every_address_has_a_row() -> None:
    assert sorted(set(names(get_resolver()))) == sorted(TABLE)


# what says who A is, or what A answered
OF_RESIDENT_A = ("水野", "葉子", "ミズノ", "ヨウコ", "0299-00-0000", "yoko@example.jp", "川辺町")
# the demonstration's mailbox is everybody's; whoever watches the sending sees the address
SHOWN = {"demo-mails": OF_RESIDENT_A, "notices": ("yoko@example.jp",)}
SHOWN["notice"] = SHOWN["notice-send-again"] = SHOWN["notices"]
# a way back in is for any clerk of recovery, whatever the department
SHOWN |= dict.fromkeys(("recoveries", "recovery", "approve-recovery"), OF_RESIDENT_A)
# whoever confirms agents sees whom they act for, whatever the department
SHOWN |= dict.fromkeys(("staff-proxies", "staff-proxy"), OF_RESIDENT_A)
# who has nothing to do with A; at the counter the clerk elsewhere serves somebody of the same name
STRANGERS = ("anonymous", "resident B", "clerk elsewhere", "administrator")


def told(response: HttpResponse) -> list[str]:
    """What an answer tells about A, as text or as the address that it leads to."""
    content = b"".join(response) if response.streaming else response.content
    text = content.decode(errors="ignore") + response.headers.get("Location", "")
    return [word for word in OF_RESIDENT_A if word in text]


def outcome(response: HttpResponse) -> str:
    """What happened, in the words of the table."""
    if response.status_code == 302:
        if response["Location"].startswith("/staff/sign-in/"):
            return "staff sign in"
        return "sign in" if response["Location"].startswith("/sign-in/") else "open"
    # what an empty form lacks, or a conflict, is only told to those who may
    told = dict.fromkeys((200, 400, 409, 415, 422), "open")
    words = told | {401: "key", 403: "no", 410: "gone"}
    return words.get(response.status_code, "hidden" if response.status_code == 404 else "broken")


@dataclass(frozen=True)
class Place:
    """The people, and the things of resident A and of the clerk that everybody asks for."""

    visitors: dict[str, Client]
    arguments: dict[str, list[Any]]
    special: dict[str, dict[str, Any]]


@pytest.fixture
def place(browser: Callable[[Actor], Client]) -> Place:
    return placed(browser)


def placed(browser: Callable[[Actor], Client]) -> Place:
    people = world.desk()
    administrator = world.staff("general-affairs-head", "総務 四郎")
    other = world.resident("別 人", "other@example.jp")
    visitors = {
        "anonymous": Client(),
        "resident A": browser(people.resident),
        "resident B": browser(other),
        "clerk": browser(people.clerk),
        "decider": browser(people.head),
        "clerk elsewhere": browser(people.other),
        "administrator": browser(administrator),
    }
    file = store_file(
        people.resident,
        name="hyou.png",
        content_type_claimed="image/png",
        stream=picture(),
        accept=("image",),
        owner_token="",
        now=world.NOW,
    )
    draft = world.draft_of(people.resident)
    case = world.received(people.resident, proof=[str(file.public_id)])
    world.act(
        case,
        "request_correction",
        people.clerk,
        items={"phone": "日中つながる番号をお願いします"},
        correction_due_date=world.TODAY + timedelta(days=14),
    )
    checked = world.received(people.resident)
    world.act(checked, "start_check", people.clerk)
    world.tick_all(checked, people.clerk)
    decided = world.received(people.resident)
    world.act(decided, "start_check", people.clerk)
    world.tick_all(decided, people.clerk)
    world.act(decided, "approve", people.head)
    letter = CaseLetter.objects.get(case=decided)
    disclose_case(
        case.public_id,
        department="general-affairs",
        article="個人情報保護法69条2項2号",
        reason="見本",
        days=1,
        actor=people.head,
        now=world.NOW - timedelta(days=2),  # ended yesterday
    )
    disclosure = CaseDisclosure.objects.get()
    clerk = Account.objects.get(pk=people.clerk.account_id)
    holding = PostHolding.objects.get(account=clerk)
    view = SavedView.objects.create(
        owner_id=clerk.pk, name="見本", query="view=all", created_at=world.NOW
    )
    create_api_token(
        administrator,
        title="見本",
        scopes=["cases.view"],
        expires_at=world.NOW + timedelta(days=1),
        now=world.NOW,
    )
    keep_facts(
        people.resident,
        {"person.phone": Told("0299-00-0000")},
        origin=Origin(case.public_id, case.number, "見本"),
        replace=(),
        now=world.NOW,
    )
    message = Message.objects.order_by("-id").first()
    assert message is not None
    delivery = bring_in(
        SYSTEM, kind="pittari", mapping="", name="x.zip", content=b"x", now=world.NOW
    )
    report = purge_due(SYSTEM, now=world.NOW)
    prove_yesterday(now=world.NOW)
    design = start_design(
        world.CARD, copied_files(world.CARD), note="", actor=administrator, now=world.NOW
    )
    visit = counter.begun(people.other)
    pairing = pair_screen(visit, actor=people.other, now=world.NOW)
    ticket = issue_ticket("moving", actor=people.other, now=world.NOW)
    register_kiosk("見本", actor=administrator, now=world.NOW)
    return Place(
        visitors,
        {
            "example": ["home"],
            "procedure_id": [world.CARD],
            "measure_id": ["1-1-01"],
            "guide_id": ["moving-in"],
            "event": ["moving-in"],
            "provider": ["card"],
            "question": [UUID(int=0)],
            "name": ["20261124T000000.000000Z-1-1"],
            "session": [session_of(people.resident), session_of(people.clerk)],
            "file_id": [file.public_id],
            "page": [1],
            "draft_id": [draft],
            "page_id": ["consent"],
            "path": ["proof"],
            "case_id": [case.public_id],
            "letter_id": [letter.public_id],
            "disclosure": [disclosure.public_id],
            "action_id": ["cancel_correction"],
            "view_id": [view.pk],
            "account": [clerk.public_id],
            "holding": [holding.public_id],
            "token": [ApiToken.objects.get().public_id],
            **ways_in(people),
            **proxies(people.resident, world.NOW),
            "message": [message.public_id],
            "report_id": [report.public_id],
            "number": [case.number],
            "fact": ["person-phone"],
            "delivery_id": [delivery],
            "entry_id": [UUID(int=0)],
            "code": [procedure(world.CARD).hash[:16]],
            "action": ["start_check"],
            "design_id": [design],
            "visit_id": [visit],
            "pairing": [pairing],
            "ticket_id": [ticket.public_id],
            "verb": ["finish"],
            "day": ["2026-11-23"],
            "kind": ["statement"],
            "kiosk_id": [Kiosk.objects.get().public_id],
            "mapping": ["logo-library-card"],
            "signature_id": [waiting_signature(case)],
            "part": ["p7s"],
        },
        {
            "object-to-recovery": {"token": "0" * 64},
            "ledger-entry": {"number": 1},
            "builder-frame": {"design_id": design, "page_id": "applicant"},
            "case-letter": {"case_id": decided.public_id},
            "case-letter-preview": {"case_id": checked.public_id, "action_id": "approve"},
        },
    )


def session_of(actor: Actor) -> UUID:
    return Session.objects.get(account_id=actor.account_id).public_id


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, format="PNG")
    out.seek(0)
    return out


def address_of(name: str, place: Place) -> str:
    """The address with A's, or for staff the clerk's, things in it."""
    _namespace, _colon, own = name.rpartition(":")
    lists = get_resolver()
    for part in name.split(":")[:-1]:
        lists = lists.namespace_dict[part][1]
    wanted = lists.reverse_dict.getlist(own)[0][0][0][1]
    values = {key: place.arguments[key][-1 if name.startswith("staff-") else 0] for key in wanted}
    return reverse(name, kwargs=values | place.special.get(name, {}))


@pytest.mark.parametrize("name", sorted(TABLE))
def test_everybody_may_open_exactly_what_the_table_says(name: str, place: Place) -> None:
    method, expected = TABLE[name]
    address = address_of(name, place)
    found = []
    for who in WHO:
        visitor = place.visitors[who]
        sent = {"file": picture()} if name == "apply-upload" else {}
        response = visitor.get(address) if method == "GET" else visitor.post(address, sent)
        found.append(outcome(response))
        if who in STRANGERS and not (found[-1] == "open" and name.startswith("counter")):
            assert set(told(response)) <= set(SHOWN.get(name, ())), (who, told(response))
    assert dict(zip(WHO, found, strict=True)) == dict(zip(WHO, expected, strict=True))


def test_a_foreign_site_can_not_post_for_anybody(place: Place) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = place.visitors["clerk"].cookies
    for name, (method, _row) in TABLE.items():
        if method == "POST" and not name.startswith("api:"):
            assert strict.post(address_of(name, place)).status_code == 403, name


def test_nobody_s_pages_are_kept_by_caches_in_between(place: Place) -> None:
    for name, (method, row) in TABLE.items():
        if method == "GET" and row in (RESIDENTS, THEIR_OWN, A_SIGNED_IN, STAFF, THE_OFFICE):
            who = "clerk" if row in (STAFF, THE_OFFICE) else "resident A"
            response = place.visitors[who].get(address_of(name, place))
            kept = response.headers.get("Cache-Control", "")
            varies = response.headers.get("Vary", "")
            assert "private" in kept or "no-store" in kept or "Cookie" in varies, name
