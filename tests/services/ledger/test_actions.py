"""One altered byte anywhere is found and named."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from engines.cases.test_submission import at_once
from engines.documents import samples
from engines.documents.conftest import NOW, Store
from services.ledger.conftest import TOMORROW, Proven, as_administrator, note
from suigo.engines.documents import storage
from suigo.engines.documents.models import Blob, StoredFile
from suigo.kernel.access import ANONYMOUS, Actor
from suigo.kernel.audit.actions import erase_personal, record
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.queries import sentence_of
from suigo.kernel.errors import Forbidden, Invalid, NotFound
from suigo.services.ledger import actions, rules
from suigo.services.ledger.models import DailyProof, Verification
from suigo.services.ledger.queries import Finding, examine

DAY = "2026-11-24"
TEXTS = (
    "actor_kind",
    "actor_name",
    "action",
    "subject_kind",
    "subject_id",
    "facts",
    "personal",
    "personal_digest",
    "previous_hash",
    "hash",
)


def named(found: list[Finding]) -> set[tuple[str, str]]:
    return {(finding.kind, finding.where) for finding in found}


def test_what_nobody_touched_is_as_it_was(proven: Proven) -> None:
    assert examine() == []
    note(4, at=TOMORROW)
    assert examine() == []


# --- entries


@pytest.mark.parametrize("column", TEXTS)
def test_every_character_of_an_entry(proven: Proven, column: str) -> None:
    clerk = Actor(kind="staff", account_id=8, name="水野 葉子")
    facts = {"number": 4, "title": "児童手当"}
    record(
        "test.noted",
        actor=clerk,
        subject_kind="case",
        subject_id="4",
        facts=facts,
        personal={"applicant": "水郷　花子"},
        now=TOMORROW,
    )
    entry = AuditEntry.objects.order_by("-id")[0]
    before = getattr(entry, column)
    for place in range(len(before)):
        after = before[:place] + chr(ord(before[place]) ^ 1) + before[place + 1 :]
        as_administrator(f"UPDATE audit_entry SET {column} = %s WHERE id = %s", after, entry.id)
        assert named(examine()) == {("entry", str(entry.id))}, place
    as_administrator(f"UPDATE audit_entry SET {column} = %s WHERE id = %s", before, entry.id)
    assert examine() == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = 2", "2"),
        ("UPDATE audit_entry SET actor_id = 8 WHERE id = 3", "3"),
        ("DELETE FROM audit_entry WHERE id = 2", "3"),
        ("DELETE FROM audit_entry WHERE id >= 3", "3"),
        ("DELETE FROM audit_entry", "1"),
    ],
)
def test_what_can_be_done_to_a_row(proven: Proven, change: str, where: str) -> None:
    as_administrator(change)
    assert ("entry", where) in named(examine())


def test_a_ledger_written_anew_by_its_administrator(proven: Proven) -> None:
    """Every hash agrees again, so that only what was noted elsewhere shows it."""
    rows = list(AuditEntry.objects.order_by("id").values())
    as_administrator("DELETE FROM audit_entry")
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(
                "INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, action,"
                " subject_kind, subject_id, facts, personal, personal_digest, previous_hash, hash)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '', '', '')",
                [
                    row["at"],
                    row["actor_kind"],
                    row["actor_id"],
                    row["actor_name"],
                    row["action"],
                    row["subject_kind"],
                    row["subject_id"],
                    row["facts"].replace("児童手当", "別の手当"),
                    row["personal"],
                ],
            )
    noted = rules.parse(proven.statement.read_bytes()).entries
    assert named(examine()) == {("entry", str(noted))}


def test_erasing_what_is_personal_alters_nothing(proven: Proven) -> None:
    assert erase_personal(subject_kind="case", subject_id="2") == 1
    assert examine() == []


# --- files


def flips(content: bytes, step: int = 1) -> Iterator[bytes]:
    for place in range(0, len(content), step):
        yield content[:place] + bytes([content[place] ^ 0x01]) + content[place + 1 :]


def test_every_byte_of_a_file(proven: Proven) -> None:
    file = StoredFile.objects.get(public_id=proven.files[0])
    assert file.blob is not None
    path = storage.path_of(file.blob.address)
    content = path.read_bytes()
    for altered in flips(content, step=max(1, len(content) // 200)):
        path.write_bytes(altered)
        assert named(examine()) == {("file", str(file.public_id))}
    for shorter in (content[:-1], content + b"\x00", b""):
        path.write_bytes(shorter)
        assert named(examine()) == {("file", str(file.public_id))}
    path.unlink()
    assert named(examine()) == {("file", str(file.public_id))}
    path.write_bytes(content)
    assert examine() == []


def test_another_content_with_a_row_that_agrees(proven: Proven) -> None:
    """An administrator with the keys puts another file in place, and its digest into the row."""
    one, other = proven.files
    as_administrator(
        "UPDATE documents_file SET (blob_id, sha256) ="
        " (SELECT blob_id, sha256 FROM documents_file WHERE public_id = %s) WHERE public_id = %s",
        str(other),
        str(one),
    )
    assert named(examine()) == {("listed_file", str(one))}


def test_a_row_that_was_removed(proven: Proven) -> None:
    as_administrator("DELETE FROM documents_file WHERE public_id = %s", str(proven.files[1]))
    assert named(examine()) == {("listed_file", str(proven.files[1]))}


def test_a_file_that_was_put_among_the_proven_ones(proven: Proven, store: Store) -> None:
    late = store(samples.pdf(), name="あとから")
    assert named(examine()) == {("listed_file", str(late.public_id))}


# --- proofs


def test_every_byte_of_an_exported_statement(proven: Proven) -> None:
    content = proven.statement.read_bytes()
    proven.statement.chmod(0o644)
    for altered in flips(content):
        proven.statement.write_bytes(altered)
        assert ("export", f"{DAY}.json") in named(examine())


def test_every_byte_of_an_exported_list(proven: Proven) -> None:
    content = proven.listed.read_bytes()
    proven.listed.chmod(0o644)
    for altered in flips(content):
        proven.listed.write_bytes(altered)
        assert ("export", f"{DAY}.files.txt") in named(examine())


def test_an_exported_proof_that_is_gone(proven: Proven) -> None:
    proven.statement.unlink()
    assert named(examine()) == {("export", f"{DAY}.json")}


def test_a_proof_that_was_taken_out_of_the_database(proven: Proven) -> None:
    DailyProof.objects.all().delete()
    assert named(examine()) == {("proof", DAY)}


def test_database_and_export_altered_alike_against_a_copy_kept_elsewhere(
    proven: Proven, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(proven.folder, elsewhere)
    statement = rules.parse(proven.statement.read_bytes())
    forged = rules.Statement(
        **{name: getattr(statement, name) for name in statement.__slots__} | {"head": "0" * 64}
    )
    proven.statement.chmod(0o644)
    proven.statement.write_bytes(forged.as_bytes())
    DailyProof.objects.update(statement=forged.as_bytes(), digest=forged.digest)
    assert ("export", f"{DAY}.json") in named(examine(exported=elsewhere))


def test_each_proof_follows_the_one_before(proven: Proven) -> None:
    later = TOMORROW + timedelta(days=3)  # nothing ran meanwhile
    assert actions.prove_yesterday(now=later)
    actions.export_proofs(now=later)
    first, second = (rules.parse(bytes(p.statement)) for p in DailyProof.objects.order_by("date"))
    assert (second.date.isoformat(), second.since) == ("2026-11-27", first.until)
    assert second.previous == first.digest
    assert examine() == []


@pytest.mark.parametrize("altered", [b"altered", b""])
def test_an_altered_proof_is_named_and_the_next_one_is_made(proven: Proven, altered: bytes) -> None:
    before = rules.parse(proven.statement.read_bytes())
    DailyProof.objects.update(statement=altered)
    later = TOMORROW + timedelta(days=1)
    assert actions.prove_yesterday(now=later)
    actions.export_proofs(now=later)
    made = rules.parse(bytes(DailyProof.objects.order_by("-date")[0].statement))
    assert (made.since, made.previous) == (before.until, before.digest)
    assert made.as_bytes().count(b"+09:00") == 2
    (entry,) = AuditEntry.objects.filter(action="ledger.proof_altered")
    assert sentence_of(entry) == (
        "令和8年11月24日 の日次の証明が、作られたときのままではないことを見つけました"
    )
    assert {("proof", DAY), ("export", f"{DAY}.json")} <= named(examine())


# --- making and exporting


def test_a_day_is_proven_once(proven: Proven) -> None:
    assert not actions.prove_yesterday(now=TOMORROW)
    assert actions.export_proofs(now=TOMORROW) == 0
    assert DailyProof.objects.count() == 1
    (entry,) = AuditEntry.objects.filter(action="ledger.proven")
    assert sentence_of(entry) == "令和8年11月24日 までの操作記録とファイルの証明を作りました"


def test_the_day_that_goes_on_is_not_proven(db: None) -> None:
    note(1)
    assert actions.prove_yesterday(now=NOW)
    assert DailyProof.objects.get().date.isoformat() == "2026-11-23"


def test_a_full_disk_leaves_the_export_for_the_next_night(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.prove_yesterday(now=TOMORROW)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(actions.folder, "write", full)
        with pytest.raises(OSError, match="No space"):
            actions.export_proofs(now=TOMORROW)
    assert examine() == []
    assert actions.export_proofs(now=TOMORROW) == 1
    assert examine() == []


def test_an_export_is_never_written_over(proven: Proven) -> None:
    DailyProof.objects.update(exported_at=None, file_list=b"another\n")
    with pytest.raises(FileExistsError):
        actions.export_proofs(now=TOMORROW)


# --- verifying


def test_a_verification_is_asked_for_once_and_told(proven: Proven, auditor: Actor) -> None:
    actions.ask_for_verification(auditor, now=TOMORROW)
    actions.ask_for_verification(auditor, now=TOMORROW)
    asked = Verification.objects.get()
    as_administrator("UPDATE audit_entry SET facts = '{}' WHERE id = 2")
    found = actions.verify(asked.pk, clock=lambda: TOMORROW + timedelta(hours=1))
    assert named(found) == {("entry", "2")}
    asked.refresh_from_db()
    assert (asked.finished_at, asked.proofs, asked.files) == (
        TOMORROW + timedelta(hours=1),
        1,
        2,
    )
    assert asked.findings == [{"kind": "entry", "where": "2", "what": "was altered"}]
    assert AuditEntry.objects.filter(action="ledger.found_altered").count() == 1
    assert actions.verify(asked.pk, clock=lambda: TOMORROW) == []  # it ended: nothing to do


def test_a_verification_that_was_killed_does_not_stand_in_the_way(
    proven: Proven, auditor: Actor
) -> None:
    actions.ask_for_verification(auditor, now=NOW)
    actions.ask_for_verification(auditor, now=TOMORROW)
    assert Verification.objects.count() == 2


@pytest.mark.usefixtures("really_committed")
def test_two_who_ask_at_once_get_one_verification(auditor: Actor) -> None:
    told = at_once(*[lambda: actions.ask_for_verification(auditor, now=TOMORROW)] * 5)
    assert told == [None] * 5
    assert Verification.objects.count() == 1


def test_nobody_else_may_ask(db: None) -> None:
    with pytest.raises(Forbidden):
        actions.ask_for_verification(ANONYMOUS, now=NOW)


# --- reading


def test_what_is_personal_needs_a_reason_and_leaves_an_entry(
    proven: Proven, auditor: Actor
) -> None:
    entry = AuditEntry.objects.filter(action="test.noted").first()
    assert entry is not None
    for reason in ("", "  ", "理" * 501):
        with pytest.raises(Invalid):
            actions.read_personal(auditor, entry.id, reason=reason, now=TOMORROW)
    with pytest.raises(NotFound):
        actions.read_personal(auditor, 10**9, reason="苦情の調査", now=TOMORROW)
    assert not AuditEntry.objects.filter(action="ledger.personal_read").exists()
    actions.read_personal(auditor, entry.id, reason="苦情の調査", now=TOMORROW)
    (look,) = AuditEntry.objects.filter(action="ledger.personal_read")
    assert sentence_of(look) == (
        f"課長 点検 が操作記録 {entry.id} 番の個人に関する部分を見ました（理由: 苦情の調査）"
    )


def test_blobs_are_read_once_a_file(proven: Proven) -> None:
    counts: dict[str, int] = {}
    examine(watch=counts.__setitem__)
    assert counts == {"proofs": 1, "entries": AuditEntry.objects.count(), "files": 2}
    assert Blob.objects.count() == 2
