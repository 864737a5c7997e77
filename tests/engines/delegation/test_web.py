"""The screens: asking, answering, looking, ending, confirming."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from engines.cases import world
from engines.cases.test_step_up import change_the_city
from engines.delegation.test_whole_path import sent
from engines.delegation.world import (
    CARD,
    DAUGHTER,
    NOW,
    WARD,
    daughter,
    granted,
    invited,
    mails,
    mother,
)
from suigo.engines.cases import actions as cases
from suigo.engines.cases.models import CaseLetter
from suigo.engines.delegation import actions
from suigo.engines.delegation.models import Grant
from suigo.engines.identity.models import PostHolding, Session
from suigo.engines.identity.queries import organisation
from suigo.kernel.access import Actor

pytestmark = pytest.mark.django_db
Browser = Callable[[Actor], Client]
__all__ = ["change_the_city"]
ASKED = {
    "name": "まり",
    "address": DAUGHTER,
    "kind": "family",
    "which": "some",
    "procedures": [CARD],
    "reach": "submit",
    "period": "month",
    "shares_facts": "1",
}


def confirmer() -> Actor:
    """A member of staff of the example city whose post confirms agents."""
    org = organisation()
    post = next(p for p in org.posts if "delegation.confirm" in org.capabilities_of(p))
    found = PostHolding.objects.filter(post=post).first()
    assert found is None
    return world.staff(post, "確認 一郎")


def test_asking_by_the_form(browser: Browser) -> None:
    client = browser(mother())
    page = client.get("/my/proxies/new/").content.decode()
    assert "図書館カードの申込み" in page
    assert "事業所の担当者" not in page  # only who represents a business is asked
    answer = client.post("/my/proxies/new/", ASKED)
    assert answer["Location"] == "/my/proxies/?done=invited"
    grant = Grant.objects.get()
    assert (grant.procedures, grant.reach, grant.shares_facts) == ([CARD], "submit", True)
    assert grant.until_date == NOW.date() + timedelta(days=31)
    assert mails() == [(DAUGHTER, "proxy-invited")]
    listed = client.get("/my/proxies/").content.decode()
    assert "まり さん" in listed
    assert "返事を待っています" in listed


def test_what_is_wrong_is_said_beside_it(browser: Browser) -> None:
    client = browser(mother())
    answer = client.post("/my/proxies/new/", {**ASKED, "address": "x", "procedures": []})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#address"' in page
    assert 'href="#which"' in page
    assert 'value="まり"' in page
    assert not Grant.objects.exists()


def test_who_proved_themselves_long_ago_is_asked_once_more(browser: Browser) -> None:
    person = mother()
    client = browser(person)
    Session.objects.filter(account_id=person.account_id).update(
        proved_at=NOW - timedelta(minutes=16)
    )
    answer = client.post("/my/proxies/new/", ASKED)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/confirm/")
    assert not Grant.objects.exists()
    assert client.get("/my/proxies/new/").status_code == 200
    # ending never waits for a proof
    grant = granted(person, daughter())
    assert client.post(f"/my/proxies/{grant.public_id}/end/").status_code == 302
    assert Grant.objects.get().ending == "withdrawn"


def test_an_invitation_is_declined(browser: Browser) -> None:
    person, holder = mother(), daughter()
    grant, code = invited(person)
    answer = browser(holder).post(f"/my/proxies/{grant}/{code}/", {"answer": "no"})
    assert answer["Location"] == "/my/proxies/?done=declined"
    assert Grant.objects.get().ending == "declined"
    assert mails()[-1] == (person.email, "proxy-changed")


def test_a_gyoseishoshi_says_the_number(browser: Browser) -> None:
    grant, code = invited(mother(), kind="gyoseishoshi")
    client = browser(daughter())
    at = f"/my/proxies/{grant}/{code}/"
    assert client.post(at, {"answer": "yes"}).status_code == 422
    answer = client.post(at, {"answer": "yes", "evidence": "第123号"})
    assert answer["Location"] == "/my/proxies/?done=waits"


def test_whoever_is_not_signed_in_comes_back_to_the_invitation() -> None:
    grant, code = invited(mother())
    answer = Client().get(f"/my/proxies/{grant}/{code}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=%2Fmy%2Fproxies%2F")


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same(
    number: int, browser: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person = mother()
    for n in range(number):
        granted(person, daughter("娘", f"d{n}@example.jp"))
    client = browser(person)
    with django_assert_num_queries(2):
        page = client.get("/my/proxies/").content.decode()
    assert page.count("娘 さん") == number


@pytest.mark.parametrize("number", [1, 3])
def test_the_clerks_list_costs_the_same(
    number: int, browser: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(number):
        actions.claim_guardianship(daughter("後見 人子", f"d{n}@example.jp"), WARD, now=NOW)
    client = browser(confirmer())
    with django_assert_num_queries(7):
        page = client.get("/staff/proxies/").content.decode()
    assert page.count("後見 人子") == number


def test_a_clerk_confirms_on_the_screen(browser: Browser) -> None:
    holder = daughter()
    client = browser(confirmer())
    claimed = browser(holder).post(
        "/my/proxies/guardian/",
        {
            "name": WARD.name,
            "kana": WARD.kana,
            "birth_date": "昭和10年2月3日",
            "address": WARD.address,
            "certificate": WARD.certificate,
            "certificate_date": "R8.11.2",
        },
    )
    assert claimed["Location"] == "/my/proxies/?done=claimed"
    grant = Grant.objects.get()
    at = f"/staff/proxies/{grant.public_id}/"
    page = client.get(at).content.decode()
    for words in ("昭和10年2月3日", "見本県みほん市川辺町1-2", "第2026-12345号"):
        assert words in page
    empty = client.post(at, {"decision": "confirm", "evidence": "", "until_date": ""})
    assert empty.status_code == 422
    assert client.post(at, {"decision": "refuse", "reason": ""}).status_code == 422
    done = client.post(
        at, {"decision": "confirm", "evidence": "証明書", "until_date": "2027-05-31"}
    )
    assert done["Location"] == "/staff/proxies/?done=confirmed"
    assert client.get(at).status_code == 404
    case = sent(holder, Grant.objects.get())
    letter_of(case.public_id, browser, holder)


def letter_of(case_id: object, browser: Browser, holder: Actor) -> None:
    """The guardian opens the letter that the city wrote to the ward."""
    clerk, head = (
        world.staff("library-officer", "司書 一郎"),
        world.staff("library-head", "館長 次郎"),
    )
    case = world.Case.objects.get(public_id=case_id)
    world.act(case, "start_check", clerk)
    world.tick_all(case, clerk)
    world.act(case, "approve", head)
    letter = CaseLetter.objects.get(case=case)
    cases.issue_letter(letter.public_id, now=NOW)
    letter.refresh_from_db()
    at = f"/my/files/{letter.file_id}/"
    assert browser(holder).get(at).status_code == 200
    stranger = daughter("よそ 太郎", "other@example.jp")
    assert browser(stranger).get(at).status_code == 404
    actions.end(holder, Grant.objects.get().public_id, now=NOW)
    assert browser(holder).get(at).status_code == 404


@pytest.mark.parametrize(
    ("agents", "words"),
    [
        ("allowed", "頼まれた人が、オンラインで代わりに申請できます。"),
        ("statutory", "法定代理人だけが、オンラインで代わりに申請できます。"),
        ("none", "オンラインでは、本人だけが申請できます。"),
    ],
)
def test_a_procedure_says_whom_it_takes(
    agents: str, words: str, change_the_city: Callable[..., None]
) -> None:
    change_the_city(agents=agents)
    assert words in Client().get(f"/procedures/{CARD}/").content.decode()


def test_the_holder_does_not_read_on_after_the_end(browser: Browser) -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    case = sent(holder, grant)
    actions.end(person, grant.public_id, now=NOW)
    theirs = browser(holder).get(f"/my/proxies/{grant.public_id}/").content.decode()
    assert case.number not in theirs
    assert "本人がやめました" in theirs
    assert case.number in browser(person).get(f"/my/proxies/{grant.public_id}/").content.decode()


def test_an_agent_answers_a_correction(browser: Browser) -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    case = sent(holder, grant)
    clerk = world.staff("library-officer", "司書 一郎")
    world.act(
        case,
        "request_correction",
        clerk,
        items={"phone": "日中つながる番号をお願いします"},
        correction_due_date=world.TODAY + timedelta(days=14),
    )
    case.refresh_from_db()
    client = browser(holder)
    at = f"/my/applications/{case.public_id}/correct/"
    assert client.get(at).status_code == 200
    answer = client.post(at, {"phone": "0299-99-9999", "version": case.version})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.answers["phone"] == "0299-99-9999"
    assert "市からのお願いに答えました" in (
        browser(person).get(f"/my/proxies/{grant.public_id}/").content.decode()
    )
    assert mails().count((person.email, "proxy-changed")) == 3  # accepted, sent, answered
