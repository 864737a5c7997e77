"""Time stamps of the daily proofs: by somebody outside, found and named when altered, and never in
the way of the proof itself."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from services.ledger.authority import Served, serving, stamper
from services.ledger.conftest import TOMORROW, Proven
from suigo.engines.identity.oidc import fetching
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.queries import sentence_of
from suigo.services.ledger import actions, folder, stamping
from suigo.services.ledger.manifest import MANIFEST
from suigo.services.ledger.models import DailyProof
from suigo.services.ledger.queries import Finding, examine

NAME = "2026-11-24.tst"


@pytest.fixture
def authority(settings: Settings, tmp_path: Path) -> Iterator[Served]:
    with serving(TOMORROW) as served:
        settings.SUIGO_TIMESTAMP_URL = served.url
        settings.SUIGO_TIMESTAMP_CA = str(stamper().trusted_in(tmp_path))
        yield served


@pytest.fixture
def stamped(proven: Proven, authority: Served) -> Path:
    """The exported time stamp of the proof."""
    assert actions.stamp_proofs(now=TOMORROW) == 1
    assert actions.export_stamps(now=TOMORROW) == 1
    file = folder.folder() / NAME
    file.chmod(0o644)
    return file


def named(found: list[Finding]) -> set[tuple[str, str]]:
    return {(finding.kind, finding.where) for finding in found}


def test_a_proof_is_stamped_once(stamped: Path, authority: Served) -> None:
    assert examine() == []
    row = DailyProof.objects.get()
    assert (row.stamped_at, row.stamp_exported_at) == (TOMORROW, TOMORROW)
    assert stamping.moment_of(stamped.read_bytes()) == TOMORROW
    assert actions.stamp_proofs(now=TOMORROW) == actions.export_stamps(now=TOMORROW) == 0
    assert authority.asked == 1
    (entry,) = AuditEntry.objects.filter(action="ledger.stamped")
    assert sentence_of(entry) == "令和8年11月24日 の日次の証明に、外部のタイムスタンプを付けました"


def test_every_byte_of_a_time_stamp(stamped: Path) -> None:
    content = stamped.read_bytes()
    for place in range(0, len(content), max(1, len(content) // 100)):
        stamped.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert ("stamp", NAME) in named(examine()), place
    stamped.write_bytes(content)
    assert examine() == []
    stamped.unlink()
    assert named(examine()) == {("stamp", NAME)}


def test_the_time_that_is_told_can_not_be_changed(stamped: Path) -> None:
    """Database and export altered alike: the authority's signature no longer fits."""
    content = stamped.read_bytes()
    told = f"{TOMORROW:%Y%m%d%H%M%S}Z".encode()
    assert content.count(told) >= 1
    forged = content.replace(told, told[:3] + b"0" + told[4:])
    stamped.write_bytes(forged)
    DailyProof.objects.update(stamp=forged)
    (found,) = examine()
    assert (found.kind, found.what) == ("stamp", "is not that of its statement")


def test_another_statement_under_the_same_time_stamp(stamped: Path) -> None:
    statement = b"another\n"
    token = stamped.read_bytes()
    file = stamper().trusted_in(stamped.parent.parent)
    assert stamping.fault(token, statement, authorities=file) == "is not that of its statement"
    assert stamping.fault(token, statement, authorities=None) == "is not that of its statement"


def test_only_who_is_believed_stamps(
    proven: Proven, authority: Served, tmp_path: Path, settings: Settings
) -> None:
    authority.who = stamper("にせの時刻認証局")
    assert actions.stamp_proofs(now=TOMORROW) == 0
    # believed, but not for time stamps
    authority.who = stamper("プログラムに署名する人", stamps=False)
    settings.SUIGO_TIMESTAMP_CA = str(authority.who.trusted_in(tmp_path))
    assert actions.stamp_proofs(now=TOMORROW) == 0
    assert DailyProof.objects.get().stamp is None
    assert authority.asked == 2


@pytest.mark.parametrize("wrong", ["down", "slow", "nonsense", "replay", "clock"])
def test_an_authority_that_fails_is_asked_again(
    wrong: str, proven: Proven, authority: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 0.5)
    authority.wrong = wrong
    assert actions.stamp_proofs(now=TOMORROW) == 0
    later = TOMORROW + timedelta(days=1)
    assert actions.prove_yesterday(now=later)  # the next proof is made all the same
    assert actions.export_proofs(now=later) == 1
    assert examine() == []
    authority.wrong, authority.at = "", later
    assert actions.stamp_proofs(now=later) == 2
    assert actions.export_stamps(now=later) == 2
    assert examine() == []


def test_nobody_is_asked_where_no_authority_is_named(proven: Proven, settings: Settings) -> None:
    assert actions.stamp_proofs(now=TOMORROW) == 0
    settings.SUIGO_TIMESTAMP_URL = "http://tsa.example.jp/"
    with pytest.raises(stamping.NotStamped, match="http is not allowed"):
        stamping.sender(settings.SUIGO_TIMESTAMP_URL)(b"")


def test_an_old_proof_and_an_altered_one_are_not_stamped(proven: Proven, authority: Served) -> None:
    assert actions.stamp_proofs(now=TOMORROW + timedelta(days=9)) == 0
    DailyProof.objects.update(statement=b"altered")
    assert actions.stamp_proofs(now=TOMORROW) == 0
    assert authority.asked == 0


def test_a_stamp_taken_out_of_the_database_is_named(stamped: Path) -> None:
    DailyProof.objects.update(stamp=None, stamped_at=None)
    assert named(examine()) == {("stamp", NAME)}


def test_settings_that_believe_nobody_are_told(settings: Settings, tmp_path: Path) -> None:
    (check,) = MANIFEST.checks
    assert check() == []
    settings.SUIGO_TIMESTAMP_URL = "https://tsa.example.jp/"
    assert [fault.partition(":")[0] for fault in check()] == ["SUIGO_TIMESTAMP_CA"]
    settings.SUIGO_TIMESTAMP_CA = str(stamper().trusted_in(tmp_path))
    assert check() == []


def test_the_page_shows_and_gives_the_time_stamp(
    stamped: Path, auditor: Actor, browser: Callable[[Actor], Client]
) -> None:
    client = browser(auditor)
    page = client.get("/staff/ledger/proofs/").content.decode()
    assert "2026-11-24/stamp/" in page
    answer = client.get("/staff/ledger/proofs/2026-11-24/stamp/")
    assert (answer.content, answer["Content-Type"]) == (
        stamped.read_bytes(),
        "application/timestamp-token",
    )
    assert client.get("/staff/ledger/proofs/2026-11-23/stamp/").status_code == 404
