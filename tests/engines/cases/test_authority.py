"""Who may do what with the applications of one procedure, on any day."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engines.cases.world import CARD, NOW, TODAY, Desk, desk, received, staff
from suigo.engines.cases import actions, policy
from suigo.engines.cases.queries.authority import Allowed, authority_over
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.identity.models import Account, PostHolding
from suigo.engines.identity.queries import actor_of_account
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> Desk:
    return desk()


def lines(day: date) -> dict[str, Allowed]:
    return {line.what: line for line in authority_over(CARD, day=day, language="ja").lines}


def those_who(what: str, day: date = TODAY) -> list[tuple[str, str, str]]:
    return [(title, h.name, h.kind_title) for title, h in lines(day)[what].people]


def lend(actor: Actor, post: str, kind: str, days: int) -> None:
    PostHolding.objects.create(
        account_id=actor.account_id,
        post=post,
        kind=kind,
        valid_from_date=TODAY,
        valid_to_date=TODAY + timedelta(days=days),
    )


def test_a_line_names_who_may_and_by_which_post(people: Desk) -> None:
    lend(people.other, "library-head", "support", 2)
    assert those_who("申請を見る") == [
        ("図書館 館長", "館長 次郎", "本務"),
        ("図書館 館長", "福祉 三郎", "応援"),
        ("図書館 係長", "係長 花子", "本務"),
        ("図書館 司書", "司書 一郎", "本務"),
    ]
    deciding = next(a for a in procedure(CARD).spec.workflow.actions if a.kind == "decide")
    approving = deciding.title.ja
    own, helping = ("図書館 館長", "館長 次郎", "本務"), ("図書館 館長", "福祉 三郎", "応援")
    assert those_who(approving) == [own, helping]
    assert those_who(approving, TODAY + timedelta(days=2)) == [own]


def test_the_page_says_what_the_policies_do(people: Desk) -> None:
    """For each person and each thing on the page: they may exactly if they stand in its line."""
    lend(people.other, "library-officer", "support", 5)
    lend(people.clerk, "welfare-head", "concurrent", 5)
    case = received(people.resident)
    office = [
        people.clerk,
        people.chief,
        people.head,
        people.other,
        staff("welfare-head", "福祉 長"),
    ]
    today = [
        actor_of_account(
            Account.objects.get(pk=one.account_id),
            today=TODAY,
            assurance=Assurance.IDENTITY,
            channel="web",
        )
        for one in office
    ]
    by_capability = {line.capability: line for line in lines(TODAY).values()}
    for capability in (policy.VIEW, policy.CHECK, policy.DECIDE, policy.ASSIGN, policy.EXPORT):
        named = {holder.name for _title, holder in by_capability[capability].people}
        may = {one.name for one in today if one.can_in(case.department, capability)}
        assert named == may, capability
    assert {h.name for _t, h in by_capability[policy.VIEW].people} == {
        one.name for one in today if policy.can_view_case(one, case)
    }


def test_other_departments_are_told_with_the_legal_basis(
    people: Desk, settings: LazySettings, tmp_path: Path
) -> None:
    city = tmp_path / "city"
    copytree(settings.SUIGO_CITY, city)
    service = city / "services" / CARD / "service.yaml"
    shared = "shared_with: [{department: welfare, article: 見本法1条, reason: {ja: 共同処理}}]"
    service.write_text(f"sensitive: true\n{shared}\n{service.read_text(encoding='utf-8')}", "utf-8")
    settings.SUIGO_CITY = city
    found = lines(TODAY)["福祉課が読む（共同処理）"]
    assert (found.why, [h.name for _t, h in found.people]) == ("見本法1条 共同処理", ["福祉 三郎"])
    assert authority_over(CARD, day=TODAY, language="ja").sensitive


@pytest.mark.parametrize("count", [1, 3])
def test_two_questions_however_many_there_are(people: Desk, count: int) -> None:
    for number in range(count):
        staff("library-officer", f"司書 {number}")
        actions.disclose_case(
            received(people.resident).public_id,
            department="welfare",
            article="個人情報保護法69条2項2号",
            reason="見本",
            days=2,
            actor=people.head,
            now=NOW,
        )
    with CaptureQueriesContext(connection) as seen:
        found = authority_over(CARD, day=TODAY, language="ja")
    assert (len(seen), found.disclosed) == (2, (("福祉課", count),))
    later = authority_over(CARD, day=TODAY + timedelta(days=2), language="ja")
    assert later.disclosed == ()


def test_the_screen(people: Desk, browser: Callable[[Actor], Client]) -> None:
    client = browser(people.clerk)
    address = "/staff/authority/procedures/"
    assert "館長 次郎" not in client.get(address).content.decode()
    shown = client.get(f"{address}?procedure={CARD}&on=2026-11-24").content.decode()
    assert "館長 次郎" in shown
    assert 'name="on" type="date" value="2026-11-24"' in shown
    assert "日付を「2026-11-24」のように" not in shown
    wrong = client.get(f"{address}?procedure={CARD}&on=x").content.decode()
    assert "日付を「2026-11-24」のように" in wrong
    assert client.get(f"{address}?procedure=none").status_code == 404
    with pytest.raises(NotFound):
        authority_over("none", day=TODAY, language="ja")
    assert address in client.get("/staff/authority/").content.decode()
