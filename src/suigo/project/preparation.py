"""Brings database and files of an installation up to date with the code and the city folder.

What was prepared is remembered as a fingerprint, so that an unchanged installation starts at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import psycopg

Say = Callable[[str], None]

CODE = Path(__file__).resolve().parents[1]
ROOT = CODE.parents[1]


def fingerprint(city: Path, database_url: str) -> str:
    """Of everything that preparation depends on: code, requirements, city folder, and database."""
    total = hashlib.sha256()
    sources = [ROOT / "requirements.txt", *CODE.rglob("*.py"), *city.rglob("*")]
    for path in sorted(path for path in sources if path.is_file()):
        total.update(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}\n".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    with psycopg.connect(database_url, connect_timeout=10) as connection:
        row = connection.execute(
            "SELECT oid, current_setting('server_version_num') FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
        migrated = connection.execute("SELECT to_regclass('django_migrations') IS NULL").fetchone()
    total.update(repr((row, migrated)).encode())
    return total.hexdigest()


def is_prepared(data: Path, mark: str) -> bool:
    """Whether this very state was prepared before."""
    try:
        return bool(json.loads((data / "prepared.json").read_text())["fingerprint"] == mark)
    except (FileNotFoundError, ValueError, KeyError):
        return False


def remember(data: Path, mark: str) -> None:
    """Note that this state is prepared."""
    (data / "prepared.json").write_text(json.dumps({"fingerprint": mark}) + "\n")


def forget(data: Path) -> None:
    """Have the next start prepare again (after a restore)."""
    (data / "prepared.json").unlink(missing_ok=True)


def sign_ins(data: Path) -> list[dict[str, str]]:
    """Who can sign in to the demonstration: role, address, email, and password ('' for none)."""
    try:
        found: list[dict[str, str]] = json.loads((data / "sign-ins.json").read_text())
    except FileNotFoundError:
        return []
    return found


def prepare(data: Path, *, demonstration: bool, say: Say) -> None:
    """Migrate, check the city folder, and make the demonstration's people and cases.

    Needs loaded settings. Safe to repeat, and safe when several processes do it at the same time: a
    database lock lets one in after the other. Raises whatever migrations or content report.
    """
    from django.conf import settings  # noqa: PLC0415 (settings are read at import)
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from suigo.kernel.content import city  # noqa: PLC0415

    with psycopg.connect(settings.SUIGO_DATABASE_URL) as lock:
        lock.execute("SELECT pg_advisory_lock(hashtext('suigo.prepare'))")
        say("データベースを最新にします / Migrating the database")
        call_command("migrate", interactive=False, verbosity=0)
        if settings.PRODUCTION:
            say("静的ファイルを集めます / Collecting static files")
            # without removing older ones: an older version may still be serving them
            call_command("collectstatic", interactive=False, verbosity=0)
        city()  # an error in the folder is better told here than by the first visitor's page
        if demonstration:
            _demonstrate(data, say)
        connection.close()


def _demonstrate(data: Path, say: Say) -> None:
    from suigo.kernel import clock  # noqa: PLC0415 (needs loaded settings)
    from suigo.project import demo  # noqa: PLC0415

    say("デモの利用者と申請をつくります / Making demonstration people and cases")
    demo.ensure_demo(now=clock.now(), say=say)
    ways = [{k: v or "" for k, v in asdict(way).items()} for way in demo.sign_ins()]
    (data / "sign-ins.json").write_text(json.dumps(ways, ensure_ascii=False, indent=1) + "\n")
