"""Granted, accepted, used, seen, withdrawn."""

import io
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from engines.cases import world
from engines.delegation.world import CARD, NOW, daughter, granted, invited, mails, mother
from engines.documents.samples import png
from suigo.engines.cases import actions as cases
from suigo.engines.cases.models import Case, Draft
from suigo.engines.cases.queries.mirroring import submission_of
from suigo.engines.delegation import actions
from suigo.engines.delegation.models import Grant
from suigo.engines.delegation.queries import GrantOver
from suigo.engines.documents.actions import hand_over_files, store_file
from suigo.engines.documents.models import StoredFile
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import NotFound

pytestmark = pytest.mark.django_db
Browser = Callable[[Actor], Client]


def begun(holder: Actor, grant: Grant) -> UUID:
    """The daughter's draft for her mother, filled in."""
    draft = cases.start_draft(CARD, actor=holder, now=NOW, grant=grant.public_id)
    Draft.objects.filter(public_id=draft).update(answers=world.answers())
    return draft


def sent(holder: Actor, grant: Grant) -> Case:
    receipt = cases.submit_application(begun(holder, grant), actor=holder, now=NOW, language="ja")
    return Case.objects.get(public_id=receipt.case_id)


def test_from_the_invitation_to_the_withdrawal(browser: Browser) -> None:
    person, holder = mother(), daughter()
    grant_id, code = invited(person)
    daughters = browser(holder)
    page = daughters.get(f"/my/proxies/{grant_id}/{code}/")
    assert "水野 葉子 さんが、あなたに代理を頼んでいます" in page.content.decode()
    answer = daughters.post(f"/my/proxies/{grant_id}/{code}/", {"answer": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, "/my/proxies/?done=accepted")
    assert "だれの手続ですか" in daughters.get(f"/procedures/{CARD}/").content.decode()
    started = daughters.post(f"/procedures/{CARD}/start/", {"for": str(grant_id)})
    draft = Draft.objects.get()
    assert started["Location"] == f"/apply/{draft.public_id}/"
    assert draft.owner_id == holder.account_id
    form = daughters.get(started["Location"], follow=True).content.decode()
    assert "水野 葉子 さんの代理で入力しています" in form
    Draft.objects.update(answers=world.answers())
    check = f"/apply/{draft.public_id}/check/"
    assert "水野 葉子 さんの代理で送信する" in daughters.get(check).content.decode()
    assert "申請を受け付けました" in daughters.post(check).content.decode()
    case = Case.objects.get()
    assert case.applicant_id == person.account_id
    assert case.arrival["agent"] == "水野 真理"
    assert case.arrival["agent_kind"] == "family"
    assert case.contact_email == person.email
    mine = f"/my/applications/{case.public_id}/"
    assert daughters.get(mine).status_code == 200
    mothers = browser(person)
    home = mothers.get("/my/").content.decode()
    assert "代理人 水野 真理 さんが申請" in home
    assert "水野 真理（家族）" in mothers.get(mine).content.decode()
    seen = mothers.get(f"/my/proxies/{grant_id}/").content.decode()
    for deed in ("入力を始めました", "申請を送りました", "申請の状況を見ました"):
        assert deed in seen
    clerk = browser(world.staff("library-officer", "司書 一郎"))
    for words in ("水野 真理（家族）", "本人がメールのコードなどでログインして頼んだ"):
        assert words in clerk.get(f"/staff/cases/{case.public_id}/").content.decode()
    assert mothers.post(f"/my/proxies/{grant_id}/end/").status_code == 302
    assert daughters.get(mine).status_code == 404
    assert mothers.get(mine).status_code == 200
    assert daughters.get(f"{mine}receipt.pdf").status_code == 404
    assert "だれの手続ですか" not in daughters.get(f"/procedures/{CARD}/").content.decode()


def test_both_are_told() -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    sent(holder, grant)
    actions.end(person, grant.public_id, now=NOW)
    told = sorted(mails())
    assert told == sorted(
        [
            (holder.email, "proxy-invited"),
            (person.email, "proxy-changed"),  # accepted
            (holder.email, "proxy-changed"),
            (person.email, "case-received"),
            (holder.email, "case-received"),
            (person.email, "proxy-changed"),  # used
            (person.email, "proxy-changed"),  # withdrawn
            (holder.email, "proxy-changed"),
        ]
    )


def test_every_step_is_in_the_ledger() -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    case = sent(holder, grant)
    actions.end(person, grant.public_id, now=NOW)
    kinds = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(kinds) == [
        "delegation.granted",
        "delegation.accepted",
        "case.received",
        "delegation.withdrawn",
    ]
    entry = AuditEntry.objects.get(action="case.received")
    assert f'"grant":"{grant.public_id}"' in entry.facts
    assert case.number in entry.facts


def test_after_the_withdrawal_nothing_is_sent_and_the_draft_stays(browser: Browser) -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    draft = begun(holder, grant)
    actions.end(person, grant.public_id, now=NOW)
    with pytest.raises(GrantOver, match="水野 葉子 さんの代理は終わりました"):
        cases.submit_application(draft, actor=holder, now=NOW, language="ja")
    assert Draft.objects.filter(public_id=draft).exists()
    assert Case.objects.count() == 0
    daughters = browser(holder)
    page = daughters.get(f"/apply/{draft}/check/")
    assert page.status_code == 409
    assert "ミズノ" not in page.content.decode()
    assert daughters.post(f"/apply/{draft}/discard/").status_code == 302
    assert not Draft.objects.exists()


def test_a_new_grant_goes_on_where_the_old_one_ended() -> None:
    person, holder = mother(), daughter()
    draft = begun(holder, old := granted(person, holder))
    actions.end(person, old.public_id, now=NOW)
    granted(person, holder)
    receipt = cases.submit_application(draft, actor=holder, now=NOW, language="ja")
    assert Case.objects.get(public_id=receipt.case_id).grant.ended_at is None


def test_sending_twice_gives_the_same_receipt() -> None:
    person, holder = mother(), daughter()
    draft = begun(holder, granted(person, holder, reach="submit"))
    first = cases.submit_application(draft, actor=holder, now=NOW, language="ja")
    second = cases.submit_application(draft, actor=holder, now=NOW, language="ja")
    assert (first.number, first.created, second.created) == (second.number, True, False)


def test_who_only_fills_in_hands_it_over(browser: Browser) -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder, reach="fill")
    draft = begun(holder, grant)
    daughters = browser(holder)
    check = f"/apply/{draft}/check/"
    assert "水野 葉子 さんに渡す" in daughters.get(check).content.decode()
    with pytest.raises(GrantOver, match="ここまでは頼んでいません"):
        cases.submit_application(draft, actor=holder, now=NOW, language="ja")
    answer = daughters.post(check, {"hand_over": "1"})
    assert answer["Location"] == f"/my/proxies/{grant.public_id}/?done=handed"
    assert daughters.get(check).status_code == 404
    receipt = cases.submit_application(draft, actor=person, now=NOW, language="ja")
    case = Case.objects.get(public_id=receipt.case_id)
    assert (case.applicant_id, case.grant_id) == (person.account_id, None)
    assert (case.arrival["agent"], case.arrival["agent_part"]) == ("水野 真理", "filled")
    page = browser(person).get(f"/my/applications/{case.public_id}/").content.decode()
    assert "入力した人（送ったのは本人）" in page


def test_what_an_agent_uploads_becomes_the_persons() -> None:
    person, holder = mother(), daughter()
    file = store_file(
        holder,
        name="copy.png",
        content_type_claimed="image/png",
        stream=io.BytesIO(png()),
        accept=("image",),
        owner_token="",
        now=NOW,
    )
    hand_over_files(holder, [file.public_id], to_account_id=person.account_id or 0, now=NOW)
    assert StoredFile.objects.get().owner_account_id == person.account_id
    # somebody else's file never changes hands
    hand_over_files(holder, [file.public_id], to_account_id=holder.account_id or 0, now=NOW)
    assert StoredFile.objects.get().owner_account_id == person.account_id


def test_sending_is_all_that_was_asked(browser: Browser) -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder, reach="submit")
    daughters = browser(holder)
    draft = begun(holder, grant)
    done = daughters.post(f"/apply/{draft}/check/").content.decode()
    assert "申請の状況を見る" not in done
    case = Case.objects.get()
    mine = f"/my/applications/{case.public_id}/"
    assert daughters.get(f"{mine}done/").status_code == 200
    assert daughters.get(f"{mine}receipt.pdf").status_code == 200
    for page in ("", "correct/", "withdraw/"):
        assert daughters.get(f"{mine}{page}").status_code == 404


def test_a_stranger_is_told_nothing(browser: Browser) -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    draft = begun(holder, grant)
    other = daughter("よそ 太郎", "other@example.jp")
    strangers = browser(other)
    assert strangers.get(f"/my/proxies/{grant.public_id}/").status_code == 404
    assert strangers.post(f"/my/proxies/{grant.public_id}/end/").status_code == 404
    assert strangers.get(f"/apply/{draft}/check/").status_code == 404
    start = strangers.post(f"/procedures/{CARD}/start/", {"for": str(grant.public_id)})
    assert start.status_code == 404
    with pytest.raises(NotFound):
        cases.start_draft(CARD, actor=other, now=NOW, grant=grant.public_id)
    Grant.objects.get(ended_at=None)


def test_who_acted_crosses_to_the_other_node_and_the_grant_does_not() -> None:
    person, holder = mother(), daughter()
    grant = granted(person, holder)
    document = submission_of(sent(holder, grant).public_id).document
    assert document["arrival"] == {
        "agent": "水野 真理",
        "agent_kind": "family",
        "agent_part": "sent",
        "agent_assurance": "contact",
        "agent_grant": str(grant.public_id),
    }
    assert "grant" not in document


def test_what_is_erased_forgets_the_agent() -> None:
    person, holder = mother(), daughter()
    case = sent(holder, granted(person, holder))
    clerk = world.staff("library-officer", "司書 一郎")
    world.act(case, "start_check", clerk)
    world.tick_all(case, clerk)
    world.act(case, "approve", world.staff("library-head", "館長 次郎"))
    Case.objects.update(keep_until_date=NOW.date() - timedelta(days=1))
    assert cases.apply_retention(now=NOW) == 1
    case.refresh_from_db()
    assert (case.grant_id, case.arrival, case.erased_at) == (None, {}, NOW)
