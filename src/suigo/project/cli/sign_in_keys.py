"""keys: the keys with which this installation proves itself to sign-in services."""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from suigo.engines.identity.oidc.keys import BadKeys, OwnKeys, new_keys
from suigo.project.cli.installation import CommandError


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's command."""
    command = commands.add_parser(
        "keys",
        help="本人確認サービスに登録する鍵を作る・足す / make or add keys for sign-in services",
    )
    command.add_argument("file", type=Path, help="SUIGO_SIGN_IN_KEYS_FILE")
    command.set_defaults(handler=add_keys)


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
