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
from suigo.kernel.access import Actor, Assurance
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


def test_the_screens_offer_what_the_post_here_gives(browser: Callable[[Actor], Client]) -> None:
    case = to_decide()
    helper = with_posts("welfare-head", "library-officer")
    page = browser(helper).get(reverse("case", args=[case.public_id])).content.decode()
    assert reverse("case-action", args=[case.public_id, "approve"]) not in page
    assert case.procedure_id == CARD
