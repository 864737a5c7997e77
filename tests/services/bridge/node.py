"""One node in a process of its own: a program that does what it is told, line by line.

Every command runs in a fork, so that it can be killed anywhere: from outside, or by itself at the
n-th thing it does to its database or its folder (``cut``). The parent of the forks has no
connection and does no work, like a machine on which a service is started again.
"""

import importlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import django
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper


class Cut:
    """Ends the process, without a word, at the n-th statement or file operation."""

    def __init__(self, after: int) -> None:
        self.left = after

    def step(self) -> None:
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, execute: Any, *arguments: Any) -> Any:
        self.step()
        return execute(*arguments)

    def around(self, function: Any) -> Any:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.step()
            result = function(*arguments, **named)
            self.step()
            return result

        return counted


def cut_at(number: int) -> None:
    """Count statements, commits, renames and removals: where the halves of a change part."""
    at = Cut(number)
    connection.execute_wrappers.append(at.statement)
    DatabaseWrapper._commit = at.around(DatabaseWrapper._commit)
    Path.replace = at.around(Path.replace)  # type: ignore[method-assign]
    Path.unlink = at.around(Path.unlink)  # type: ignore[method-assign]
    os.fsync = at.around(os.fsync)


def in_a_fork(commands: Any, told: dict[str, Any]) -> None:
    """Do one command, answer, and end."""
    code = 1
    try:
        if told["cut"]:
            cut_at(told["cut"])
        answer = {"done": commands.COMMANDS[told["do"]](**told["with"])}
        code = 0
    except BaseException as problem:
        traceback.print_exc()
        answer = {"failed": f"{type(problem).__name__}: {problem}"}
    text = json.dumps(answer, ensure_ascii=False) + "\n"
    with open(1, "wb", closefd=False) as out:
        out.write(text.encode())
    os._exit(code)


def main() -> None:
    """Load everything once; then a fork for each line."""
    django.setup()
    commands = importlib.import_module("services.bridge.commands")
    commands.warm_up()
    connection.close()
    if "--without-the-guard" in sys.argv:
        commands.without_the_guard()
    print("ready", flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        may_begin, begin = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.read(may_begin, 1)
            in_a_fork(commands, told)
        print(json.dumps({"pid": pid}), flush=True)
        os.write(begin, b".")
        _pid, status = os.waitpid(pid, 0)
        os.close(begin)
        os.close(may_begin)
        killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        print(json.dumps({"killed": killed}), flush=True)


if __name__ == "__main__":
    main()
