"""Lets children end when their supervisor dies, even by SIGKILL.

The supervisor holds the writing end of a pipe and never writes. The system closes it when the
supervisor is gone, however that happened; each child waits for exactly that and then ends itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

VARIABLE = "SUIGO_LIFELINE"
PATIENCE_SECONDS = 20.0


def make() -> tuple[int, int]:
    """Reading end (to pass to children) and writing end (to keep) of a new lifeline."""
    return os.pipe()


def follow() -> None:
    """End this process soon after its supervisor is gone; nothing happens without a supervisor."""
    descriptor = os.environ.get(VARIABLE)
    if descriptor is None:
        return
    threading.Thread(target=_wait, args=(int(descriptor),), daemon=True, name="lifeline").start()


def _wait(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        os.read(descriptor, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    os._exit(1)
