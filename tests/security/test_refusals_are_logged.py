"""Whoever is refused leaves a line in the security log (ASVS 5.0, 16.3.2), without their name."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from engines.cases.world import NOW, Desk, desk, received, resident, staff
from suigo.engines.identity import actions
from suigo.engines.identity.models import Account
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor, refusals

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        refusals.count_anew()
        yield


@pytest.fixture
def people() -> Desk:
    return desk()


def signed_in(actor: Actor, **options: Any) -> Client:
    store = SessionStore()
    account = Account.objects.get(pk=actor.account_id)
    store.begin(account, assurance=actor.assurance, device="Firefox", keep_data=False, now=NOW)
    store.save()
    client = Client(**options)
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    return client


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, int, str, str]]:
    found = []
    for record in caplog.records:
        if record.name == "suigo.security":
            line = json.loads(record.getMessage().removeprefix("refused "))
            found.append(tuple(line[k] for k in ("who", "page", "status", "code", "needs")))
    return found


def test_staff_without_the_capability(people: Desk, caplog: pytest.LogCaptureFixture) -> None:
    assert signed_in(people.clerk).get("/staff/people/").status_code == 403
    who = f"account {people.clerk.account_id}"
    assert told(caplog) == [(who, "people", 403, "forbidden", "identity.manage")]
    assert people.clerk.name not in caplog.text
    assert people.clerk.email not in caplog.text


def test_what_other_people_own_and_other_departments_keep(
    people: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    case = received(people.resident)
    stranger = resident("他人 太郎", "other@example.jp")
    for actor, path in (
        (stranger, f"/my/applications/{case.public_id}/"),
        (people.other, f"/staff/cases/{case.public_id}/"),
    ):
        caplog.clear()
        assert signed_in(actor).get(path).status_code == 404
        ((who, page, status, code, _needs),) = told(caplog)
        assert (who, status, code) == (f"account {actor.account_id}", 404, "not-found")
        assert page
        assert str(case.public_id) not in caplog.text


def test_a_stranger_who_is_sent_to_sign_in_is_not_refused(
    people: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    assert Client().get("/my/account/").status_code == 302
    assert Client().get("/staff/people/").status_code == 302
    for nothing in ("/nowhere/", "/procedures/nowhere/"):
        assert Client().get(nothing).status_code == 404
    assert told(caplog) == []


def test_a_stranger_who_asks_for_an_application_is(
    people: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    case = received(people.resident)
    assert Client().get(f"/my/applications/{case.public_id}/").status_code == 404
    ((who, _page, status, code, _needs),) = told(caplog)
    assert (who, status, code) == ("anonymous", 404, "not-found")


def test_a_proof_that_fails_in_the_middle_of_a_session(
    people: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    clerk = signed_in(people.clerk)
    assert clerk.post("/confirm/passkey/", {"credential": "{}"}).status_code >= 400
    ((who, page, _status, code, _needs),) = told(caplog)
    assert (who, page) == (f"account {people.clerk.account_id}", "confirm-passkey")
    assert code == "not-proved-again"


def test_a_form_from_elsewhere(people: Desk, caplog: pytest.LogCaptureFixture) -> None:
    clerk = signed_in(people.clerk, enforce_csrf_checks=True)
    assert clerk.post("/staff/sign-out/").status_code == 403
    assert [(line[1], line[3]) for line in told(caplog)] == [("staff-sign-out", "csrf")]


def test_programs(people: Desk, caplog: pytest.LogCaptureFixture) -> None:
    key = actions.create_api_token(
        staff("general-affairs-head", "管理 花子"),
        title="a",
        scopes=["cases.view"],
        expires_at=NOW + timedelta(days=1),
        now=NOW,
    )
    case = received(people.resident)
    path = f"/api/v1/cases/{case.public_id}"
    for header, status, code in (
        ({}, 401, "not-signed-in"),
        ({"Authorization": "Bearer wrong"}, 401, "not-signed-in"),
        ({"Authorization": f"Bearer {key}"}, 404, "not-found"),
    ):
        caplog.clear()
        assert Client().get(path, headers=header).status_code == status
        ((who, page, logged, why, _needs),) = told(caplog)
        assert (logged, why) == (status, code)
        assert page.startswith("api:")
        assert (who == "anonymous") == (status == 401)
        assert key not in caplog.text
