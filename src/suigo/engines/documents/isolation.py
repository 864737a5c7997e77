"""Starting the programs of ``isolated/``: at most two at a time, each with a wall clock."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from suigo.kernel.errors import TooMany

FOLDER = Path(__file__).parent / "isolated"
WALL_SECONDS = 40
WAIT_SECONDS = 15  # for a place; whoever waits occupies a thread that serves everybody
_places = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the program ended and what it said. ``code`` is negative when it was killed."""

    code: int
    output: bytes


@contextlib.contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise TooMany(
            _("ファイルの確認が混み合っています。少し待ってから、もう一度お試しください。")
        )
    try:
        yield
    finally:
        _places.release()


def run(
    program: str, *arguments: str, content: Iterable[bytes], folder: Path | None = None
) -> Outcome:
    """Run ``<program>.py``, feed it ``content`` piece by piece, and return its answer. Other
    packages name the ``folder`` of their own programs.

    Raises ``TooMany`` when no place becomes free in time.
    """
    # -I: neither the environment nor the current folder can put other modules before ours
    command = [sys.executable, "-I", str((folder or FOLDER) / f"{program}.py"), *arguments]
    with (
        _place(),
        subprocess.Popen(  # noqa: S603 - our own program, arguments are ours
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        ) as process,
    ):
        clock = threading.Timer(WALL_SECONDS, process.kill)
        clock.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            # a program that has seen enough closes its end; what it says then still counts
            with contextlib.suppress(BrokenPipeError):
                for piece in content:
                    process.stdin.write(piece)
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            output = process.stdout.read()
            return Outcome(process.wait(), output)
        except BaseException:
            process.kill()
            raise
        finally:
            clock.cancel()
