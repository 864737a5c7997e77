"""What this engine asks of others: a malware scanner, and who may open or still needs a file.

The engines above register their answers in ``project/installed.py``; scanners are chosen by the
address in ``SUIGO_SCANNER``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from suigo.kernel.access import Actor


class ScannerUnavailable(Exception):
    """The scanner did not answer. The file is kept, marked unscanned, and tried again."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner says: the name of what it found, or nothing."""

    found: str | None


class Scanner(Protocol):
    """A malware scanner."""

    def scan(self, content: Iterable[bytes]) -> Verdict:
        """Look through ``content``. Raises ``ScannerUnavailable``."""
        ...

    def check_config(self) -> list[str]:
        """Sentences on what is wrong with the settings or the scanner; empty when all is well."""
        ...


ScannerFactory = Callable[[str], Scanner]
MayOpen = Callable[[Actor, UUID], bool]
Opened = Callable[[Actor, UUID, datetime], None]
Needed = Callable[[Sequence[UUID]], Iterable[UUID]]

_scanners: dict[str, ScannerFactory] = {}
_access: dict[str, MayOpen] = {}
_looks: dict[str, Opened] = {}
_needs: dict[str, Needed] = {}


class UnknownScanner(ValueError):
    """``SUIGO_SCANNER`` names a kind of scanner that is not there."""


def register_scanner(scheme: str, factory: ScannerFactory) -> None:
    """Make addresses that start with ``<scheme>:`` usable in ``SUIGO_SCANNER``."""
    _scanners[scheme] = factory


def scanner_at(address: str) -> Scanner | None:
    """The scanner at an address such as ``clamd://127.0.0.1:3310``; nothing for an empty one.

    Raises ``UnknownScanner``.
    """
    if not address:
        return None
    scheme = urlsplit(address).scheme
    if scheme not in _scanners:
        known = ", ".join(sorted(_scanners))
        raise UnknownScanner(f"SUIGO_SCANNER: {scheme!r} is not one of {known}")
    return _scanners[scheme](address)


def register_access(package: str, may_open: MayOpen) -> None:
    """Have ``package`` say which staff may open a file; one yes of any package is enough."""
    _access[package] = may_open


def may_open(actor: Actor, file_id: UUID) -> bool:
    """Whether a package above says that this person may open the file."""
    return any(allows(actor, file_id) for allows in _access.values())


def register_look(package: str, opened: Opened) -> None:
    """Have ``package`` told whenever a member of staff opens a file."""
    _looks[package] = opened


def opened(actor: Actor, file_id: UUID, *, now: datetime) -> None:
    """Tell the packages above that a file was opened; inside the transaction that records it."""
    for told in _looks.values():
        told(actor, file_id, now)


def register_need(package: str, needed: Needed) -> None:
    """Have ``package`` say which of some files it still needs: they outlive their date."""
    _needs[package] = needed


def needed(file_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the files that a package above still needs."""
    return frozenset(i for asks in _needs.values() for i in asks(file_ids))
