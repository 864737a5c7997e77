"""The clerk's screens: bring in, look, say go, see what happened, mend."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engines.cases.world import NOW, staff
from services.intake.samples import row, table
from suigo.engines.cases.models import Case
from suigo.kernel.access import Actor
from suigo.services.intake import actions
from suigo.services.intake.library import library
from suigo.services.intake.models import Delivery, Entry
from suigo.services.intake.rules.mapping import named_columns
from suigo.services.intake.rules.table import read_table

SignIn = Callable[[Actor], Client]
LIST = "/staff/intake/"
LOGO = "logo-library-card"
BAD = row(受付番号="L-0003", 受取館="駅前館")


@pytest.fixture
def clerk(db: None) -> Actor:
    return staff("library-chief", "係長 花子")


def upload(content: bytes, name: str = "logo.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")


def test_a_spreadsheet_from_upload_to_report(clerk: Actor, browser: SignIn) -> None:
    client = browser(clerk)
    sent = client.post(LIST, {"kind": "csv", "mapping": LOGO, "file": upload(table(row(), BAD))})
    delivery = Delivery.objects.get()
    page = f"{LIST}{delivery.public_id}/"
    assert (sent.status_code, sent["Location"]) == (302, page)
    before = client.get(page).content.decode()
    assert "まだ取り込んでいません" in before
    assert "1件を取り込む" in before
    assert "「駅前館」は、この項目の選択肢にありません。" in before
    assert Case.objects.count() == 0
    assert client.post(f"{page}start/").status_code == 302
    assert "更新する" in client.get(page).content.decode()
    actions.import_delivery(delivery.public_id, now=NOW)
    after = client.get(page).content.decode()
    assert "1件を新しく受け付けました。" in after
    assert "1件は取り込めませんでした。" in after
    case = Case.objects.get()
    assert f'href="/staff/cases/{case.public_id}/">{case.number}</a>' in after
    assert "一部取り込めない" in after
    mend = client.get(f"{page}mend.csv")
    assert "L-0003" in mend.content.decode("cp932")
    assert mend["Content-Disposition"] == 'attachment; filename="mend-logo.csv"'
    assert client.get(f"{page}file/").content == table(row(), BAD)
    shown = client.get(f"/staff/cases/{case.public_id}/").content.decode()
    assert "見本フォーム 図書館カード（LoGoフォーム形式） L-0001" in shown
    inbox = client.get("/staff/inbox/?channel=import").content.decode()
    assert case.number in inbox
    assert '<span class="soft">取込み</span></td>' in inbox
    assert case.number not in client.get("/staff/inbox/?channel=web").content.decode()


def test_nothing_chosen_is_told_beside_the_box(clerk: Actor, browser: SignIn) -> None:
    client = browser(clerk)
    for data, place in (
        ({"kind": "csv", "mapping": LOGO}, "in-file"),
        ({"kind": "csv", "mapping": "gone", "file": upload(b"a")}, "in-mapping"),
        ({"kind": "pittari"}, "in-packages"),
    ):
        refused = client.post(LIST, data)
        assert refused.status_code == 422
        assert f'href="#{place}"' in refused.content.decode()
    assert Delivery.objects.count() == 0


def test_a_reason_is_needed_to_leave_a_file_out(clerk: Actor, browser: SignIn) -> None:
    client = browser(clerk)
    client.post(LIST, {"kind": "csv", "mapping": LOGO, "file": upload(b"x,y\n1,2\n")})
    page = f"{LIST}{Delivery.objects.get().public_id}/"
    assert "隔離しました" in client.get(page).content.decode()
    assert client.post(f"{page}dismiss/", {"reason": ""}).status_code == 422
    assert client.post(f"{page}dismiss/", {"reason": "送り直し"}).status_code == 302
    assert "取り込まないことにしました" in client.get(page).content.decode()
    assert client.post(f"{page}start/").status_code == 409


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_at_any_length(
    clerk: Actor,
    browser: SignIn,
    count: int,
) -> None:
    for n in range(count):
        actions.bring_in(
            clerk, kind="csv", mapping=LOGO, name=f"{n}.csv", content=table(row()), now=NOW
        )
    client = browser(clerk)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(LIST).content.decode()
    assert page.count(".csv</a>") == count
    assert len(queries) == 7


def test_files_are_removed_after_their_time(clerk: Actor, browser: SignIn) -> None:
    delivery_id = actions.bring_in(
        clerk, kind="csv", mapping=LOGO, name="logo.csv", content=table(row(), BAD), now=NOW
    )
    actions.start_import(clerk, delivery_id, now=NOW)
    actions.import_delivery(delivery_id, now=NOW)
    assert actions.forget_old(now=NOW + timedelta(days=359)) == 0
    assert actions.forget_old(now=NOW + timedelta(days=361)) == 1
    delivery = Delivery.objects.get()
    assert (delivery.content, delivery.name) == (None, "")
    assert list(Entry.objects.values_list("faults", flat=True)) == [[], []]
    client = browser(clerk)
    assert "消去済み" in client.get(f"{LIST}{delivery_id}/").content.decode()
    assert client.get(f"{LIST}{delivery_id}/file/").status_code == 410
    assert Case.objects.count() == 1


def test_an_example_of_each_spreadsheet_reads_back(clerk: Actor, browser: SignIn) -> None:
    """What the screen gives away as an example goes through the screen without a fault."""
    client = browser(clerk)
    assert f'href="{LIST}example/{LOGO}.csv"' in client.get(LIST).content.decode()
    given = client.get(f"{LIST}example/{LOGO}.csv")
    assert given["Content-Disposition"] == f'attachment; filename="{LOGO}-sample.csv"'
    table = read_table(given.content)
    assert set(named_columns(library().tables[LOGO])) <= set(table.header)
    assert [row.cells["受付番号"] for row in table.rows] == ["SAMPLE-0001"]
    assert client.get(f"{LIST}example/none.csv").status_code == 404
