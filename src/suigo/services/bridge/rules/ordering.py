"""What to do with a packet that arrived, given how far its stream is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from suigo.services.bridge.rules.packets import BEGINNING, BadPacket, Header

Verdict = Literal["next", "known", "later"]


@dataclass(frozen=True, slots=True)
class Position:
    """How far a stream was received: everything up to ``number``, whose digest is ``digest``.

    ``stream`` is empty before the first packet: then whichever stream the other node begins is
    the one.
    """

    stream: str = ""
    number: int = 0
    digest: str = BEGINNING


def judge(header: Header, digest: str, position: Position, known: Mapping[int, str]) -> Verdict:
    """Whether the packet is the next one, was received before, or has to wait for others.

    ``known`` are digests of received packets by number. Raises ``BadPacket``.
    """
    if position.stream not in ("", header.stream):
        raise BadPacket("other_stream")
    if header.number <= position.number:
        if known.get(header.number) != digest:
            raise BadPacket("other_content")
        return "known"
    if header.number > position.number + 1:
        return "later"
    if header.previous != position.digest:
        raise BadPacket("broken_chain")
    return "next"
