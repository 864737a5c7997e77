"""Content is compiled once. In development it is read again when a file changes."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from django.conf import settings

T = TypeVar("T")
SECONDS_BETWEEN_LOOKS = 1.0


def fingerprint(root: Path) -> tuple[int, int]:
    """Changes whenever a file below ``root`` is written, added or removed."""
    stats = [p.stat() for p in root.rglob("*") if p.is_file()]
    return len(stats), sum(s.st_mtime_ns ^ s.st_size for s in stats)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Content stays for good and has no cycles; looking for some took half the time of building."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Reloadable(Generic[T]):
    """A value built from the city's folder: built at first use, kept, rebuilt after an edit.

    A broken edit keeps the last good value and the error is raised only at first load, so a
    clerk's typing mistake never takes a running city hall down.
    """

    def __init__(self, build: Callable[[Path], T]) -> None:
        self._build = build
        self._lock = Lock()
        self._root: Path | None = None
        self._print: tuple[int, int] = (0, 0)
        self._looked = 0.0
        self._value: T | None = None
        self.last_error: Exception | None = None

    def get(self) -> T:
        """The current value. Raises ``ContentErrors`` if it never could be built."""
        root = Path(settings.SUIGO_CITY)
        value = self._value
        if value is not None and root == self._root and not settings.SUIGO_HOT_RELOAD:
            return value
        with self._lock:
            return self._refresh(root)

    def _refresh(self, root: Path) -> T:
        same_city = self._value is not None and root == self._root
        if same_city and time.monotonic() - self._looked < SECONDS_BETWEEN_LOOKS:
            assert self._value is not None
            return self._value
        self._looked = time.monotonic()
        current = fingerprint(root)
        if not same_city or current != self._print:
            try:
                with _uncollected():
                    self._value = self._build(root)
                self.last_error = None
            except Exception as broken:
                self.last_error = broken
                if not same_city:
                    raise
            self._root, self._print = root, current
        assert self._value is not None
        return self._value
