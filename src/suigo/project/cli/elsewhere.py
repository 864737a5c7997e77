"""Commands whose work is done by a function of another module."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

from suigo.project.cli.installation import (
    ROOT,
    CommandError,
    data_directory,
    database,
    start_django,
)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's commands."""
    city = commands.add_parser("city", help="自治体フォルダー / the city folder")
    city_actions = city.add_subparsers(dest="action", required=True, metavar="check")
    check = city_actions.add_parser("check", help="検査する / check a city folder")
    check.add_argument("path", type=Path)
    check.set_defaults(handler=check_city)

    measures = commands.add_parser("measures", help="50施策 / the fifty measures")
    measures.add_argument("--json", action="store_true")
    measures.set_defaults(handler=list_measures)

    audit = commands.add_parser("audit", help="監査台帳 / the audit ledger")
    audit_actions = audit.add_subparsers(dest="action", required=True, metavar="verify")
    verify = audit_actions.add_parser("verify", help="連鎖を検証する / verify the chain")
    verify.add_argument("--data")
    verify.add_argument(
        "--proofs", type=Path, help="外に保管した証明 / a copy of the daily proofs kept elsewhere"
    )
    verify.set_defaults(handler=verify_audit)

    signatures = commands.add_parser("signatures", help="電子署名 / electronic signatures")
    signing = signatures.add_subparsers(dest="action", required=True, metavar="verify")
    again = signing.add_parser("verify", help="もう一度検証する / verify them again")
    again.add_argument("--data")
    again.set_defaults(handler=verify_signatures)

    bridge = commands.add_parser("bridge", help="内と外の橋渡し / between two nodes")
    bridge_actions = bridge.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, words, title in (
        ("keys", "name", "鍵を作る / make a pair of keys"),
        ("send", "directory", "書き出す / write packets into a folder"),
        ("receive", "directory", "読み込む / read packets from a folder"),
        ("show", "", "ようす / how it is"),
        ("restart", "", "復元のあと、流れを新しくする / after a restore, begin a new stream"),
        ("accept", "stream", "相手の新しい流れを受け入れる / take the other node's new stream"),
    ):
        action = bridge_actions.add_parser(name, help=title)
        if words:
            action.add_argument("word", metavar=words.upper())
        action.add_argument("--data")
        action.set_defaults(handler=run_bridge)

    schemas = commands.add_parser("schemas", help="JSON Schema を書き出す / export JSON Schemas")
    schemas.set_defaults(handler=export_schemas)

    vendor = commands.add_parser("vendor", help="同梱アセットを取得する / fetch vendored assets")
    vendor.set_defaults(handler=fetch_vendored, passes_rest_on=True)

    bench = commands.add_parser("bench", help="性能の測定 / measure performance")
    bench.set_defaults(handler=run_benchmarks, passes_rest_on=True)

    soak = commands.add_parser("soak", help="長時間の信頼性試験 / thousands of random kills")
    soak.add_argument("--kills", type=int, default=1000)
    soak.add_argument("--seed", type=int, default=1)
    soak.set_defaults(handler=run_soak)


def check_city(arguments: argparse.Namespace) -> int:
    """Check a city folder to the last definition; 1 when something is wrong."""
    start_django()
    return _call("suigo.project.city_check", [str(arguments.path)])


def list_measures(arguments: argparse.Namespace) -> int:
    """The fifty measures and what serves each."""
    start_django()
    return _call("suigo.project.measures", ["--json"] if arguments.json else [])


def verify_audit(arguments: argparse.Namespace) -> int:
    """Check every entry, daily proof and stored file; 1 when one is not as it was."""
    if arguments.proofs is not None and not arguments.proofs.is_dir():
        raise CommandError(f"フォルダーがありません / no such folder: {arguments.proofs}")
    with database(data_directory(arguments.data)):
        start_django()
        from suigo.services.ledger.queries import examine  # noqa: PLC0415 (needs settings)

        counts: dict[str, int] = {"entries": 0, "proofs": 0, "files": 0}
        found = examine(exported=arguments.proofs, watch=counts.__setitem__)
    for finding in found:
        print(f"✗ {finding.kind} {finding.where}: {finding.what}")
    if found:
        return 1
    print(
        f"✓ 操作記録 {counts['entries']} 件、証明 {counts['proofs']} 件、ファイル"
        f" {counts['files']} 件、変わりなし / entries, proofs and files, all as they were."
    )
    return 0


def verify_signatures(arguments: argparse.Namespace) -> int:
    """Verify every kept signature again; 1 when one is not good."""
    with database(data_directory(arguments.data)):
        start_django()
        return _call("suigo.project.signatures", [])


def run_bridge(arguments: argparse.Namespace) -> int:
    """What crosses between two nodes, by hand."""
    words = [arguments.action, *([arguments.word] if "word" in arguments else [])]
    if arguments.action == "keys":
        start_django()
        return _call("suigo.services.bridge.command", words)
    with database(data_directory(arguments.data)):
        start_django()
        return _call("suigo.services.bridge.command", words)


def export_schemas(_arguments: argparse.Namespace) -> int:
    """Write the JSON Schemas that editors use for a city's files."""
    start_django()
    return _call("suigo.project.schemas", [])


def fetch_vendored(arguments: argparse.Namespace) -> int:
    """Fetch the vendored assets again and compare them with their checksums."""
    return _call("suigo.project.vendor", arguments.rest)


def run_benchmarks(arguments: argparse.Namespace) -> int:
    """Run `benchmarks/run.py`, which starts all that it needs by itself."""
    program = ROOT / "benchmarks" / "run.py"
    if not program.exists():
        raise CommandError("benchmarks/run.py がありません / There is no benchmarks/run.py here.")
    return subprocess.run([sys.executable, str(program), *arguments.rest], check=False).returncode


def run_soak(arguments: argparse.Namespace) -> int:
    """Kill processes at random moments for a long time; 1 when anything was lost."""
    program = ROOT / "tests" / "reliability" / "soak.py"
    command = [
        sys.executable,
        str(program),
        f"--kills={arguments.kills}",
        f"--seed={arguments.seed}",
    ]
    return subprocess.run(command, check=False).returncode


def _call(module: str, words: list[str]) -> int:
    if importlib.util.find_spec(module) is None:
        raise CommandError(f"この版にはまだありません / Not part of this version: {module}")
    return int(importlib.import_module(module).main(words) or 0)
