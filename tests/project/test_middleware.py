"""What holds for every page: who may keep it, and which characters never reach the database."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from engines.cases.world import CARD, NOW, Desk, desk, received, staff
from suigo.engines.identity import actions
from suigo.engines.identity.models import Account
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor

pytestmark = pytest.mark.django_db
PERSONAL = "private, no-store"
NUL = "\x00"


@pytest.fixture(autouse=True)
def _at_ten() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), translation.override("ja"):
        yield


@pytest.fixture
def people() -> Desk:
    return desk()


def signed_in(actor: Actor) -> Client:
    account = Account.objects.get(pk=actor.account_id)
    store = SessionStore()
    store.begin(account, assurance=actor.assurance, device="Firefox", keep_data=False, now=NOW)
    store.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    return client


def keeping(response: HttpResponse) -> tuple[int, str, bool]:
    """Status, ``Cache-Control``, and whether the answer differs by cookie."""
    return (
        response.status_code,
        response.get("Cache-Control", ""),
        "Cookie" in response.get("Vary", ""),
    )


def test_pages_of_one_person_are_kept_by_nobody(people: Desk) -> None:
    case = received(people.resident)
    resident, clerk = signed_in(people.resident), signed_in(people.clerk)
    apply_page = resident.post(f"/procedures/{CARD}/start/", follow=True).redirect_chain[-1][0]
    for client, path in (
        (resident, "/my/"),
        (resident, f"/my/applications/{case.public_id}/"),
        (resident, apply_page),
        (resident, "/api/v1/procedures"),
        (clerk, "/staff/inbox/"),
        (clerk, f"/staff/cases/{case.public_id}/"),
    ):
        status, control, varies = keeping(client.get(path))
        assert (status, control) == (200, PERSONAL), path
        assert varies or path.startswith("/api/"), path


def test_answers_to_programs_are_kept_by_nobody(people: Desk) -> None:
    received(people.resident)
    key = actions.create_api_token(
        staff("general-affairs-head", "管理 花子"),
        title="a",
        scopes=["cases.view"],
        expires_at=NOW + timedelta(days=1),
        now=NOW,
    )
    listed = Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {key}"})
    assert (listed.status_code, listed["Cache-Control"]) == (200, PERSONAL)
    assert Client().get("/api/v1/cases")["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", f"/procedures/{CARD}/"])
def test_public_pages_stay_cacheable_for_visitors(path: str) -> None:
    response = Client().get(path)
    assert keeping(response) == (200, "", True)
    assert settings.SESSION_COOKIE_NAME not in response.cookies


def test_a_public_page_with_somebody_s_name_on_it_does_not(people: Desk) -> None:
    assert keeping(signed_in(people.resident).get("/")) == (200, PERSONAL, True)


def test_a_view_s_own_word_about_keeping_stands() -> None:
    assert "max-age=0" in Client().get("/sign-in/")["Cache-Control"]


@pytest.mark.parametrize(
    "address",
    [
        "/staff/people/?q=%00",
        "/staff/people/?after=%00~1",
        "/staff/people/?%00=1",
        "/staff/notices/?q=%00",
        "/staff/inbox/?q=%00",
        "/?q=%00",
    ],
)
def test_no_address_brings_nul_to_the_database(address: str) -> None:
    response = signed_in(staff("general-affairs-head", "管理 花子")).get(address)
    assert response.status_code == 400
    assert "目に見えない制御文字" in response.content.decode()


def test_nothing_lives_at_a_path_with_nul() -> None:
    assert Client().get("/procedures/%00/").status_code == 404


def test_a_lone_surrogate_in_an_address_is_refused() -> None:
    sent = {"QUERY_STRING": "q=" + quote("+2AA-"), "CONTENT_TYPE": "text/plain; charset=utf-7"}
    assert Client().get("/", **sent).status_code == 400  # type: ignore[arg-type]


def test_programs_get_a_problem_for_it() -> None:
    response = Client().get("/api/v1/procedures?q=%00")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "field"),
    [("/staff/sign-in/", "email"), ("/staff/sign-in/", "password"), ("/sign-in/", "email")],
)
def test_nul_in_a_sign_in_is_no_failure_of_ours(path: str, field: str) -> None:
    sent = {"email": "a@example.jp", "password": "x", field: f"a{NUL}@example.jp"}
    response = Client().post(path, sent)
    # beside the field where the page looks at the text itself, else the page that explains it
    assert response.status_code == (400 if (path, field) == ("/staff/sign-in/", "email") else 422)


def test_failures_of_ours_stay_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_unused: object, **_named: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(actions, "begin_staff_sign_in", broken)
    with pytest.raises(ValueError, match="a bug"):
        Client().post("/staff/sign-in/", {"email": "a@example.jp", "password": "x"})


def test_the_page_for_a_body_that_is_too_large_is_protected_like_all_others() -> None:
    response = Client(headers={"accept-language": "en"}).post(
        "/sign-in/",
        b"",
        content_type="application/octet-stream",
        CONTENT_LENGTH=str(settings.SUIGO_REQUEST_BYTES + 1),
    )
    assert response.status_code == 413
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Content-Language"] == "en"
