"""The auditor's screens."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from services.ledger.conftest import TOMORROW, Proven, as_administrator, note
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.services.ledger import actions
from suigo.services.ledger.models import Verification

SignIn = Callable[[Actor], Client]
LIST, PROOFS = "/staff/ledger/", "/staff/ledger/proofs/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("entries", [1, 3])
def test_the_list_costs_the_same_whatever_is_in_it(
    entries: int, auditor: Actor, browser: SignIn
) -> None:
    for number in range(entries):
        note(number)
    client = browser(auditor)
    client.get(LIST)
    with CaptureQueriesContext(connection) as seen:
        client.get(LIST)
    # the session with its account, the posts, the entries, and the navigation's counts
    assert len(seen) == QUERIES


QUERIES = 7


def test_names_of_residents_are_veiled(auditor: Actor, browser: SignIn) -> None:
    note(1)
    client = browser(auditor)
    page = text(client, LIST)
    assert "水郷　花子" not in page
    entry = AuditEntry.objects.get(action="test.noted")
    one = f"{LIST}{entry.id}/"
    assert "水郷　花子" not in text(client, one)
    refused = client.post(one, {"reason": " "})
    assert refused.status_code == 422
    assert "見る理由を入力してください。" in refused.content.decode()
    shown = client.post(one, {"reason": "開示請求への対応"}).content.decode()
    assert "見たことと理由を記録しました" in shown
    assert "開示請求への対応" in text(client, LIST)


def test_it_is_searched_by_day_name_kind_and_subject(auditor: Actor, browser: SignIn) -> None:
    note(1)
    note(2, at=TOMORROW)
    client = browser(auditor)
    ids = {entry.subject_id: entry.id for entry in AuditEntry.objects.filter(action="test.noted")}
    first, second = (f'href="{LIST}{ids[number]}/"' for number in ("1", "2"))
    found = text(client, f"{LIST}?since=2026-11-24&until=2026-11-24")
    assert (first in found, second in found) == (True, False)
    found = text(client, f"{LIST}?since=2026-11-25")
    assert (first in found, second in found) == (False, True)
    found = text(client, f"{LIST}?subject=2&action=test.noted")
    assert (first in found, second in found) == (False, True)
    assert "記録は見つかりませんでした" in text(client, f"{LIST}?actor=だれもいない")
    assert "日付を読み取れませんでした" in text(client, f"{LIST}?since=きのう")


def test_older_pages_follow(auditor: Actor, browser: SignIn) -> None:
    for number in range(60):
        note(number)
    client = browser(auditor)
    newest = AuditEntry.objects.order_by("-id").values_list("id", flat=True)
    page = text(client, LIST)
    assert f"below={newest[49]}" in page
    older = text(client, f"{LIST}?below={newest[49]}")
    assert f'href="{LIST}{newest[50]}/"' in older
    assert f'href="{LIST}{newest[49]}/"' not in older
    for nonsense in ("x", "9" * 40, "-1", "٣"):
        assert client.get(f"{LIST}?below={nonsense}").status_code == 200
    assert client.get(f"{LIST}{10**25}/").status_code == 404


def test_proofs_and_verifications(proven: Proven, auditor: Actor, browser: SignIn) -> None:
    client = browser(auditor)
    assert "まだ確かめていません" in text(client, PROOFS)
    assert client.post(f"{PROOFS}verify/").status_code == 302
    assert "確かめています" in text(client, PROOFS)
    actions.verify(Verification.objects.get().pk, clock=lambda: TOMORROW)
    assert "変わったところはありません" in text(client, PROOFS)

    as_administrator("UPDATE audit_entry SET actor_name = '別人' WHERE id = 2")
    client.post(f"{PROOFS}verify/")
    actions.verify(Verification.objects.get(finished_at=None).pk, clock=lambda: TOMORROW)
    page = text(client, PROOFS)
    assert "操作記録の 2 番が、書かれたときのままではありません。" in page
    assert '<span class="count">1</span>' in text(client, LIST)


def test_a_proof_is_taken_along(proven: Proven, auditor: Actor, browser: SignIn) -> None:
    client = browser(auditor)
    statement = client.get(f"{PROOFS}2026-11-24/statement/")
    assert statement.content == proven.statement.read_bytes()
    assert statement["Content-Disposition"] == 'attachment; filename="2026-11-24.json"'
    assert client.get(f"{PROOFS}2026-11-24/files/").content == proven.listed.read_bytes()
    for wrong in ("2026-11-25/statement", "2026-11-24/other", "x/files"):
        assert client.get(f"{PROOFS}{wrong}/").status_code == 404
