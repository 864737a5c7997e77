"""This installation: its files, its database, and how to speak to its operator."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from suigo.project.postgres import Cluster

ROOT = Path(__file__).resolve().parents[4]


class CommandError(Exception):
    """A command can't do its job; the message tells the operator what to do."""


def say(sentence: str) -> None:
    """Tell the operator what is going on (standard output is for results)."""
    print(f"suigo: {sentence}", file=sys.stderr, flush=True)


def data_directory(chosen: str | None = None) -> Path:
    """Where this installation keeps its data: `--data`, else `SUIGO_DATA`, else `var/`.

    Also tells every module and child process by setting `SUIGO_DATA`.
    """
    data = Path(chosen or os.environ.get("SUIGO_DATA") or ROOT / "var").resolve()
    # root's PostgreSQL runs as another account and must be able to pass through
    data.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    os.environ["SUIGO_DATA"] = str(data)
    _use_recorded_mail_catcher(data)
    return data


def is_production() -> bool:
    """Whether this is a production installation (`SUIGO_ENV`)."""
    return os.environ.get("SUIGO_ENV", "demo") == "production"


def is_demonstration() -> bool:
    """Whether demonstration people and cases belong here (neither production nor tests)."""
    return os.environ.get("SUIGO_ENV", "demo") == "demo"


def _use_recorded_mail_catcher(data: Path) -> None:
    """Let every command of a demonstration send mail to the catcher that `run` started."""
    if is_production() or "SUIGO_SMTP_URL" in os.environ:
        return
    with contextlib.suppress(FileNotFoundError):
        port = int((data / "mail-port").read_text())
        os.environ["SUIGO_SMTP_URL"] = f"smtp://127.0.0.1:{port}"


def has_own_database() -> bool:
    """Whether `SUIGO_DATABASE_URL` (or its `_FILE`) names a database that somebody else runs."""
    return bool(os.environ.get("SUIGO_DATABASE_URL") or os.environ.get("SUIGO_DATABASE_URL_FILE"))


@contextlib.contextmanager
def database(data: Path) -> Iterator[Cluster | None]:
    """Have a database for the length of a block; yields the embedded server if that is it.

    Sets `SUIGO_DATABASE_URL` for this process and its children. A server that somebody else already
    uses is left running at the end.
    """
    if has_own_database():
        yield None
        return
    with Cluster(data / "postgres", progress=say).in_use() as cluster:
        os.environ["SUIGO_DATABASE_URL"] = cluster.url()
        try:
            yield cluster
        finally:
            del os.environ["SUIGO_DATABASE_URL"]


def start_django() -> None:
    """Load settings and packages; call it once the environment variables are final."""
    import django  # noqa: PLC0415 (settings are read at import)

    django.setup()
