"""A resident takes along everything that is held about them, and nobody else does."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client

from engines.cases import world
from engines.cases.conftest import browser
from engines.documents import samples
from engines.documents.conftest import data_folder
from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.actions.looking import give_reason, note_look
from suigo.engines.cases.models import Case
from suigo.engines.documents.actions import purge_due, store_file
from suigo.engines.documents.models import StoredFile
from suigo.engines.facts.actions import Origin, keep_facts
from suigo.engines.forms.rules.prefilling import Told
from suigo.kernel import personal
from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor, Assurance, NeedsProof
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Gone, NotFound, TooMany
from suigo.kernel.personal import Held, HeldFile
from suigo.services.mydata import actions, queries
from suigo.services.mydata.models import Export
from suigo.services.mydata.rendering import UNREAD, Part, archive

__all__ = ["browser", "data_folder"]

pytestmark = pytest.mark.django_db
SignIn = Callable[[Actor], Client]
NUMBER = "123456789018"
MARKUP = "<script>alert(1)</script>"


def entry(account: int) -> list[str]:
    found = AuditEntry.objects.filter(action__startswith="mydata.").order_by("id")
    return [e.action for e in found if e.actor_id in (account, None)]


def prepared(actor: Actor) -> UUID:
    export = actions.ask(actor, language="ja", now=world.NOW)
    actions.make(export, now=world.NOW)
    return export


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def applicant() -> tuple[Actor, Case]:
    """Somebody with an application (個人番号 inside), a draft, a kept fact and a file."""
    actor = world.resident()
    case = world.received(actor)
    Case.objects.filter(pk=case.pk).update(
        answers={**case.answers, "more": [{"sealed": seal_number(NUMBER)}]}
    )
    world.draft_of(actor)
    keep_facts(
        actor,
        {"person.phone": Told("0299-00-0000")},
        origin=Origin(case.public_id, case.number, "見本"),
        replace=(),
        now=world.NOW,
    )
    return actor, case


def test_everything_of_mine_is_inside_to_read_and_for_programs(browser: SignIn) -> None:
    mine, case = applicant()
    other = world.resident("別の 人", "other@example.jp")
    world.received(other)
    export = prepared(mine)
    answer = browser(mine).get(f"/my/data/{export}/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    found = opened(body(answer))
    assert found.testzip() is None
    page, data = found.read("index.html").decode(), json.loads(found.read("data.json"))
    assert set(data["parts"]) == {source.id for source in personal.sources()}
    applications = data["parts"]["applications"]
    assert applications[0]["number"] == case.number
    assert len(applications) == 2
    assert data["parts"]["account"][0]["email"] == mine.email
    assert data["parts"]["facts"][0]["value"] == "0299-00-0000"
    assert any(case.number in m["subject"] + (m["body"] or "") for m in data["parts"]["messages"])
    assert data["parts"]["history"][0]["entries"]
    for words in (case.number, mine.email, "0299-00-0000", mine.name):
        assert words in page
    everything = b"".join(found.read(name) for name in found.namelist()).decode("utf-8", "replace")
    assert NUMBER not in everything
    assert other.email not in everything
    assert "<script" not in page
    assert entry(mine.account_id or 0) == ["mydata.asked", "mydata.made", "mydata.given"]


def test_who_looked_at_my_sensitive_application_is_inside(
    browser: SignIn, settings: LazySettings, tmp_path: Path
) -> None:
    city = tmp_path / "city"
    copytree(settings.SUIGO_CITY, city)
    service = city / "services" / world.CARD / "service.yaml"
    service.write_text(f"sensitive: true\n{service.read_text(encoding='utf-8')}", "utf-8")
    settings.SUIGO_CITY = city
    people = world.desk()
    mine, case = people.resident, world.received(people.resident)
    other = world.resident("別の 人", "other@example.jp")
    theirs = world.received(other)
    for one, note in ((case, "電話があった"), (theirs, "別の件")):
        given = {"reason": "inquiry", "note": note, "actor": people.clerk, "now": world.NOW}
        give_reason(one.public_id, **given)
    for number in range(120):  # more than two pages of them
        moment = world.NOW + timedelta(seconds=number)
        note_look(case.public_id, way="case", actor=people.clerk, now=moment)
    note_look(theirs.public_id, way="letter", actor=people.clerk, now=world.NOW)
    found = opened(body(browser(mine).get(f"/my/data/{prepared(mine)}/")))
    (held,) = json.loads(found.read("data.json"))["parts"]["looks"]
    looks = held["looks"]
    assert len(looks) == len({look["at"] for look in looks}) == 120
    assert looks[0]["at"] > looks[-1]["at"]
    assert {(look["number"], look["who"], look["what"], look["note"]) for look in looks} == {
        (case.number, "図書館 司書", "申請の内容", "電話があった")
    }
    page = found.read("index.html").decode()
    assert "あなたの申請を見た職員の記録" in page
    assert "図書館 司書" in page
    assert people.clerk.name not in page
    assert theirs.number not in page


def test_attached_files_come_along_as_they_were_sent(browser: SignIn) -> None:
    mine, case = applicant()
    file = store_file(
        mine,
        name="証明.pdf",
        content_type_claimed="application/pdf",
        stream=io.BytesIO(samples.pdf()),
        accept=("pdf",),
        owner_token="",
        now=world.NOW,
    )
    part = Part(
        "x",
        "x",
        (Held("y", (), {}, (HeldFile(file.download_name, file.size, lambda: [samples.pdf()]),)),),
    )
    found = opened(b"".join(archive([part], city="市", made_at=world.NOW)))
    assert found.read("files/001-証明.pdf") == samples.pdf()
    assert "files/001-" in found.read("index.html").decode()
    assert case.number


def test_a_file_that_can_t_be_read_is_named_and_the_rest_is_there() -> None:
    def gone() -> Any:
        raise Gone("消えました")

    files = (HeldFile("a.pdf", 1, gone), HeldFile("b.pdf", 1, lambda: [b"b" * 70_000]))
    part = Part("x", MARKUP, (Held(MARKUP, ((MARKUP, MARKUP),), {}, files),))
    pieces = list(archive([part], city="市", made_at=world.NOW))
    assert len(pieces) > 1
    found = opened(b"".join(pieces))
    assert "files/001-a.pdf" in found.read(UNREAD).decode()
    assert found.read("files/002-b.pdf") == b"b" * 70_000
    assert MARKUP not in found.read("index.html").decode()


def test_somebody_else_s_archive_looks_like_none(browser: SignIn) -> None:
    mine, _case = applicant()
    other = world.resident("別の 人", "other@example.jp")
    export = prepared(mine)
    file = Export.objects.get().file_id
    clerk = world.staff("library-officer", "職員 花子")
    for visitor in (browser(other), browser(clerk), Client()):
        for address in (f"/my/data/{export}/", f"/files/{file}/", f"/staff/files/{file}/"):
            assert visitor.get(address).status_code in (302, 404), address
    # nor does the owner get it round the door that asks again
    assert browser(mine).get(f"/files/{file}/").status_code == 404
    assert browser(mine).get(f"/my/data/{uuid4()}/").status_code == 404
    assert "mydata.given" not in entry(mine.account_id or 0)
    with pytest.raises(NotFound):
        actions.give(other, export, now=world.NOW)
    with pytest.raises(NotFound):
        actions.ask(ANONYMOUS, language="ja", now=world.NOW)


def test_asking_and_downloading_need_a_fresh_proof(browser: SignIn) -> None:
    mine, _case = applicant()
    export = prepared(mine)
    client = browser(mine)
    with time_machine.travel(world.NOW + timedelta(minutes=16), tick=False):
        for answer in (client.get(f"/my/data/{export}/"), client.post("/my/data/")):
            assert answer.status_code == 302
            assert answer["Location"].startswith("/confirm/")
        assert client.get("/my/data/").status_code == 200
    assert Export.objects.count() == 1


def test_the_link_ends_and_the_content_goes(browser: SignIn) -> None:
    mine, _case = applicant()
    export = prepared(mine)
    later = world.NOW + actions.GOOD_FOR
    with pytest.raises(Gone):
        actions.give(mine, export, now=later)
    assert [line.state for line in queries.exports_of(mine, now=later)] == ["over"]
    purge_due(SYSTEM, now=later + timedelta(days=1))
    file = StoredFile.objects.get(purpose="export")
    assert file.purged_at is not None
    assert file.blob is None
    with pytest.raises(Gone):
        actions.give(mine, export, now=world.NOW)
    assert actions.forget_old(now=world.NOW + timedelta(days=31)) == 1
    assert not Export.objects.exists()


def test_whoever_proves_less_than_when_asking_gets_nothing() -> None:
    mine, _case = applicant()
    export = prepared(replace(mine, assurance=Assurance.IDENTITY))
    with pytest.raises(NeedsProof) as refused:
        actions.give(mine, export, now=world.NOW)
    assert refused.value.assurance == Assurance.IDENTITY
    assert actions.give(replace(mine, assurance=Assurance.SIGNATURE), export, now=world.NOW)


def test_what_needs_a_card_on_line_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, case = applicant()
    held = {source.id: source for source in personal.sources()}["applications"]

    def closed(actor: Actor, _service: Any) -> None:
        if actor.assurance < Assurance.IDENTITY:
            raise NeedsProof("見るには本人確認が必要です。", assurance=Assurance.IDENTITY)

    for module in ("residents", "taking"):
        monkeypatch.setattr(f"suigo.engines.cases.queries.{module}.check_may_look", closed)
    for found in held.collect(mine, world.NOW):
        assert found.data["answers"] is None
        assert found.files == ()
        assert mine.email not in str(found.rows)
    strong = list(held.collect(replace(mine, assurance=Assurance.IDENTITY), world.NOW))
    assert strong[0].data["number"] == case.number
    assert strong[0].data["answers"]


def test_one_at_a_time_and_five_a_day() -> None:
    mine = world.resident()
    first = actions.ask(mine, language="ja", now=world.NOW)
    assert actions.ask(mine, language="ja", now=world.NOW) == first
    with pytest.raises(IntegrityError, match="mydata_export_one_under_way"), transaction.atomic():
        Export.objects.create(
            account_id=mine.account_id, assurance=1, language="ja", asked_at=world.NOW
        )
    actions.make(first, now=world.NOW)
    actions.make(first, now=world.NOW)  # again: nothing
    assert StoredFile.objects.filter(purpose="export").count() == 1
    for _turn in range(actions.A_DAY - 1):
        actions.make(actions.ask(mine, language="ja", now=world.NOW), now=world.NOW)
    with pytest.raises(TooMany):
        actions.ask(mine, language="ja", now=world.NOW)


def test_one_that_was_killed_does_not_stand_in_the_way() -> None:
    mine = world.resident()
    stuck = actions.ask(mine, language="ja", now=world.NOW)
    later = world.NOW + actions.STUCK + timedelta(minutes=1)
    fresh = actions.ask(mine, language="ja", now=later)
    assert fresh != stuck
    actions.make(stuck, now=later)  # its job comes after all
    actions.make(fresh, now=later)
    states = [line.state for line in queries.exports_of(mine, now=later)]
    assert states == ["ready", "failed"]


@pytest.mark.parametrize("exports", [1, 3])
def test_the_page_costs_the_same(
    exports: int, browser: SignIn, django_assert_num_queries: Any
) -> None:
    mine = world.resident()
    for _turn in range(exports):
        prepared(mine)
    client = browser(mine)
    client.get("/my/data/")
    with django_assert_num_queries(QUERIES):
        page = client.get("/my/data/")
    assert "わたしの情報をまとめる" in page.content.decode()


QUERIES = 3  # the session with its account, the archives, their files


def test_pressing_the_button_asks(browser: SignIn) -> None:
    mine = world.resident()
    answer = browser(mine).post("/my/data/")
    assert (answer.status_code, answer["Location"]) == (302, "/my/data/")
    assert "作っています" in browser(mine).get("/my/data/").content.decode()


@pytest.mark.parametrize(
    "values",
    [
        {"made_at": world.NOW},
        {"made_at": world.NOW, "file_id": uuid4(), "expires_at": world.NOW},
        {"file_id": uuid4()},
    ],
)
def test_the_database_refuses_what_can_not_be(values: dict[str, Any]) -> None:
    mine = world.resident()
    with pytest.raises(IntegrityError, match="mydata_export_made"), transaction.atomic():
        Export.objects.create(
            account_id=mine.account_id,
            assurance=1,
            language="ja",
            asked_at=world.NOW,
            **values,
        )


def test_an_archive_is_nothing_that_anybody_may_upload() -> None:
    mine = world.resident()
    stored = prepared(mine)
    assert stored
    file = StoredFile.objects.get(purpose="export")
    with pytest.raises(IntegrityError, match="documents_file_kind"), transaction.atomic():
        StoredFile.objects.create(
            blob=file.blob,
            sha256="a" * 64,
            size=1,
            kind="archive",
            content_type="application/zip",
            name="x.zip",
            purpose="attachment",
            scan_state="clean",
            created_at=world.NOW,
            retention_date=world.TODAY,
        )
