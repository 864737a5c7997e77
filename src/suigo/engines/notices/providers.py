"""The ways a message can travel. E-mail now; each way is one adapter."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a channel gets it. ``message_id`` stays the same over all tries, so that a
    receiving program recognises a second copy."""

    message_id: str
    to_address: str
    subject: str
    body: str
    language: str


class TemporaryFailure(Exception):
    """It may work later: no connection, a busy server, a full mailbox."""


class PermanentFailure(Exception):
    """It will never work: there is no such address."""


class Channel(Protocol):
    """Hands messages over to the outside."""

    def send(self, message: Outgoing) -> None:
        """Hand one message over; returning means that the other side took responsibility for
        it. Raises ``TemporaryFailure``, ``PermanentFailure``."""


_channels: dict[str, Channel] = {}


def register(name: str, channel: Channel) -> None:
    """Use ``channel`` for templates that name it."""
    _channels[name] = channel


def channel(name: str) -> Channel:
    """The channel that was registered last under ``name``. Raises ``KeyError``."""
    return _channels[name]
