"""Departments don't see each other's cases, but for one case, on a basis, for some days."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engines.cases.world import CARD, NOW, TODAY, Desk, desk, received, staff
from suigo.engines.cases import actions, policy
from suigo.engines.cases.models import Case, CaseDisclosure, CaseFile
from suigo.engines.cases.queries.detail import case_detail
from suigo.engines.cases.queries.disclosing import sharing_of
from suigo.engines.cases.queries.files import may_open
from suigo.engines.cases.queries.inbox import inbox
from suigo.engines.cases.rules.filtering import InboxFilters
from suigo.kernel.access import Actor
from suigo.kernel.audit.queries import history_of
from suigo.kernel.errors import Forbidden, Invalid, NotFound
from suigo.kernel.ids import new_id

pytestmark = pytest.mark.django_db
SignIn = Callable[[Actor], Client]


@pytest.fixture
def people(db: None) -> Desk:
    return desk()


def disclose(case: Case, actor: Actor, *, days: int = 7, department: str = "welfare") -> None:
    actions.disclose_case(
        case.public_id,
        department=department,
        article="個人情報保護法69条2項2号",
        reason="世帯の状況の確認のため",
        days=days,
        actor=actor,
        now=NOW,
    )


def listed(actor: Actor, view: str) -> list[str]:
    filters = InboxFilters(view=view)  # type: ignore[arg-type]
    return [row.number for row in inbox(actor, filters, cursor=None, today=TODAY).rows]


def test_another_department_reads_a_disclosed_case_and_only_that(people: Desk) -> None:
    case, other = received(people.resident), received(people.resident)
    file = new_id()
    CaseFile.objects.create(case=case, file_id=file, path="proof")
    actions.add_note(case.public_id, text="内輪の話", actor=people.clerk, now=NOW)
    assert not policy.can_view_case(people.other, case)
    disclose(case, people.head)
    detail = case_detail(people.other, case.public_id, today=TODAY)
    assert detail.applicant_name == "水野 葉子"
    assert (detail.handled, detail.actions, detail.notes, detail.history) == (False, (), (), ())
    assert listed(people.other, "shared") == [case.number]
    assert listed(people.other, "all") == []
    assert may_open(people.other, file)
    for unseen in (other,):
        with pytest.raises(NotFound):
            case_detail(people.other, unseen.public_id, today=TODAY)
    seen = set(policy.visible_cases(people.other).values_list("pk", flat=True))
    assert seen == {case.pk}


def test_reading_is_all_that_a_disclosure_allows(people: Desk) -> None:
    case = received(people.resident)
    disclose(case, people.head)
    strong = staff("welfare-chief", "福祉 係長")
    assert strong.can("cases.check")
    assert strong.can("cases.assign")
    tries: list[Callable[[], object]] = [
        lambda: actions.add_note(case.public_id, text="x", actor=strong, now=NOW),
        lambda: actions.mark_checklist(
            case.public_id, "identity", ticked=True, actor=strong, now=NOW
        ),
        lambda: actions.assign(
            case.public_id, to_account_id=strong.account_id, actor=strong, version=1, now=NOW
        ),
        lambda: actions.take_action(
            case.public_id,
            "start_check",
            actor=strong,
            version=1,
            now=NOW,
            given=actions.Given(),
        ),
        lambda: actions.reveal_my_number(
            case.public_id, "phone", reason="x", actor=strong, now=NOW
        ),
        lambda: disclose(case, strong, department="general-affairs"),
        lambda: sharing_of(strong, case.public_id, today=TODAY),
    ]
    for attempt in tries:
        with pytest.raises(NotFound):
            attempt()
    done = actions.bulk_assign(
        [case.public_id], to_account_id=strong.account_id, actor=strong, now=NOW
    )
    assert done.numbers == ()


def test_a_disclosure_ends_by_itself_and_by_hand(people: Desk) -> None:
    case = received(people.resident)
    disclose(case, people.head, days=2)

    def sees(days: int) -> tuple[bool, bool]:
        actor = replace(people.other, today=TODAY + timedelta(days=days))
        return policy.can_view_case(actor, case), policy.visible_cases(actor).exists()

    assert [sees(days) for days in (-1, 0, 1, 2)] == [
        (False, False),
        (True, True),
        (True, True),
        (False, False),
    ]
    given = CaseDisclosure.objects.get()
    with pytest.raises(Forbidden):
        actions.withdraw_disclosure(case.public_id, given.public_id, actor=people.clerk, now=NOW)
    for _ in range(2):
        actions.withdraw_disclosure(case.public_id, given.public_id, actor=people.head, now=NOW)
    assert sees(0) == (False, False)
    written = [
        line.sentence
        for line in history_of(subject_kind="case", subject_id=str(case.public_id))
        if "見せる" in line.sentence
    ]
    assert len(written) == 2
    assert "個人情報保護法69条2項2号" in written[1]


def test_only_who_decides_in_the_owning_department_discloses(people: Desk) -> None:
    case = received(people.resident)
    for actor in (people.clerk, people.chief):
        with pytest.raises(Forbidden):
            disclose(case, actor)
    elsewhere = staff("welfare-head", "福祉 課長")
    for actor in (elsewhere, people.resident):
        with pytest.raises((NotFound, Forbidden)):
            disclose(case, actor)
    for wrong in ("", "library", "nowhere"):
        with pytest.raises(Invalid):
            disclose(case, people.head, department=wrong)
    for days in (0, 367, -1):
        with pytest.raises(Invalid):
            disclose(case, people.head, days=days)
    assert not CaseDisclosure.objects.exists()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"until_date": TODAY}, "cases_disclosure_period"),
        ({"article": ""}, "cases_disclosure_basis"),
        ({"reason": ""}, "cases_disclosure_basis"),
        ({"withdrawn_at": NOW}, "cases_disclosure_withdrawn_by"),
    ],
)
def test_the_database_holds_the_rules(
    people: Desk, change: dict[str, object], constraint: str
) -> None:
    case = received(people.resident)
    disclose(case, people.head)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CaseDisclosure.objects.update(**change)


def test_the_screen(people: Desk, browser: SignIn) -> None:
    case = received(people.resident)
    client = browser(people.head)
    address = reverse("case-sharing", args=[case.public_id])
    assert "どの課にも見せていません" in client.get(address).content.decode()
    wrong = client.post(address, {"department": "welfare", "days": "x"})
    assert wrong.status_code == 422
    given = {"department": "welfare", "article": "<b>69条", "reason": "確認", "days": "3"}
    assert client.post(address, given).status_code == 302
    shown = client.get(address).content.decode()
    assert ("&lt;b&gt;69条" in shown, "<b>69条" in shown) == (True, False)
    page = browser(people.other).get(reverse("case", args=[case.public_id])).content.decode()
    assert ("水野" in page, "内輪" in page, "メモを書く" in page) == (True, False, False)
    disclosure = CaseDisclosure.objects.get()
    end = reverse("case-sharing-withdraw", args=[case.public_id, disclosure.public_id])
    assert client.post(end).status_code == 302
    assert browser(people.other).get(reverse("case", args=[case.public_id])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_disclosures_costs_a_fixed_number_of_queries(people: Desk, count: int) -> None:
    case = received(people.resident)
    for _ in range(count):
        disclose(case, people.head)
    with CaptureQueriesContext(connection) as seen:
        sharing_of(people.head, case.public_id, today=TODAY)
    assert len(seen) == 2
    with CaptureQueriesContext(connection) as seen:
        listed(people.other, "shared")
    assert len(seen) == 1


def test_a_procedure_is_processed_together_by_content(
    people: Desk, browser: SignIn, settings: LazySettings, tmp_path: Path
) -> None:
    city = tmp_path / "city"
    copytree(settings.SUIGO_CITY, city)
    service = city / "services" / CARD / "service.yaml"
    shared = "shared_with: [{department: welfare, article: 見本法1条, reason: 見本}]\n"
    case = received(people.resident)
    assert not policy.can_view_case(people.other, case)
    service.write_text(f"{shared}{service.read_text(encoding='utf-8')}", "utf-8")
    settings.SUIGO_CITY = city
    with CaptureQueriesContext(connection) as seen:
        assert policy.can_view_case(people.other, case)
    assert len(seen) == 0
    assert listed(people.other, "shared") == [case.number]
    assert not policy.can_handle_case(people.other, case)
    assert set(policy.visible_cases(people.other)) == {case}
    page = browser(people.head).get(reverse("case-sharing", args=[case.public_id]))
    assert "見本法1条" in page.content.decode()
