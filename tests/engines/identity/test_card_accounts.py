"""Whose account a card opens: never somebody else's, never by guess."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from shutil import copytree
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.test import Client

from engines.identity.rehearsed import Visit, rehearsed
from engines.identity.sample import Staff
from suigo.engines.identity import actions
from suigo.engines.identity.models import (
    Account,
    ConfirmedItems,
    ExternalIdentity,
    MatchQuestion,
    Session,
)
from suigo.engines.identity.queries import records
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Conflict, Forbidden, Invalid
from suigo.project.rehearsal.provider import Rehearsal

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
CHOOSE = "/sign-in/choose/"


@pytest.fixture
def rehearsal(settings: Any) -> Iterator[Rehearsal]:
    with rehearsed(settings) as found:
        yield found


@pytest.fixture
def clerk(staff: Callable[..., Staff], actor_of: Callable[[Staff], Actor]) -> Actor:
    return actor_of(staff("窓口 花子", "general-affairs-head"))


def signed_in(client: Client) -> int | None:
    actor: Actor = client.get("/sign-out/").wsgi_request.actor  # type: ignore[attr-defined]
    return actor.account_id


def waiting(rehearsal: Rehearsal) -> UUID:
    Visit(rehearsal).come("mizuno")
    Visit(rehearsal).come("mizuno-moved")
    return MatchQuestion.objects.get().public_id


def test_the_same_four_items_on_a_new_card_open_the_same_account(rehearsal: Rehearsal) -> None:
    Visit(rehearsal).come("mizuno")
    Visit(rehearsal).come("mizuno-again")
    account = Account.objects.get()
    linked = account.identities.order_by("pk").values_list("linked_by", flat=True)
    assert list(linked) == ["first", "items"]


@pytest.mark.parametrize(
    ("before", "after", "differs_in"),
    [
        ("mizuno", "mizuno-moved", ["address"]),
        ("mizuno", "mizuno-renamed", ["name"]),
        ("takahashi", "takahashi-plain", ["name", "address"]),
    ],
)
def test_whoever_is_nearly_somebody_waits_for_a_clerk(
    before: str, after: str, differs_in: list[str], rehearsal: Rehearsal
) -> None:
    Visit(rehearsal).come(before)
    visit = Visit(rehearsal)
    back = visit.come(after)
    assert (back.status_code, back["Location"]) == (302, "/sign-in/waiting/")
    page = visit.client.get("/sign-in/waiting/").content.decode()
    assert "職員が確認しています" in page
    assert "令和8年11月27日（金） までに確かめる予定です。" in page
    assert "要確認" in page
    assert signed_in(visit.client) is None
    assert Account.objects.count() == ExternalIdentity.objects.count() == 1
    question = MatchQuestion.objects.get()
    assert question.differs_in == differs_in
    visit.come(after)  # asking again asks nothing new
    assert MatchQuestion.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "shown", "marked"),
    [
        ("", "令和8年11月24日（火） に受け付けました。", False),
        ("card_match: [{working_days: 4}]", "令和8年11月30日（月） までに", False),
        ("card_match: [{working_days: 4, verify: true}]", "令和8年11月30日（月） までに", True),
        (
            "card_match: [{working_days: 4}, {working_days: 5, from_date: 2026-11-24},"
            " {working_days: 9, from_date: 2026-11-25}]",
            "令和8年12月1日（火） までに",
            False,
        ),
    ],
)
def test_how_long_it_takes_is_what_the_city_says(
    said: str, shown: str, marked: bool, rehearsal: Rehearsal, settings: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "city"
    copytree(settings.SUIGO_CITY, folder)
    told = (folder / "city.yaml").read_text(encoding="utf-8")
    ours = "card_match:\n  - { working_days: 3, verify: true }"
    assert ours in told
    (folder / "city.yaml").write_text(told.replace(ours, said), encoding="utf-8")
    settings.SUIGO_CITY = folder
    Visit(rehearsal).come("mizuno")
    visit = Visit(rehearsal)
    visit.come("mizuno-moved")
    page = visit.client.get("/sign-in/waiting/").content.decode()
    assert shown in page
    assert ("予定です" in page) == bool(said)
    assert ("要確認" in page) == marked


@pytest.mark.parametrize("person", ["takahashi", "mirai", "nguyen"])
def test_others_get_accounts_of_their_own(person: str, rehearsal: Rehearsal) -> None:
    Visit(rehearsal).come("mizuno")
    Visit(rehearsal).come(person)
    assert Account.objects.count() == 2


def test_the_same_person_opens_the_account_with_what_the_card_says_now(
    rehearsal: Rehearsal, clerk: Actor, now: datetime
) -> None:
    question = waiting(rehearsal)
    actions.decide_match(clerk, question, same=True, reason="転居届で確かめた", now=now)
    row = MatchQuestion.objects.get()
    assert (row.decision, row.reason, row.sealed) == ("same", "転居届で確かめた", "")
    account = Account.objects.get(kind="resident")
    items = records.items_of_account(account.pk)
    assert items is not None
    assert items.address == "見本県見本市川辺町１２番地３"
    visit = Visit(rehearsal)
    assert visit.come("mizuno-moved")["Location"] == "/my/"
    assert signed_in(visit.client) == account.pk
    kinds = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"identity.match-asked", "identity.match-decided", "identity.items-changed"} <= kinds


def test_another_person_makes_an_account_the_next_time(
    rehearsal: Rehearsal, clerk: Actor, now: datetime
) -> None:
    question = waiting(rehearsal)
    actions.decide_match(clerk, question, same=False, reason="同姓同名の別の方", now=now)
    visit = Visit(rehearsal)
    assert visit.come("mizuno-moved")["Location"] == "/my/"
    assert Account.objects.filter(kind="resident").count() == 2


def test_a_decision_needs_an_answer_a_reason_and_a_post(
    rehearsal: Rehearsal,
    clerk: Actor,
    staff: Callable[..., Staff],
    actor_of: Callable[[Staff], Actor],
    now: datetime,
) -> None:
    question = waiting(rehearsal)
    with pytest.raises(Invalid) as refused:
        actions.decide_match(clerk, question, same=None, reason=" ", now=now)
    assert sorted(refused.value.field_errors) == ["reason", "same"]
    elsewhere = actor_of(staff("福祉 花子", "welfare-officer"))
    with pytest.raises(Forbidden):
        actions.decide_match(elsewhere, question, same=True, reason="見た", now=now)
    actions.decide_match(clerk, question, same=False, reason="別の方", now=now)
    with pytest.raises(Conflict):
        actions.decide_match(clerk, question, same=True, reason="やはり", now=now)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_clerks_list(
    rows: int,
    rehearsal: Rehearsal,
    clerk: Actor,
    browser: Browser,
    own_tabs_only: None,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for person in ("mizuno", "mizuno-moved", "mizuno-renamed", "takahashi", "takahashi-plain"):
        Visit(rehearsal).come(person)
    for question in MatchQuestion.objects.order_by("-pk")[: 3 - rows]:
        question.delete()
    client = browser(clerk.account_id)
    with django_assert_num_queries(3):  # the session, the posts, the list
        page = client.get("/staff/matches/").content.decode()
    assert page.count('<th scope="row">') == rows


def test_the_clerk_sees_both_sides_and_what_differs(
    rehearsal: Rehearsal, clerk: Actor, browser: Browser
) -> None:
    question = waiting(rehearsal)
    client = browser(clerk.account_id)
    page = client.get(f"/staff/matches/{question}/").content.decode()
    assert "見本県見本市<mark>川辺</mark>町" in page
    assert "見本県見本市<mark>見本</mark>町" in page
    refused = client.post(f"/staff/matches/{question}/", {"same": "same", "reason": ""})
    assert refused.status_code == 422
    decided = client.post(f"/staff/matches/{question}/", {"same": "same", "reason": "確かめた"})
    assert (decided.status_code, decided["Location"]) == (302, "/staff/matches/?done=1")
    assert client.get(f"/staff/matches/{question}/").status_code == 410


# -- somebody is signed in already


def test_a_card_is_joined_to_an_account_only_when_its_owner_says_so(
    rehearsal: Rehearsal, resident: Account, browser: Browser
) -> None:
    visit = Visit(rehearsal, browser(resident.pk))
    assert visit.come("mizuno", target="/my/account/")["Location"] == CHOOSE
    assert not ExternalIdentity.objects.exists()
    page = visit.client.get(CHOOSE).content.decode()
    assert "水野　葉子" in page
    assert "見本 太郎" in page
    joined = visit.client.post(CHOOSE, {"choice": "join"})
    assert (joined.status_code, joined["Location"]) == (302, "/my/account/")
    assert ExternalIdentity.objects.get().account_id == resident.pk
    assert Session.objects.get(account=resident).assurance == Assurance.IDENTITY
    again = Visit(rehearsal)
    again.come("mizuno")
    assert signed_in(again.client) == resident.pk


def test_staying_joins_nothing_and_proves_nothing(
    rehearsal: Rehearsal, resident: Account, browser: Browser
) -> None:
    visit = Visit(rehearsal, browser(resident.pk))
    visit.come("mizuno")
    visit.client.post(CHOOSE, {"choice": "stay"})
    assert not ExternalIdentity.objects.exists()
    assert Session.objects.get(account=resident).assurance == Assurance.CONTACT
    visit.client.post(CHOOSE, {"choice": "join"})  # nothing is left to be joined
    assert not ExternalIdentity.objects.exists()


def test_switching_ends_the_first_sign_in_and_takes_nothing_along(
    rehearsal: Rehearsal, resident: Account, browser: Browser
) -> None:
    visit = Visit(rehearsal, browser(resident.pk))
    visit.come("mizuno", target="/apply/somewhere/")
    switched = visit.client.post(CHOOSE, {"choice": "switch"})
    assert switched["Location"] == "/my/"
    mizuno = Account.objects.get(name="水野　葉子")
    assert signed_in(visit.client) == mizuno.pk
    assert not Session.objects.filter(account=resident).exists()
    assert "identity.proof-next" not in visit.client.session


def test_a_second_persons_card_is_never_joined(
    rehearsal: Rehearsal, resident: Account, browser: Browser
) -> None:
    visit = Visit(rehearsal, browser(resident.pk))
    visit.come("mizuno")
    visit.client.post(CHOOSE, {"choice": "join"})
    visit.come("takahashi")
    page = visit.client.get(CHOOSE).content.decode()
    assert "このアカウントには結びつけられません" in page
    assert visit.client.post(CHOOSE, {"choice": "join"}).status_code == 422
    assert ExternalIdentity.objects.count() == 1
    assert ConfirmedItems.objects.count() == 1
    assert signed_in(visit.client) == resident.pk


@pytest.mark.parametrize("card", ["mizuno", "mizuno-again", "mizuno-moved"])
def test_a_card_that_leads_to_another_account_is_never_joined(
    card: str, rehearsal: Rehearsal, resident: Account, browser: Browser
) -> None:
    Visit(rehearsal).come("mizuno")
    visit = Visit(rehearsal, browser(resident.pk))
    assert visit.come(card)["Location"] == CHOOSE
    assert visit.client.post(CHOOSE, {"choice": "join"}).status_code == 422
    assert not ExternalIdentity.objects.filter(account=resident).exists()


def test_signing_in_as_somebody_else_meanwhile_ends_the_request(
    rehearsal: Rehearsal, resident: Account, browser: Browser
) -> None:
    visit = Visit(rehearsal)
    back = visit.be("mizuno", visit.begin())
    flow = visit.client.session["identity.flow"]
    browser(resident.pk, client=visit.client)
    session = visit.client.session
    session["identity.flow"] = flow
    session.save()
    assert visit.client.get(back).status_code == 422
    assert signed_in(visit.client) == resident.pk
    assert not ExternalIdentity.objects.exists()


def test_a_code_by_mail_never_keeps_what_a_card_proved(
    rehearsal: Rehearsal, digits_of: Callable[[UUID], str]
) -> None:
    visit = Visit(rehearsal)
    visit.come("mizuno")
    account = Account.objects.get()
    Account.objects.filter(pk=account.pk).update(email="mizuno@example.jp")
    visit.client.post("/sign-in/", {"email": "mizuno@example.jp"})
    code = UUID(visit.client.session["identity.sign-in"]["code"])
    visit.client.post("/sign-in/code/", {"code": digits_of(code)})
    row = Session.objects.get(account=account)
    assert (row.assurance, row.assurance_until_at) == (Assurance.CONTACT, None)


def test_a_suspended_account_is_not_opened_by_its_card(rehearsal: Rehearsal) -> None:
    Visit(rehearsal).come("mizuno")
    Account.objects.update(is_active=False)
    visit = Visit(rehearsal)
    assert visit.come("mizuno").status_code == 422
    assert signed_in(visit.client) is None


def test_a_name_that_a_card_confirmed_is_not_typed_over(rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal)
    visit.come("mizuno")
    page = visit.client.get("/my/account/").content.decode()
    assert 'name="name"' not in page
    sent = {"name": "別の　名前", "name_kana": "ミズノ　ヨウコ", "language": "ja"}
    assert visit.client.post("/my/account/", sent).status_code == 302
    account = Account.objects.get()
    assert (account.name, account.name_kana) == ("水野　葉子", "ミズノ ヨウコ")


def test_a_new_account_speaks_the_language_of_the_visitor(rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal, Client(headers={"accept-language": "en"}))
    visit.come("nguyen")
    assert Account.objects.get().language == "en"


def test_what_a_member_of_staff_had_open_does_not_become_a_residents(
    rehearsal: Rehearsal, clerk: Actor, browser: Browser
) -> None:
    client = browser(clerk.account_id)
    session = client.session
    session["kept"] = "of the clerk"
    session.save()
    Visit(rehearsal, client).come("mizuno")
    assert signed_in(client) == Account.objects.get(kind="resident").pk
    assert "kept" not in client.session


def test_what_an_anonymous_visitor_had_begun_stays(rehearsal: Rehearsal) -> None:
    visit = Visit(rehearsal)
    back = visit.be("mizuno", visit.begin())
    session = visit.client.session
    session["kept"] = "of the visitor"
    session.save()
    before = visit.client.cookies[django_settings.SESSION_COOKIE_NAME].value
    visit.client.get(back)
    assert visit.client.cookies[django_settings.SESSION_COOKIE_NAME].value != before
    assert visit.client.session["kept"] == "of the visitor"
    assert "identity.flow" not in visit.client.session
