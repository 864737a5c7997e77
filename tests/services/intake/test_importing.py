"""A spreadsheet of another service becomes cases: good rows in, bad rows told, nothing twice."""

import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings

from engines.cases.test_submission import at_once
from engines.cases.world import NOW, staff
from services.intake.samples import HEADER, row, table, without
from suigo.engines.cases.models import Case
from suigo.engines.forms.spec import ChoicesField
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from suigo.services.intake import actions, queries
from suigo.services.intake.actions import importing, rows
from suigo.services.intake.models import Delivery, Entry
from suigo.services.intake.rules.converting import answer_of
from suigo.services.intake.spec import FieldMap

LOGO = "logo-library-card"
GOOD = (row(), row(受付番号="L-0002", 氏名="試験 花子", フリガナ="シケン ハナコ"))
BAD = row(受付番号="L-0003", 生年月日="きのう", 受取館="駅前館")


@pytest.fixture
def clerk(db: None) -> Actor:
    return staff("library-chief", "係長 花子")


def arrive(clerk: Actor, content: bytes, name: str = "logo.csv") -> UUID:
    return actions.bring_in(clerk, kind="csv", mapping=LOGO, name=name, content=content, now=NOW)


def bring_in(clerk: Actor, content: bytes) -> UUID:
    delivery_id = arrive(clerk, content)
    actions.start_import(clerk, delivery_id, now=NOW)
    actions.import_delivery(delivery_id, now=NOW)
    return delivery_id


def outcomes(delivery_id: UUID) -> list[tuple[int, str]]:
    found = Entry.objects.filter(delivery__public_id=delivery_id).order_by("number")
    return [(entry.number, entry.outcome) for entry in found]


def test_good_rows_come_in_and_the_bad_row_is_told(clerk: Actor) -> None:
    """cp932, a missing column and a bad row: the acceptance of the issue."""
    delivery_id = bring_in(clerk, without("建物名", *GOOD, BAD))
    assert outcomes(delivery_id) == [(2, "created"), (3, "created"), (4, "bad")]
    cases = list(Case.objects.order_by("id"))
    assert [(c.applicant_name, c.channel) for c in cases] == [
        ("見本 太郎", "import"),
        ("試験 花子", "import"),
    ]
    assert cases[0].received_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert cases[0].arrival == {
        "source": "見本フォーム 図書館カード（LoGoフォーム形式）",
        "source_number": "L-0001",
    }
    answers = cases[0].answers
    assert (answers["birthday"], answers["branch"], answers["per_month"]) == (
        "1990-04-01",
        "central",
        5,
    )
    assert answers["card_kinds"] == ["books", "music"]
    assert answers["address"]["postal_code"] == "9998531"
    view = queries.delivery(clerk, delivery_id)
    assert (view.state, view.created, view.bad) == ("partly", 2, 1)
    bad = queries.entries(clerk, delivery_id, outcomes=["bad"])[0]
    assert [fault.column for fault in bad.faults] == ["生年月日", "受取館"]
    assert "駅前館" in bad.faults[1].reason


@pytest.mark.parametrize("written", ["ＡＢ〜Ｃ（注）、Ｄ", "AB～C(注)、D", "ＡＢ～Ｃ（注）、D"])
def test_what_cp932_does_to_characters_still_matches(written: str) -> None:
    """〜 and ～, full and half width: the same choice, also inside a list of several."""
    options = [
        {"id": "one", "label": "ＡＢ〜Ｃ（注）、Ｄ"},
        {"id": "two", "label": "そのほか"},
    ]
    field = ChoicesField.model_validate(
        {"kind": "choices", "id": "x", "label": "x", "options": options}
    )
    mapped = FieldMap.model_validate({"to": "x", "from": "x"})
    assert answer_of(field, "", [f"そのほか、{written}"], mapped) == ["two", "one"]


def test_a_missing_column_that_is_needed_is_named_in_every_row(clerk: Actor) -> None:
    delivery_id = bring_in(clerk, without("電話番号", *GOOD))
    assert outcomes(delivery_id) == [(2, "bad"), (3, "bad")]
    fault = queries.entries(clerk, delivery_id)[0].faults[0]
    assert fault.column == "電話番号"
    assert "列「電話番号」がファイルにありません" in fault.reason
    assert Case.objects.count() == 0


def test_the_dry_run_says_what_would_happen_and_writes_nothing(clerk: Actor) -> None:
    bring_in(clerk, table(GOOD[0]))
    changed = row(冊数="9")
    delivery_id = arrive(clerk, without("要望", changed, GOOD[1], BAD, GOOD[1]))
    before = (Case.objects.count(), AuditEntry.objects.count())
    preview = actions.examined(clerk, delivery_id, now=NOW)
    assert [(p.number, p.outcome) for p in preview.plans] == [
        (2, "changed"),
        (3, "created"),
        (4, "bad"),
        (5, "bad"),
    ]
    assert preview.plans[3].faults[0].reason == "3行目と同じ番号です。"
    assert preview.lacking == ("要望",)
    assert (Case.objects.count(), AuditEntry.objects.count()) == before


def test_the_same_file_again_makes_nothing_twice(clerk: Actor) -> None:
    first, second = bring_in(clerk, table(*GOOD)), bring_in(clerk, table(*GOOD))
    assert outcomes(first) == [(2, "created"), (3, "created")]
    assert outcomes(second) == [(2, "known"), (3, "known")]
    assert Case.objects.count() == 2
    view = queries.delivery(clerk, second)
    same = queries.same_file(clerk, view)
    assert same is not None
    assert same.public_id == first


def test_changed_content_under_the_same_number_is_told_and_changes_nothing(clerk: Actor) -> None:
    bring_in(clerk, table(row()))
    second = bring_in(clerk, table(row(冊数="9")))
    entry = queries.entries(clerk, second)[0]
    case = Case.objects.get()
    assert (entry.outcome, entry.case_number, case.answers["per_month"]) == (
        "changed",
        case.number,
        5,
    )


def test_an_import_that_was_killed_goes_on_where_it_stopped(
    clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [row(受付番号=f"L-{n:04d}") for n in range(6)]
    delivery_id = arrive(clerk, table(*many))
    actions.start_import(clerk, delivery_id, now=NOW)
    receive, seen = rows.receive, []

    def killed(plan: rows.RowPlan, procedure_id: str, *, now: datetime) -> object:
        receipt = receive(plan, procedure_id, now=now)
        seen.append(plan.key)
        if len(seen) == 4:
            raise KeyboardInterrupt  # the case is written, its entry is not, nothing is committed
        return receipt

    with monkeypatch.context() as patch:
        patch.setattr(rows, "receive", killed)
        with pytest.raises(KeyboardInterrupt):
            actions.import_delivery(delivery_id, now=NOW)
    assert queries.delivery(clerk, delivery_id).state == "running"
    assert Case.objects.count() == 3
    actions.import_delivery(delivery_id, now=NOW)
    actions.import_delivery(delivery_id, now=NOW)
    assert [c.sequence for c in Case.objects.order_by("sequence")] == [1, 2, 3, 4, 5, 6]
    view = queries.delivery(clerk, delivery_id)
    # those that came in before the kill are theirs all the same
    assert (view.state, view.created, view.known) == ("done", 6, 0)


@pytest.mark.usefixtures("really_committed")
def test_two_workers_at_once_make_nothing_twice() -> None:
    clerk = staff("library-chief", "係長 花子")
    delivery_id = arrive(clerk, table(*[row(受付番号=f"L-{n:04d}") for n in range(4)]))
    actions.start_import(clerk, delivery_id, now=NOW)
    done = at_once(*[lambda: importing.import_delivery(delivery_id, now=NOW)] * 3)
    assert done == [None] * 3
    assert Case.objects.count() == 4
    assert outcomes(delivery_id) == [(n, "created") for n in range(2, 6)]
    ends = AuditEntry.objects.filter(action="intake.imported")
    assert ends.count() == 1


def test_the_rows_to_mend_come_back_mended(clerk: Actor) -> None:
    delivery_id = bring_in(clerk, table(*GOOD, BAD))
    name, content = actions.rows_to_mend(clerk, delivery_id, now=NOW)
    lines = list(csv.reader(io.StringIO(content.decode("cp932"))))
    assert name == "mend-logo.csv"
    assert lines[0] == [*HEADER, "取り込めなかった理由"]
    assert [line[0] for line in lines[1:]] == ["L-0003"]
    assert "生年月日: " in lines[1][-1]
    mended = dict(zip(lines[0], lines[1], strict=True)) | {"生年月日": "H2.4.1", "受取館": "川辺"}
    again = bring_in(clerk, table([*mended.values()], header=[*mended]))
    assert outcomes(again) == [(2, "created")]
    assert Case.objects.count() == 3


def test_bad_rows_are_tried_again_and_good_ones_left(clerk: Actor) -> None:
    delivery_id = bring_in(clerk, table(GOOD[0], BAD))
    first = Entry.objects.get(outcome="created").pk
    actions.retry(clerk, delivery_id, now=NOW)
    actions.import_delivery(delivery_id, now=NOW)
    assert outcomes(delivery_id) == [(2, "created"), (3, "bad")]
    assert Entry.objects.get(outcome="created").pk == first


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe\x00\x01\x82", "文字を読めません"),
        (b"a,b\n1,2\n", "受付番号の列「受付番号」がありません"),
        ("受付番号,受付番号\n1,2\n".encode(), "同じ見出しが2つあります: 受付番号"),
        ('受付番号,氏名\n1,"開いたまま\n'.encode(), "CSVの形が崩れています"),
        (b"\n", "見出しの行がありません"),
    ],
)
def test_a_file_that_can_not_be_read_is_set_aside(clerk: Actor, content: bytes, why: str) -> None:
    delivery_id = arrive(clerk, content)
    view = queries.delivery(clerk, delivery_id)
    assert view.state == "quarantined"
    assert why in view.reason
    assert actions.note_download(clerk, delivery_id, now=NOW) == ("logo.csv", content)
    with pytest.raises(Invalid):
        actions.dismiss(clerk, delivery_id, reason=" ", now=NOW)
    actions.dismiss(clerk, delivery_id, reason="別のファイルが送り直された", now=NOW)
    with pytest.raises(Conflict):
        actions.retry(clerk, delivery_id, now=NOW)
    assert queries.delivery(clerk, delivery_id).reason == "別のファイルが送り直された"


def test_what_arrived_is_never_stored_in_clear(clerk: Actor) -> None:
    arrive(clerk, table(*GOOD))
    delivery = Delivery.objects.get()
    assert delivery.content is not None
    assert "見本".encode("cp932") not in bytes(delivery.content)


def test_only_whoever_may_import_does(clerk: Actor) -> None:
    other = staff("library-officer", "司書 一郎")
    delivery_id = arrive(clerk, table(*GOOD))
    with pytest.raises(Forbidden):
        arrive(other, table(*GOOD))
    for refused in (
        lambda: actions.examined(other, delivery_id, now=NOW),
        lambda: actions.start_import(other, delivery_id, now=NOW),
        lambda: queries.deliveries(other),
        lambda: queries.entries(other, delivery_id),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(NotFound):
        actions.start_import(clerk, UUID(int=0), now=NOW)


def test_a_file_is_seen_by_the_department_of_its_procedure(clerk: Actor) -> None:
    """And by whoever brought it in; what nobody can place is seen by all who bring things in."""
    welfare = staff("welfare-chief", "係長 福子")
    mine, folders = arrive(clerk, table(*GOOD)), arrive(SYSTEM, table(BAD))
    foreign = arrive(welfare, table(GOOD[0]), "carried.csv")
    lost = actions.bring_in(
        SYSTEM, kind="pittari", mapping="", name="x.zip", content=b"no zip", now=NOW
    )

    def seen(actor: Actor) -> set[UUID]:
        return {view.public_id for view in queries.deliveries(actor)[0]}

    assert seen(clerk) == {mine, folders, foreign, lost}
    assert seen(welfare) == {foreign, lost}
    assert queries.waiting_count(welfare) == 1
    assert queries.entries(welfare, mine) == []
    for hidden in (
        lambda: queries.delivery(welfare, mine),
        lambda: actions.examined(welfare, mine, now=NOW),
        lambda: actions.start_import(welfare, mine, now=NOW),
        lambda: actions.note_download(welfare, folders, now=NOW),
        lambda: actions.rows_to_mend(welfare, mine, now=NOW),
    ):
        with pytest.raises(NotFound):
            hidden()
    twin = queries.same_file(welfare, queries.delivery(welfare, arrive(welfare, table(*GOOD))))
    assert twin is None  # that another department has the same file is none of theirs


def test_a_watched_folder_is_emptied_once(db: None, tmp_path: Path, settings: LazySettings) -> None:
    settings.SUIGO_INTAKE_FOLDER = str(tmp_path)
    waiting = tmp_path / "csv" / LOGO
    waiting.mkdir(parents=True)
    for name in ("a.csv", "fresh.csv"):
        (waiting / name).write_bytes(table(*GOOD))
    old = NOW.timestamp() - 60
    os.utime(waiting / "a.csv", (old, old))
    os.utime(waiting / "fresh.csv", (old + 59, old + 59))
    assert actions.take_from_folder(now=NOW) == 1
    assert [f.name for f in waiting.iterdir()] == ["fresh.csv"]
    # killed before it was moved: found again, and only moved
    (waiting / "a.csv").write_bytes(table(*GOOD))
    os.utime(waiting / "a.csv", (old, old))
    assert actions.take_from_folder(now=NOW) == 0
    assert [f.name for f in waiting.iterdir()] == ["fresh.csv"]
    assert Delivery.objects.get().state == "running"


def test_from_a_watched_folder_nobody_waits(db: None) -> None:
    delivery_id = arrive(SYSTEM, table(*GOOD, BAD))
    actions.import_delivery(delivery_id, now=NOW)
    assert outcomes(delivery_id) == [(2, "created"), (3, "created"), (4, "bad")]
