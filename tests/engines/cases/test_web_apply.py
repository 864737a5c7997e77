"""The resident's screens: catalogue, application, receipt, my page."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from engines.cases import world
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case, Draft
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor, Assurance

pytestmark = pytest.mark.django_db
PAGES = ("applicant", "card", "consent")


@pytest.fixture(autouse=True)
def _at_ten() -> Iterator[None]:
    with time_machine.travel(world.NOW, tick=False):
        yield


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "ja"})


def signed_in(actor: Actor) -> Client:
    from suigo.engines.identity.models import Account  # noqa: PLC0415 - the test's own set-up

    store = SessionStore()
    account = Account.objects.get(pk=actor.account_id)
    store.begin(
        account, assurance=Assurance.CONTACT, device="Firefox", keep_data=False, now=world.NOW
    )
    store.save()
    client = Client(headers={"accept-language": "ja"})
    client.cookies["session"] = store.session_key or ""
    return client


def start(client: Client, procedure_id: str = world.CARD) -> str:
    """The address of the draft's first page."""
    response = client.post(f"/procedures/{procedure_id}/start/", follow=True)
    assert response.status_code == 200
    return response.redirect_chain[-1][0]


def posted(page: str, answers: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a browser would post for one page of the library card."""
    values: dict[str, Any] = {}
    for node in procedure(world.CARD).form.page(page).nodes:
        value = (answers or world.ANSWERS).get(node.field.id)
        kind = node.field.kind
        if kind == "date" and value:
            year, month, day = value.split("-")
            values |= {f"{node.path}.era": "西暦", f"{node.path}.year": year}
            values |= {f"{node.path}.month": month, f"{node.path}.day": day}
        elif isinstance(value, dict):
            values |= {f"{node.path}.{key}": inner for key, inner in value.items()}
        elif isinstance(value, bool):
            values[node.path] = "yes" if value else "no" if kind == "yes_no" else ""
        elif value is not None:
            values[node.path] = value
    return values


def fill(client: Client, first_page: str) -> str:
    """Answer every page; returns the address of the check page."""
    address = first_page
    for page in PAGES:
        response = client.post(address, posted(page))
        assert response.status_code == 302, response.content.decode()[:3000]
        address = response["Location"]
    assert address.endswith("/check/")
    return address


def test_the_home_page_offers_procedures_without_a_query(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = visitor.get("/")
    assert "何をしますか" in response.content.decode()
    assert f"/procedures/{world.CARD}/" in response.content.decode()


def test_procedures_are_found_by_everyday_words(visitor: Client) -> None:
    found = visitor.get("/procedures/", {"q": "図書館"}).content.decode()
    assert f"/procedures/{world.CARD}/" in found
    nothing = visitor.get("/procedures/", {"q": "宇宙旅行"}).content.decode()
    assert "見つかりませんでした" in nothing
    assert f"/procedures/{world.CARD}/" not in nothing
    # words of which only some are known still lead somewhere; reading or spelling don't matter
    for typed in (
        "図書館 宇宙旅行",
        "ＬＩＢＲＡＲＹ",
        "かしだしかーど",
        "カシダシカード",
        "町の図書館で",
    ):
        found = visitor.get("/procedures/", {"q": typed}).content.decode()
        assert f"/procedures/{world.CARD}/" in found, typed


def test_the_list_offers_only_events_of_life_with_procedures(visitor: Client) -> None:
    page = visitor.get("/procedures/").content.decode()
    home = visitor.get("/").content.decode()
    events = re.findall(r"[?]event=([a-z-]+)", page)
    assert events == re.findall(r"[?]event=([a-z-]+)", home)
    assert "bereavement" not in events


def test_an_unknown_procedure_is_not_found(visitor: Client) -> None:
    assert visitor.get("/procedures/nothing/").status_code == 404


def test_the_whole_way_on_foot_gives_a_number_in_the_answer_itself(visitor: Client) -> None:
    check = fill(visitor, start(visitor))
    assert "水野　葉子" in visitor.get(check).content.decode()
    response = visitor.post(check)
    assert response.status_code == 200
    case = Case.objects.get()
    html = response.content.decode()
    assert case.number == "R8-S01-0001"
    assert case.number in html
    assert response["Content-Location"] == f"/my/applications/{case.public_id}/done/"
    again = visitor.get(response["Content-Location"])
    assert case.number in again.content.decode()


def test_sending_twice_shows_the_same_receipt(visitor: Client) -> None:
    check = fill(visitor, start(visitor))
    first, second = visitor.post(check), visitor.post(check)
    assert (first.status_code, second.status_code) == (200, 200)
    assert Case.objects.count() == 1
    assert Case.objects.get().number in second.content.decode()


def test_a_wrong_entry_is_explained_and_nothing_typed_is_lost(visitor: Client) -> None:
    address = start(visitor)
    wrong = posted("applicant") | {"birthday.month": "13", "phone": "12", "applicant.family": ""}
    response = visitor.post(address, wrong)
    html = response.content.decode()
    assert response.status_code == 422
    assert html.count('class="error-summary"') == 1
    for target in ("#f-birthday", "#f-phone", "#f-applicant-family"):
        assert f'href="{target}' in html
    assert 'value="13"' in html
    assert 'value="12"' in html
    draft = Draft.objects.get()
    assert draft.answers["address"]["town"] == "川辺町"  # what could be read is kept


def test_going_back_keeps_the_answers(visitor: Client) -> None:
    address = start(visitor)
    visitor.post(address, posted("applicant"))
    assert 'value="水野"' in visitor.get(address).content.decode()


def test_a_question_appears_when_an_answer_asks_for_it(visitor: Client) -> None:
    address = start(visitor)
    commuter = posted("applicant") | {"commutes": "yes"}
    response = visitor.post(address, commuter)
    assert response.status_code == 422
    assert 'name="workplace"' in response.content.decode()
    region = visitor.post(f"{address}refresh/", commuter).content.decode()
    assert 'name="workplace"' in region
    assert "error-summary" not in region


def test_a_draft_is_nobody_else_s(visitor: Client) -> None:
    address = start(visitor)
    stranger = Client()
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, posted("applicant")).status_code == 404
    assert signed_in(world.resident()).get(address).status_code == 404


def test_a_draft_becomes_the_resident_s_after_signing_in(visitor: Client) -> None:
    address = start(visitor)
    visitor.post(address, posted("applicant"))
    actor = world.resident()
    client = signed_in(actor)
    session = client.session
    session["owner_token"] = visitor.session["owner_token"]
    session.save()
    page = client.get("/my/").content.decode()
    assert "書きかけ" in page
    draft = Draft.objects.get()
    assert (draft.owner_id, draft.owner_token) == (actor.account_id, "")
    assert client.get(address).status_code == 200
    assert visitor.get(address).status_code == 404


def test_an_expired_draft_says_so(visitor: Client) -> None:
    address = start(visitor)
    Draft.objects.update(created_at=world.NOW.replace(year=2025), expires_at=world.NOW)
    response = visitor.get(address)
    assert response.status_code == 410
    assert "保存期間が過ぎた" in response.content.decode()


def test_stopping_for_now_keeps_the_page_and_says_until_when(visitor: Client) -> None:
    address = start(visitor)
    response = visitor.post(address, {"applicant.family": "水野", "_leave": "1"}, follow=True)
    html = response.content.decode()
    assert "保存しました" in html
    assert "令和8年12月24日" in html
    assert Draft.objects.get().answers["applicant"] == {"family": "水野"}


def test_throwing_a_draft_away_asks_first(visitor: Client) -> None:
    start(visitor)
    draft = Draft.objects.get()
    page = visitor.get(f"/apply/{draft.public_id}/discard/")
    assert (page.status_code, Draft.objects.count()) == (200, 1)
    visitor.post(f"/apply/{draft.public_id}/discard/")
    assert Draft.objects.count() == 0


def test_the_check_page_names_what_is_missing(visitor: Client) -> None:
    start(visitor)
    draft = Draft.objects.get()
    response = visitor.post(f"/apply/{draft.public_id}/check/")
    assert response.status_code == 422
    assert "「お名前」を入力してください。" in response.content.decode()
    assert Case.objects.count() == 0


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, format="PNG")
    out.seek(0)
    out.name = "hyou.png"
    return out


def consent_page(client: Client) -> str:
    address = start(client)
    for page in PAGES[:2]:
        address = client.post(address, posted(page))["Location"]
    return address


def test_a_file_travels_with_the_page(visitor: Client) -> None:
    address = consent_page(visitor)
    response = visitor.post(address, posted("consent") | {"proof": "", "proof.upload": picture()})
    assert response.status_code == 302
    kept = Draft.objects.get().answers["proof"]
    assert len(kept) == 1
    assert "hyou.png" in visitor.get(address).content.decode()
    removal = {"proof": ["", kept[0]], "_remove_file": kept[0]}
    visitor.post(address, posted("consent") | removal)
    assert Draft.objects.get().answers["proof"] == []


def test_a_file_sent_by_a_script_answers_with_its_line(visitor: Client) -> None:
    address = consent_page(visitor)
    response = visitor.post(f"{address}upload/proof/", {"file": picture()})
    html = response.content.decode()
    found = re.search(r'name="proof" value="([0-9a-f-]{36})"', html)
    assert response.status_code == 200
    assert found is not None
    visitor.post(address, posted("consent") | {"proof": ["", found[1]]})
    assert Draft.objects.get().answers["proof"] == [found[1]]
    shown = visitor.get(f"/my/files/{found[1]}/")
    assert shown["Content-Type"] == "image/png"
    assert Client().get(f"/my/files/{found[1]}/").status_code == 404


def test_an_executable_is_refused_and_the_rest_is_kept(visitor: Client) -> None:
    address = consent_page(visitor)
    program = io.BytesIO(b"MZ" + bytes(200))
    program.name = "report.pdf"
    response = visitor.post(address, posted("consent") | {"proof": "", "proof.upload": program})
    assert response.status_code == 422
    assert "report.pdf" in response.content.decode()
    assert Draft.objects.get().answers["rules"] is True
    sent = visitor.post(f"{address}upload/proof/", {"file": program})
    assert "file--failed" in sent.content.decode()


def test_somebody_else_s_file_can_not_be_named(visitor: Client) -> None:
    address = consent_page(visitor)
    other = Client()
    theirs = consent_page(other)
    answer = other.post(f"{theirs}upload/proof/", {"file": picture()}).content.decode()
    found = re.search(r'value="([0-9a-f-]{36})"', answer)
    assert found is not None
    refused = visitor.post(address, posted("consent") | {"proof": ["", found[1]]})
    assert refused.status_code == 302, refused.content.decode()
    draft = Draft.objects.get(public_id=UUID(address.split("/")[2]))
    assert draft.answers.get("proof") == []


def test_hostile_posts_are_refused_with_a_sentence(visitor: Client) -> None:
    address = start(visitor)
    many = {f"x{i}": "1" for i in range(5_100)}
    assert visitor.post(address, many).status_code in {400, 413}
    broken = visitor.post(address, posted("applicant") | {"applicant.given": "葉\x00子"})
    assert broken.status_code == 422
    assert visitor.post(address.replace("applicant", "nothing"), {}).status_code == 404
    assert Draft.objects.count() == 1


def test_a_body_that_is_too_large_is_refused_unread(visitor: Client) -> None:
    address = start(visitor)
    response = visitor.post(
        address, b"", content_type="application/octet-stream", CONTENT_LENGTH=str(300 * 1024**2)
    )
    assert response.status_code == 413
    assert "20MB" in response.content.decode()


def test_a_definition_changed_mid_way_does_not_change_the_draft(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = fill(visitor, start(visitor))
    before = Draft.objects.get().definition_id
    from suigo.engines.cases.queries import procedures  # noqa: PLC0415

    live = procedures.procedure(world.CARD)
    edited = live.spec.model_copy(
        update={"service": live.spec.service.model_copy(update={"minutes": 99})}
    )
    changed = procedures.as_procedure(edited)
    catalogue = procedures.Catalogue({world.CARD: changed}, {changed.hash: changed})
    monkeypatch.setattr(procedures._catalogue, "_value", catalogue)
    assert visitor.post(check).status_code == 200
    assert Case.objects.get().definition_id == before


# -- my page ------------------------------------------------------------------------------------


def case_of(actor: Actor) -> Case:
    receipt = actions.submit_application(
        world.draft_of(actor), actor=actor, now=world.NOW, language="ja"
    )
    return Case.objects.get(public_id=receipt.case_id)


@pytest.mark.parametrize("number", [1, 3])
def test_my_page_lists_with_the_same_queries(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actor = world.resident()
    for _unused in range(number):
        case_of(actor)
        world.draft_of(actor)
    client = signed_in(actor)
    with django_assert_num_queries(3):
        html = client.get("/my/").content.decode()
    assert html.count("R8-S01-") == number


def test_my_page_needs_a_sign_in(visitor: Client) -> None:
    response = visitor.get("/my/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=%2Fmy%2F")


def test_an_application_is_shown_to_its_applicant_only(visitor: Client) -> None:
    actor = world.resident()
    case = case_of(actor)
    address = f"/my/applications/{case.public_id}/"
    html = signed_in(actor).get(address).content.decode()
    assert case.number in html
    assert "水野　葉子" in html
    for path in ("", "done/", "receipt.pdf", "due.ics", "correct/", "withdraw/"):
        assert visitor.get(address + path).status_code == 404
        other = signed_in(world.resident("別 人", f"other{len(path)}@example.jp"))
        assert other.get(address + path).status_code == 404


def test_the_receipt_is_a_pdf_with_the_number() -> None:
    from suigo.engines.documents.rendering import pdf_text  # noqa: PLC0415

    actor = world.resident()
    case = case_of(actor)
    response = signed_in(actor).get(f"/my/applications/{case.public_id}/receipt.pdf")
    assert response["Content-Type"] == "application/pdf"
    text = pdf_text(response.content)
    assert case.number in text
    assert "受付票" in text


def test_the_deadline_goes_into_a_calendar() -> None:
    actor = world.resident()
    case = case_of(actor)
    response = signed_in(actor).get(f"/my/applications/{case.public_id}/due.ics")
    text = response.content.decode()
    assert f"DTSTART;VALUE=DATE:{case.due_date:%Y%m%d}" in text
    assert "水野" not in text


def test_the_paper_twin_asks_the_same_questions(visitor: Client) -> None:
    from suigo.engines.documents.rendering import pdf_text  # noqa: PLC0415

    response = visitor.get(f"/procedures/{world.CARD}/paper.pdf")
    text = pdf_text(response.content).replace("\n", "")
    for label in ("お名前", "生年月日", "受け取る図書館", "利用規則への同意"):
        assert label in text


def test_a_correction_is_answered_in_place() -> None:
    people = world.desk()
    case = case_of(people.resident)
    case = world.act(
        case,
        "request_correction",
        people.clerk,
        items={"phone": "日中つながる番号をお願いします"},
        correction_due_date=world.TODAY + timedelta(days=14),
    )
    client = signed_in(people.resident)
    address = f"/my/applications/{case.public_id}/correct/"
    html = client.get(address).content.decode()
    assert "日中つながる番号をお願いします" in html
    assert 'name="branch"' not in html
    version = {"version": case.version}
    wrong = client.post(address, version | {"phone": "12"})
    assert wrong.status_code == 422
    ok = client.post(address, version | {"phone": "090-0000-0001", "branch": "bus"})
    assert ok.status_code == 302
    case.refresh_from_db()
    assert (case.answers["phone"], case.answers["branch"]) == ("090-0000-0001", "central")
    assert client.get(address).status_code == 409


def test_withdrawing_asks_first_and_then_closes() -> None:
    actor = world.resident()
    case = case_of(actor)
    client = signed_in(actor)
    address = f"/my/applications/{case.public_id}/withdraw/"
    assert client.get(address).status_code == 200
    stale = client.post(address, {"version": 99})
    assert stale.status_code == 409
    assert client.post(address, {"version": case.version}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.phase) == ("withdrawn", "done")


def test_an_upload_is_in_the_draft_before_its_page_is_sent(visitor: Client) -> None:
    address = consent_page(visitor)
    visitor.post(f"{address}upload/proof/", {"file": picture()})
    kept = Draft.objects.get().answers["proof"]
    assert len(kept) == 1
    assert kept[0] in visitor.get(address).content.decode()


def test_going_back_after_sending_leads_to_the_application(visitor: Client) -> None:
    check = fill(visitor, start(visitor))
    visitor.post(check)
    case = Case.objects.get()
    response = visitor.get(check)
    assert response.status_code == 302
    assert response["Location"] == f"/my/applications/{case.public_id}/"
    assert Client().get(check).status_code == 404


def test_a_helper_button_says_where_to_go_on(visitor: Client) -> None:
    address = start(visitor)
    response = visitor.post(
        address, posted("applicant") | {"address.postal_code": "311-2493", "_lookup": "address"}
    )
    html = response.content.decode()
    assert 'id="f-address-block" autofocus' in html
    assert html.count(" autofocus") == 1


def test_the_check_page_links_to_what_is_missing(visitor: Client) -> None:
    start(visitor)
    draft = Draft.objects.get()
    html = visitor.get(f"/apply/{draft.public_id}/check/").content.decode()
    link = f"/apply/{draft.public_id}/page/applicant/?back=check#f-applicant-family"
    assert f'href="{link}"' in html
