"""ぴったりサービス packages: strict, once only, set aside with the reason, and back again."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from PIL import Image

from engines.cases.test_submission import at_once
from engines.cases.world import NOW, answers, staff
from suigo.engines.cases.models import Case, CaseFile, CaseNote
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.documents.models import StoredFile
from suigo.engines.documents.rendering import render_pdf
from suigo.kernel.access import Actor
from suigo.kernel.content import city
from suigo.services.intake import actions, queries, samples
from suigo.services.intake.library import library
from suigo.services.intake.rules import package as rules
from suigo.services.intake.rules.package import read_package
from suigo.services.intake.rules.table import Unreadable
from suigo.services.intake.spec import PackageMapping

ARRIVED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CARD = "s01-library-card"


@pytest.fixture
def clerk(db: None) -> Actor:
    return staff("library-chief", "係長 花子")


def mapping() -> PackageMapping:
    return library().packages[CARD]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    return out.getvalue()


def card(number: str = "P-0001", changes: dict[str, Any] | None = None, **more: Any) -> bytes:
    fields = samples.cells_of(mapping(), procedure(CARD).form, answers(**(changes or {})))
    given = {"city_code": city().spec.code, "moment": ARRIVED} | more
    return samples.package_file(mapping(), fields, number=number, **given)


def bring_in(clerk: Actor, content: bytes, name: str = "P-0001.zip") -> queries.DeliveryView:
    delivery_id = actions.bring_in(
        clerk, kind="pittari", mapping="", name=name, content=content, now=NOW
    )
    actions.import_delivery(delivery_id, now=NOW)
    return queries.delivery(clerk, delivery_id)


def test_the_same_package_twice_makes_one_case(clerk: Actor) -> None:
    first, second = bring_in(clerk, card()), bring_in(clerk, card())
    case = Case.objects.get()
    assert [(v.state, v.created, v.known) for v in (first, second)] == [
        ("done", 1, 0),
        ("done", 0, 1),
    ]
    assert (case.channel, case.received_at, case.answers) == (
        "import",
        ARRIVED,
        answers(),
    )
    assert case.arrival == {
        "source": "ぴったりサービス",
        "source_number": "P-0001",
        "signature": "unverified",
    }
    assert first.signed
    assert (first.mapping, second.mapping) == (CARD, CARD)  # whose department sees it


@pytest.mark.usefixtures("really_committed")
def test_the_same_package_at_once_makes_one_case() -> None:
    clerk = staff("library-chief", "係長 花子")
    ids = [
        actions.bring_in(clerk, kind="pittari", mapping="", name="x.zip", content=card(), now=NOW)
        for _ in range(3)
    ]
    done = at_once(*[partial(actions.import_delivery, i, now=NOW) for i in ids])
    assert done == [None] * 3
    assert Case.objects.count() == 1
    views = [queries.delivery(clerk, i) for i in ids]
    assert sorted((v.created, v.known) for v in views) == [(0, 1), (0, 1), (1, 0)]


def test_attachments_answer_questions_and_the_copy_is_enclosed(clerk: Actor) -> None:
    pdf = render_pdf("report", {}, title="控え", city_root=city().root)
    files = {"01_住所.png": picture(), "99_手紙.txt": "よろしく".encode()}
    view = bring_in(clerk, card(attachments=files, form_pdf=pdf))
    assert view.state == "done", view.reason
    case = Case.objects.get()
    kept = {f.path: f.file_id for f in CaseFile.objects.filter(path__gt="")}
    assert list(kept) == ["proof"]
    assert case.answers["proof"] == [str(kept["proof"])]
    assert CaseFile.objects.filter(path="").count() == 2
    assert StoredFile.objects.filter(held=True).count() == 3


def test_changed_content_under_the_same_number_is_told(clerk: Actor) -> None:
    bring_in(clerk, card())
    again = bring_in(clerk, card(changes={"per_month": 3}))
    assert (again.changed, Case.objects.get().answers["per_month"]) == (1, 10)


def test_what_the_form_does_not_take_is_set_aside_in_words(clerk: Actor) -> None:
    fields = samples.cells_of(mapping(), procedure(CARD).form, answers())
    fields["受け取る図書館"] = "駅前館"
    content = samples.package_file(
        mapping(), fields, number="P-1", city_code=city().spec.code, moment=ARRIVED
    )
    view = bring_in(clerk, content)
    assert (view.state, view.bad) == ("quarantined", 1)
    assert view.reason == "申請の内容に、取り込めないところが1件あります。"
    fault = queries.entries(clerk, view.public_id)[0].faults[0]
    assert (fault.column, fault.reason) == (
        "受け取る図書館",
        "「駅前館」は、この項目の選択肢にありません。",
    )
    assert actions.note_download(clerk, view.public_id, now=NOW)[1] == content
    actions.retry(clerk, view.public_id, now=NOW)
    actions.import_delivery(view.public_id, now=NOW)
    assert queries.delivery(clerk, view.public_id).bad == 1


def test_a_second_application_goes_into_the_first_case_once(clerk: Actor) -> None:
    bring_in(clerk, card())
    again = card(
        "P-0002", {"per_month": 3}, kind="再申請", earlier_number="P-0001",
        attachments={"01_住所.png": picture()},
    )  # fmt: skip
    first, second = bring_in(clerk, again), bring_in(clerk, again)
    assert [(v.attached, v.known) for v in (first, second)] == [(1, 0), (0, 1)]
    note = CaseNote.objects.get().text
    assert "再申請が届きました" in note
    assert "1か月に借りる冊数の目安: 10冊 → 3冊" in note
    assert "お名前" not in note
    assert CaseFile.objects.filter(path="").count() == 1
    assert Case.objects.count() == 1


def test_a_withdrawal_is_a_note_and_a_clerk_s_decision(clerk: Actor) -> None:
    lost = bring_in(clerk, card("P-0009", kind="取下げ", earlier_number="P-0001"))
    assert lost.reason == "取下げの元になる申請が見つかりません。"
    bring_in(clerk, card())
    view = bring_in(clerk, card("P-0003", kind="取下げ", earlier_number="P-0001"))
    assert view.attached == 1
    assert "取下げの申し出が届きました" in CaseNote.objects.get().text
    assert Case.objects.get().phase != "done"


def test_a_second_application_without_its_first_becomes_a_case(clerk: Actor) -> None:
    view = bring_in(clerk, card("P-0002", kind="再申請", earlier_number="P-0001"))
    assert view.created == 1
    assert "元の申請が見つかりません" in CaseNote.objects.get().text


def without(name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return samples.zip_of({n: archive.read(n) for n in archive.namelist() if n != name})


def with_file(name: str, data: bytes, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        kept = {n: archive.read(n) for n in archive.namelist()}
    return samples.zip_of(kept | {name: data})


WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"PK\x03\x04 not really", "ZIPファイルとして読めません"),
    "no manifest": (lambda: without("manifest.json", card()), "manifest.json がありません"),
    "a broken manifest": (
        lambda: with_file("manifest.json", b"{", card()),
        "manifest.json を読めません",
    ),
    "a file is missing": (lambda: without("form.csv", card()), "ファイルがありません: form.csv"),
    "a file too many": (
        lambda: with_file("extra.txt", b"x", card()),
        "manifest.json に書かれていないファイルがあります: extra.txt",
    ),
    "a changed file": (
        lambda: with_file("form.csv", b"x", card()),
        "大きさかSHA-256が違います）: form.csv",
    ),
    "a way out": (lambda: with_file("../x", b"x", card()), "使えないファイル名があります: ../x"),
    "a folder": (lambda: with_file("a/b", b"x", card()), "使えないファイル名があります: a/b"),
    "another city": (lambda: card(city_code="131016"), "ほかの市区町村あて"),
    "an unknown key": (
        lambda: card(manifest={"新しい項目": 1}),
        "項目が決まりと違います: 新しい項目",
    ),
    "an unknown procedure": (
        lambda: card(manifest={"手続ID": "X" * 16}),
        "対応表がありません",
    ),
    "another version": (lambda: card(manifest={"様式版": 2}), "様式か版が対応表と違います"),
    "no offset": (
        lambda: card(manifest={"到達日時": "2026-11-23T21:00:00"}),
        "時差（+09:00）がありません",
    ),
    "a signature that is not there": (
        lambda: card(signed=False, manifest={"署名有無": True}),
        "署名の有無と、署名ファイルの有無が合いません",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_package_is_set_aside_with_its_reason(clerk: Actor, wrong: str) -> None:
    make, why = WRONG[wrong]
    view = bring_in(clerk, make())
    assert view.state == "quarantined"
    assert why in view.reason
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (samples.xml_of({"氏名": "別人"}), "form.xml と form.csv の内容が違います"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "DOCTYPE"),
        ('<申請書><項目 名="氏名">'.encode(), "form.xml を読めません"),
        ("<申請書><別/></申請書>".encode(), "決まりと違います"),
    ],
)
def test_xml_is_read_strictly_and_says_what_the_csv_says(xml: bytes, why: str) -> None:
    good = card()
    assert read_package(good).fields["電話番号"] == "0299-00-0000"
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    file = next(f for f in manifest["files"] if f["name"] == "form.xml")
    file |= {"sha256": hashlib.sha256(xml).hexdigest(), "size": len(xml)}
    wrong = with_file("manifest.json", json.dumps(manifest).encode(), good)
    with pytest.raises(Unreadable, match=why):
        read_package(with_file("form.xml", xml, wrong))


def test_a_bomb_does_not_unpack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "LARGEST_ENTRY", 1_000_000)
    bomb = with_file("attachments/01_x.txt", b"\x00" * 5_000_000, card())
    assert len(bomb) < 20_000
    with pytest.raises(Unreadable, match=r"中のファイルが大きすぎます: attachments/01_x\.txt"):
        read_package(bomb)
    many = with_file("attachments/01_x.txt", b"x", card())
    monkeypatch.setattr(rules, "MOST_ENTRIES", 3)
    with pytest.raises(Unreadable, match="中のファイルが多すぎます"):
        read_package(many)


def test_a_package_with_a_signature_stays_as_long_as_its_case(clerk: Actor) -> None:
    signed = bring_in(clerk, card())
    plain = bring_in(clerk, card("P-0002", signed=False))
    later = NOW.replace(year=2028)
    assert actions.forget_old(now=later) == 1
    assert not queries.delivery(clerk, signed.public_id).forgotten
    assert queries.delivery(clerk, plain.public_id).forgotten
