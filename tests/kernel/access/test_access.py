"""Actors, gates and the register of capabilities."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor, Assurance, capabilities
from suigo.kernel.access.web import actor_of, resident_required, staff_required
from suigo.kernel.errors import Forbidden
from suigo.kernel.manifest import Capability

RESIDENT = Actor(kind="resident", account_id=1, assurance=Assurance.CONTACT)
CLERK = Actor(kind="staff", account_id=2, capabilities=frozenset({"cases.view"}))


def request_by(actor: Actor | None, *, method: str = "GET", path: str = "/a/?b=1") -> HttpRequest:
    request = RequestFactory().generic(method, path)
    if actor is not None:
        request.actor = actor  # type: ignore[attr-defined]
    return request


@resident_required()
def for_residents(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@resident_required(Assurance.IDENTITY)
def for_proven_residents(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@staff_required("cases.view")
def for_clerks(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@staff_required("cases.decide")
def for_deciders(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def test_the_program_itself_may_everything_and_nobody_may_nothing() -> None:
    assert SYSTEM.can("cases.decide")
    assert not ANONYMOUS.can("cases.decide")
    assert CLERK.can("cases.view")
    with pytest.raises(Forbidden):
        CLERK.require("cases.decide")


def test_a_request_that_met_no_middleware_is_anonymous() -> None:
    assert actor_of(request_by(None)) is ANONYMOUS


@pytest.mark.parametrize(
    ("view", "actor", "outcome"),
    [
        (for_residents, RESIDENT, 200),
        (for_residents, CLERK, 302),
        (for_residents, ANONYMOUS, 302),
        (for_proven_residents, RESIDENT, 302),
        (for_clerks, CLERK, 200),
        (for_clerks, RESIDENT, 302),
        (for_clerks, ANONYMOUS, 302),
    ],
)
def test_gates(view: Any, actor: Actor, outcome: int) -> None:
    assert view(request_by(actor)).status_code == outcome


def test_staff_without_the_capability_are_refused_not_sent_around() -> None:
    with pytest.raises(Forbidden):
        for_deciders(request_by(CLERK))


@pytest.mark.parametrize(("method", "target"), [("GET", "/a/?b=1"), ("POST", "/a/")])
def test_the_way_back_is_remembered(method: str, target: str) -> None:
    response = for_residents(request_by(ANONYMOUS, method=method))
    place = urlsplit(response["Location"])
    assert place.path == "/sign-in/"
    assert parse_qs(place.query) == {"next": [target]}


def test_capabilities_are_declared_once() -> None:
    before = capabilities.known()
    try:
        with pytest.raises(ValueError, match="'a' is declared twice"):
            capabilities.register([Capability("a", "A"), Capability("a", "B")])
        assert capabilities.known() == before
        capabilities.register([Capability("a", "A"), Capability("b", "B")])
        assert list(capabilities.known()) == ["a", "b"]
    finally:
        capabilities.register(before.values())
