"""Examines one installation and says, line by line, what is well and what to do about the rest."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from suigo.project.cli.installation import ROOT, has_own_database, start_django
from suigo.project.postgres import Cluster
from suigo.project.postgres_binaries import OLDEST_SUPPORTED
from suigo.project.postgres_contents import EXTENSIONS, WrongContentsError, check_japanese_search

NEEDED_FREE_BYTES = 2_000_000_000
WORKER_SILENT_SECONDS = 60
LONGEST_WAIT_SECONDS = 300
CLOCK_TOLERANCE_SECONDS = 2.0


@dataclass(frozen=True)
class Finding:
    """One examined thing: how it is, and what to do when that isn't good."""

    subject: str
    good: bool
    state: str
    advice: str = ""

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def examine(data: Path) -> list[Finding]:
    """Every finding, from the machine to the ledger. Starts nothing and changes nothing."""
    findings = [_python(), _requirements(), _disk(data)]
    url = _database_url(data)
    if url is None:
        findings.append(
            Finding(
                "データベース / database",
                False,
                "止まっています / not running",
                "./suigo run を実行すると起動します / ./suigo run starts it",
            )
        )
        return findings
    os.environ["SUIGO_DATABASE_URL"] = url
    database = list(_database(url))
    findings += database
    if not all(finding.good for finding in database):
        return findings
    start_django()
    from suigo.project import doctor_inside as inside  # noqa: PLC0415 - needs loaded apps

    examinations: list[tuple[str, Callable[[], Finding]]] = [
        ("移行 / migrations", inside.migrations),
        ("設定 / settings", inside.settings_found),
        ("自治体フォルダー / city folder", inside.content),
        ("ファイル / stored files", lambda: inside.store(data)),
        ("ジョブ / worker", lambda: _worker(url)),
        ("待ち行列 / queue", lambda: _queue(url)),
        ("メール / mail", inside.mail),
        ("監査台帳 / audit ledger", inside.ledger),
        ("内と外の橋渡し / bridge", inside.bridge),
        ("暗号鍵 / encryption keys", inside.keys),
        ("連絡先 / security.txt", inside.contact),
        ("準備 / preparation", lambda: inside.prepared(data, url)),
    ]
    return findings + [_carefully(subject, look) for subject, look in examinations]


def _carefully(subject: str, look: Callable[[], Finding]) -> Finding:
    """A finding even when looking itself fails: the doctor must not fall ill."""
    try:
        return look()
    except Exception as problem:  # whatever it is, it is a finding
        return Finding(
            subject,
            False,
            f"調べられません / could not be examined: {type(problem).__name__}: {problem}",
            "./suigo migrate を実行し、続くならこの行を報告してください"
            " / Run ./suigo migrate; if that doesn't help, report this line",
        )


def _python() -> Finding:
    return Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0], "Python 3.11+")


def _requirements() -> Finding:
    try:
        installed = json.loads((Path(sys.prefix) / "suigo-installed.json").read_text())
    except (FileNotFoundError, ValueError):
        installed = {}
    wanted = hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest()
    good = installed.get("requirements.txt") == wanted
    return Finding(
        "依存パッケージ / requirements",
        good,
        "固定どおり / as pinned" if good else "古いか不明 / outdated or unknown",
        "./suigo のどのコマンドでも入れ直します / any ./suigo command installs them",
    )


def _disk(data: Path) -> Finding:
    free = shutil.disk_usage(data).free
    return Finding(
        "空き容量 / disk space",
        free >= NEEDED_FREE_BYTES,
        f"{free / 1e9:.1f} GB ({data})",
        "2 GB 以上を空けてください / free at least 2 GB",
    )


def _database_url(data: Path) -> str | None:
    if has_own_database():
        file = os.environ.get("SUIGO_DATABASE_URL_FILE")
        return Path(file).read_text().strip() if file else os.environ["SUIGO_DATABASE_URL"]
    cluster = Cluster(data / "postgres")
    return cluster.url() if cluster.is_answering() else None


def _database(url: str) -> Iterator[Finding]:
    try:
        connection = psycopg.connect(url, connect_timeout=5)
    except psycopg.OperationalError as problem:
        yield Finding(
            "データベース / database",
            False,
            str(problem).splitlines()[0],
            "SUIGO_DATABASE_URL とネットワークを確かめてください / check SUIGO_DATABASE_URL",
        )
        return
    with connection:
        version = connection.info.server_version
        yield Finding(
            "データベース / database",
            version // 10000 >= OLDEST_SUPPORTED,
            f"PostgreSQL {version // 10000}.{version % 10000}",
            f"PostgreSQL {OLDEST_SUPPORTED}+",
        )
        row = connection.execute("SELECT array_agg(extname::text) FROM pg_extension").fetchone()
        lacking = sorted(set(EXTENSIONS) - set(row[0] if row else []))
        yield Finding(
            "拡張 / extensions",
            not lacking,
            ", ".join(lacking) + " がありません / missing" if lacking else ", ".join(EXTENSIONS),
            "管理者として CREATE EXTENSION を実行 / CREATE EXTENSION as an administrator",
        )
        if lacking:
            return
        try:
            check_japanese_search(connection)
            yield Finding("ロケール / locale", True, "日本語を検索できます / Japanese search works")
        except WrongContentsError as problem:
            yield Finding("ロケール / locale", False, "LC_CTYPE=C", str(problem))
        moment = connection.execute("SELECT clock_timestamp()").fetchone()
        apart = abs((moment[0] - datetime.now(UTC)).total_seconds()) if moment else 0.0
        yield Finding(
            "時計 / clock",
            apart <= CLOCK_TOLERANCE_SECONDS,
            f"データベースとの差 / differs from the database by {apart:.1f} s",
            "時刻同期(NTP)を設定してください / set up time synchronisation (NTP)",
        )
        role = connection.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        yield Finding(
            "権限 / database role",
            not (role and role[0]),
            "一般の利用者 / not a superuser" if role and not role[0] else "superuser",
            "一般のロールで接続してください / connect as a role that is no superuser",
        )


def _worker(url: str) -> Finding:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"
        ).fetchone()
    silent = float(row[0]) if row and row[0] is not None else None
    return Finding(
        "ジョブ / worker",
        silent is not None and silent < WORKER_SILENT_SECONDS,
        "動いていません / none" if silent is None else f"{silent:.0f} 秒前に応答 / seconds ago",
        "./suigo run か ./suigo worker を起動してください / start ./suigo run or ./suigo worker",
    )


def _queue(url: str) -> Finding:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FILTER (WHERE status = 'failed'),"
            " count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL"
            "   OR scheduled_at < now() - make_interval(secs => %s))"
            "   AND id < (SELECT coalesce(max(job_id), 0) FROM procrastinate_events"
            "     WHERE at < now() - make_interval(secs => %s)))"
            " FROM procrastinate_jobs",
            (LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS),
        ).fetchone()
    failed, late = (int(row[0]), int(row[1])) if row else (0, 0)
    return Finding(
        "待ち行列 / queue",
        failed == 0 and late == 0,
        f"失敗 {failed}、滞留 {late} / failed, late",
        "worker の記録を見てください / read what the worker logged about them",
    )
