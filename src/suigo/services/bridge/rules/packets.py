"""Packets: what one crossing is made of, byte for byte.

    SUIGO-BRIDGE 1 | length of the header | header | length of the body | body | signature

The header is canonical JSON in clear: sender, receiver, stream, number, digest of the packet
before, what was received of the other stream, and the ids of the two keys. The body is encrypted
to the receiver by HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM) with a key of its own per
packet, bound to the header. The Ed25519 signature covers everything before it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from suigo.services.bridge.rules.keys import OwnKey, PeerKey

MAGIC = b"SUIGO-BRIDGE 1\n"
NOTE_MAGIC = b"SUIGO-BRIDGE-NOTE 1\n"
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
INFO = b"suigo bridge packet 1\n"
SIGNATURE = 64
LONGEST_HEADER = 4 * 1024
LARGEST_BODY = 8 * 1024 * 1024
LARGEST = LARGEST_BODY + LONGEST_HEADER + 1024
LARGEST_NUMBER = 2**62
BEGINNING = ""  # stands before the first packet of a stream

Reason = Literal[
    "unreadable",  # not a packet at all, or cut off
    "unknown_key",  # signed by nobody we know
    "forged",  # the signature is not that of the bytes
    "not_for_us",  # our own packet come back, or meant for another node
    "no_key",  # encrypted for a key that we do not have
    "altered",  # signed, and yet the body does not open
    "other_stream",  # a stream that nobody has agreed to
    "other_content",  # another packet had this number
    "broken_chain",  # does not follow the packet before it
]


class BadPacket(Exception):
    """A packet that is set aside; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Header:
    """What is written on the outside. ``number`` counts from 1 without gaps; ``ack`` is the
    highest number up to which the sender has everything of stream ``ack_stream`` of ours."""

    sender: str
    receiver: str
    stream: str
    number: int
    previous: str
    ack_stream: str
    ack: int
    signed_with: str
    locked_for: str


@dataclass(frozen=True, slots=True)
class Read:
    """A packet whose signature is right; its body is opened separately."""

    header: Header
    digest: str
    outside: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note beside the packets: how far its writer is. It replaces the one before."""

    sender: str
    stream: str
    ack_stream: str
    ack: int
    at: str
    waiting: int
    oldest: str
    held: int
    set_aside: int


def canonical(values: dict[str, Any]) -> bytes:
    """The one JSON text for ``values``."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(packet: bytes) -> str:
    """What the packet after this one names."""
    return sha256(packet).hexdigest()


def seal(
    content: bytes,
    *,
    sender: str,
    receiver: str,
    stream: UUID,
    number: int,
    previous: str,
    ack_stream: str,
    ack: int,
    own: OwnKey,
    peer: PeerKey,
) -> bytes:
    """Make a packet. Two calls never give the same bytes: it is made once, and kept."""
    header = Header(
        sender=sender,
        receiver=receiver,
        stream=str(stream),
        number=number,
        previous=previous,
        ack_stream=ack_stream,
        ack=ack,
        signed_with=own.id,
        locked_for=peer.id,
    )
    outside = canonical(asdict(header))
    body = SUITE.encrypt(content, peer.writing, INFO + outside)
    if len(body) > LARGEST_BODY:
        raise ValueError("a packet holds at most LARGEST_BODY bytes")
    unsigned = MAGIC + _counted(outside) + _counted(body)
    return unsigned + own.signing.sign(unsigned)


def read(packet: bytes, *, zone: str, peers: Sequence[PeerKey]) -> Read:
    """Who sent a packet and where it belongs, once its signature is found right.

    ``zone`` is the one that reads. Raises ``BadPacket``.
    """
    if not packet.startswith(MAGIC) or len(packet) > LARGEST:
        raise BadPacket("unreadable")
    outside, rest = _piece(packet[len(MAGIC) :], LONGEST_HEADER)
    body, signature = _piece(rest, LARGEST_BODY)
    header = _header(outside)
    _verify(packet, signature, signed_with=header.signed_with, peers=peers)
    if header.receiver != zone or header.sender == zone:
        raise BadPacket("not_for_us")
    return Read(header=header, digest=digest_of(packet), outside=outside, body=body)


def unlock(packet: Read, *, keys: Sequence[OwnKey]) -> bytes:
    """What a packet holds. Raises ``BadPacket``."""
    own = next((key for key in keys if key.id == packet.header.locked_for), None)
    if own is None:
        raise BadPacket("no_key")
    try:
        return SUITE.decrypt(packet.body, own.reading, INFO + packet.outside)
    except (InvalidTag, ValueError) as broken:
        raise BadPacket("altered") from broken


def write_note(note: Note, *, own: OwnKey) -> bytes:
    """The note's bytes, signed."""
    unsigned = NOTE_MAGIC + _counted(canonical({**asdict(note), "signed_with": own.id}))
    return unsigned + own.signing.sign(unsigned)


def read_note(content: bytes, *, zone: str, peers: Sequence[PeerKey]) -> Note:
    """A note of the other node. Raises ``BadPacket``."""
    if not content.startswith(NOTE_MAGIC) or len(content) > LONGEST_HEADER + 256:
        raise BadPacket("unreadable")
    inside, signature = _piece(content[len(NOTE_MAGIC) :], LONGEST_HEADER)
    values = _object(inside)
    _verify(content, signature, signed_with=str(values.pop("signed_with", "")), peers=peers)
    if set(values) != {f.name for f in fields(Note)}:
        raise BadPacket("unreadable")
    for field in fields(Note):
        if type(values[field.name]) is not field.type:
            raise BadPacket("unreadable")
    if values["sender"] == zone:
        raise BadPacket("not_for_us")
    return Note(**values)


def _counted(piece: bytes) -> bytes:
    return len(piece).to_bytes(4, "big") + piece


def _piece(content: bytes, most: int) -> tuple[bytes, bytes]:
    length = int.from_bytes(content[:4], "big")
    if len(content) < 4 + length + SIGNATURE or length > most:
        raise BadPacket("unreadable")
    return content[4 : 4 + length], content[4 + length :]


def _verify(
    content: bytes, signature: bytes, *, signed_with: str, peers: Sequence[PeerKey]
) -> None:
    peer = next((key for key in peers if key.id == signed_with), None)
    if peer is None:
        raise BadPacket("unknown_key")
    if len(signature) != SIGNATURE:
        raise BadPacket("unreadable")
    try:
        peer.verifying.verify(signature, content[:-SIGNATURE])
    except InvalidSignature as forged:
        raise BadPacket("forged") from forged


def _object(text: bytes) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise BadPacket("unreadable") from broken
    if not isinstance(values, dict):
        raise BadPacket("unreadable")
    return values


def _header(outside: bytes) -> Header:
    values = _object(outside)
    if set(values) != {f.name for f in fields(Header)}:
        raise BadPacket("unreadable")
    for field in fields(Header):
        if type(values[field.name]) is not field.type:
            raise BadPacket("unreadable")
    header = Header(**values)
    try:
        UUID(header.stream)
    except ValueError as broken:
        raise BadPacket("unreadable") from broken
    if not (0 < header.number < LARGEST_NUMBER and 0 <= header.ack < LARGEST_NUMBER):
        raise BadPacket("unreadable")
    return header
