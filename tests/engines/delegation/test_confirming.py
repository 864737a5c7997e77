"""Guardians and 行政書士: nothing before a clerk has seen the paper."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from engines.cases import world
from engines.delegation.test_whole_path import sent
from engines.delegation.world import CARD, NOW, WARD, daughter, granted, mails, mother
from suigo.engines.cases import actions as cases
from suigo.engines.cases.models import Case
from suigo.engines.delegation import actions
from suigo.engines.delegation.models import Deed, Grant
from suigo.engines.delegation.queries import GrantOver
from suigo.engines.identity.models import Account, Business
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db
Browser = Callable[[Actor], Client]


def clerk(email: str = "") -> Actor:
    """Somebody who confirms."""
    return Actor(
        kind="staff",
        account_id=Account.objects.get_or_create(
            kind="staff", email="c@example.jp", defaults={"name": "確認 一郎", "created_at": NOW}
        )[0].pk,
        name="確認 一郎",
        email=email or "c@example.jp",
        capabilities=frozenset({"delegation.confirm"}),
    )


def test_a_guardian_acts_once_the_certificate_was_seen(browser: Browser) -> None:
    holder = daughter()
    grant_id = actions.claim_guardianship(holder, WARD, now=NOW)
    with pytest.raises(GrantOver, match="市の確認が終わっていません"):
        cases.start_draft(CARD, actor=holder, now=NOW, grant=grant_id)
    until = date(2027, 5, 31)
    seen = "登記事項証明書 第2026-12345号"
    actions.confirm(clerk(), grant_id, evidence=seen, until_date=until, now=NOW)
    grant = Grant.objects.get()
    assert (grant.until_date, grant.assurance) == (until, Assurance.SIGNATURE)
    case = sent(holder, grant)
    assert (case.applicant_id, case.arrival["agent_evidence"]) == (None, seen)
    assert case.contact_email == "yoko@example.jp"  # the ward has no account: as filled in
    assert browser(holder).get(f"/my/applications/{case.public_id}/").status_code == 200
    later = until + timedelta(days=1)
    with pytest.raises(GrantOver):
        cases.start_draft(CARD, actor=holder, now=NOW + (later - NOW.date()), grant=grant_id)


def test_what_a_guardian_says_about_the_ward_is_sealed_and_shown_to_the_clerk(
    browser: Browser,
) -> None:
    holder = daughter()
    grant_id = actions.claim_guardianship(holder, WARD, now=NOW)
    row = Grant.objects.get()
    assert "1935" not in row.sealed_person
    assert "川辺町" not in row.sealed_person
    assert AuditEntry.objects.get().action == "delegation.claimed"
    assert "水野" not in AuditEntry.objects.get().facts
    assert browser(holder).get(f"/my/proxies/{grant_id}/").status_code == 200


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("birth_date", {"birth_date": None}),
        ("birth_date", {"birth_date": date(2027, 1, 1)}),
        ("address", {"address": " "}),
        ("certificate", {"certificate": ""}),
        ("certificate_date", {"certificate_date": date(2026, 8, 23)}),
        ("certificate_date", {"certificate_date": date(2026, 11, 25)}),
    ],
)
def test_what_a_guardian_has_to_say(field: str, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid) as found:
        actions.claim_guardianship(
            daughter(),
            replace(WARD, **changes),  # type: ignore[arg-type]
            now=NOW,
        )
    assert list(found.value.field_errors) == [field]


def test_a_gyoseishoshi_waits_and_never_longer_than_asked() -> None:
    person, holder = mother(), daughter("行政 書子")
    grant = granted(person, holder, kind="gyoseishoshi", period="month")
    assert grant.evidence == "第123号 見本事務所"
    with pytest.raises(GrantOver):
        cases.start_draft(CARD, actor=holder, now=NOW, grant=grant.public_id)
    wished = NOW.date() + timedelta(days=300)
    actions.confirm(clerk(), grant.public_id, evidence="名簿", until_date=wished, now=NOW)
    grant.refresh_from_db()
    assert grant.until_date == NOW.date() + timedelta(days=31)
    assert sent(holder, grant).applicant_id == person.account_id


def test_refused_is_over() -> None:
    holder = daughter()
    grant_id = actions.claim_guardianship(holder, WARD, now=NOW)
    actions.refuse(clerk(), grant_id, reason="登記番号がちがう", now=NOW)
    assert Grant.objects.get().ending == "refused"
    assert mails()[-1] == (holder.email, "proxy-changed")
    with pytest.raises(Conflict):
        actions.confirm(clerk(), grant_id, evidence="x", until_date=NOW.date(), now=NOW)


def test_who_confirms() -> None:
    holder = daughter()
    grant_id = actions.claim_guardianship(holder, WARD, now=NOW)
    for actor in (holder, world.staff("library-officer", "司書 一郎")):
        with pytest.raises(Forbidden):
            actions.confirm(actor, grant_id, evidence="x", until_date=NOW.date(), now=NOW)
    with pytest.raises(Forbidden, match="ほかの職員"):
        actions.confirm(clerk(holder.email), grant_id, evidence="x", until_date=NOW.date(), now=NOW)
    for until in (None, NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=367)):
        with pytest.raises(Invalid):
            actions.confirm(
                clerk("c@example.jp"), grant_id, evidence="x", until_date=until, now=NOW
            )


def test_only_the_representative_of_a_business_appoints_staff(browser: Browser) -> None:
    person, holder = mother(), daughter()
    Business.objects.create(
        account_id=person.account_id, account_type=3, name="見本商店", sealed="x", told_at=NOW
    )
    with pytest.raises(Invalid):
        granted(person, holder, kind="staff")
    Business.objects.update(account_type=2)
    assert "事業所の担当者" in browser(person).get("/my/proxies/new/").content.decode()
    arrival = sent(holder, granted(person, holder, kind="staff")).arrival
    assert arrival["agent_kind"] == "staff"
    assert arrival["agent_evidence"] == "GビズIDプライム 見本商店"


def test_a_year_after_the_end_nobody_is_named() -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    case = sent(holder, grant)
    actions.end(person, grant.public_id, now=NOW)
    assert actions.forget(now=NOW + timedelta(days=364)) == 0
    assert actions.forget(now=NOW + timedelta(days=366)) == 1
    assert actions.forget(now=NOW + timedelta(days=367)) == 0
    grant.refresh_from_db()
    assert (grant.person_name, grant.holder_name, grant.address) == ("–", "–", "")
    assert Deed.objects.count() == 0
    assert Case.objects.get(pk=case.pk).arrival["agent"] == "水野 真理"
