"""How long files stay, what removes them, and what a crash leaves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.utils import DatabaseError
from procrastinate.contrib.django import app

from engines.documents import samples
from engines.documents.conftest import NOW, TOKEN, Store
from suigo.engines.documents import providers, queries, storage, tasks
from suigo.engines.documents.actions import (
    hold_files,
    keep_until,
    purge_due,
    rewrap,
    scan_waiting,
    set_retention,
    store_letter,
)
from suigo.engines.documents.adapters.fake import EICAR
from suigo.engines.documents.failures import DamagedFile, InfectedFile, PurgedFile
from suigo.engines.documents.models import Blob, PurgeReport, StoredFile
from suigo.engines.documents.providers import ScannerUnavailable
from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.queries import history_of, verify_chain
from suigo.kernel.errors import Forbidden

LATER = NOW + timedelta(days=31)  # one day after an upload's own time is over


@pytest.fixture
def needs() -> Iterator[set[UUID]]:
    """What a package above says that it still needs."""
    ids: set[UUID] = set()
    providers.register_need("test", lambda asked: ids & set(asked))
    yield ids
    providers._needs.pop("test")


def paths(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


@pytest.mark.django_db
def test_a_file_stays_through_its_last_day(store: Store) -> None:
    file = store(b"hello")
    assert purge_due(SYSTEM, now=NOW + timedelta(days=30)).removed_files == 0
    assert b"".join(queries.open_file(file)) == b"hello"
    assert purge_due(SYSTEM, now=LATER).removed_files == 1


@pytest.mark.django_db
def test_what_is_purged_is_gone_and_only_the_proof_is_left(
    store: Store, clerk: Actor, data_folder: Path
) -> None:
    file, other = store(b"hello", name="水郷花子の診断書.txt"), store(b"other!")
    keep_until([other.public_id], date=date(2027, 3, 31))
    report = purge_due(clerk, now=LATER)
    assert (report.removed_files, report.removed_bytes, report.held_back) == (1, 5, 0)
    assert report.through_date == date(2026, 12, 25)
    assert report.finished_at == LATER
    (line,) = queries.purged_in(report.public_id)
    assert (line.public_id, line.sha256, line.size) == (file.public_id, file.sha256, 5)
    assert queries.purge_reports() == [report]
    assert len(paths(data_folder)) == 1
    with pytest.raises(PurgedFile):
        queries.file_for(ANONYMOUS, file.public_id, owner_token="", allow=lambda _: True)
    with pytest.raises(PurgedFile):
        next(queries.open_file(file))
    row = StoredFile.objects.get(public_id=file.public_id)
    assert (row.name, row.blob_id, row.sha256) == ("", None, file.sha256)
    assert not AuditEntry.objects.filter(personal__contains="診断書").exists()
    sentences = [
        h.sentence for h in history_of(subject_kind="file", subject_id=str(file.public_id))
    ]
    assert sentences == [
        "保存期間（令和8年12月24日 まで）が過ぎたファイルを消去しました",
        "申請者 がファイル「（消去済み）」（5バイト）を送りました",
    ]
    assert verify_chain().broken is None


@pytest.mark.django_db
def test_an_open_case_holds_its_files(store: Store, needs: set[UUID]) -> None:
    held, needed, draft = store(b"held"), store(b"needed"), store(b"draft")
    hold_files([held.public_id])
    needs.add(needed.public_id)
    report = purge_due(SYSTEM, now=LATER)
    assert (report.removed_files, report.held_back) == (1, 1)
    assert queries.briefs([draft.public_id])[draft.public_id].purged_at == LATER
    assert b"".join(queries.open_file(held)) == b"held"
    assert b"".join(queries.open_file(needed)) == b"needed"

    assert set_retention(SYSTEM, [held.public_id], date=date(2027, 1, 31), now=LATER) == 1
    assert purge_due(SYSTEM, now=LATER + timedelta(days=2)).removed_files == 0
    assert purge_due(SYSTEM, now=LATER + timedelta(days=60)).removed_files == 1


@pytest.mark.django_db
def test_a_draft_never_shortens_what_has_to_be_kept(store: Store) -> None:
    upload, held, kept = store(b"draft"), store(b"held"), store(b"kept")
    letter = store_letter(
        SYSTEM,
        name="通知書.pdf",
        content=samples.pdf(),
        owner_account_id=None,
        retention_date=date(2026, 12, 1),
        held=False,
        now=NOW,
    )
    hold_files([held.public_id])
    set_retention(SYSTEM, [kept.public_id], date=date(2032, 3, 31), now=NOW)
    ids = [f.public_id for f in (upload, held, kept, letter)]
    assert keep_until(ids, date=date(2027, 1, 10)) == 1
    dates = StoredFile.objects.filter(public_id__in=ids).order_by("id")
    assert list(dates.values_list("retention_date", flat=True)) == [
        date(2027, 1, 10),
        date(2026, 12, 24),
        date(2032, 3, 31),
        date(2026, 12, 1),
    ]


@pytest.mark.django_db
def test_a_second_case_does_not_shorten_the_first_one_s_retention(store: Store) -> None:
    file = store(b"shared")
    set_retention(SYSTEM, [file.public_id], date=date(2032, 3, 31), now=NOW)
    set_retention(SYSTEM, [file.public_id], date=date(2028, 3, 31), now=NOW)
    assert StoredFile.objects.get().retention_date == date(2032, 3, 31)
    newest = history_of(subject_kind="file", subject_id=str(file.public_id))[0]
    assert "令和14年3月31日" in newest.sentence


@pytest.mark.django_db
def test_a_content_stays_as_long_as_one_file_has_it(store: Store) -> None:
    first, second = store(b"same"), store(b"same")
    hold_files([second.public_id])
    purge_due(SYSTEM, now=LATER)
    assert queries.briefs([first.public_id])[first.public_id].purged_at == LATER
    assert b"".join(queries.open_file(second)) == b"same"


@pytest.mark.django_db
def test_only_who_may_purges(resident: Actor) -> None:
    with pytest.raises(Forbidden):
        purge_due(resident, now=NOW)
    assert PurgeReport.objects.count() == 0


@pytest.mark.django_db
def test_a_stored_file_does_not_change(store: Store) -> None:
    store(b"hello")
    blob = Blob.objects.create(
        address="0" * 64, size=1, key_id="k", wrapped_key=b"w", created_at=NOW
    )
    for change in (
        {"sha256": "0" * 64},
        {"size": 6},
        {"name": "another"},
        {"blob": blob},
        {"content_type": "text/html"},
        {"purpose": "letter"},
    ):
        with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            StoredFile.objects.update(**change)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [{"purged_at": NOW}, {"blob": None}, {"scan_state": "perhaps"}, {"purged_at": NOW, "name": ""}],
)
def test_the_database_refuses_half_a_purge(change: dict[str, object], store: Store) -> None:
    store(b"hello")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        StoredFile.objects.update(**change)


@pytest.mark.usefixtures("committed")
def test_a_crash_between_file_and_row_leaves_an_orphan_only(
    store: Store, data_folder: Path
) -> None:
    class Crash(Exception):
        pass

    def stored_but_never_committed() -> None:
        with transaction.atomic():
            store(b"hello")
            raise Crash

    with pytest.raises(Crash):
        stored_but_never_committed()
    assert StoredFile.objects.count() == 0
    (orphan,) = paths(data_folder)
    report = queries.store_report()
    assert (report.count, report.missing, report.orphans) == (0, (), (str(orphan),))

    file = store(b"hello")  # the same content comes again: it must open with its own key
    assert b"".join(queries.open_file(file)) == b"hello"
    assert paths(data_folder) == [orphan]
    assert queries.store_report().orphans == ()


@pytest.mark.usefixtures("committed")
def test_orphans_are_removed_after_a_day(store: Store, data_folder: Path) -> None:
    kept = store(b"kept")
    (path,) = paths(data_folder)
    half = storage.write_incoming([b"half an upload"])
    lost, misplaced = storage.path_of("f" * 64), path.with_name("e" * 64)
    lost.parent.mkdir(parents=True)
    for old in (path, half, lost, misplaced):
        with old.open("ab"):
            os.utime(old, (NOW.timestamp(), NOW.timestamp()))
    assert purge_due(SYSTEM, now=NOW + timedelta(hours=23)).orphans == 0
    assert purge_due(SYSTEM, now=NOW + timedelta(hours=25)).orphans == 3
    assert paths(data_folder) == [path]
    assert b"".join(queries.open_file(kept)) == b"kept"


LOOP = """
import io, sys, django
django.setup()
from datetime import UTC, datetime
from suigo.engines.documents.actions import store_file
from suigo.kernel.access import ANONYMOUS
n = 0
while True:
    n += 1
    file = store_file(ANONYMOUS, name="x.txt", content_type_claimed="", accept=("text",),
        stream=io.BytesIO(f"{sys.argv[1]} {n} ".encode() * 20_000), owner_token="t" * 32,
        now=datetime.now(UTC))
    print(file.public_id, flush=True)
"""


@pytest.mark.usefixtures("committed")
def test_killed_uploads_lose_nothing_that_was_confirmed(data_folder: Path) -> None:
    """SIGKILL in the middle of uploads: every confirmed file opens, every row has its file."""
    database = connection.settings_dict
    place = urlencode({"host": database["HOST"], "port": database["PORT"]})
    who = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    url = f"postgresql://{who}@/{database['NAME']}?{place}"
    environment = {
        **os.environ,
        "SUIGO_DATABASE_URL": url,
        "SUIGO_DATA": str(data_folder),
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        "DJANGO_SETTINGS_MODULE": "suigo.project.settings",
        "SUIGO_ENV": "test",
    }
    confirmed: list[UUID] = []
    for attempt in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", LOOP, str(attempt)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            confirmed.append(UUID(process.stdout.readline().strip()))
            time.sleep(0.05 + attempt * 0.083)
            process.send_signal(signal.SIGKILL)
            confirmed += [UUID(line.strip()) for line in process.stdout if len(line) == 37]
    found = queries.briefs(confirmed)
    assert set(found) == set(confirmed)
    for file in [queries.brief_of(f) for f in StoredFile.objects.all()]:
        assert len(b"".join(queries.open_file(file))) == file.size
    assert queries.store_report().missing == ()
    assert verify_chain().broken is None


@pytest.mark.usefixtures("committed")
def test_the_same_content_at_the_same_time_is_stored_once(store: Store, data_folder: Path) -> None:
    def upload(number: int) -> bytes:
        try:
            return b"".join(
                queries.open_file(store(b"the same" * 50_000, token=f"{TOKEN}{number}"))
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        contents = list(pool.map(upload, range(8)))
    assert contents == [b"the same" * 50_000] * 8
    assert (StoredFile.objects.count(), Blob.objects.count()) == (8, 1)
    assert len(paths(data_folder)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("harm", ["flip", "cut", "gone", "swap", "key"])
def test_harm_on_the_disk_is_noticed(harm: str, store: Store) -> None:
    file = store(b"hello" * 50_000)
    other = store(b"other" * 50_000)
    path = storage.path_of(queries.blob_of(file).address)
    whole = bytearray(path.read_bytes())
    if harm == "flip":
        whole[100_000] ^= 1
        path.write_bytes(whole)
    elif harm == "cut":
        path.write_bytes(whole[:70_000])
    elif harm == "gone":
        path.unlink()
    elif harm == "swap":
        path.write_bytes(storage.path_of(queries.blob_of(other).address).read_bytes())
    else:
        Blob.objects.filter(pk=queries.blob_of(file).pk).update(
            wrapped_key=queries.blob_of(other).wrapped_key
        )
    with pytest.raises(DamagedFile):
        b"".join(queries.open_file(file))


@pytest.mark.django_db
def test_a_lost_file_that_comes_again_heals(store: Store) -> None:
    file = store(b"hello")
    storage.path_of(queries.blob_of(file).address).unlink()
    assert len(queries.store_report().missing) == 1
    store(b"hello")
    assert b"".join(queries.open_file(file)) == b"hello"


@pytest.mark.django_db
def test_keys_are_rotated(store: Store, settings: LazySettings) -> None:
    file = store(b"hello")
    old = settings.SUIGO_ENCRYPTION_KEYS
    new = {"second": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="}
    settings.SUIGO_ENCRYPTION_KEYS = {**new, **old}
    assert (rewrap(), rewrap()) == (1, 0)
    settings.SUIGO_ENCRYPTION_KEYS = new
    assert b"".join(queries.open_file(file)) == b"hello"
    settings.SUIGO_ENCRYPTION_KEYS = old
    with pytest.raises(DamagedFile):
        next(queries.open_file(file))


@pytest.mark.django_db
def test_a_scanner_that_was_down_is_asked_again(store: Store, settings: LazySettings) -> None:
    settings.SUIGO_SCANNER = "fake:unavailable"
    good, bad = store(b"harmless"), store(b"bad " + EICAR)
    assert (good.scan_state, bad.scan_state) == ("unscanned", "unscanned")
    with pytest.raises(ScannerUnavailable):
        scan_waiting(now=NOW)
    settings.SUIGO_SCANNER = "fake:"
    assert scan_waiting(now=NOW) == 2
    assert scan_waiting(now=NOW) == 0
    now_good, now_bad = (queries.briefs([f.public_id])[f.public_id] for f in (good, bad))
    assert (now_good.scan_state, now_bad.scan_state) == ("clean", "infected")
    with pytest.raises(InfectedFile):
        next(queries.open_file(now_bad))
    newest, *_older = history_of(subject_kind="file", subject_id=str(bad.public_id))
    assert newest.sentence == (
        "受付後の検査でファイルからウイルス（Eicar-Test-Signature）が見つかり、開けなくしました"
    )


@pytest.mark.django_db
def test_a_letter_is_kept_as_it_was_issued(clerk: Actor, resident: Actor) -> None:
    content = samples.pdf(text="decision")
    letter = store_letter(
        clerk,
        name="決定通知書.pdf",
        content=content,
        owner_account_id=resident.account_id,
        retention_date=date(2032, 3, 31),
        held=False,
        now=NOW,
    )
    assert b"".join(queries.open_file(queries.file_for(resident, letter.public_id))) == content
    (entry,) = history_of(subject_kind="file", subject_id=str(letter.public_id))
    assert entry.sentence == "職員 一 が文書「決定通知書.pdf」を発行しました"
    assert letter.sha256 in AuditEntry.objects.get().facts


@pytest.mark.django_db
def test_the_jobs_do_the_same(store: Store, settings: LazySettings) -> None:
    """``timestamp`` is what the schedule hands to every periodic job."""
    file = store(b"hello")  # by the tests' clock; the job reads the real one
    StoredFile.objects.update(retention_date=date(2020, 1, 1))
    settings.SUIGO_SCANNER = "fake:"
    tasks.scan_waiting(timestamp=1)
    assert queries.briefs([file.public_id])[file.public_id].scan_state == "clean"
    tasks.purge(timestamp=1)
    assert queries.briefs([file.public_id])[file.public_id].purged_at is not None
    assert {"documents.purge", "documents.scan_waiting"} <= set(app.tasks)
