"""run, web, worker, migrate, shell: the commands that start the product or parts of it."""

from __future__ import annotations

import argparse
import code
import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from suigo.engines.identity.oidc.keys import new_keys
from suigo.project import preparation, supervisor
from suigo.project.cli.installation import (
    CommandError,
    data_directory,
    database,
    is_demonstration,
    is_production,
    say,
    start_django,
)
from suigo.project.cli.keys import write_keys
from suigo.project.rehearsal.provider import rehearsal_settings

DEFAULT_PORT = 8000
START_PATIENCE_SECONDS = 240.0


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's commands."""
    run = commands.add_parser("run", help="デモンストレーションを起動する / start everything")
    run.add_argument("--port", type=int, help=f"既定 / default: {DEFAULT_PORT}")
    run.add_argument("--host", default="127.0.0.1", help="待ち受けるアドレス / address to bind")
    run.add_argument("--data", help="データの置き場 / where data lives (var/)")
    run.set_defaults(handler=run_everything)

    web = commands.add_parser("web", help="ウェブだけ / a web server only")
    web.add_argument(
        "--bind", default=f"127.0.0.1:{DEFAULT_PORT}", help="HOST:PORT, unix:PATH, fd://N"
    )
    web.set_defaults(handler=run_web)

    worker = commands.add_parser("worker", help="ジョブ処理だけ / a worker only")
    worker.set_defaults(handler=run_worker)

    migrate = commands.add_parser("migrate", help="データベースを最新にする / migrate")
    migrate.add_argument("--data", help="データの置き場 / where data lives (var/)")
    migrate.add_argument("--demonstration", action="store_true", help=argparse.SUPPRESS)
    migrate.set_defaults(handler=migrate_database)

    shell = commands.add_parser("shell", help="Python の対話 / a Python prompt")
    shell.add_argument("--data", help="データの置き場 / where data lives (var/)")
    shell.add_argument("-c", "--command", help="一行だけ実行 / run this and end")
    shell.set_defaults(handler=open_shell)


def run_everything(arguments: argparse.Namespace) -> int:
    """Start database, web server, worker and mail catcher; stop them at Ctrl-C."""
    begun = time.monotonic()
    refuse_unsafe_production()
    has_own_mail = "SUIGO_SMTP_URL" in os.environ
    data = data_directory(arguments.data)
    with only_one(data) as record:
        (data / "static").mkdir(exist_ok=True)
        listener = _open_port(arguments.host, arguments.port)
        host, port = listener.getsockname()[:2]
        address = f"http://{host}:{port}"
        os.environ.setdefault("SUIGO_BASE_URL", address)
        json.dump({"pid": os.getpid(), "address": address}, record)
        record.flush()
        with database(data) as cluster:
            keeper = supervisor.Supervisor(say=say, cluster=cluster)
            keeper.end_on_signals()
            if not is_production() and not has_own_mail:
                mail_port = supervisor.recorded_port(data / "mail-port")
                os.environ["SUIGO_SMTP_URL"] = f"smtp://127.0.0.1:{mail_port}"
                mail = ("--port", str(mail_port), "--directory", str(data / "mail"))
                keeper.add("メール受け / mail catcher", "suigo.project.mailcatcher", *mail)
            if is_demonstration():
                _rehearse_sign_in(keeper, data)
            _prepare_if_needed(data)
            descriptor = listener.fileno()
            os.set_inheritable(descriptor, True)
            part = ("suigo.project.cli", "web", "--bind", f"fd://{descriptor}")
            keeper.add("ウェブ / web", *part, descriptors=(descriptor,))
            say("ウェブとジョブを起動します / Starting web server and worker")
            keeper.start()
            try:
                answering = keeper.wait_until_answering((host, port), START_PATIENCE_SECONDS)
                # the worker is started when nobody waits any more: jobs can, people can't
                keeper.add("ジョブ / worker", "suigo.project.cli", "worker")
                if answering:
                    _announce(data, address, seconds=time.monotonic() - begun)
                keeper.run()
            finally:
                keeper.stop()
                listener.close()
                say("止めました / Stopped")
    return 0


def run_web(arguments: argparse.Namespace) -> int:
    """Serve pages until told to end (a process to scale out)."""
    refuse_unsafe_production()
    data_directory()
    with database(data_directory()):
        from suigo.project.web_server import WebServer  # noqa: PLC0415 (reads settings)

        WebServer(arguments.bind).run()
    return 0


def run_worker(_arguments: argparse.Namespace) -> int:
    """Run jobs until told to end (a process to scale out)."""
    refuse_unsafe_production()
    with database(data_directory()):
        start_django()
        from suigo.project.worker import run_worker as work  # noqa: PLC0415 (reads settings)

        work()
    return 0


def migrate_database(arguments: argparse.Namespace) -> int:
    """Bring the database up to date with the code."""
    refuse_unsafe_production()
    data = data_directory(arguments.data)
    with database(data):
        start_django()
        preparation.prepare(data, demonstration=arguments.demonstration, say=say)
    return 0


def open_shell(arguments: argparse.Namespace) -> int:
    """A Python prompt with the product loaded."""
    with database(data_directory(arguments.data)):
        start_django()
        if arguments.command:
            exec(arguments.command, {"__name__": "__main__"})  # noqa: S102 (that is its purpose)
        else:
            code.interact(banner="Suigo shell", local={}, exitmsg="")
    return 0


def refuse_unsafe_production() -> None:
    """Stop before anything starts when a production installation isn't safe to run."""
    if not is_production():
        return
    from suigo.project.production import problems  # noqa: PLC0415 (reads settings)

    found = problems()
    if found:
        raise CommandError(
            "本番環境として起動できません / Refusing to start in production:\n"
            + "\n".join(f"  ✗ {problem}" for problem in found)
        )


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[TextIO]:
    """Hold a data directory; a second `run` on it is told where the first one is."""
    path = data / "running.json"
    with path.open("a+") as record:
        try:
            fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            record.seek(0)
            with contextlib.suppress(ValueError, KeyError):
                address = json.loads(record.read())["address"]
                raise CommandError(
                    f"このデータではすでに起動しています: {address}"
                    f" / Already running with this data: {address}. Use --data for a second one."
                ) from held
            raise CommandError(
                "すでに起動中です / Another suigo is starting with this data"
            ) from held
        record.truncate(0)
        try:
            yield record
        finally:
            record.truncate(0)


def _open_port(host: str, port: int | None) -> socket.socket:
    try:
        return supervisor.listen(host, DEFAULT_PORT if port is None else port)
    except OSError as problem:
        free = supervisor.listen(host, 0)
        proposal = free.getsockname()[1]
        if port is None:
            say(
                f"ポート {DEFAULT_PORT} は使われているため {proposal} を使います"
                f" / Port {DEFAULT_PORT} is taken; using {proposal} instead"
            )
            return free
        free.close()
        raise CommandError(
            f"ポート {port} は使えません({problem.strerror})。空いています: --port {proposal}"
            f" / Port {port} can't be used; this one is free: --port {proposal}"
        ) from problem


PROVIDERS = ("SUIGO_CARD_PROVIDER", "SUIGO_GBIZID_PROVIDER", "SUIGO_STAFF_PROVIDER")


def _rehearse_sign_in(keeper: supervisor.Supervisor, data: Path) -> None:
    """Have invented providers beside the demonstration, unless real ones are set."""
    if any(os.environ.get(name) for name in PROVIDERS):
        return
    keys = data / "sign-in-keys.json"
    if not keys.exists():
        write_keys(keys, new_keys(named="demo"))
    port = supervisor.recorded_port(data / "rehearsal-port")
    city = os.environ["SUIGO_BASE_URL"]
    os.environ.update(rehearsal_settings(f"http://127.0.0.1:{port}"))
    os.environ["SUIGO_SIGN_IN_KEYS_FILE"] = str(keys)
    keeper.add(
        "練習用の認証 / rehearsal of sign-in",
        "suigo.project.rehearsal",
        *("--port", str(port), "--city", city, "--authority", str(data / "rehearsal")),
    )


def _prepare_if_needed(data: Path) -> None:
    from suigo.project import settings  # noqa: PLC0415 (the environment is final only now)

    mark = preparation.fingerprint(settings.SUIGO_CITY, settings.SUIGO_DATABASE_URL)
    if preparation.is_prepared(data, mark):
        return
    command = [sys.executable, "-m", "suigo.project.cli", "migrate"]
    if is_demonstration():
        command.append("--demonstration")
    if subprocess.run(command, check=False).returncode != 0:
        raise CommandError("準備に失敗しました(上を見てください) / Preparation failed, see above")
    # the first migration changes what the fingerprint sees of the database
    mark = preparation.fingerprint(settings.SUIGO_CITY, settings.SUIGO_DATABASE_URL)
    preparation.remember(data, mark)


def _announce(data: Path, address: str, *, seconds: float) -> None:
    say(f"準備ができました({seconds:.1f} 秒) / Ready in {seconds:.1f} s")
    print(f"\n  {address}/\n")
    if is_demonstration():
        for way in preparation.sign_ins(data):
            secret = way["password"] or "メールの確認コード / code by mail"
            print(f"  {address}{way['address']:<16} {way['email']:<32} {secret}  {way['role']}")
        print(f"  送られたメール / mail that was sent: {address}/demo/mail/")
        print(
            "\n  これはデモンストレーションです。このコンピューターからだけ使えます。"
            "\n  実在の人の情報を入れないでください。"
            "\n  This is a DEMONSTRATION for this computer only: enter nobody's real data."
        )
        print(f"\n  データ / data: {data}")
    print("  止める / stop: Ctrl-C\n", flush=True)
