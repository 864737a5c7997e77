"""The web server process: gunicorn with threads, configured here and nowhere else.

`SUIGO_WEB_WORKERS` (2), `SUIGO_WEB_THREADS` (4) and `SUIGO_WEB_MEMORY_MB` (400, per worker process)
size it. A worker process that has grown beyond its limit finishes its requests and is replaced.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from suigo.project import lifeline

REQUESTS_BETWEEN_MEMORY_CHECKS = 50
# A thread that comes back from the database waits this long for one that computes. With Python's
# own 5 ms, a thread that holds a lock others wait for (the counter of a procedure, the ledger's
# chain) is held up at each of its statements, and everybody behind it.
SECONDS_BETWEEN_THREADS = 0.0005
M_ARENA_MAX = -8  # malloc.h
LONGEST_REQUEST_SECONDS = 60
GRACE_SECONDS = 10


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """Serves the product on one address: `127.0.0.1:8000`, `unix:/run/suigo.sock` or `fd://3`."""

    def __init__(self, bind: str) -> None:
        """Remember the address; `run()` serves until the process is told to end."""
        self._bind = bind
        _one_heap()
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        settings: dict[str, Any] = {
            "bind": [self._bind],
            "backlog": 512,
            "worker_class": "gthread",
            "workers": int(os.environ.get("SUIGO_WEB_WORKERS", "2")),
            "threads": int(os.environ.get("SUIGO_WEB_THREADS", "4")),
            "preload_app": True,
            "timeout": LONGEST_REQUEST_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 5,
            "max_requests": 20_000,
            "max_requests_jitter": 4_000,
            "loglevel": "warning",
            "proc_name": "suigo-web",
            "control_socket_disable": True,
            "on_starting": _follow_supervisor,
            "pre_fork": _before_fork,
            "post_fork": _after_fork,
            "post_request": _after_request,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Import the product once, before the worker processes are made, so that they share it."""
        from django.urls import get_resolver  # noqa: PLC0415 (settings are read at import)

        from suigo.project.wsgi import application  # noqa: PLC0415

        get_resolver().url_patterns  # noqa: B018 (imports every view now)
        return application


def resident_megabytes() -> float:
    """Memory of this process that is in RAM, in MB; 0 where the system doesn't tell (macOS)."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_000_000
    except OSError:
        return 0.0


def _one_heap() -> None:
    """Have the threads of a process share one heap. glibc gives each its own, and each would keep
    the tens of MB that printing a PDF takes and frees; Python lets only one compute at a time
    anyway. Does nothing where the C library is another."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _give_back_memory() -> None:
    """Return what is free in the heap to the system, which glibc does only at the heap's end."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _follow_supervisor(_arbiter: Arbiter) -> None:
    lifeline.follow()


def _before_fork(_arbiter: Arbiter, _worker: Worker) -> None:
    from django.db import connections  # noqa: PLC0415

    connections.close_all()  # a connection must never be shared by two processes
    gc.collect()
    gc.freeze()  # the collector no longer touches, and so copies, what all workers share


def _after_fork(_arbiter: Arbiter, worker: Worker) -> None:
    worker.requests_since_check = 0
    sys.setswitchinterval(SECONDS_BETWEEN_THREADS)


def _after_request(worker: Worker, _request: Any, _environ: Any, _response: Any) -> None:
    worker.requests_since_check += 1
    if worker.requests_since_check >= REQUESTS_BETWEEN_MEMORY_CHECKS:
        worker.requests_since_check = 0
        _give_back_memory()
        limit = float(os.environ.get("SUIGO_WEB_MEMORY_MB", "400"))
        if resident_megabytes() > limit:
            worker.log.warning("worker above %s MB: replaced after its requests", limit)
            worker.alive = False
