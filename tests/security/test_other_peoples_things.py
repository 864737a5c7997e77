"""What is somebody else's: every address that names a thing, lists asked for in every way, and
sensitive applications to whoever has not said why they look.

That each of these addresses was asked for by two residents and two departments, and told them
nothing, is in ``test_who_may_open_what.py``.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from engines.cases import world
from engines.cases.conftest import browser
from engines.cases.test_rest import Program
from security.table import TABLE
from security.test_markup_of_staff import read_out
from security.test_who_may_open_what import (
    STRANGERS,
    WHO,
    Place,
    address_of,
    picture,
    placed,
    told,
)
from suigo.engines.cases.actions import disclose_case
from suigo.engines.cases.models import Case
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry

__all__ = ["browser"]

pytestmark = pytest.mark.django_db

# --- every address that names a thing

# Arguments that name nothing of anybody's: content of the city, parts of a page, kinds of a thing.
OF_NOBODY = {
    "action",
    "action_id",
    "code",  # of a printed, empty sheet
    "day",
    "event",
    "example",
    "fact",  # which fact: whose is in the session
    "guide_id",
    "kind",
    "mapping",
    "measure_id",
    "page",
    "page_id",
    "part",
    "path",
    "procedure_id",
    "provider",
    "verb",
}
# Things of residents, or of one department.
OWNED = {
    "case_id",
    "disclosure",
    "draft_id",
    "export",
    "file_id",
    "letter_id",
    "passkey",
    "session",
    "signature_id",
    "view_id",
}
# Things of those whose post is to see all of them, whatever the department.
BY_CAPABILITY = {
    "account",
    "delivery_id",
    "design_id",
    "entry_id",
    "grant_id",  # residents see their own, whoever confirms agents sees all (engines/delegation)
    "holding",
    "kiosk_id",
    "message",
    "name",  # a mail of the demonstration
    "number",  # of an application, for programs; of an entry of the ledger
    "question",
    "recovery",
    "report_id",
    "token",
    "visit_id",
}
# Whoever holds the address, which can't be guessed: a number at the counter, a second screen.
FOR_ITS_HOLDER = {"ticket_id", "pairing"}


def arguments(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, set[str]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{pattern.namespace}:" if pattern.namespace else namespace
            yield from arguments(pattern, inside)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", set(pattern.pattern.converters)


def test_every_argument_of_an_address_is_known() -> None:
    """A new kind of thing fails here until somebody says whose it is."""
    used = set().union(*(args for _name, args in arguments(get_resolver())))
    assert used == OF_NOBODY | OWNED | BY_CAPABILITY | FOR_ITS_HOLDER


@pytest.mark.parametrize("name", [n for n, a in arguments(get_resolver()) if a & OWNED])
def test_what_is_owned_opens_to_no_stranger(name: str) -> None:
    said = dict(zip(WHO, TABLE[name][1], strict=True))
    assert "open" not in [said[who] for who in STRANGERS]


# --- lists, asked for in every way


def everywhere(name: str, number: str) -> list[dict[str, str]]:
    """Ways to ask a list for what belongs to the library, or to somebody."""
    anything = [{}, {"search": "水野", "subject": number, "actor": "水野", "q": number}]
    if not name.startswith(("inbox", "figures", "signatures", "to-confirm")):
        return anything
    return [
        *anything,
        *({"view": view} for view in ("open", "done", "shared", "all")),
        *({"view": "all", "department": place} for place in ("library", "library,welfare")),
        {"view": "all", "procedure": world.CARD, "sort": "received"},
        {"view": "all", "q": "水野"},
        {"q": "yoko@example.jp", "department": "library"},
    ]


def lists() -> Iterator[str]:
    """Every address of staff without an argument that may be opened by somebody."""
    for name, args in arguments(get_resolver()):
        method, row = TABLE[name]
        a_list = not args and method == "GET" and "open" in row and "sign-out" not in name
        if a_list and reverse(name).startswith("/staff/"):
            yield name


def test_no_list_tells_another_department(browser: Callable[[Actor], Client]) -> None:
    """Whoever may do most in another department asks every list in every way: inbox, its CSV,
    figures, the plan's lists, the ledger, and the counts in the navigation."""
    people = world.desk()
    case = world.received(people.resident)
    strangers = [
        browser(world.staff("welfare-chief", "係長 福子")),
        browser(world.staff("general-affairs-head", "総務 四郎")),
    ]
    tried = 0
    for name in sorted(lists()):
        for query in everywhere(name, case.number):
            for visitor in strangers:
                answer = visitor.get(f"{reverse(name)}?{urlencode(query)}")
                assert answer.status_code < 500, (name, query)
                # what was asked for stands in the search box; the sending shows addresses
                allowed = {*query.values(), *({"yoko@example.jp"} if name == "notices" else ())}
                assert set(told(answer)) <= allowed, (name, query)
                if name == "inbox":
                    assert str(case.public_id) not in answer.content.decode()
                    assert next(iter(answer.context["page"].staff_tabs)).count == 0
                tried += 1
    assert tried > 120, tried
    chief = Program(world.staff("welfare-chief", "係長 梅子"))
    for query in everywhere("inbox", case.number)[2:]:
        listed = chief.get("/cases", **query).json()
        assert (listed["items"], listed["total"]) == ([], 0)


def test_a_legal_basis_opens_exactly_what_it_names(browser: Callable[[Actor], Client]) -> None:
    """One application, read by another department on a basis that the ledger keeps."""
    people = world.desk()
    one, two = world.received(people.resident), world.received(people.resident)
    disclose_case(
        one.public_id,
        department="welfare",
        article="個人情報保護法69条2項2号",
        reason="見本",
        days=1,
        actor=people.head,
        now=world.NOW,
    )
    reader = browser(people.other)
    shown = reader.get(f"{reverse('inbox')}?view=shared").content.decode()
    assert (one.number in shown, two.number in shown) == (True, False)
    for case, status in ((one, 200), (two, 404)):
        assert reader.get(reverse("case", args=[case.public_id])).status_code == status
    entry = AuditEntry.objects.get(action="case.disclosed")
    assert json.loads(entry.facts)["article"] == "個人情報保護法69条2項2号"
    # and nothing but reading
    for name, args in arguments(get_resolver()):
        if args == {"case_id"} and TABLE[name][0] == "POST":
            tried = {"item": "identity", "text": "メモ", "version": "1", "to": ""}
            answer = reader.post(reverse(name, args=[one.public_id]), tried)
            assert answer.status_code in {403, 404}, name


# --- sensitive applications


@pytest.fixture
def sensitive(settings: LazySettings, tmp_path: Path) -> None:
    city = tmp_path / "city"
    copytree(settings.SUIGO_CITY, city)
    service = city / "services" / world.CARD / "service.yaml"
    service.write_text(f"sensitive: true\n{service.read_text(encoding='utf-8')}", "utf-8")
    settings.SUIGO_CITY = city


def ask(client: Client, name: str, place: Place) -> HttpResponse:
    address = address_of(name, place)
    if TABLE[name][0] == "GET":
        return client.get(address)
    sent = {"file": picture()} if name == "apply-upload" else {"why": "見本", "reason": "見本"}
    return client.post(address, sent)


def test_no_address_tells_colleagues_what_is_sensitive_before_a_reason(
    sensitive: None, browser: Callable[[Actor], Client]
) -> None:
    """The head of the same office, who is in charge of none of them, opens every address."""
    place = placed(browser)
    Case.objects.update(assignee=None)
    head = place.visitors["decider"]
    asked_for_reason = []
    for name in sorted(TABLE):
        # a screen at the counter is for whoever holds its address; the mailbox is a rehearsal
        if "sign-out" in name or name in {"demo-mails", "counter-screen"}:
            continue
        answer = ask(head, name, place)
        assert told(answer) == [], name
        if answer.status_code == 302 and "/reason/" in answer["Location"]:
            asked_for_reason.append(name)
        if answer.status_code == 403 and "見る理由" in answer.content.decode():
            asked_for_reason.append(name)
    assert asked_for_reason == [
        "application-receipt",
        "case",
        "case-action",
        "case-application",
        "case-assign",
        "case-checklist",
        "case-letter",
        "case-letter-preview",
        "documents-staff-file",
        "documents-staff-page",
        "signature-export",
        "signature-person",
    ]


def test_after_a_reason_the_applicant_reads_every_look(
    sensitive: None, browser: Callable[[Actor], Client]
) -> None:
    place = placed(browser)
    Case.objects.update(assignee=None)
    head, mine = place.visitors["decider"], place.visitors["resident A"]
    for case in Case.objects.all():
        given = head.post(
            reverse("case-reason", args=[case.public_id]), {"reason": "inspection", "next": "/"}
        )
        assert given.status_code == 302
    assert "図書館 館長" not in mine.get(reverse("my-looks")).content.decode()
    shown = (
        "case",
        "case-application",
        "case-letter",
        "documents-staff-file",
        "signature-person",
    )
    for number, name in enumerate(shown, 1):
        answer = ask(head, name, place)
        assert answer.status_code == 200, name
        read_out(answer)
        page = mine.get(reverse("my-looks")).content.decode()
        assert page.count("図書館 館長") == number, name
