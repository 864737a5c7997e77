"""What packets hold: one item (a case, a step, an answer), or a piece of a file."""

import json
from dataclasses import dataclass
from typing import Any

from suigo.services.bridge.rules.packets import BadPacket, canonical

PIECE = 4 * 1024 * 1024  # bytes of a file that travel in one packet


@dataclass(frozen=True, slots=True)
class FilePiece:
    """A piece of a file that an item names. ``about`` says what the file is, with every piece."""

    file: str
    offset: int
    about: dict[str, Any]
    data: bytes


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is told. ``kind`` decides what is done with ``body``; items about the same
    ``subject`` are done in their order."""

    kind: str
    key: str
    subject: str
    body: dict[str, Any]


def pack(content: FilePiece | Item) -> bytes:
    """The bytes that go into a packet."""
    if isinstance(content, FilePiece):
        head = {"file": content.file, "offset": content.offset, "about": content.about}
        return _joined(head, content.data)
    head = {"kind": content.kind, "key": content.key, "subject": content.subject}
    return _joined({**head, "body": content.body}, b"")


def unpack(content: bytes) -> FilePiece | Item:
    """Raises ``BadPacket``, which only a fault in the other node's program explains."""
    length = int.from_bytes(content[:4], "big")
    try:
        head = json.loads(content[4 : 4 + length])
        if "file" in head:
            data = content[4 + length :]
            return FilePiece(str(head["file"]), int(head["offset"]), dict(head["about"]), data)
        return Item(str(head["kind"]), str(head["key"]), str(head["subject"]), dict(head["body"]))
    except (ValueError, KeyError, TypeError) as broken:
        raise BadPacket("unreadable") from broken


def _joined(head: dict[str, Any], data: bytes) -> bytes:
    text = canonical(head)
    return len(text).to_bytes(4, "big") + text + data
