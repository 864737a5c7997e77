"""Requests that no page of the product sends, generated over every address: redirects to somewhere
else, keys that no form has, other people's things below one's own, paths that climb, foreign sites.
"""

import json
from collections.abc import Iterator
from urllib.parse import quote, urljoin, urlsplit
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from psycopg import sql

from engines.cases import world
from engines.cases.conftest import browser
from engines.cases.test_rest import Program
from security.markup import Found
from security.table import EVERYBODY, TABLE
from security.test_markup_of_staff import Forms, pages
from security.test_who_may_open_what import Place, address_of, picture, place
from suigo.engines.cases.actions import save_page
from suigo.engines.cases.models import CaseLetter
from suigo.engines.identity.models import Account, PostHolding

__all__ = ["browser", "place"]

pytestmark = pytest.mark.django_db

# --- open redirects

ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "https:evil.example/",
    "javascript:alert(1)",
    "/sign-in/../..//evil.example/",
)
RETURNS = (
    "next",
    "back",
    "return",
    "return_to",
    "returnTo",
    "redirect",
    "redirect_uri",
    "url",
    "to",
    "target",
    "continue",
    "goto",
    "from",
    "at",
    "view",
    "q",
)

TAKES_BOTH = ("display", "sign-in", "sign-in-code", "staff-sign-in", "inbox", "procedures")


def leads_elsewhere(address: str, target: str) -> bool:
    """Would a browser at ``address`` leave the site? Browsers read \\ as / and drop tabs."""
    read = "".join(c for c in target.strip() if c not in "\t\r\n").replace("\\", "/")
    there = urlsplit(urljoin(f"http://testserver{address}", read))
    return there.scheme not in {"http", "https"} or there.hostname != "testserver"


def test_the_measure_of_leaving() -> None:
    assert [t for t in ELSEWHERE[:-1] if not leads_elsewhere("/x/", t)] == []
    assert leads_elsewhere("/sign-in/", "//evil.example")
    assert not leads_elsewhere("/sign-in/", "/my/")
    assert not leads_elsewhere("/sign-in/", "?a=//evil.example")


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_parameter_leads_to_another_site(place: Place, target: str) -> None:
    sent = dict.fromkeys(RETURNS, target)
    head = {"referer": "https://evil.example/x", "x-forwarded-host": "evil.example"}
    for name, (method, row) in sorted(TABLE.items()):
        who = next((w for w, word in zip(place.visitors, row, strict=True) if word == "open"), None)
        visitor = place.visitors[who or "anonymous"]
        address = address_of(name, place)
        answers = [visitor.get(address, sent, headers=head)]
        if method == "POST" or name in TAKES_BOTH:
            answers.append(visitor.post(address, sent, headers=head))
        for answer in answers:
            assert answer.status_code < 500, (name, target)
            location = answer.headers.get("Location", "")
            assert not leads_elsewhere(address, location or address), (name, location)
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                text = answer.content.decode()
                assert Found(text).faults == [], name
                assert 'href="https://evil' not in text, name
                assert 'href="//evil' not in text, name
                assert 'action="//evil' not in text, name


# --- mass assignment

WORD, NUMBER, DAY = "x-forged-x", 987_654_321, "2099-09-09"
ID = "0fade000-dead-7bad-8bad-00000000dead"


def forged(taken: set[str]) -> dict[str, str]:
    """Every column that a table of the product has, with a value one would know again."""
    keys: dict[str, str] = {}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            match column:
                case models.UUIDField():
                    value = ID
                case models.DateTimeField():
                    value = f"{DAY}T00:00:00Z"
                case models.DateField():
                    value = DAY
                case models.JSONField():
                    value = json.dumps({WORD: WORD})
                case models.BooleanField():
                    value = "true"
                case models.CharField() | models.TextField():
                    value = WORD
                case _:
                    value = str(NUMBER)
            keys |= {column.name: value, column.attname: value}
    return {key: value for key, value in keys.items() if key not in taken}


def traces() -> list[str]:
    """The tables in which something of it is found, whichever column."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema='public'"
        )
        for (table,) in cursor.fetchall():
            asked = sql.SQL("SELECT count(*) FROM {} AS t WHERE t::text ~ {}").format(
                sql.Identifier(table), f"{WORD}|{NUMBER}|{DAY}|{ID}"
            )
            cursor.execute(asked)
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_a_trace_would_be_found() -> None:
    account = world.resident()
    assert traces() == []
    Account.objects.filter(pk=account.account_id).update(name=WORD)
    assert traces() == ["identity_account"]


def test_keys_that_no_form_has_change_nothing(place: Place) -> None:
    sent = 0
    tried: set[tuple[str, tuple[str, ...]]] = set()
    for name, address, visitor in pages(place):
        if name.endswith("sign-in"):
            continue
        response = visitor.get(address)
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for method, action, values, _texts in Forms(response.content.decode(), "word").found:
            target = urljoin(address, action.partition("#")[0] or address)
            key = (target, tuple(sorted(values)))
            if method != "post" or key in tried:
                continue
            tried.add(key)
            own = {part for k in values for part in (k, k.partition(".")[0])}
            answer = visitor.post(target, forged(own) | values)
            assert answer.status_code < 500, (name, target)
            sent += 1
    assert sent > 50, sent
    assert traces() == []


def test_keys_that_the_api_does_not_know_are_refused(place: Place) -> None:
    chief = world.staff("library-chief", "係長 梅子")
    program = Program(chief)
    before = traces()
    good = {"answers": world.answers(), "language": "ja"}
    for key, value in forged({"answers", "language"}).items():
        answer = program.post(
            f"/procedures/{world.CARD}/applications",
            good | {key: value},
            **{"Idempotency-Key": str(uuid4())},
        )
        assert answer.status_code == 422, key
    inside = program.post(
        f"/procedures/{world.CARD}/applications",
        {"answers": forged(set(world.ANSWERS)) | world.answers()},
        **{"Idempotency-Key": "inside"},
    )
    assert inside.status_code in {201, 422}
    assert traces() == before == []


# --- other people's things


def test_a_key_opens_only_what_its_owner_may_see(place: Place) -> None:
    """The API's routes with an argument, by keys of two departments and of less than is needed."""
    number = place.arguments["number"][0]
    chief = Program(world.staff("library-chief", "係長 梅子"))
    elsewhere = Program(world.staff("welfare-chief", "係長 福子"))
    narrow = Program(world.staff("library-head", "館長 松子"), "cases.enter")
    routes = {
        "api:get_application": lambda p: p.get(f"/applications/{number}"),
        "api:get_case": lambda p: p.get(f"/cases/{number}"),
        "api:act": lambda p: p.post(f"/cases/{number}/actions/cancel_correction", {"version": 1}),
        "api:give_reason": lambda p: p.post(f"/cases/{number}/reason", {"reason": "inquiry"}),
    }
    with_arguments = {
        name
        for name, (_method, row) in TABLE.items()
        if name.startswith("api:") and row != EVERYBODY and "number" in address_pattern(name)
    }
    assert set(routes) == with_arguments
    for name, ask in routes.items():
        assert ask(chief).status_code in {200, 409, 422}, name
        assert ask(elsewhere).status_code == 404, name
        assert ask(narrow).status_code in {403, 404}, name
    listed = elsewhere.get("/cases", view="all").json()
    assert [item["number"] for item in listed["items"]] == []
    answer = narrow.get("/cases")
    assert answer.status_code == 403


def address_pattern(name: str) -> list[str]:
    lists = get_resolver()
    for part in name.split(":")[:-1]:
        lists = lists.namespace_dict[part][1]
    return list(lists.reverse_dict.getlist(name.rpartition(":")[2])[0][0][0][1])


def test_a_thing_is_not_reached_through_another_that_is_one_s_own(place: Place) -> None:
    """Two ids in one address must belong together."""
    clerk = place.visitors["clerk"]
    mine = place.arguments["case_id"][0]
    letter = CaseLetter.objects.exclude(case__public_id=mine).first()
    assert letter is not None
    address = reverse("case-letter", kwargs={"case_id": mine, "letter_id": letter.public_id})
    assert clerk.get(address).status_code == 404
    administrator = place.visitors["administrator"]
    other = PostHolding.objects.exclude(public_id=place.arguments["holding"][0]).first()
    assert other is not None
    for name in ("end-post", "substitute"):
        wrong = {"account": place.arguments["account"][0], "holding": other.public_id}
        assert administrator.get(reverse(name, kwargs=wrong)).status_code == 404
        assert administrator.post(reverse(name, kwargs=wrong)).status_code == 404
    # B names A's file in an application of B's own: it isn't taken
    theirs = world.resident("別 人二", "second@example.jp")
    draft = world.draft_of(theirs)
    kept = save_page(
        draft,
        page="consent",
        posted={"proof": [str(place.arguments["file_id"][0])], "rules": ["yes"]},
        actor=theirs,
        now=world.NOW,
        owner_token="",
        own_files=set(),
    )
    assert str(place.arguments["file_id"][0]) not in str(kept.draft.answers)


# --- foreign sites

# sets the size of the letters and the language: kernel/ui/web.py says why without
WITHOUT_TOKEN = ("display",)


def test_no_address_takes_a_post_without_its_token(place: Place) -> None:
    for who in ("anonymous", "resident A", "administrator"):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = place.visitors[who].cookies
        for name in TABLE:
            if not name.startswith("api:") and name not in WITHOUT_TOKEN:
                for method in ("post", "put", "delete", "patch"):
                    answer = getattr(strict, method)(address_of(name, place))
                    assert answer.status_code == 403, (who, name, method)


def test_a_signed_in_browser_is_nobody_to_the_api(place: Place) -> None:
    """So nothing that a foreign site makes a browser send can do anything there."""
    for name, (method, row) in TABLE.items():
        if name.startswith("api:") and row != EVERYBODY and name != "api:api-root":
            visitor = place.visitors["administrator"]
            for answer in (
                visitor.post(address_of(name, place), "{}", content_type="application/json"),
                visitor.get(address_of(name, place)),
            ):
                assert answer.status_code in {401, 405}, (name, method)
                assert "access-control-allow-origin" not in answer.headers


# --- paths that climb

CLIMBING = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "....//....//etc/passwd",
    "..\\..\\..\\etc\\passwd",
    "/etc/passwd",
    "..%c0%af..%c0%afetc/passwd",
    "file:///etc/passwd",
)


def text_arguments() -> Iterator[tuple[str, str]]:
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            for argument, converter in pattern.pattern.converters.items():
                if type(converter).__name__ in {"StringConverter", "PathConverter"}:
                    yield str(pattern.name), argument


@pytest.mark.parametrize("climb", CLIMBING)
def test_no_address_leads_out_of_its_folder(place: Place, climb: str) -> None:
    tried = 0
    for name, argument in text_arguments():
        address = address_of(name, place)
        given = str(
            (place.special.get(name, {}) | {argument: place.arguments[argument][0]})[argument]
        )
        for visitor in (place.visitors["administrator"], place.visitors["resident A"]):
            answer = visitor.get(address.replace(quote(given), climb))
            assert answer.status_code in {301, 302, 400, 404, 405}, (name, climb)
            tried += 1
    for below in ("/static/", "/static/ui/", "/files/", "/demo/mail/"):
        answer = Client().get(f"{below}{climb}")
        assert answer.status_code in {301, 302, 400, 404}, (below, climb)
        tried += 1
    assert tried >= 10


@pytest.mark.parametrize("climb", ["../../etc/passwd", "..\\..\\boot.ini", 'a"\r\nX: y.png', "/x"])
def test_a_file_s_name_is_only_a_name(place: Place, climb: str) -> None:
    mine = place.visitors["resident A"]
    sent = SimpleUploadedFile("x.png", picture().getvalue(), content_type="image/png")
    sent._name = climb
    answer = mine.post(address_of("apply-upload", place), {"file": sent})
    assert answer.status_code in {200, 201, 400, 422}
    assert "etc/passwd" not in answer.content.decode()
    page = mine.get(address_of("apply-page", place)).content.decode()
    assert "etc/passwd" not in page
    assert "boot.ini" not in page or "..\\" not in page
