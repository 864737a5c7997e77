"""What packages above may add: procedures published in the browser, guides that lead to procedures,
and another node that has to hear of cases. ``project/installed.py`` joins them; until then there is
nothing to add.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

from suigo.kernel.content import Text


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


Shared = Callable[[frozenset[str]], Sequence[str]]
_shared: list[Shared] = []


def use_sharing(shared: Shared) -> None:
    """Take ``shared`` as the source of what departments process together, by their ids."""
    _shared[:] = [shared]


def shared_procedures(departments: frozenset[str]) -> Sequence[str]:
    """The procedures of others that these departments read on the basis of the city's content."""
    return _shared[0](departments) if _shared else ()


@dataclass(frozen=True, slots=True)
class GuideLink:
    """A guide for an event of life, where it begins, and the catalogue's events it belongs to,
    the closest first."""

    title: Text
    url: str
    life_events: tuple[str, ...]


Guides = Callable[[tuple[str, ...] | None], Sequence[GuideLink]]
_guides: list[Guides] = []


def use_guides(provider: Guides) -> None:
    """Take ``provider`` as the source of guides from now on. Pages ask it, so it must be quick."""
    _guides[:] = [provider]


def guide_links(life_events: tuple[str, ...] | None = None) -> Sequence[GuideLink]:
    """The guides for any of these events of the catalogue; for None every guide."""
    return _guides[0](life_events) if _guides else ()


@dataclass(frozen=True, slots=True)
class Step:
    """What an applicant did, as another node can do it again. ``correction`` is when the correction
    was asked for that the ``answers`` answer."""

    action: str
    answers: dict[str, Any] | None
    decision: dict[str, Any]
    reason: str
    correction: datetime | None


class Relay(Protocol):
    """Tells another node of cases, inside the transaction that changes them."""

    def decides_elsewhere(self) -> bool:
        """Whether this node only keeps copies: letters are written by the other one."""
        ...

    def received(self, case_id: UUID, *, now: datetime) -> None:
        """A case was made here."""
        ...

    def moved(self, case_id: UUID, step: Step | None, *, now: datetime) -> None:
        """A case changed in what its applicant sees; by a ``step`` of the applicant, or not."""
        ...


_relays: list[Relay] = []


def use_relay(relay: Relay) -> None:
    """Have ``relay`` hear of cases from now on."""
    _relays[:] = [relay]


def relays() -> Sequence[Relay]:
    """Whoever has to hear of a case: nobody, or one."""
    return _relays


def decided_elsewhere() -> bool:
    """Whether another node writes the letters."""
    return any(relay.decides_elsewhere() for relay in _relays)
