"""The security log is bounded, and says itself what it left out."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest
from django.test import RequestFactory

from suigo.kernel.access import ANONYMOUS, Actor, Assurance, NeedsProof, refusals
from suigo.kernel.errors import Forbidden, NotFound, Refused, SuigoError

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CLERK = Actor(kind="staff", account_id=7, name="見本 花子", email="hanako@example.jp")


@pytest.fixture(autouse=True)
def _from_nothing() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        refusals.count_anew()
        yield
    refusals.count_anew()


def asked_by(actor: Actor) -> HttpRequest:
    request = RequestFactory().get("/staff/cases/0195/?q=見本")
    request.actor = actor  # type: ignore[attr-defined]
    request.resolver_match = None
    return request


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    told = [r.getMessage() for r in caplog.records if r.name == "suigo.security"]
    assert all(line.startswith("refused ") and "\n" not in line for line in told)
    return [json.loads(line.removeprefix("refused ")) for line in told]


def test_a_line_says_who_and_what_was_missing_and_no_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    refusals.note_error(asked_by(CLERK), Forbidden("見本 花子さんにはできません", needs="a.b"))
    assert lines(caplog) == [
        {
            "who": "account 7",
            "kind": "staff",
            "page": "",
            "method": "GET",
            "status": 403,
            "code": "forbidden",
            "needs": "a.b",
        }
    ]
    assert {r.levelno for r in caplog.records} == {logging.WARNING}
    assert "見本" not in caplog.text
    assert "0195" not in caplog.text


@pytest.mark.parametrize(
    ("actor", "error", "written"),
    [
        (CLERK, NotFound(), 1),
        (ANONYMOUS, NotFound(), 0),
        (ANONYMOUS, Forbidden("x"), 1),
        (CLERK, NeedsProof("x", assurance=Assurance.IDENTITY), 1),
        (CLERK, Refused("x"), 0),
    ],
)
def test_what_is_a_refusal_of_access(
    actor: Actor, error: SuigoError, written: int, caplog: pytest.LogCaptureFixture
) -> None:
    refusals.note_error(asked_by(actor), error)
    assert len(lines(caplog)) == written


def test_one_person_fills_no_more_than_their_part(caplog: pytest.LogCaptureFixture) -> None:
    other = Actor(kind="staff", account_id=8)
    for _ in range(refusals.LINES_FOR_ONE + 30):
        refusals.note(asked_by(CLERK), status=403, code="forbidden")
    refusals.note(asked_by(other), status=403, code="forbidden")
    told = lines(caplog)
    assert [line["who"] for line in told] == [
        *["account 7"] * (refusals.LINES_FOR_ONE + 1),
        "account 8",
    ]
    assert told[refusals.LINES_FOR_ONE] == {"who": "account 7", "rest": "only counted"}
    caplog.clear()
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        refusals.note(asked_by(CLERK), status=403, code="forbidden")
    assert [line.get("left_out_before", line.get("status")) for line in lines(caplog)] == [30, 403]


def test_many_together_fill_no_more_than_all_may(caplog: pytest.LogCaptureFixture) -> None:
    for number in range(refusals.LINES + 50):
        who = Actor(kind="resident", account_id=100 + number)
        refusals.note(asked_by(who), status=404, code="not-found")
    assert len(lines(caplog)) == refusals.LINES + 1
