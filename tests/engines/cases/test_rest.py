"""The API: the issue's contract, problems everywhere, and a fuzzer."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from engines.cases.world import CARD, NOW, Desk, act, answers, desk, received, staff, tick_all
from suigo.engines.cases.models import Case
from suigo.engines.identity.actions.tokens import _digest
from suigo.engines.identity.models import Account, ApiToken
from suigo.kernel.access import Actor
from suigo.project.wsgi import application

PROBLEM = "application/problem+json"
SCOPES = ("cases.view", "cases.check", "cases.enter", "cases.decide", "cases.assign")


@pytest.fixture
def people(db: None) -> Desk:
    return desk()


class Program:
    """A program with a token."""

    def __init__(self, actor: Actor, *scopes: str) -> None:
        self.raw = f"suigo_{uuid4().hex[:10]}_{uuid4().hex}"
        ApiToken.objects.create(
            account=Account.objects.get(pk=actor.account_id),
            title="試験",
            prefix=self.raw.split("_")[1],
            token_hash=_digest(self.raw),
            scopes=list(scopes or SCOPES),
            created_at=NOW,
            expires_at=NOW + timedelta(days=30),
        )
        self.client = Client(headers={"Authorization": f"Bearer {self.raw}"})

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(f"/api/v1{path}", query)

    def post(self, path: str, body: object, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers
        )

    def apply(self, key: str, **changes: Any) -> Any:
        return self.post(
            f"/procedures/{CARD}/applications",
            {"answers": answers(**changes)},
            **{"Idempotency-Key": key},
        )


@pytest.fixture
def program(people: Desk, browser: Callable[[Actor], Client]) -> Program:
    """Everything a chief may do, through a token. The clock stands still (``browser``)."""
    return Program(people.chief)


def is_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(response.content)
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM)
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"]
    assert body["detail"]
    return body


# --- procedures


def test_procedures_are_public(people: Desk) -> None:
    listed = Client().get("/api/v1/procedures").json()
    assert [p["id"] for p in listed] == sorted(p["id"] for p in listed)
    (card,) = (p for p in listed if p["id"] == CARD)
    assert card["standard_period"] == {"days": 3, "unit": "business_days", "sample": True}
    one = Client().get(f"/api/v1/procedures/{CARD}", headers={"Accept-Language": "en"}).json()
    assert one["title"] == "Library card"
    assert one["answers"]["properties"]["branch"]["enum"] == ["central", "riverside", "bus"]
    is_problem(Client().get("/api/v1/procedures/nothing"), 404, "not-found")


# --- applications


def test_an_application_is_sent_once(program: Program) -> None:
    first = program.apply("k1")
    assert first.status_code == 201
    assert first.json() == {
        "number": "R8-S01-0001",
        "received_at": "2026-11-24T01:00:00Z",
        "due_date": "2026-11-27",
        "status_url": f"{settings.SUIGO_BASE_URL}/api/v1/applications/R8-S01-0001",
    }
    again = program.apply("k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    is_problem(program.apply("k1", per_month=3), 409, "conflict")
    assert Case.objects.count() == 1
    status = program.get("/applications/R8-S01-0001").json()
    assert (status["phase"], status["due_date"]) == ("waiting", "2026-11-27")


def test_what_is_wrong_is_named_by_path(program: Program) -> None:
    body = is_problem(program.apply("k", branch="moon", birthday="2999-01-01"), 422, "invalid")
    assert [e["path"] for e in body["errors"]] == ["birthday", "branch"]
    missing = program.post(f"/procedures/{CARD}/applications", {"answers": answers()})
    body = is_problem(missing, 422, "invalid")
    assert [e["path"] for e in body["errors"]] == ["header.Idempotency-Key"]
    assert not Case.objects.exists()


def test_files_come_before_the_application(program: Program, people: Desk) -> None:
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]"
    pdf += b"/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
    pdf += b"trailer<</Root 1 0 R>>\n"
    sent = program.client.post(
        "/api/v1/files", {"file": SimpleUploadedFile("写し.pdf", pdf, "application/pdf")}
    )
    assert sent.status_code == 201, sent.content
    file_id = sent.json()["id"]
    assert program.apply("k", proof=[file_id]).status_code == 201
    stranger = Program(people.clerk, "cases.view", "cases.enter")
    account = Account.objects.get(pk=people.clerk.account_id)
    assert account.is_active
    is_problem(stranger.apply("k", proof=[file_id]), 403, "forbidden")
    is_problem(program.apply("k2", proof=[str(uuid4())]), 422, "invalid")


# --- cases


def test_staff_read_and_decide(program: Program, people: Desk) -> None:
    case = received(people.resident)
    listed = program.get("/cases", q="水野").json()
    assert [c["number"] for c in listed["items"]] == [case.number]
    one = program.get(f"/cases/{case.number}").json()
    assert one["answers"]["branch"] == "central"
    assert [a["id"] for a in one["actions"]] == ["start_check", "request_correction"]
    moved = program.post(f"/cases/{case.number}/actions/start_check", {"version": 1})
    assert moved.json() == {
        "number": case.number,
        "state": "checking",
        "phase": "checking",
        "version": 2,
    }
    late = program.post(f"/cases/{case.number}/actions/request_correction", {"version": 1})
    assert "係長 花子" in is_problem(late, 409, "conflict")["detail"]
    is_problem(
        program.post(f"/cases/{case.number}/actions/approve", {"version": 2}), 403, "forbidden"
    )
    tick_all(case, people.clerk)
    head = Program(people.head)
    refused = head.post(
        f"/cases/{case.number}/actions/reject", {"version": 2, "decision": {"sum": 1}}
    )
    assert [e["path"] for e in is_problem(refused, 422, "invalid")["errors"]] == ["sum"]
    done = head.post(
        f"/cases/{case.number}/actions/reject", {"version": 2, "decision": {"reason": "理由"}}
    )
    assert done.json()["phase"] == "done"


def test_lists_are_paged(program: Program, people: Desk) -> None:
    for _ in range(3):
        received(people.resident)
    first = program.get("/cases", limit="2").json()
    second = program.get("/cases", limit="2", cursor=first["next"]).json()
    numbers = [c["number"] for c in first["items"] + second["items"]]
    assert sorted(numbers) == ["R8-S01-0001", "R8-S01-0002", "R8-S01-0003"]
    assert (second["next"], first["total"]) == (None, 3)


def test_a_sealed_number_never_leaves(program: Program, people: Desk) -> None:
    case = received(people.resident)
    case.answers = {**case.answers, "my_number": {"sealed": "v1.secret"}}
    case.save(update_fields=["answers"])
    body = program.get(f"/cases/{case.number}").content.decode()
    assert "v1.secret" not in body
    assert json.loads(body)["answers"]["my_number"] == {"entered": True}


# --- who may


@pytest.mark.parametrize("path", ["/cases", "/cases/R8-S01-0001", "/applications/R8-S01-0001"])
def test_without_a_token(people: Desk, path: str) -> None:
    received(people.resident)
    bare = Client().get(f"/api/v1{path}")
    is_problem(bare, 401, "not-signed-in")
    assert bare["WWW-Authenticate"].startswith("Bearer")
    wrong = Client(headers={"Authorization": "Bearer nonsense"}).get(f"/api/v1{path}")
    is_problem(wrong, 401, "not-signed-in")


def test_scopes_narrow_and_departments_hold(program: Program, people: Desk) -> None:
    case = received(people.resident)
    reader = Program(people.chief, "cases.view")
    assert reader.get("/cases").status_code == 200
    is_problem(reader.apply("k"), 403, "forbidden")
    is_problem(
        reader.post(f"/cases/{case.number}/actions/start_check", {"version": 1}), 403, "forbidden"
    )
    stranger = Program(staff("welfare-chief", "福祉 係長"), "cases.view", "cases.check")
    assert stranger.get("/cases").json()["items"] == []
    is_problem(stranger.get(f"/cases/{case.number}"), 404, "not-found")
    is_problem(stranger.get(f"/applications/{case.number}"), 404, "not-found")
    path = f"/cases/{case.number}/actions/start_check"
    is_problem(stranger.post(path, {"version": 1}), 404, "not-found")
    act(case, "start_check", people.clerk)


# --- problems


def test_everything_that_goes_wrong_is_a_problem(program: Program) -> None:
    client = program.client
    is_problem(client.get("/api/v1/nothing"), 404, "not-found")
    is_problem(client.get("/api/nothing"), 404, "not-found")
    wrong_method = client.delete("/api/v1/procedures")
    is_problem(wrong_method, 405, "method-not-allowed")
    assert wrong_method["Allow"] == "GET"
    path = f"/api/v1/procedures/{CARD}/applications"
    key = {"Idempotency-Key": "k"}
    text = client.post(path, "x", content_type="text/plain", headers=key)
    is_problem(text, 415, "unsupported-media-type")
    for broken in ("{", "NaN", '{"answers": NaN}', "[" * 100_000):
        is_problem(
            client.post(path, broken, content_type="application/json", headers=key),
            400,
            "bad-json",
        )
    deep = '{"answers": ' + '{"a":' * 30 + "1" + "}" * 30 + "}"
    is_problem(
        client.post(path, deep, content_type="application/json", headers=key), 400, "bad-json"
    )
    big = json.dumps({"answers": {"wishes": "あ" * 6_000_000}})
    is_problem(
        client.post(path, big, content_type="application/json", headers=key), 413, "too-large"
    )
    is_problem(client.post("/api/v1/files", {}), 422, "invalid")
    is_problem(
        client.post("/api/v1/files", b"x", content_type="multipart/form-data; boundary=y"),
        422,
        "invalid",
    )
    is_problem(client.get("/api/v1/cases/%00"), 404, "not-found")
    is_problem(client.get("/api/v1/cases", {"limit": "0"}), 422, "invalid")
    is_problem(client.get("/api/v1/cases", {"view": "secret"}), 422, "invalid")


@pytest.mark.parametrize(
    "changes",
    [
        {"wishes": "\x00"},
        {"wishes": "\ud800"},
        {"per_month": 10**400},
        {"per_month": True},
        {"card_kinds": ["books"] * 1000},
        {"applicant": []},
        {"applicant": {"family": {"a": 1}}},
        {"proof": ["not an id"]},
        {"birthday": "2026-02-30"},
        {"rules": "yes"},
    ],
)
def test_hostile_answers_are_refused(program: Program, changes: dict[str, Any]) -> None:
    is_problem(program.apply("k", **changes), 422, "invalid")
    assert not Case.objects.exists()


def test_the_document_is_openapi_3_1_and_its_page_needs_no_inline_script() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/api/v1/guides",
        "/api/v1/guides/{event}/results",
        "/api/v1/procedures",
        "/api/v1/procedures/{procedure_id}",
        "/api/v1/procedures/{procedure_id}/applications",
        "/api/v1/files",
        "/api/v1/applications/{number}",
        "/api/v1/cases",
        "/api/v1/cases/{number}",
        "/api/v1/cases/{number}/reason",
        "/api/v1/cases/{number}/actions/{action}",
    }
    page = Client().get("/api/v1/docs")
    html = page.content.decode()
    assert page.status_code == 200
    assert "https://" not in html
    assert "script-src 'self'" in page["Content-Security-Policy"]


# --- the fuzzer


@pytest.fixture
def one_connection() -> Iterator[None]:
    """As Django's own test client does: a request must not close the test's connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def meaningless_for(case: schemathesis.Case) -> list[Any]:
    """Checks that can't be asked of this request."""
    # which answers are right depends on the procedure, not on this document
    found: list[Any] = [positive_data_acceptance]
    headers = case.meta.components.get(ParameterLocation.HEADER) if case.meta else None
    if headers is not None and headers.mode is schemathesis.GenerationMode.NEGATIVE:
        # what was wrong about the headers is the missing key, which every request here gets
        found.append(negative_data_rejection)
    return found


@pytest.mark.usefixtures("one_connection")
def test_the_api_keeps_its_word_whatever_is_sent(program: Program, people: Desk) -> None:
    """Every operation of the document, with what it allows and what it does not: answers have a
    documented status and shape, and never is it a failure of ours."""
    act(received(people.resident), "start_check", people.clerk)
    act(received(people.resident), "request_correction", people.clerk, items={"phone": "直す"})
    act(received(people.resident), "withdraw", people.resident)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    tried: list[str] = []
    impossible: list[tuple[str, str]] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        tried.append(operation.label)
        for mode in schemathesis.GenerationMode:

            @hypothesis_settings(
                max_examples=10,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(operation.as_strategy(generation_mode=mode))
            def keeps_its_word(case: schemathesis.Case) -> None:
                case.call_and_validate(
                    headers={"Authorization": f"Bearer {program.raw}"},
                    excluded_checks=meaningless_for(case),
                )

            try:
                keeps_its_word()
            except Unsatisfiable:
                impossible.append((operation.label, mode.name))
    assert len(tried) == 11
    # only where any text may stand in the address is there nothing to get wrong
    assert {mode for _label, mode in impossible} == {"NEGATIVE"}
    assert not any(label.startswith("POST") or label.endswith("/cases") for label, _ in impossible)
