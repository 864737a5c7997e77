"""From files in a folder to what they say, each packet whole or not at all."""

import logging
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.db import transaction

from suigo.engines.cases.actions import freeze_offered
from suigo.engines.cases.rules.mirroring import ELSEWHERE
from suigo.engines.documents.actions import Carried, store_carried
from suigo.kernel import crypto
from suigo.kernel.access import SYSTEM
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import SuigoError
from suigo.services.bridge import configuration, folder
from suigo.services.bridge.actions import standing as standings
from suigo.services.bridge.actions.holding import take
from suigo.services.bridge.actions.retrying import retry_held
from suigo.services.bridge.actions.setting_aside import set_aside
from suigo.services.bridge.models import InPacket, InPiece, Standing
from suigo.services.bridge.rules import contents, packets
from suigo.services.bridge.rules.ordering import Position, judge

logger = logging.getLogger(__name__)
PIECE_PURPOSE = "bridge.piece"


@dataclass(frozen=True, slots=True)
class Received:
    """What one look into the folder did: packets taken, known already, waiting for earlier ones,
    set aside; held items that could be carried out now."""

    taken: int = 0
    known: int = 0
    later: int = 0
    set_aside: int = 0
    released: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    number: int
    packet: packets.Read


def receive(directory: Path, *, now: datetime) -> Received:
    """Take every packet in ``directory`` that is next, in order, each in one transaction.

    Running it again, or after it was killed anywhere, changes nothing that was done. What is not
    ours is set aside and stands in nobody's way. Raises ``NotConfigured``.
    """
    zone, peers = configuration.this_zone(), configuration.peers()
    with transaction.atomic():
        stream = standings.locked().out_stream
    if zone == "inner":
        freeze_offered(now=now)
    if not directory.is_dir():
        return Received(released=retry_held(SYSTEM, now=now))
    found: list[_Found] = []
    aside = 0
    for path, content in folder.contents(directory, folder.PACKET, but=stream):
        try:
            if content is None:
                raise packets.BadPacket("unreadable")
            packet = packets.read(content, zone=zone, peers=peers)
        except packets.BadPacket as bad:
            aside += _aside(path, content or b"", None, bad.reason, now=now)
            continue
        # the body is read again when it is its turn: a folder may hold gigabytes
        light = packets.Read(packet.header, packet.digest, b"", b"")
        found.append(_Found(path, packet.header.number, light))
    counts = {"next": 0, "known": 0, "later": 0}
    for one in sorted(found, key=lambda f: (f.number, f.path.name)):
        try:
            verdict = _take(one, now=now)
        except packets.BadPacket as bad:
            aside += _aside(one.path, _content(one), one.number, bad.reason, now=now)
            continue
        counts[verdict] += 1
        if verdict != "later":
            folder.discard(one.path)
    _note_missing([f.number for f in found])
    _take_notes(directory, stream, now=now)
    return Received(
        taken=counts["next"],
        known=counts["known"],
        later=counts["later"],
        set_aside=aside,
        released=retry_held(SYSTEM, now=now),
    )


def _content(found: _Found) -> bytes:
    try:
        return found.path.read_bytes()
    except OSError:
        return b""


@transaction.atomic
def _take(found: _Found, *, now: datetime) -> str:
    """One packet and the advance of its stream, together or not at all. Raises ``BadPacket``."""
    header, digest = found.packet.header, found.packet.digest
    standing = standings.locked()
    known = InPacket.objects.filter(stream=header.stream, number=header.number)
    verdict = judge(
        header,
        digest,
        Position(standing.in_stream, standing.in_number, standing.in_digest),
        dict(known.values_list("number", "digest")),
    )
    if verdict == "next":
        packet = packets.read(
            _content(found), zone=configuration.this_zone(), peers=configuration.peers()
        )
        if packet.digest != digest:
            raise packets.BadPacket("unreadable")  # it changed while we looked
        content = contents.unpack(packets.unlock(packet, keys=configuration.keys()))
        key, kind = None, "file"
        if isinstance(content, contents.FilePiece):
            _take_piece(content, now=now)
        else:
            key, kind = content.key, content.kind
            # a second guard: what was done is not done again, whichever packet says it
            if not InPacket.objects.filter(key=key).exists():
                take(content, now=now)
            else:
                key = None
        InPacket.objects.create(
            stream=header.stream, number=header.number, digest=digest, key=key, received_at=now
        )
        standing.in_stream, standing.in_number = header.stream, header.number
        standing.in_digest = digest
    if verdict != "later":
        _hear(standing, header.ack_stream, header.ack, now=now)
    standing.save()
    if verdict == "next":
        record(
            "bridge.received",
            actor=SYSTEM,
            subject_kind="bridge",
            subject_id=header.stream,
            facts={"kind": kind, "number": header.number, "digest": digest},
            now=now,
        )
    return verdict


def _hear(standing: Standing, stream: str, number: int, *, now: datetime) -> None:
    standings.acknowledge(standing, stream=stream, number=number, now=now)


def _take_piece(piece: contents.FilePiece, *, now: datetime) -> None:
    """Keep a piece; with the last one, the file."""
    file_id, size = UUID(piece.file), int(piece.about["size"])
    key_id, sealed = crypto.seal_bytes(piece.data, purpose=PIECE_PURPOSE)
    InPiece.objects.get_or_create(
        file_id=file_id,
        offset=piece.offset,
        defaults={"size": len(piece.data), "key_id": key_id, "sealed": sealed},
    )
    rows = InPiece.objects.filter(file_id=file_id)
    if sum(rows.values_list("size", flat=True)) < size:
        return
    about = Carried(
        public_id=file_id,
        name=str(piece.about["name"]),
        sha256=str(piece.about["sha256"]),
        content_type=str(piece.about["content_type"]),
        purpose=str(piece.about["purpose"]),
    )
    parts = (
        crypto.open_bytes(bytes(row.sealed), purpose=PIECE_PURPOSE, key_id=row.key_id)
        for row in rows.order_by("offset").iterator(1)
    )
    try:
        with transaction.atomic():
            store_carried(about, parts, owner_token=ELSEWHERE, now=now)
    except SuigoError:
        # the case comes all the same, with a line for a file that can't be opened
        logger.exception("the file %s of the other node was not taken", file_id)
        record(
            "bridge.file_refused",
            actor=SYSTEM,
            subject_kind="file",
            subject_id=str(file_id),
            facts={"sha256": about.sha256},
            now=now,
        )
    rows.delete()


def _aside(path: Path, content: bytes, number: int | None, reason: str, *, now: datetime) -> int:
    digest = sha256(content or path.name.encode()).hexdigest()
    size = len(content) if content else _size(path)
    new = set_aside(path, digest=digest, size=size, number=number, reason=reason, now=now)
    folder.reject(path)
    return int(new)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@transaction.atomic
def _note_missing(numbers: list[int]) -> None:
    """Which packet the later ones wait for, if they do."""
    standing = standings.locked()
    later = any(number > standing.in_number for number in numbers)
    missing = standing.in_number + 1 if later else None
    if missing != standing.missing:
        standing.missing = missing
        standing.save(update_fields=["missing"])


def _take_notes(directory: Path, stream: UUID, *, now: datetime) -> None:
    zone, peers = configuration.this_zone(), configuration.peers()
    for path, content in folder.contents(directory, folder.NOTE, but=stream):
        try:
            note = packets.read_note(content or b"", zone=zone, peers=peers)
            at = datetime.fromisoformat(note.at)
        except (packets.BadPacket, ValueError) as bad:
            reason = bad.reason if isinstance(bad, packets.BadPacket) else "unreadable"
            _aside(path, content or b"", None, reason, now=now)
            continue
        with transaction.atomic():
            standing = standings.locked()
            if standing.in_stream not in ("", note.stream):
                continue
            standings.acknowledge(standing, stream=note.ack_stream, number=note.ack, now=now)
            # an older note can come after a newer one, and says nothing then
            if standing.heard_at is None or at > standing.heard_at:
                standing.heard_at = min(at, now)
                standing.peer_waiting, standing.peer_held = note.waiting, note.held
                standing.peer_set_aside = note.set_aside
                standing.peer_oldest_at = (
                    datetime.fromisoformat(note.oldest) if note.oldest else None
                )
            standing.save()
