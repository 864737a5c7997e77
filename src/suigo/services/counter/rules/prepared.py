"""What a resident prepares at home, as one line that a QR code holds and a reader types.

The line is letters and digits only (Crockford's base 32), because a reader types like a keyboard
and keyboards disagree about everything else. Inside: a version, the name of the key, and the four
items and the guide's codes, deflated and sealed. Only this city can open it; nothing is stored.
"""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
VERSION = 1
GOOD_FOR = timedelta(days=14)
LONGEST = 2500  # characters of a line; a QR code takes about 2,300 with error correction M
LARGEST = 20_000  # bytes when inflated


class UnreadableLine(ValueError):
    """Not a line of ours, or damaged on the way."""


class OldLine(ValueError):
    """Prepared too long ago."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The four items by field id, and codes of the guide."""

    person: dict[str, Any]
    guides: tuple[str, ...]
    language: str
    day: date


Sealer = Callable[[bytes], tuple[str, bytes]]
Opener = Callable[[str, bytes], bytes]


def write(prepared: Prepared, *, seal: Sealer) -> str:
    """The line. ``seal`` gives the name of its key and the sealed bytes."""
    plain = json.dumps(
        [prepared.day.isoformat(), prepared.language, prepared.person, list(prepared.guides)],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    key, sealed = seal(zlib.compress(plain.encode(), 9))
    name = key.encode()
    return _encode(bytes([VERSION, len(name)]) + name + sealed)


def read(line: str, *, opened: Opener, today: date) -> Prepared:
    """What a line says. ``opened`` raises ``ValueError`` for what it can't open.

    Raises ``UnreadableLine`` and ``OldLine``.
    """
    raw = _decode(line)
    if len(raw) < 2 or raw[0] != VERSION or len(raw) < 2 + raw[1]:
        raise UnreadableLine("not a line of this version")
    name, sealed = raw[2 : 2 + raw[1]], raw[2 + raw[1] :]
    try:
        inflater = zlib.decompressobj()
        plain = inflater.decompress(opened(name.decode("ascii"), sealed), LARGEST)
        written, language, person, guides = json.loads(plain)
        day = date.fromisoformat(written)
    except (ValueError, TypeError, zlib.error) as broken:
        raise UnreadableLine("the line does not open") from broken
    if not isinstance(person, dict) or not all(isinstance(code, str) for code in guides):
        raise UnreadableLine("the line holds something else")
    if not day <= today <= day + GOOD_FOR:
        raise OldLine(day.isoformat())
    return Prepared(person, tuple(guides), str(language), day)


def _encode(raw: bytes) -> str:
    number = int.from_bytes(b"\x01" + raw, "big")
    text = ""
    while number:
        number, digit = divmod(number, 32)
        text = DIGITS[digit] + text
    return text


def _decode(line: str) -> bytes:
    """Raises ``UnreadableLine``."""
    typed = "".join(line.split()).upper().translate(MISREAD)
    if not typed or len(typed) > LONGEST or set(typed) - set(DIGITS):
        raise UnreadableLine("letters and digits only")
    number = 0
    for digit in typed:
        number = number * 32 + DIGITS.index(digit)
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if raw[:1] != b"\x01":
        raise UnreadableLine("the beginning is missing")
    return raw[1:]
