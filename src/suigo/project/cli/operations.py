"""backup, restore, doctor, administrator: the commands that set an installation up and keep it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from suigo.project import preparation
from suigo.project.cli.installation import (
    CommandError,
    data_directory,
    database,
    is_demonstration,
    is_production,
    say,
    start_django,
)
from suigo.project.cli.running import only_one


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's commands."""
    backup = commands.add_parser("backup", help="保存する / back up database and files")
    backup.add_argument("file", type=Path)
    backup.add_argument("--data")
    backup.set_defaults(handler=make_backup)

    restore = commands.add_parser("restore", help="検証して復元する / verified restore")
    restore.add_argument("file", type=Path)
    restore.add_argument("--force", action="store_true", help="置き換える / replace what is there")
    restore.add_argument("--data")
    restore.set_defaults(handler=restore_backup)

    doctor = commands.add_parser("doctor", help="診断する / what is wrong here")
    doctor.add_argument("--json", action="store_true")
    doctor.add_argument("--data")
    doctor.set_defaults(handler=examine)

    keys = commands.add_parser(
        "keys",
        help="暗号鍵の入れ替え / change to a new encryption key",
        description="新しい鍵を SUIGO_ENCRYPTION_KEYS の先頭に置いて再起動し、rotate を実行します。"
        " / Put the new key first in SUIGO_ENCRYPTION_KEYS and restart; then rotate.",
    )
    keys.add_argument("what", choices=("status", "rotate"))
    keys.add_argument("--data")
    keys.set_defaults(handler=keys_of)

    administrator = commands.add_parser(
        "administrator",
        help="管理者を登録する / register an administrator",
        description="表示される仮のパスワードは、7日以内の最初のログインで変えます。"
        " / The temporary password it prints is replaced at the first sign-in, within 7 days.",
    )
    administrator.add_argument("email", help="メールアドレス / e-mail address")
    administrator.add_argument("name", help="氏名 / name: 「水郷　花子」")
    administrator.add_argument("kana", help="フリガナ / reading: 「スイゴウ　ハナコ」")
    administrator.add_argument("--post", help="職の番号 / id of a post in org.yaml")
    administrator.add_argument("--data")
    administrator.set_defaults(handler=register)


def keys_of(arguments: argparse.Namespace) -> int:
    """Say what is still under older keys, or have it sealed anew by the worker."""
    with database(data_directory(arguments.data)):
        start_django()
        from suigo.project import rotation  # noqa: PLC0415

        if arguments.what == "rotate":
            print(f"✓ {rotation.begin()} 件を worker に渡しました / jobs given to the worker")
        print("\n".join(rotation.report()))
    return 0


def make_backup(arguments: argparse.Namespace) -> int:
    """Write one archive of database and files; the product may run meanwhile."""
    from suigo.project import backup  # noqa: PLC0415 (loads database programs)

    data = data_directory(arguments.data)
    with database(data):
        start_django()
        from django.conf import settings  # noqa: PLC0415

        from suigo.kernel import clock, crypto  # noqa: PLC0415

        try:
            manifest = backup.make_backup(
                arguments.file.absolute(),
                database_url=settings.SUIGO_DATABASE_URL,
                store=file_store(data),
                city=settings.SUIGO_CITY.name,
                key_proof=crypto.seal(backup.KEY_PROOF_TEXT, purpose=backup.KEY_PROOF_PURPOSE),
                now=clock.now(),
                say=say,
            )
        except backup.BackupFailed as problem:
            raise CommandError(str(problem)) from problem
    size = arguments.file.stat().st_size
    print(
        f"✓ {arguments.file} ({size / 1_000_000:.1f} MB): {sum(manifest.rows.values())} 行 / rows,"
        f" {len(manifest.members) - 1} ファイル / files"
    )
    print(
        "  暗号鍵(SUIGO_ENCRYPTION_KEYS)は入っていません。別の場所に保管してください。"
        "\n  The encryption keys are not inside: keep them in another place."
    )
    return 0


def restore_backup(arguments: argparse.Namespace) -> int:
    """Put an archive back after verifying it; everything or nothing."""
    from suigo.project import archive, backup, restore  # noqa: PLC0415

    data = data_directory(arguments.data)
    if not arguments.file.is_file():
        raise CommandError(f"{arguments.file} がありません / There is no such file.")
    with only_one(data), database(data):
        start_django()
        from django.conf import settings  # noqa: PLC0415
        from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415

        from suigo.kernel import crypto  # noqa: PLC0415

        def opens_proof(proof: str) -> bool:
            try:
                plain = crypto.open_sealed(proof, purpose=backup.KEY_PROOF_PURPOSE)
            except crypto.CannotOpen:
                return False
            return plain == backup.KEY_PROOF_TEXT

        try:
            manifest = restore.restore_backup(
                arguments.file,
                database_url=settings.SUIGO_DATABASE_URL,
                store=file_store(data),
                known_migrations=set(MigrationLoader(None).disk_migrations or {}),
                opens_proof=opens_proof,
                force=arguments.force,
                say=say,
            )
        except (restore.RestoreRefused, archive.BadArchive) as problem:
            raise CommandError(str(problem)) from problem
        preparation.forget(data)
    print(f"✓ {manifest.made_at} の状態に戻しました / Restored: {sum(manifest.rows.values())} rows")
    print("  ./suigo run" if not is_production() else "  ./suigo migrate")
    return 0


def examine(arguments: argparse.Namespace) -> int:
    """Check this installation from top to bottom; 1 when something needs doing."""
    from suigo.project import doctor  # noqa: PLC0415

    data = data_directory(arguments.data)
    findings = doctor.examine(data)
    if arguments.json:
        print(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            print(f"{'✓' if finding.good else '✗'} {finding.subject}: {finding.state}")
            if not finding.good and finding.advice:
                print(f"    → {finding.advice}")
    return 0 if all(finding.good for finding in findings) else 1


def register(arguments: argparse.Namespace) -> int:
    """Register an administrator and print the temporary password."""
    if is_demonstration():
        raise CommandError(
            "デモには管理者がいます。./suigo run が表示します"
            " / A demonstration has its administrator: ./suigo run prints it."
        )
    with database(data_directory(arguments.data)):
        start_django()
        from suigo.kernel import clock, errors  # noqa: PLC0415
        from suigo.project.administrator import register_administrator  # noqa: PLC0415

        try:
            title, password = register_administrator(
                email=arguments.email,
                name=arguments.name,
                name_kana=arguments.kana,
                post=arguments.post,
                now=clock.now(),
            )
        except errors.Invalid as refused:
            details = [str(message) for message in refused.field_errors.values()]
            raise CommandError("\n".join(details) or str(refused)) from refused
    print(f"✓ {arguments.email} ({title})  /staff/sign-in/")
    print(f"  仮のパスワード / temporary password: {password}")
    return 0


def file_store(data: Path) -> Path:
    """Where the documents engine keeps its encrypted files."""
    return data / "files"
