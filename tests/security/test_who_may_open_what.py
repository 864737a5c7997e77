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
from services.counter import world as counter
from suigo.engines.cases.models import CaseLetter, SavedView
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.documents.actions import purge_due, store_file
from suigo.engines.facts.actions import Origin, keep_facts
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
Row = tuple[str, ...]

EVERYBODY: Row = ("open",) * 7
# staff enter for others only where their post says so: here, at the counter of welfare
FOR_THEMSELVES: Row = (*["open"] * 3, "no", "no", "open", "no")
# whoever is not a resident is led to the residents' sign-in
RESIDENTS: Row = ("sign in", "open", "open", *["sign in"] * 4)
THEIR_OWN: Row = ("hidden", "open", *["hidden"] * 5)
# the office prints a receipt at the counter
THEIRS_OR_THE_OFFICE: Row = ("hidden", "open", "hidden", "open", "open", "hidden", "hidden")
A_SIGNED_IN: Row = ("sign in", "open", "hidden", *["sign in"] * 4)
OUTSIDE = ("staff sign in",) * 3
STAFF: Row = (*OUTSIDE, "open", "open", "open", "open")
THE_OFFICE: Row = (*OUTSIDE, "open", "open", "hidden", "hidden")
CHECKERS: Row = (*OUTSIDE, "open", "no", "hidden", "hidden")
THE_CLERK: Row = (*OUTSIDE, "open", "hidden", "hidden", "hidden")
DECIDERS: Row = (*OUTSIDE, "hidden", "open", "hidden", "hidden")
EXPORTERS: Row = (*OUTSIDE, "no", "open", "no", "open")
# of these people, only the head of general affairs makes and approves procedures
BUILDERS: Row = (*OUTSIDE, "no", "no", "no", "open")
ADMINISTRATORS: Row = (*OUTSIDE, "no", "no", "no", "open")
IMPORTERS: Row = (*OUTSIDE, "no", "no", "no", "no")
MY_NUMBER: Row = (*OUTSIDE, "no", "no", "no", "no")
# whoever serves at the counter, and whoever runs it; a colleague's visit is taken over first
COUNTER: Row = (*OUTSIDE, "no", "no", "open", "no")
COUNTER_MANAGER: Row = (*OUTSIDE, "no", "no", "no", "open")
# a ticket machine and the clerks of the counter give numbers, nobody else; for a purpose
MACHINE_OR_COUNTER: Row = (*["no"] * 5, "hidden", "no")
KEYS_ONLY: Row = ("key",) * 7  # a signed-in browser is not enough for the API

TABLE: dict[str, tuple[str, Row]] = {
    # -- for everybody
    "city-css": ("GET", EVERYBODY),
    "display": ("GET", EVERYBODY),
    "favicon": ("GET", EVERYBODY),
    "security-txt": ("GET", ("hidden",) * 7),  # until the installation names somebody
    "gallery": ("GET", EVERYBODY),
    "gallery-example": ("GET", EVERYBODY),
    "home": ("GET", EVERYBODY),
    "procedures": ("GET", EVERYBODY),
    "procedure": ("GET", EVERYBODY),
    "paper-form": ("GET", EVERYBODY),
    "paper-sheet": ("GET", EVERYBODY),
    "start-application": ("POST", FOR_THEMSELVES),
    "accessibility": ("GET", EVERYBODY),
    "privacy": ("GET", EVERYBODY),
    "guides": ("GET", EVERYBODY),
    "guide": ("GET", EVERYBODY),
    "guide-code": ("GET", EVERYBODY),
    "guide-result": ("GET", EVERYBODY),
    "guide-calendar": ("GET", EVERYBODY),
    "guide-qr": ("GET", EVERYBODY),
    "plan": ("GET", EVERYBODY),
    "figures-open-data": ("GET", EVERYBODY),
    "plan-measure": ("GET", EVERYBODY),
    "sign-in": ("GET", EVERYBODY),
    "sign-in-code": ("GET", RESIDENTS),
    "sign-out": ("GET", EVERYBODY),
    "staff-sign-in": ("GET", EVERYBODY),
    "staff-sign-out": ("GET", EVERYBODY),
    # the steps in between lead back to the beginning, or home for those who are in
    "staff-second-step": ("GET", STAFF),
    "staff-first-password": ("GET", STAFF),
    "staff-enrol": ("GET", STAFF),
    "staff-recovery-codes": ("GET", STAFF),
    # only demonstrations and tests have these
    "demo-mails": ("GET", EVERYBODY),
    "demo-mail": ("GET", ("hidden",) * 7),
    # -- residents
    "my-page": ("GET", RESIDENTS),
    "account": ("GET", RESIDENTS),
    "my-facts": ("GET", RESIDENTS),
    "facts-download": ("GET", RESIDENTS),
    "withdraw-facts": ("GET", RESIDENTS),
    "change-fact": ("GET", A_SIGNED_IN),
    "settle-fact": ("POST", ("sign in", "hidden", "hidden", *["sign in"] * 4)),
    "withdraw-fact": ("GET", A_SIGNED_IN),
    "account-end-other-sessions": ("POST", RESIDENTS),
    "account-end-session": ("POST", A_SIGNED_IN),
    "own-file": ("GET", A_SIGNED_IN),
    "my-file": ("GET", THEIR_OWN),
    "apply": ("GET", THEIR_OWN),
    "apply-check": ("GET", THEIR_OWN),
    "draft-saved": ("GET", THEIR_OWN),
    "discard-draft": ("GET", THEIR_OWN),
    "apply-page": ("GET", THEIR_OWN),
    "apply-refresh": ("POST", THEIR_OWN),
    "apply-upload": ("POST", THEIR_OWN),
    "my-application": ("GET", THEIR_OWN),
    "application-done": ("GET", THEIR_OWN),
    "correct-application": ("GET", THEIR_OWN),
    "add-to-application": ("GET", THEIR_OWN),
    "withdraw-application": ("GET", THEIR_OWN),
    "application-receipt": ("GET", THEIRS_OR_THE_OFFICE),
    "application-calendar": ("GET", THEIR_OWN),
    # -- staff
    "staff-account": ("GET", STAFF),
    "staff-password": ("GET", STAFF),
    "staff-second-factor": ("GET", STAFF),
    "staff-end-other-sessions": ("POST", STAFF),
    "staff-end-session": ("POST", THE_CLERK),
    "authority": ("GET", STAFF),
    "staff": ("GET", EVERYBODY),
    "inbox": ("GET", STAFF),
    "inbox-assign": ("POST", STAFF),
    "inbox-save-view": ("POST", STAFF),
    "inbox-delete-view": ("POST", THE_CLERK),
    "inbox-export": ("GET", EXPORTERS),
    "figures": ("GET", EXPORTERS),
    "figures-export": ("GET", EXPORTERS),
    "procedure-figures": ("GET", (*OUTSIDE, "no", "open", "no", "hidden")),
    "to-confirm": ("GET", EXPORTERS),
    "to-confirm-export": ("GET", EXPORTERS),
    "case": ("GET", THE_OFFICE),
    "case-assign": ("POST", THE_OFFICE),
    "case-note": ("POST", CHECKERS),
    "case-checklist": ("POST", THE_OFFICE),
    "case-my-number": ("POST", MY_NUMBER),
    "case-application": ("GET", THE_OFFICE),
    "case-letter": ("GET", THE_OFFICE),
    "case-action": ("GET", THE_OFFICE),
    "case-letter-preview": ("POST", DECIDERS),
    "documents-staff-file": ("GET", THE_OFFICE),
    "documents-staff-page": ("GET", THE_OFFICE),
    # -- what arrived by other ways: only those whose post says so, as no post of these people does
    "intake": ("GET", IMPORTERS),
    "intake-delivery": ("GET", IMPORTERS),
    "intake-start": ("POST", IMPORTERS),
    "intake-retry": ("POST", IMPORTERS),
    "intake-dismiss": ("POST", IMPORTERS),
    "intake-download": ("GET", IMPORTERS),
    "intake-mend": ("GET", IMPORTERS),
    "intake-scans": ("GET", IMPORTERS),
    "intake-scan": ("GET", IMPORTERS),
    "intake-type": ("POST", IMPORTERS),
    "intake-scan-dismiss": ("POST", IMPORTERS),
    # -- the counter
    "counter-prepare": ("GET", EVERYBODY),
    "counter-tickets": ("POST", MACHINE_OR_COUNTER),
    "counter-ticket": ("GET", EVERYBODY),
    "counter-ticket-qr": ("GET", EVERYBODY),
    "counter-display": ("GET", EVERYBODY),
    "counter-screen-enter": ("GET", EVERYBODY),
    "counter-screen": ("GET", EVERYBODY),  # whoever has the code, which ends with the visit
    "counter": ("GET", COUNTER),
    "counter-window": ("POST", COUNTER),
    "counter-next": ("POST", COUNTER),
    "counter-give": ("POST", (*OUTSIDE, *MACHINE_OR_COUNTER[3:])),
    "counter-number": ("POST", COUNTER),
    "counter-begin": ("POST", COUNTER),
    "counter-visit": ("GET", COUNTER),
    "counter-take-over": ("POST", COUNTER),
    "counter-person": ("GET", COUNTER),
    "counter-events": ("GET", COUNTER),
    "counter-guide": ("GET", COUNTER),
    "counter-items": ("GET", COUNTER),
    "counter-common": ("GET", COUNTER),
    "counter-entry": ("GET", COUNTER),
    "counter-refresh": ("POST", COUNTER),
    "counter-check": ("GET", COUNTER),
    "counter-pair": ("POST", COUNTER),
    "counter-screen-qr": ("GET", COUNTER),
    "counter-paper": ("POST", COUNTER),
    "counter-receive": ("POST", COUNTER),
    "counter-done": ("GET", COUNTER),
    "counter-set": ("GET", COUNTER),
    "counter-hand-over": ("POST", COUNTER),
    "counter-end": ("POST", COUNTER),
    "counter-figures": ("GET", COUNTER_MANAGER),
    "counter-figures-csv": ("GET", COUNTER_MANAGER),
    "counter-kiosks": ("GET", COUNTER_MANAGER),
    "counter-kiosk-remove": ("POST", COUNTER_MANAGER),
    # -- administration
    "people": ("GET", ADMINISTRATORS),
    "new-person": ("GET", ADMINISTRATORS),
    "person": ("GET", ADMINISTRATORS),
    "give-post": ("POST", ADMINISTRATORS),
    "end-post": ("GET", ADMINISTRATORS),
    "substitute": ("GET", ADMINISTRATORS),
    "end-sessions": ("POST", ADMINISTRATORS),
    "reset-credentials": ("POST", ADMINISTRATORS),
    "suspend-account": ("POST", ADMINISTRATORS),
    "restore-account": ("POST", ADMINISTRATORS),
    "tokens": ("GET", ADMINISTRATORS),
    "revoke-token": ("POST", ADMINISTRATORS),
    "notices": ("GET", ADMINISTRATORS),
    "notice": ("GET", ADMINISTRATORS),
    "notice-send-again": ("POST", ADMINISTRATORS),
    "ledger": ("GET", ADMINISTRATORS),
    "ledger-entry": ("GET", ADMINISTRATORS),
    "ledger-proofs": ("GET", ADMINISTRATORS),
    "ledger-proof": ("GET", ADMINISTRATORS),
    "ledger-verify": ("POST", ADMINISTRATORS),
    "documents-purges": ("GET", ADMINISTRATORS),
    "documents-purge": ("GET", ADMINISTRATORS),
    # -- procedures made in the browser
    "builder": ("GET", BUILDERS),
    "builder-new": ("GET", BUILDERS),
    "builder-questions": ("GET", BUILDERS),
    "builder-about": ("GET", BUILDERS),
    "builder-checklist": ("GET", BUILDERS),
    "builder-letters": ("GET", BUILDERS),
    "builder-preview": ("GET", BUILDERS),
    "builder-frame": ("GET", BUILDERS),
    "builder-paper": ("GET", BUILDERS),
    "builder-trial": ("GET", BUILDERS),
    "builder-review": ("GET", BUILDERS),
    "builder-package": ("GET", BUILDERS),
    "builder-procedure": ("GET", BUILDERS),
    "builder-procedure-package": ("GET", BUILDERS),
    # -- programs: catalogue and guide are public, all else needs a key (tests/engines/cases, REST)
    "api:api-root": ("GET", ("hidden",) * 7),
    "api:apply": ("POST", KEYS_ONLY),
    "api:openapi-json": ("GET", EVERYBODY),
    "api:openapi-view": ("GET", EVERYBODY),
    "api:list_procedures": ("GET", EVERYBODY),
    "api:get_procedure": ("GET", EVERYBODY),
    "api:list_guides": ("GET", EVERYBODY),
    "api:guide_results": ("POST", EVERYBODY),  # stores nothing
    "api:upload": ("POST", KEYS_ONLY),
    "api:get_application": ("GET", KEYS_ONLY),
    "api:list_cases": ("GET", KEYS_ONLY),
    "api:get_case": ("GET", KEYS_ONLY),
    "api:act": ("POST", KEYS_ONLY),
}


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


def outcome(response: HttpResponse) -> str:
    """What happened, in the words of the table."""
    if response.status_code == 302:
        if response["Location"].startswith("/staff/sign-in/"):
            return "staff sign in"
        return "sign in" if response["Location"].startswith("/sign-in/") else "open"
    # what an empty form lacks, or a conflict, is only told to those who may
    told = dict.fromkeys((200, 400, 409, 415, 422), "open")
    words = told | {401: "key", 403: "no"}
    return words.get(response.status_code, "hidden" if response.status_code == 404 else "broken")


@dataclass(frozen=True)
class Place:
    """The people, and the things of resident A and of the clerk that everybody asks for."""

    visitors: dict[str, Client]
    arguments: dict[str, list[Any]]
    special: dict[str, dict[str, Any]]


@pytest.fixture
def place(browser: Callable[[Actor], Client]) -> Place:
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
        {"person.phone": "0299-00-0000"},
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
            "name": ["20261124T000000.000000Z-1-1"],
            "session": [session_of(people.resident), session_of(people.clerk)],
            "file_id": [file.public_id],
            "page": [1],
            "draft_id": [draft],
            "page_id": ["consent"],
            "path": ["proof"],
            "case_id": [case.public_id],
            "letter_id": [letter.public_id],
            "action_id": ["cancel_correction"],
            "view_id": [view.pk],
            "account": [clerk.public_id],
            "holding": [holding.public_id],
            "token": [ApiToken.objects.get().public_id],
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
        },
        {
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
