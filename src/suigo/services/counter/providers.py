"""What the counter asks of others: a reader of the four items on a card (券面の4情報).

Readers are chosen by the address in ``SUIGO_CARD_READER``; options stand in its query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit


class ReaderUnavailable(Exception):
    """The reader did not answer, or no card lay on it. The clerk types instead."""


@dataclass(frozen=True, slots=True)
class CardItems:
    """The four items as the card's chip holds them (券面入力補助アプリ): plain texts.

    ``birth_date`` is YYYYMMDD; ``sex`` 1 male, 2 female, 3 other, as on the card.
    """

    name: str
    address: str
    birth_date: str
    sex: str


class CardReader(Protocol):
    """A card reader, one for each window."""

    def read(self, *, window: int | None) -> CardItems:
        """The card that lies on the reader of ``window``. Raises ``ReaderUnavailable``."""
        ...

    def check_config(self) -> list[str]:
        """Sentences on what is wrong with the settings or the reader; empty when all is well."""
        ...


ReaderFactory = Callable[[str], CardReader]
_readers: dict[str, ReaderFactory] = {}


class UnknownReader(ValueError):
    """``SUIGO_CARD_READER`` names a kind of reader that is not there."""


def register_reader(scheme: str, factory: ReaderFactory) -> None:
    """Make addresses that start with ``<scheme>:`` usable in ``SUIGO_CARD_READER``."""
    _readers[scheme] = factory


def reader_at(address: str) -> CardReader | None:
    """The reader at an address; nothing for an empty one. Raises ``UnknownReader``."""
    if not address:
        return None
    scheme = urlsplit(address).scheme
    if scheme not in _readers:
        known = ", ".join(sorted(_readers)) or "-"
        raise UnknownReader(f"SUIGO_CARD_READER: {scheme!r} is not one of {known}")
    return _readers[scheme](address)
