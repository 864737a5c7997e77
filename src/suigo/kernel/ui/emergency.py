"""The banner above everything: evacuation, floods, a failure of the city's systems.

A package that knows about emergencies announces itself here; until one does, no banner is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from suigo.kernel.errors import Message


@dataclass(frozen=True, slots=True)
class Emergency:
    """What everybody must read first. ``issued_at`` is an aware moment."""

    title: Message
    body: Message
    issued_at: datetime
    url: str = ""


Source = Callable[[], Emergency | None]
_source: Source | None = None


def announce_from(source: Source | None) -> None:
    """Ask ``source`` on every page (so it must be cheap); None removes the banner."""
    global _source
    _source = source


def current() -> Emergency | None:
    """The emergency to show now, if any."""
    return _source() if _source else None
