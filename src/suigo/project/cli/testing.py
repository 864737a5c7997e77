"""test and check: everything that CI runs, with all its set-up."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from suigo.project.cli import browser, scanner
from suigo.project.cli.installation import ROOT, has_own_database, say
from suigo.project.postgres import throwaway

# a file's tests stay together: what they share (a server, a running product) is made once
IN_PARALLEL = ("-n", "2", "--dist", "loadfile")


@dataclass(frozen=True)
class Step:
    """One static check: what it looks at, and its command."""

    title: str
    command: list[str]


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's commands."""
    test = commands.add_parser(
        "test",
        help="すべての検査と試験 / all checks and tests",
        description="引数は pytest に渡ります(そのときは試験だけ)"
        " / Arguments go to pytest (then only tests run).",
        add_help=False,
    )
    test.set_defaults(handler=run_tests, passes_rest_on=True)
    check = commands.add_parser("check", help="静的な検査だけ / static checks only")
    check.set_defaults(handler=run_checks)


def steps() -> Iterator[Step]:
    """The static checks in the order in which they run."""
    programs = Path(sys.executable).parent
    python = sys.executable
    yield Step("規則 / lint", [str(programs / "ruff"), "check", "."])
    yield Step("書式 / format", [str(programs / "ruff"), "format", "--check", "."])
    yield Step("型 / types", [python, "-m", "mypy"])
    yield Step("構造 / import contracts", [str(programs / "lint-imports")])
    django = [python, "-m", "django"]
    yield Step("設定 / system checks", [*django, "check", "--fail-level", "WARNING"])
    yield Step("移行 / migrations", [*django, "makemigrations", "--check", "--dry-run"])
    yield Step("翻訳 / translations", [python, "-m", "suigo.project.cli", "messages", "--check"])


def run_checks(_arguments: argparse.Namespace) -> int:
    """Run the static checks; 1 when any of them fails."""
    _become_test()
    with throwaway() as cluster:
        os.environ["SUIGO_DATABASE_URL"] = cluster.url()
        return _report(_failed_steps())


def run_tests(arguments: argparse.Namespace) -> int:
    """Run everything, or only the tests that the arguments name."""
    _become_test()
    words: list[str] = arguments.rest
    chromium = browser.find_or_install()
    if chromium is not None:
        os.environ["SUIGO_CHROMIUM"] = chromium
    with (
        tempfile.TemporaryDirectory(prefix="suigo-test-data-") as data,
        tempfile.TemporaryDirectory(prefix="suigo-scanner-") as tools,
    ):
        os.environ["SUIGO_DATA"] = data
        sqlmap = scanner.find_or_unpack(Path(tools))
        if sqlmap is not None:
            os.environ["SUIGO_SQLMAP"] = sqlmap
        if has_own_database():
            failed = _all_steps(words)
        else:
            with throwaway() as cluster:
                os.environ["SUIGO_DATABASE_URL"] = cluster.url()
                failed = _all_steps(words)
    if chromium is None:
        say("=" * 78)
        say("画面の試験は動きませんでした: Chromium がありません。この結果は完全ではありません。")
        say("BROWSER JOURNEYS DID NOT RUN: no Chromium could be found or installed.")
        say("=" * 78)
        if os.environ.get("CI") == "true":
            failed.append("画面の試験 / browser journeys")
    if sqlmap is None:
        say("=" * 78)
        say("SQLインジェクションの検査は動きませんでした: sqlmap がありません。")
        say("THE SCAN FOR SQL INJECTION DID NOT RUN: no sqlmap could be found or unpacked.")
        say("=" * 78)
        if os.environ.get("CI") == "true":
            failed.append("SQLインジェクションの検査 / scan for SQL injection")
    return _report(failed)


def _all_steps(words: list[str]) -> list[str]:
    failed = []
    if words:
        say("指定された試験だけを行います / Only the named tests run (without the static checks)")
    else:
        failed = _failed_steps()
    command = [sys.executable, "-m", "pytest", *IN_PARALLEL, *words]
    if subprocess.run(command, check=False, cwd=ROOT).returncode != 0:
        failed.append("試験 / tests")
    return failed


def _failed_steps() -> list[str]:
    failed = []
    for step in steps():
        begun = time.monotonic()
        done = subprocess.run(step.command, check=False, cwd=ROOT, capture_output=True, text=True)
        seconds = time.monotonic() - begun
        say(f"{'✓' if done.returncode == 0 else '✗'} {step.title} ({seconds:.1f} s)")
        if done.returncode != 0:
            print(done.stdout + done.stderr, flush=True)
            failed.append(step.title)
    return failed


def _report(failed: list[str]) -> int:
    if failed:
        say("✗ 失敗 / FAILED: " + ", ".join(failed))
        return 1
    say("✓ すべて成功 / All passed")
    return 0


def _become_test() -> None:
    """Settings for tests: the example city, no outside configuration."""
    os.environ["SUIGO_ENV"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "suigo.project.settings"
    os.environ["PYTHONPATH"] = str(ROOT / "src")
