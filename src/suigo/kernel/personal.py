"""What is held about a resident, told by every package for the resident to take along.

A package names its part in its manifest; the service mydata asks all of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suigo.kernel.access import Actor
from suigo.kernel.errors import Message


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that belongs to it. ``content`` is read when its turn comes, in pieces."""

    name: str
    size: int
    content: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that is held: ``rows`` as people read it, ``data`` as programs do."""

    title: str
    rows: tuple[tuple[str, str], ...]
    data: Mapping[str, Any]
    files: tuple[HeldFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What one package holds about a resident: ``collect`` is asked with the resident and now."""

    id: str
    title: Message
    collect: Callable[[Actor, datetime], Iterable[Held]]


_sources: list[PersonalData] = []


def register(sources: Iterable[PersonalData]) -> None:
    """Make the packages' parts known. Called once by ``project/installed.py``."""
    _sources[:] = sources


def sources() -> tuple[PersonalData, ...]:
    """Every package's part: applications first, the account and the history last."""
    return tuple(_sources)
