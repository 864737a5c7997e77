"""From what waits to packets, and from packets to files in a folder."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from suigo.engines.documents.queries import briefs, open_file
from suigo.engines.documents.spec import FileBrief
from suigo.kernel import crypto
from suigo.kernel.access import SYSTEM
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import SuigoError
from suigo.services.bridge import configuration, folder
from suigo.services.bridge.actions import standing as standings
from suigo.services.bridge.actions.telling import PURPOSE
from suigo.services.bridge.models import OutItem, OutPacket, SentFile, Standing
from suigo.services.bridge.queries import condition
from suigo.services.bridge.rules import contents, packets

logger = logging.getLogger(__name__)

# Packets on the way at a time: what a folder or a stick has to hold is bounded.
WINDOW = 200
WINDOW_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """How many items were packed and how many packets now wait in the folder."""

    items: int
    packets: int


def send(directory: Path, *, now: datetime) -> Sent:
    """Pack what waits, and write every packet that is not acknowledged into ``directory``.

    Running it again, or after it was killed anywhere, writes the same bytes. Raises
    ``NotConfigured``, ``OSError``.
    """
    items = 0
    while pack_next(now=now):
        items += 1
    written = _write(directory)
    with transaction.atomic():
        standing = standings.locked()
        standing.sent_at = now
        standing.save(update_fields=["sent_at"])
    folder.write(directory / folder.note_name(standing.out_stream), _note(standing, now=now))
    return Sent(items, written)


@transaction.atomic
def pack_next(*, now: datetime) -> bool:
    """Put the item that waits longest into packets, with the files it needs; False when nothing
    waits or enough is on its way."""
    standing = standings.locked()
    item = OutItem.objects.filter(number=None).order_by("id").first()
    if item is None or _is_full(standing):
        return False
    for file_id in map(UUID, item.files):
        _pack_file(standing, file_id, now=now)
    body: dict[str, Any] = json.loads(crypto.open_sealed(item.sealed, purpose=PURPOSE))
    content = contents.Item(kind=item.kind, key=item.key, subject=item.subject, body=body)
    item.number = _add(standing, contents.pack(content), now=now)
    item.save(update_fields=["number"])
    standing.save()
    record(
        "bridge.packed",
        actor=SYSTEM,
        subject_kind="bridge",
        subject_id=str(standing.out_stream),
        facts={"kind": item.kind, "number": item.number, "digest": standing.out_digest},
        now=now,
    )
    return True


def _is_full(standing: Standing) -> bool:
    under_way = standing.out_made - standing.out_acknowledged
    if under_way < WINDOW // 10:  # most of the time; nothing to add up
        return False
    waiting = OutPacket.objects.filter(acknowledged_at=None)
    return under_way >= WINDOW or sum(waiting.values_list("size", flat=True)) >= WINDOW_BYTES


def _pack_file(standing: Standing, file_id: UUID, *, now: datetime) -> None:
    if SentFile.objects.filter(file_id=file_id).exists():
        return
    file = briefs([file_id]).get(file_id)
    if file is None or file.purged_at is not None:
        return  # its time was over before it could go: the case has its line, and no content
    about = {
        "name": file.name,
        "sha256": file.sha256,
        "content_type": file.content_type,
        "purpose": file.purpose,
        "size": file.size,
    }
    try:
        for offset, data in _pieces(file):
            piece = contents.FilePiece(str(file_id), offset, about, data)
            number = _add(standing, contents.pack(piece), now=now)
    except SuigoError:  # damaged or infected: whatever waits behind it must go all the same
        logger.exception("file %s can not be sent", file_id)
        return
    SentFile.objects.create(file_id=file_id, number=number)


def _pieces(file: FileBrief) -> Iterator[tuple[int, bytes]]:
    kept = bytearray()
    offset = 0
    for part in open_file(file):
        kept += part
        while len(kept) >= contents.PIECE:
            yield offset, bytes(kept[: contents.PIECE])
            offset += contents.PIECE
            del kept[: contents.PIECE]
    if kept:
        yield offset, bytes(kept)


def _add(standing: Standing, content: bytes, *, now: datetime) -> int:
    zone = configuration.this_zone()
    packet = packets.seal(
        content,
        sender=zone,
        receiver=configuration.OTHER[zone],
        stream=standing.out_stream,
        number=standing.out_made + 1,
        previous=standing.out_digest,
        ack_stream=standing.in_stream,
        ack=standing.in_number,
        own=configuration.keys()[0],
        peer=configuration.peers()[0],
    )
    standing.out_made += 1
    standing.out_digest = packets.digest_of(packet)
    OutPacket.objects.create(
        number=standing.out_made,
        digest=standing.out_digest,
        content=packet,
        size=len(packet),
        made_at=now,
    )
    return standing.out_made


def _write(directory: Path) -> int:
    """Every packet on its way is in the folder, and none that arrived."""
    directory.mkdir(parents=True, exist_ok=True)
    standing = Standing.objects.get(pk=1)
    stream = standing.out_stream
    wanted = OutPacket.objects.filter(acknowledged_at=None).order_by("number")
    count = 0
    for number in wanted.values_list("number", flat=True):
        packet = OutPacket.objects.filter(number=number, content__isnull=False).first()
        if packet is not None and packet.content is not None:
            folder.write(directory / folder.packet_name(stream, number), bytes(packet.content))
            count += 1
    folder.remove_packets(directory, stream, through=standing.out_acknowledged)
    return count


def _note(standing: Standing, *, now: datetime) -> bytes:
    how = condition()
    note = packets.Note(
        sender=configuration.this_zone(),
        stream=str(standing.out_stream),
        ack_stream=standing.in_stream,
        ack=standing.in_number,
        at=now.isoformat(),
        waiting=how.waiting,
        oldest=how.oldest_at.isoformat() if how.oldest_at else "",
        held=how.held,
        set_aside=how.set_aside,
    )
    return packets.write_note(note, own=configuration.keys()[0])
