"""keys: change the key that seals data; make those that prove this installation to others."""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from suigo.engines.identity.oidc.keys import BadKeys, OwnKeys, new_keys
from suigo.project.cli.installation import (
    CommandError,
    data_directory,
    database,
    start_django,
)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's command."""
    command = commands.add_parser("keys", help="鍵の入れ替えと作成 / change or make keys")
    what = command.add_subparsers(dest="what", required=True)

    status = what.add_parser("status", help="旧い暗号鍵のままの行 / what is under older keys")
    rotate = what.add_parser(
        "rotate",
        help="新しい暗号鍵への入れ替え / change to a new encryption key",
        description="新しい鍵を SUIGO_ENCRYPTION_KEYS の先頭に置いて再起動し、rotate を実行します。"
        " / Put the new key first in SUIGO_ENCRYPTION_KEYS and restart; then rotate.",
    )
    for one in (status, rotate):
        one.add_argument("--data")
        one.set_defaults(handler=seal_anew)

    make = what.add_parser(
        "make",
        help="本人確認サービスに登録する鍵を作る・足す / make or add keys for sign-in services",
    )
    make.add_argument("file", type=Path, help="SUIGO_SIGN_IN_KEYS_FILE")
    make.set_defaults(handler=add_keys)


def seal_anew(arguments: argparse.Namespace) -> int:
    """Say what is still under older keys, or have it sealed anew by the worker."""
    with database(data_directory(arguments.data)):
        start_django()
        from suigo.project import rotation  # noqa: PLC0415

        if arguments.what == "rotate":
            print(f"✓ {rotation.begin()} 件を worker に渡しました / jobs given to the worker")
        print("\n".join(rotation.report()))
    return 0


def add_keys(arguments: argparse.Namespace) -> int:
    """Put new keys in front of those in the file; the old ones stay until they are removed by
    hand, so that nothing sent to them is lost."""
    path: Path = arguments.file
    found: list[dict[str, Any]] = []
    if path.exists():
        text = path.read_text(encoding="utf-8")
        try:
            OwnKeys.parse(text)
        except BadKeys as broken:
            raise CommandError(f"{path}: {broken}") from broken
        found = json.loads(text)["keys"]
    fresh = new_keys(named=datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f"))
    write_keys(path, [*fresh, *found])
    print(json.dumps(OwnKeys.parse(path.read_text(encoding="utf-8")).public(), indent=2))
    return 0


def write_keys(path: Path, keys: list[dict[str, Any]]) -> None:
    """Keep private keys in a file that only its owner reads, whole or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"keys": keys}, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
