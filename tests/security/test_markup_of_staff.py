"""Markup in every text that the example city's people can write, generated from the pages.

Every form that any page shows to anybody is sent with markup in each of its text controls; then
every page is opened by everybody and read as a browser reads it. Lists for spreadsheets hold no
cell that a spreadsheet would run.
"""

import csv
import io
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client

from engines.cases.conftest import browser
from security.markup import FORMULA, PAYLOAD, Found
from security.table import TABLE
from security.test_who_may_open_what import Place, address_of, place
from suigo.engines.cases.models import Case
from suigo.engines.notices.models import Message
from suigo.kernel.crypto import open_sealed

__all__ = ["browser", "place"]

pytestmark = pytest.mark.django_db

TEXTS = {"text", "search", "", "tel", "url", "email"}
# What would end the sessions or the people that look afterwards; what they write is elsewhere too.
ENDING = ("sign-out", "end-others", "/end", "suspend", "reset", "discard", "withdraw", "revoke")
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


class Forms(HTMLParser):
    """The forms of a page: method, address, and what a browser would send, markup included."""

    def __init__(self, text: str, payload: str) -> None:
        super().__init__()
        self.payload = payload
        self.found: list[tuple[str, str, dict[str, list[str]], int]] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.found.append((has.get("method", "get").lower(), has.get("action", ""), {}, 0))
        if not self.found:
            return
        method, action, values, texts = self.found[-1]
        name = has.get("name", "")
        kind = has.get("type", "").lower()
        if tag == "textarea" or (tag == "input" and kind in TEXTS):
            values[name] = [self.payload]
            self.found[-1] = (method, action, values, texts + 1)
        elif tag == "input" and kind in {"hidden", "date", "number", "time"}:
            values.setdefault(name, []).append(has.get("value", ""))
        elif tag == "input" and kind == "checkbox":
            values.setdefault(name, []).append(has.get("value", "on"))
        elif tag == "input" and kind == "radio":
            values.setdefault(name, [has.get("value", "on")])
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and has.get("value"):
            values.setdefault(self._select, [has["value"]])
        elif tag == "button" and name:
            values.setdefault(name, [has.get("value", "")])


def pages(place: Place) -> list[tuple[str, str, Client]]:
    """Every address that is asked for as a page, with everybody who may open it."""
    found = []
    for name, (method, row) in sorted(TABLE.items()):
        if method == "GET" and not name.endswith("sign-out"):
            for who, word in zip(place.visitors, row, strict=True):
                if word == "open":
                    found.append((name, address_of(name, place), place.visitors[who]))
    return found


def put_away(response: Any) -> None:
    """Read a file to its end, which closes it. Closing it at once would end the connection that
    the test stands on, as the end of a request does."""
    if response.streaming:
        response.getvalue()


def judge(name: str, response: Any) -> bool:
    """Read one answer; whether it shows the markup as words."""
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("text/csv"):
        text = (response.getvalue()).decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text)):
            assert [c for c in row if c.startswith(RUN_BY_SPREADSHEETS) and len(c) > 1] == [], name
    if not kind.startswith("text/html"):
        put_away(response)
        return False
    found = Found(response.content.decode())
    assert found.faults == [], name
    return found.shows_it


@pytest.mark.parametrize("payload", [PAYLOAD, FORMULA + PAYLOAD], ids=["markup", "formula"])
def test_markup_in_every_text_stays_words_on_every_page(place: Place, payload: str) -> None:
    sent, told = 0, 0
    tried: set[tuple[str, tuple[str, ...]]] = set()
    for name, address, visitor in pages(place):
        response = visitor.get(address)
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            put_away(response)
            continue
        for method, action, values, texts in Forms(response.content.decode(), payload).found:
            target = urljoin(address, action.partition("#")[0] or address)
            key = (target, tuple(sorted(values)))
            if not texts or key in tried or any(word in target for word in ENDING):
                continue
            tried.add(key)
            if method == "post":
                answer = visitor.post(target, values)
            else:
                answer = visitor.get(target, values)
            assert answer.status_code < 500, (name, target)
            told += judge(f"{name}: {target}", answer)
            sent += texts
    assert sent > 60, sent
    assert told > 10, told
    shown = [
        name
        for name, address, visitor in pages(place)
        if judge(name, visitor.get(address, follow=True))
    ]
    assert len(set(shown)) > 15, sorted(set(shown))


def test_mails_are_plain_text_and_their_heads_one_line(place: Place) -> None:
    case = Case.objects.order_by("id").first()
    assert case is not None
    for message in Message.objects.all():
        body = open_sealed(message.sealed_body, purpose="notices.body")
        assert "<" not in body.replace("<http", "")
        assert "\n" not in message.subject
        assert "\r" not in message.subject
