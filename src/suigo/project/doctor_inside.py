"""What the doctor looks at inside the program, once Django is ready."""

import os
import smtplib
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from suigo.engines.documents.queries import purge_reports, store_report
from suigo.kernel.audit.queries import verify_chain
from suigo.kernel.clock import local_date, now
from suigo.kernel.content import ContentErrors, city
from suigo.kernel.crypto import current_key_id
from suigo.kernel.ui.web import contact_faults
from suigo.project import preparation, rotation
from suigo.project.doctor import Finding
from suigo.services.bridge.queries import trouble

CONTACT_ENDS_SOON = timedelta(days=30)


def migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return Finding(
        "移行 / migrations",
        waiting == 0,
        "最新 / up to date" if waiting == 0 else f"{waiting} 件が未適用 / waiting",
        "./suigo migrate",
    )


def settings_found() -> Finding:
    serious = [message for message in run_checks() if message.level >= WARNING]
    return Finding(
        "設定 / settings",
        not serious,
        str(serious[0].msg) if serious else os.environ.get("SUIGO_ENV", "demo"),
        f"{len(serious)} 件 / findings: ./suigo shell, django.core.checks",
    )


def content() -> Finding:
    try:
        found = city()
    except ContentErrors as problem:
        return Finding(
            "自治体フォルダー / city folder",
            False,
            str(problem).splitlines()[0],
            "./suigo city check PATH",
        )
    return Finding("自治体フォルダー / city folder", True, f"{found.id} ({found.root})")


def store(data: Path) -> Finding:
    missing = store_report().missing
    purges = purge_reports(limit=1)
    tidied = f"{purges[0].started_at:%Y-%m-%d}, {purges[0].orphans}" if purges else "-"
    return Finding(
        "ファイル / stored files",
        not missing,
        f"なくなった {len(missing)} 件 / missing ({data / 'files'});"
        f" 最後の整理と余り / last purge, left over: {tidied}",
        "バックアップから files/ を戻してください / restore the missing ones from a backup"
        + (f": {missing[0]}" if missing else ""),
    )


def mail() -> Finding:
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    begun = time.monotonic()
    try:
        kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
        with kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=5) as connection:
            if settings.EMAIL_USE_TLS:
                connection.starttls()
            connection.noop()
    except OSError as problem:
        return Finding(
            "メール / mail",
            False,
            f"{server}: {problem}",
            "SUIGO_SMTP_URL とメールサーバーを確かめてください / check SUIGO_SMTP_URL",
        )
    return Finding("メール / mail", True, f"{server} ({(time.monotonic() - begun) * 1000:.0f} ms)")


def ledger() -> Finding:
    report = verify_chain()
    broken = report.broken
    return Finding(
        "監査台帳 / audit ledger",
        broken is None,
        f"{report.entries} 件、先頭 / entries, head {report.head[:16] or '-'}"
        if broken is None
        else f"記録 {broken.entry_id} / entry {broken.entry_id}: {broken.reason}",
        "触らずに保存し、バックアップと比べてください"
        " / change nothing, make a backup, and compare with an older one",
    )


def bridge() -> Finding:
    found = trouble(now=now())
    zone = os.environ.get("SUIGO_ZONE", "")
    return Finding(
        "内と外の橋渡し / bridge",
        not found,
        "; ".join(found) or (zone or "一つのノード / one node"),
        "/staff/bridge/, ./suigo bridge show",
    )


def contact() -> Finding:
    contact, expires = settings.SUIGO_SECURITY_CONTACT, settings.SUIGO_SECURITY_EXPIRES
    today = local_date(now())
    faults = contact_faults(contact, expires, today=today) if contact or expires else []
    soon = contact_faults(contact, expires, today=today + CONTACT_ENDS_SOON) if contact else []
    unset = settings.PRODUCTION and not contact
    return Finding(
        "連絡先 / security.txt",
        not (faults or soon or unset),
        "; ".join(faults or soon) or (f"{contact} ({expires})" if contact else "なし / none"),
        "SUIGO_SECURITY_CONTACT, SUIGO_SECURITY_EXPIRES",
    )


def keys() -> Finding:
    left = sum(found.rows for found in rotation.waiting())
    old = ", ".join(rotation.old_keys()) or "-"
    return Finding(
        "暗号鍵 / encryption keys",
        left == 0,
        f"{current_key_id()}、旧鍵のままの行 / rows under older keys: {left} ({old})",
        "./suigo keys rotate",
    )


def prepared(data: Path, url: str) -> Finding:
    current = preparation.is_prepared(data, preparation.fingerprint(settings.SUIGO_CITY, url))
    return Finding(
        "準備 / preparation",
        True,
        "次の起動はすぐ / the next start is quick"
        if current
        else "次の起動で更新します / the next start brings it up to date",
    )
