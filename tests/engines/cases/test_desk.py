"""Staff enter what comes by counter, telephone and paper; and look at files in the open."""

from collections.abc import Callable

import pytest
from django.test import Client

from engines.cases import world
from engines.cases.test_web_apply import consent_page, fill, picture, posted, start
from engines.cases.world import Desk
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case, CaseFile, Draft
from suigo.engines.cases.rules.arrival import Arrival
from suigo.engines.documents.models import StoredFile
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Refused

SignIn = Callable[[Actor], Client]
PROCEDURE = f"/procedures/{world.CARD}/"
CALL = {
    "caller": "水野 一葉",
    "relation": "長女",
    "identity": "questions",
    "mandate": "letter",
    "consent_read": "1",
    "by_post": "1",
}


@pytest.fixture
def people(db: None) -> Desk:
    return world.desk()


@pytest.mark.parametrize("channel", ["counter", "phone", "paper"])
def test_a_clerk_enters_what_somebody_brought(people: Desk, browser: SignIn, channel: str) -> None:
    client = browser(people.chief)
    page = client.get(PROCEDURE).content.decode()
    assert f'name="channel" value="{channel}"' in page
    started = client.post(f"{PROCEDURE}start/", {"channel": channel, **CALL}, follow=True)
    check = fill(client, started.redirect_chain[-1][0])
    answers = [client.post(check), client.post(check)]
    case = Case.objects.get()
    assert [r.status_code for r in answers] == [302, 302]
    assert [r["Location"] for r in answers] == [f"/staff/cases/{case.public_id}/"] * 2
    assert client.get(answers[0]["Location"]).status_code == 200
    assert (case.channel, case.applicant_id, case.owner_token) == (channel, None, "")
    page = client.get(answers[0]["Location"]).content.decode()
    for words in (
        "水野 一葉",
        "長女",
        "生年月日・住所・世帯員などの聞き取り",
        "委任状を見た",
        "郵便で送る",
    ):
        assert words in page
    assert "読み上げて同意を得た" in page


def test_a_call_is_written_down_before_anything_is_entered(people: Desk, browser: SignIn) -> None:
    client = browser(people.chief)
    refused = client.post(f"{PROCEDURE}start/", {"channel": "phone", "relation": "長女"})
    page = refused.content.decode()
    assert refused.status_code == 422
    for place, words in (
        ("caller", "電話をかけてきた方の氏名を入力してください。"),
        ("identity", "本人確認の方法を選んでください。"),
        ("consent-read", "読み上げて同意を得てから、チェックを入れてください。"),
    ):
        assert f'href="#{place}"' in page
        assert words in page
    assert 'value="長女"' in page
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("channel", ["counter", "paper"])
def test_at_the_counter_nothing_more_has_to_be_said(people: Desk, channel: str) -> None:
    actions.start_draft(world.CARD, actor=people.chief, now=world.NOW, channel=channel)
    assert (Draft.objects.get().channel, Draft.objects.get().arrival) == (channel, {})


def test_a_resident_s_draft_never_says_how_it_came(people: Desk) -> None:
    actions.start_draft(
        world.CARD, actor=people.resident, now=world.NOW, arrival=Arrival(source="ぴったり")
    )
    assert Draft.objects.get().arrival == {}


def test_a_file_brought_to_the_counter_is_attached(people: Desk, browser: SignIn) -> None:
    client = browser(people.chief)
    address = consent_page(client)
    assert "/consent/" in address
    client.post(address, posted("consent") | {"proof": "", "proof.upload": picture()})
    again = client.post(
        address, posted("consent") | {"proof": Draft.objects.get().answers["proof"]}
    )
    assert client.post(again["Location"]).status_code == 302
    file = StoredFile.objects.get()
    assert CaseFile.objects.get().file_id == file.public_id
    assert (file.owner_account_id, file.held) == (None, True)
    assert client.get(f"/my/files/{file.public_id}/").status_code == 200
    assert AuditEntry.objects.filter(action="file.opened").count() == 1


def test_whoever_enters_for_another_department_reads_the_number(
    people: Desk, browser: SignIn
) -> None:
    client = browser(world.staff("welfare-chief", "係長 五郎"))
    check = fill(client, start(client))
    first, second = client.post(check), client.post(check)
    case = Case.objects.get()
    assert (first.status_code, second.status_code) == (200, 200)
    for response in (first, second):
        html = response.content.decode()
        assert case.number in html
        assert "/my/applications/" not in html
    assert client.get(f"/staff/cases/{case.public_id}/").status_code == 404


def test_staff_who_may_not_enter_are_told(people: Desk, browser: SignIn) -> None:
    client = browser(people.clerk)
    page = client.get(PROCEDURE).content.decode()
    assert 'name="channel"' not in page
    assert "職員のログインを終了してから" in page
    refused = client.post(f"{PROCEDURE}start/", {"channel": "counter"})
    assert refused.status_code == 403
    assert "権限が必要です" in refused.content.decode()
    assert Draft.objects.count() == 0


def test_a_channel_of_somebody_else_is_no_choice(people: Desk) -> None:
    for channel in ("web", "api", "import", ""):
        with pytest.raises(Refused, match="窓口・電話・紙"):
            actions.start_draft(world.CARD, actor=people.chief, now=world.NOW, channel=channel)


def test_residents_see_no_choice_and_can_not_make_one(people: Desk, browser: SignIn) -> None:
    client = browser(people.resident)
    assert 'name="channel"' not in client.get(PROCEDURE).content.decode()
    client.post(f"{PROCEDURE}start/", {"channel": "paper"})
    assert Draft.objects.get().channel == "web"


def test_a_case_s_file_is_shown_to_staff_only_where_it_is_written_down(
    people: Desk, browser: SignIn
) -> None:
    applicant = browser(people.resident)
    address = consent_page(applicant)
    sent = applicant.post(address, posted("consent") | {"proof": "", "proof.upload": picture()})
    applicant.post(sent["Location"])
    file_id = CaseFile.objects.get().file_id
    clerk = browser(people.clerk)
    assert clerk.get(f"/my/files/{file_id}/").status_code == 404
    assert clerk.get(f"/staff/files/{file_id}/page/1.png?size=small").status_code == 200
    looks = AuditEntry.objects.filter(action="file.opened")
    assert [e.actor_id for e in looks] == [people.clerk.account_id]
