"""Somebody with posts in two departments: each gives what it gives in its own department only."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from engines.cases.world import CARD, NOW, TODAY, act, desk, received, staff, tick_all
from suigo.engines.cases import actions, policy
from suigo.engines.cases.models import Case
from suigo.engines.cases.queries.detail import case_detail
from suigo.engines.cases.queries.export import export_count
from suigo.engines.cases.queries.inbox import inbox
from suigo.engines.cases.rules.filtering import InboxFilters
from suigo.engines.identity.models import Account, PostHolding
from suigo.engines.identity.queries import actor_of_account
from suigo.engines.identity.queries.authority import represented
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.audit.queries import history_of, verify_chain
from suigo.kernel.errors import Forbidden

pytestmark = pytest.mark.django_db


def with_posts(*posts: str, until: date | None = None) -> Actor:
    """Somebody who holds all of these; all but the first until a day."""
    first, *more = posts
    account = Account.objects.get(pk=staff(first, "兼務 花子").account_id)
    for post in more:
        PostHolding.objects.create(
            account=account, post=post, valid_from_date=TODAY, valid_to_date=until
        )
    return on(account, TODAY)


def on(account: Account, day: date) -> Actor:
    return actor_of_account(account, today=day, assurance=Assurance.IDENTITY, channel="web")


def to_decide() -> Case:
    people = desk()
    case = received(people.resident)
    act(case, "start_check", people.clerk)
    tick_all(case, people.clerk)
    return case


def test_a_head_elsewhere_who_helps_here_decides_nothing_here() -> None:
    case = to_decide()
    helper = with_posts("welfare-head", "library-officer")
    assert helper.can(policy.DECIDE)
    offered = {action.id for action in case_detail(helper, case.public_id, today=TODAY).actions}
    assert "approve" not in offered
    assert "request_correction" in offered
    with pytest.raises(Forbidden):
        act(case, "approve", helper)
    with pytest.raises(Forbidden):
        actions.assign(
            case.public_id, to_account_id=None, actor=helper, version=case.version, now=NOW
        )
    left = actions.bulk_assign([case.public_id], to_account_id=None, actor=helper, now=NOW)
    assert (left.numbers, [number for number, _why in left.left]) == ((), [case.number])
    assert export_count(helper, InboxFilters(view="all"), today=TODAY) == 0
    assert not policy.can_disclose(helper, case)


def test_a_reader_here_who_checks_elsewhere_only_reads_here() -> None:
    case = to_decide()
    reader = with_posts("library-head", "welfare-officer")
    assert (reader.can(policy.CHECK), reader.can_in("library", policy.CHECK)) == (True, False)
    with pytest.raises(Forbidden):
        actions.add_note(case.public_id, text="メモ", actor=reader, now=NOW)
    with pytest.raises(Forbidden):
        actions.mark_checklist(case.public_id, "identity", ticked=False, actor=reader, now=NOW)


def test_a_post_without_cases_opens_no_inbox() -> None:
    case = to_decide()
    reviewer = with_posts("welfare-officer", "library-reviewer")
    assert "library" in reviewer.departments
    assert reviewer.where(policy.VIEW) == frozenset({"welfare"})
    assert not policy.can_view_case(reviewer, case)
    assert not policy.visible_cases(reviewer).exists()
    assert inbox(reviewer, InboxFilters(view="all"), cursor=None, today=TODAY).rows == []


def test_help_ends_with_its_last_day() -> None:
    case = to_decide()
    end = TODAY + timedelta(days=3)
    account = Account.objects.get(
        pk=with_posts("welfare-officer", "library-head", until=end).account_id
    )
    for day, sees in (
        (TODAY - timedelta(days=1), False),
        (end - timedelta(days=1), True),
        (end, False),
    ):
        actor = on(account, day)
        assert policy.can_view_case(actor, case) is sees
        assert actor.can_in("library", policy.DECIDE) is sees
        assert not actor.can_in("welfare", policy.DECIDE)


def standing_in(own: str, post: str, *, by: str = "副館長 三郎") -> tuple[Actor, str]:
    """Somebody with a post of their own who stands in for the holder of another until tomorrow,
    and that holder's name."""
    holder = PostHolding.objects.select_related("account").get(post=post)
    account = Account.objects.get(pk=staff(own, by).account_id)
    PostHolding.objects.create(
        account=account,
        post=post,
        kind="acting",
        substitute_for=holder,
        valid_from_date=TODAY,
        valid_to_date=TODAY + timedelta(days=1),
    )
    return on(account, TODAY), holder.account.name


def decision_in(case: Case) -> tuple[str, str]:
    """The kind and the sentence of the entry about its decision."""
    lines = history_of(subject_kind="case", subject_id=str(case.public_id))
    (found,) = [line for line in lines if "決定しました" in line.sentence]
    return found.action, found.sentence


def test_a_substitutes_decision_says_for_whom_it_was_taken(
    browser: Callable[[Actor], Client],
) -> None:
    case = to_decide()
    substitute, head = standing_in("library-chief", "library-head")
    act(case, "approve", substitute)
    said = f"（代決: 図書館 館長 {head}の代理として）"
    kind, sentence = decision_in(case)
    assert kind == "case.decided_in_place"
    assert sentence.startswith("副館長 三郎が")
    assert sentence.endswith(said)
    page = browser(substitute).get(reverse("case", args=[case.public_id])).content.decode()
    assert said in page
    assert verify_chain().broken is None


def test_who_decides_by_a_post_of_their_own_decides_for_nobody() -> None:
    case = to_decide()
    substitute, _name = standing_in("library-chief", "library-head")
    account = Account.objects.get(pk=substitute.account_id)
    PostHolding.objects.filter(account=account, kind="acting").delete()
    PostHolding.objects.filter(account=account).update(post="library-head")
    act(case, "approve", on(account, TODAY))
    assert decision_in(case)[0] == "case.decided"


def test_an_own_post_that_decides_here_goes_before_a_lent_one() -> None:
    case = to_decide()
    actor, _name = standing_in("library-chief", "library-head")
    assert represented(actor, policy.CHECK, department="library", on=TODAY) is None  # a chief's own
    assert represented(actor, policy.DECIDE, department="welfare", on=TODAY) is None
    tomorrow = TODAY + timedelta(days=1)
    assert represented(actor, policy.DECIDE, department="library", on=tomorrow) is None
    found = represented(actor, policy.DECIDE, department="library", on=TODAY)
    assert found is not None
    assert found.post == "図書館 館長"
    assert case.outcome == ""


def test_the_screens_offer_what_the_post_here_gives(browser: Callable[[Actor], Client]) -> None:
    case = to_decide()
    helper = with_posts("welfare-head", "library-officer")
    page = browser(helper).get(reverse("case", args=[case.public_id])).content.decode()
    assert reverse("case-action", args=[case.public_id, "approve"]) not in page
    assert case.procedure_id == CARD
