"""What others may add to the procedures of the city's folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Published:
    """What holds for one procedure.

    ``definition`` is the content hash of its frozen definition; empty means the one of the city's
    folder. ``closed`` is the sentence residents read once the procedure was retired.
    """

    definition: str = ""
    closed: str = ""


NOTHING: Mapping[str, Published] = MappingProxyType({})


class PublishedProcedures(Protocol):
    """Procedures that were published in the browser."""

    def current(self) -> Mapping[str, Published]:
        """What holds today, by procedure.

        Asked many times per request, so it answers from memory; the same object as long as nothing
        changes.
        """
        ...


_published: list[PublishedProcedures] = []


def use(published: PublishedProcedures) -> None:
    """Lay what ``published`` knows over the city's folder. Called once, by ``installed.py``."""
    _published[:] = [published]


def published() -> Mapping[str, Published]:
    """What holds today, by procedure; empty when nobody publishes."""
    return _published[0].current() if _published else NOTHING
