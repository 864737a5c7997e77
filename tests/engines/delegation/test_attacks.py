"""What somebody might try with a grant: not theirs, no longer theirs, or for something else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from engines.cases import world
from engines.cases.test_step_up import change_the_city
from engines.delegation.test_whole_path import begun, sent
from engines.delegation.world import (
    CARD,
    DAUGHTER,
    NOW,
    daughter,
    granted,
    invited,
    mails,
    mother,
    wish,
)
from suigo.engines.cases import actions as cases
from suigo.engines.cases.models import Case, Draft
from suigo.engines.delegation import actions
from suigo.engines.delegation.actions.accepting import TRIES, WrongAccount
from suigo.engines.delegation.models import Grant
from suigo.engines.delegation.queries import GrantOver
from suigo.engines.facts.actions import Origin, keep_facts
from suigo.engines.forms.rules.prefilling import Told
from suigo.kernel.access import Actor, Assurance, NeedsProof
from suigo.kernel.errors import Forbidden, Gone, Invalid, NotFound, NotSignedIn, Refused, TooMany

pytestmark = pytest.mark.django_db
Browser = Callable[[Actor], Client]
__all__ = ["change_the_city"]


def test_an_invitation_is_for_the_address_it_went_to(browser: Browser) -> None:
    grant, code = invited(mother())
    other = daughter("よそ 太郎", "other@example.jp")
    with pytest.raises(WrongAccount):
        actions.accept(other, grant, code, now=NOW)
    page = browser(other).post(f"/my/proxies/{grant}/{code}/", {"answer": "yes"})
    assert page.status_code == 403
    assert "水野 葉子" not in page.content.decode()
    assert Grant.objects.get().holder is None


def test_an_invitation_is_taken_once() -> None:
    grant, code = invited(mother())
    holder = daughter()
    actions.accept(holder, grant, code, now=NOW)
    for again in (actions.accept, actions.decline):
        with pytest.raises(NotFound):
            again(holder, grant, code, now=NOW)
    assert Grant.objects.get().ended_at is None


def test_a_declined_and_a_withdrawn_invitation_are_dead() -> None:
    person, holder = mother(), daughter()
    grant, code = invited(person)
    actions.decline(holder, grant, code, now=NOW)
    with pytest.raises(NotFound):
        actions.accept(holder, grant, code, now=NOW)
    later, fresh = invited(person)
    actions.end(person, later, now=NOW)
    with pytest.raises(NotFound):
        actions.accept(holder, later, fresh, now=NOW)
    assert Grant.objects.filter(holder=None).count() == 2


def test_an_invitation_has_an_end() -> None:
    grant, code = invited(mother())
    holder = daughter()
    with pytest.raises(Gone):
        actions.accept(holder, grant, code, now=NOW + timedelta(days=7))
    actions.accept(holder, grant, code, now=NOW + timedelta(days=7, seconds=-1))


def test_guessing_a_code_is_stopped() -> None:
    grant, code = invited(mother())
    guesser = daughter("よそ 太郎", "other@example.jp")
    for _ in range(TRIES):
        with pytest.raises(NotFound):
            actions.accept(guesser, grant, "x" * 43, now=NOW)
    for guess in ("x" * 43, code):  # a right one comes too late
        with pytest.raises(TooMany):
            actions.accept(guesser, grant, guess, now=NOW)
    # the one who has the mail is not locked out by who guesses, however often they look at it
    holder = daughter()
    for _ in range(TRIES + 1):
        actions.invitation_seen(holder, grant, code, now=NOW)
    actions.accept(holder, grant, code, now=NOW)


def test_an_empty_code_opens_nothing() -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    with pytest.raises(NotFound):
        actions.accept(holder, grant.public_id, "", now=NOW)


def test_an_agent_can_not_pass_it_on() -> None:
    """Whoever invites, invites for themselves: the daughter's friend gets the daughter's things."""
    person, holder = mother(), replace(daughter(), proved_at=NOW)
    granted(person, holder)
    friend = daughter("友 次郎", "friend@example.jp")
    passed = granted(holder, friend, address=friend.email)
    assert passed.person_id == holder.account_id
    draft = cases.start_draft(CARD, actor=friend, now=NOW, grant=passed.public_id)
    Draft.objects.filter(public_id=draft).update(answers=world.answers())
    receipt = cases.submit_application(draft, actor=friend, now=NOW, language="ja")
    assert Case.objects.get(public_id=receipt.case_id).applicant_id == holder.account_id
    mothers = Grant.objects.get(person_id=person.account_id)
    with pytest.raises(NotFound):
        cases.start_draft(CARD, actor=friend, now=NOW, grant=mothers.public_id)


def test_only_a_person_on_a_screen_who_just_proved_themselves_grants() -> None:
    person = mother()
    for actor in (
        replace(person, channel="api"),
        replace(person, proved_at=None),
        replace(person, proved_at=NOW - timedelta(minutes=16)),
    ):
        with pytest.raises(Forbidden):
            actions.invite(actor, wish(), now=NOW)
    with pytest.raises(NotSignedIn):
        actions.invite(world.staff("library-officer", "司書 一郎"), wish(), now=NOW)
    assert mails() == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("address", {"address": "yoko@example.jp"}),
        ("address", {"address": "nobody"}),
        ("name", {"name": " "}),
        ("kind", {"kind": "guardian"}),  # a court appoints those
        ("kind", {"kind": "staff"}),  # only for a business
        ("reach", {"reach": "everything"}),
        ("period", {"period": "forever"}),
        ("procedures", {"every_procedure": False, "procedures": ()}),
        ("procedures", {"every_procedure": False, "procedures": ("no-such",)}),
    ],
)
def test_what_can_not_be_asked(field: str, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid) as found:
        actions.invite(mother(), wish(**changes), now=NOW)
    assert list(found.value.field_errors) == [field]
    assert Grant.objects.count() == 0


def test_a_grant_is_for_its_procedures_and_days() -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder, every_procedure=False, procedures=("g01-bulky-waste",))
    with pytest.raises(GrantOver, match="この手続の代理を頼んでいません"):
        cases.start_draft(CARD, actor=holder, now=NOW, grant=grant.public_id)
    wider = granted(person, holder, period="month")
    draft = begun(holder, wider)
    Draft.objects.update(expires_at=NOW + timedelta(days=400))
    late = NOW + timedelta(days=32)
    with pytest.raises(GrantOver, match="期限が過ぎた"):
        cases.submit_application(draft, actor=holder, now=late, language="ja")
    assert Draft.objects.filter(public_id=draft).exists()
    assert Case.objects.count() == 0


def test_after_the_last_day_the_case_is_out_of_sight(browser: Browser) -> None:
    person, holder = mother(), daughter()
    case = sent(holder, granted(person, holder, period="month"))
    yesterday = NOW.date() - timedelta(days=1)
    Grant.objects.update(until_date=yesterday, from_date=yesterday)
    mine = f"/my/applications/{case.public_id}/"
    assert browser(holder).get(mine).status_code == 404


def test_an_agent_takes_no_application_back(browser: Browser) -> None:
    person, holder = mother(), daughter()
    case = sent(holder, granted(person, holder))
    daughters = browser(holder)
    mine = f"/my/applications/{case.public_id}/"
    assert "withdraw/" not in daughters.get(mine).content.decode()
    assert daughters.get(f"{mine}withdraw/").status_code == 409
    with pytest.raises(Forbidden):
        cases.take_action(
            case.public_id,
            "withdraw",
            actor=holder,
            version=case.version,
            now=NOW,
            given=cases.Given(reason="x"),
        )


def test_neither_side_borrows_the_others_proof(change_the_city: Callable[..., None]) -> None:
    """A procedure that needs a card needs the agent's own, and the person's at the grant."""
    person, holder = mother(), daughter()
    weak = granted(person, holder)
    sure = replace(person, assurance=Assurance.IDENTITY)
    change_the_city(assurance="identity")
    proven = replace(holder, assurance=Assurance.IDENTITY)
    with pytest.raises(GrantOver, match="マイナンバーカード"):
        cases.start_draft(CARD, actor=proven, now=NOW, grant=weak.public_id)
    strong = granted(sure, holder)
    with pytest.raises(NotSignedIn):
        cases.start_draft(CARD, actor=holder, now=NOW, grant=strong.public_id)
    draft = begun(proven, strong)
    with pytest.raises(NeedsProof):
        cases.submit_application(draft, actor=holder, now=NOW, language="ja")
    receipt = cases.submit_application(draft, actor=proven, now=NOW, language="ja")
    assert Case.objects.get(public_id=receipt.case_id).applicant_id == person.account_id


@pytest.mark.parametrize("agents", ["none", "statutory"])
def test_a_procedure_that_takes_no_such_agents(
    agents: str, change_the_city: Callable[..., None], browser: Browser
) -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    change_the_city(agents=agents)
    with pytest.raises(GrantOver, match="本人が行ってください"):
        cases.start_draft(CARD, actor=holder, now=NOW, grant=grant.public_id)
    page = browser(holder).get(f"/procedures/{CARD}/").content.decode()
    assert "だれの手続ですか" not in page


def test_kept_facts_are_the_persons_to_share() -> None:
    person, holder = mother(), daughter()
    case = world.received(person)
    keep_facts(
        person,
        {"person.phone": Told("0299-11-2222")},
        origin=Origin(case.public_id, case.number, "見本"),
        replace=(),
        now=NOW,
    )
    silent = granted(person, holder)
    first = cases.start_draft(CARD, actor=holder, now=NOW, grant=silent.public_id)
    answers = Draft.objects.get(public_id=first).answers
    assert answers["applicant"]["family"] == "水野"
    assert answers.get("phone") is None
    open_hand = granted(person, holder, shares_facts=True)
    second = cases.start_draft(CARD, actor=holder, now=NOW, grant=open_hand.public_id)
    assert Draft.objects.get(public_id=second).answers["phone"] == "0299-11-2222"


def test_ending_twice_says_so() -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    actions.end(holder, grant.public_id, now=NOW)
    assert Grant.objects.get().ending == "given_up"
    with pytest.raises(Refused):
        actions.end(person, grant.public_id, now=NOW)


def test_a_newer_grant_replaces_the_older() -> None:
    person, holder = mother(), daughter()
    old = granted(person, holder)
    new = granted(person, holder, reach="submit")
    old.refresh_from_db()
    assert (old.ending, new.ending) == ("replaced", "")


def test_the_address_is_compared_as_sign_in_compares_it() -> None:
    grant, code = invited(mother(), address=DAUGHTER.upper())
    actions.accept(daughter(), grant, code, now=NOW)
    assert Grant.objects.get().holder is not None
