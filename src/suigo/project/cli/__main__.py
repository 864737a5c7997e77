"""`python -m suigo.project.cli COMMAND …`: the second half of `./suigo`."""

from __future__ import annotations

import argparse
import os
import sys

from suigo.project.cli import (
    elsewhere,
    keys,
    locking,
    messages,
    operations,
    running,
    testing,
)
from suigo.project.cli.installation import CommandError, say
from suigo.project.postgres import PostgresError
from suigo.project.postgres_binaries import PostgresMissingError
from suigo.project.postgres_contents import WrongContentsError

GROUPS = (running, testing, operations, elsewhere, messages, locking, keys)


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="./suigo", description="水郷 Suigo")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for group in GROUPS:
        group.add_commands(commands)
    return top


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suigo.project.settings")
    arguments, rest = parser().parse_known_args(words)
    if rest and not getattr(arguments, "passes_rest_on", False):
        parser().error(f"知らない引数です / unknown arguments: {' '.join(rest)}")
    arguments.rest = rest
    try:
        return int(arguments.handler(arguments))
    except (CommandError, PostgresError, PostgresMissingError, WrongContentsError) as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as problem:
        if not _is_about_content(problem):
            raise
        say(f"自治体フォルダーに誤りがあります / The city folder has errors:\n{problem}")
        return 1


def _is_about_content(problem: Exception) -> bool:
    """Whether the city folder is to blame; the loader is not imported only to ask this."""
    loader = sys.modules.get("suigo.kernel.content.errors")
    return loader is not None and isinstance(problem, loader.ContentErrors)


if __name__ == "__main__":
    sys.exit(main())
