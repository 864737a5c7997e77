"""The operating-system account that PostgreSQL runs under.

PostgreSQL refuses to run as root. Started by root (a container, a small server), its processes run
as `nobody` and its files belong to that account; otherwise everything stays with the person who
started it.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class Account:
    """Who runs the server, and whether that is somebody else than this process."""

    name: str
    uid: int
    gid: int
    demoted: bool

    def give(self, path: Path) -> None:
        """Let the server's account own a file or directory."""
        if self.demoted:
            os.chown(path, self.uid, self.gid)

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a program to its end under the account."""
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=_environment(),
            user=self.uid if self.demoted else None,
            group=self.gid if self.demoted else None,
            extra_groups=[] if self.demoted else None,
        )

    def spawn(self, command: list[str], *, output: BinaryIO) -> subprocess.Popen[bytes]:
        """Start a program under the account, out of reach of the terminal's Ctrl-C."""
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
            env=_environment(),
            user=self.uid if self.demoted else None,
            group=self.gid if self.demoted else None,
            extra_groups=[] if self.demoted else None,
        )


def account_for_server() -> Account:
    """The account to use in this process."""
    demoted = os.geteuid() == 0
    entry = pwd.getpwnam("nobody") if demoted else pwd.getpwuid(os.geteuid())
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, demoted=demoted)


def reachable(path: Path, account: Account) -> bool:
    """Whether the account may enter this directory or run this program."""
    if not account.demoted:
        return os.access(path, os.X_OK)
    try:
        return account.run(["test", "-x", str(path)]).returncode == 0
    except OSError:
        return False


def _environment() -> dict[str, str]:
    # a fixed locale: what the server says stays English, and macOS refuses an unset one
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
