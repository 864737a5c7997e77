"""What a daily proof says, byte for byte: any other program can make and check the same."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

FORMAT = 1


class Unreadable(ValueError):
    """Bytes that are no statement of ours."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The state of a ledger and of the files that arrived from ``since`` until before ``until``.

    ``head`` is the hash of entry number ``entries``, the last at that moment. ``files_sha256`` is
    that of ``file_list``. ``previous`` is the SHA-256 of the statement before, as bytes.
    """

    city: str
    date: date
    since: datetime
    until: datetime
    entries: int
    head: str
    files: int
    files_sha256: str
    previous: str

    def as_bytes(self) -> bytes:
        """Canonical JSON: sorted keys, no spaces, one line."""
        values: dict[str, Any] = asdict(self) | {"format": FORMAT}
        for name, value in values.items():
            if isinstance(value, date):  # a moment is one too
                values[name] = value.isoformat()
        text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return f"{text}\n".encode()

    @property
    def digest(self) -> str:
        """What the next statement calls ``previous``, and what is worth noting elsewhere."""
        return sha256(self.as_bytes()).hexdigest()


def parse(content: bytes) -> Statement:
    """The statement that these bytes are, exactly. Raises ``Unreadable``."""
    try:
        values = json.loads(content)
        if values.pop("format") != FORMAT:
            raise Unreadable("another format")
        statement = Statement(
            **values
            | {
                "date": date.fromisoformat(values["date"]),
                "since": datetime.fromisoformat(values["since"]),
                "until": datetime.fromisoformat(values["until"]),
            }
        )
        unchanged = statement.as_bytes() == content
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise Unreadable("not a statement") from fault
    if not unchanged:
        raise Unreadable("not canonical")
    return statement


def file_list(files: Iterable[tuple[UUID, str]]) -> bytes:
    """One line a file, sorted: its id and the SHA-256 of what arrived."""
    return "".join(f"{file_id} {digest}\n" for file_id, digest in sorted(files)).encode()


def read_list(content: bytes) -> dict[str, str]:
    """SHA-256 by id; lines that are none of ours are passed over."""
    lines = [line.split() for line in content.decode(errors="replace").splitlines()]
    return {words[0]: words[1] for words in lines if len(words) == 2}


def differing(listed: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """The ids that one list has and the other has not, or with another digest."""
    return sorted(key for key in listed.keys() | found.keys() if listed.get(key) != found.get(key))
