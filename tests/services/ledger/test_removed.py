"""What was removed on schedule: when, how many, by which rule."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from engines.cases.world import staff
from engines.documents.conftest import NOW
from suigo.engines.cases.models import Draft
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import erase_personal_before, record
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.queries import removal_rules, removals
from suigo.project.installed import manifests

pytestmark = pytest.mark.django_db
SignIn = Callable[[Actor], Client]
PAGE = "/staff/ledger/removed/"
# jobs that remove on schedule, and the entry that tells of it
JOBS = {
    "cases.expire_drafts": "drafts.expired",
    "cases.apply_retention": "case.erased",
    "documents.purge": "file.purged",
    "facts.expire": "facts.expired",
    "signing.tidy": "signing.tidied",
    "counter.erase": "counter.erased",
    "intake.forget": "intake.forgotten",
    "notices.forget-old": "notices.forgotten",
    "identity.forget-names": "audit.personal-erased",
    "mydata.forget": "mydata.forgotten",
}


def removed(action: str, count: int | None, *, at: datetime) -> None:
    record(
        action,
        actor=SYSTEM,
        subject_kind="test",
        subject_id="1",
        facts={} if count is None else {"count": count},
        now=at,
    )


def test_every_job_that_removes_has_its_rule() -> None:
    assert sorted(JOBS.values()) == sorted(action for action, _rule in removal_rules())
    assert all(rule for _action, rule in removal_rules())
    assert Draft  # the packages are there
    assert {t.id for m in manifests() for t in m.audit_types} >= set(JOBS.values())


def test_the_sum_of_a_day_in_japan() -> None:
    late = datetime(2026, 11, 23, 18, 10, tzinfo=UTC)  # the 24th, ten past three at night
    removed("drafts.expired", 2, at=late)
    removed("drafts.expired", 3, at=late + timedelta(hours=1))
    removed("file.purged", None, at=late)
    removed("drafts.expired", 7, at=late - timedelta(days=40))
    record("test.noted", actor=SYSTEM, subject_kind="x", subject_id="", facts={}, now=late)
    found = removals(since=late - timedelta(days=2), until=late + timedelta(days=2))
    assert [(r.day.isoformat(), r.action, r.count) for r in found] == [
        ("2026-11-24", "drafts.expired", 5),
        ("2026-11-24", "file.purged", 1),
    ]


def test_the_page_and_the_file_say_the_same(auditor: Actor, browser: SignIn) -> None:
    removed("drafts.expired", 5, at=NOW)
    removed("facts.expired", 2, at=NOW)
    client = browser(auditor)
    page = client.get(f"{PAGE}?month=2026-11").content.decode()
    rules = dict(removal_rules())
    for action in ("drafts.expired", "facts.expired"):
        assert rules[action] in page
    assert "2026/11/24" in page
    answer = client.get("/staff/ledger/removed.csv?month=2026-11")
    content = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert [row[2] for row in rows[1:]] == [rules["drafts.expired"], rules["facts.expired"]]
    assert "5件" in rows[1][3]
    assert "removed-2026-11.csv" in answer["Content-Disposition"]


@pytest.mark.parametrize("month", ["2026-13", "x", "", "9999-12", "0001-01", "2026-1"])
def test_another_month_or_nonsense(month: str, auditor: Actor, browser: SignIn) -> None:
    client = browser(auditor)
    for address in (PAGE, "/staff/ledger/removed.csv"):
        assert client.get(f"{address}?month={month}").status_code in (200, 404)


def test_only_auditors_see_it(browser: SignIn) -> None:
    clerk = staff("library-officer", "職員 一")
    for address in (PAGE, "/staff/ledger/removed.csv"):
        assert browser(clerk).get(address).status_code == 403
        assert Client().get(address).status_code == 302


@pytest.mark.parametrize("entries", [1, 3])
def test_the_page_costs_the_same(
    entries: int, auditor: Actor, browser: SignIn, django_assert_num_queries: object
) -> None:
    for number in range(entries):
        removed("drafts.expired", 1, at=NOW - timedelta(days=number))
    client = browser(auditor)
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):  # type: ignore[operator]
        client.get(PAGE)


QUERIES = 7


def test_names_that_go_from_the_ledger_are_counted() -> None:
    person = Actor(kind="resident", account_id=7, name="水郷　花子")
    record("test.noted", actor=person, subject_kind="facts", subject_id="7", facts={}, now=NOW)
    later = NOW + timedelta(days=400)
    assert erase_personal_before(NOW + timedelta(days=1), subject_kinds=("facts",), now=later) == 1
    assert erase_personal_before(NOW + timedelta(days=1), subject_kinds=("facts",), now=later) == 0
    told = AuditEntry.objects.get(action="audit.personal-erased")
    assert told.facts == '{"count":1}'
