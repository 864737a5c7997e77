"""What must always hold is held by the database."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from engines.cases.world import NOW, received
from suigo.engines.cases.models import RefusedStep
from suigo.services.bridge.models import InPacket, InPiece, OutItem, OutPacket, Standing

pytestmark = pytest.mark.django_db
DIGEST = "a" * 64
STREAM = UUID(int=1)


def standing(**values: object) -> Callable[[], object]:
    return lambda: Standing.objects.create(**{"out_stream": STREAM, **values})


def packet(**values: object) -> Callable[[], object]:
    made = {"number": 1, "digest": DIGEST, "content": b"x", "size": 1, "made_at": NOW}
    return lambda: OutPacket.objects.create(**{**made, **values})


def item(**values: object) -> Callable[[], object]:
    told = {"kind": "case", "key": "1", "subject": "1", "sealed": "x", "created_at": NOW}
    return lambda: OutItem.objects.create(**{**told, **values})


def piece(**values: object) -> Callable[[], object]:
    part = {"file_id": STREAM, "offset": 0, "size": 1, "key_id": "k", "sealed": b"x"}
    return lambda: InPiece.objects.create(**{**part, **values})


def taken(**values: object) -> Callable[[], object]:
    known = {"stream": "s", "number": 1, "digest": DIGEST, "received_at": NOW}
    return lambda: InPacket.objects.create(**{**known, **values})


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("bridge_standing_one", standing(id=2)),
        ("bridge_standing_numbers", standing(out_made=1, out_digest=DIGEST, out_acknowledged=2)),
        ("bridge_standing_in", standing(in_number=1)),
        ("bridge_standing_out", standing(out_digest=DIGEST)),
        ("bridge_out_item_packed", item(sealed="")),
        ("bridge_out_packet_kept", packet(content=None)),
        ("bridge_out_packet_kept", packet(acknowledged_at=NOW)),
        ("bridge_out_packet_digest", packet(digest="x")),
        ("bridge_out_packet_digest", packet(number=0)),
        ("bridge_in_piece_size", piece(offset=-1)),
        ("bridge_in_piece_size", piece(size=0)),
        ("bridge_in_packet_digest", taken(digest="")),
    ],
)
def test_impossible_rows_are_refused(constraint: str, change: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        change()
    assert constraint in str(broken.value)


@pytest.mark.parametrize(
    ("first", "second", "constraint"),
    [
        (item(), item(kind="step"), "bridge_out_item_key"),
        (taken(), taken(digest="b" * 64), "bridge_in_packet_once"),
        (taken(key="case:1"), taken(number=2, key="case:1"), "bridge_in_packet_key"),
        (piece(), piece(), "bridge_in_piece_once"),
    ],
)
def test_nothing_is_there_twice(
    first: Callable[[], object], second: Callable[[], object], constraint: str
) -> None:
    first()
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        second()
    assert constraint in str(broken.value)


def test_a_refused_step_says_why() -> None:
    case = received()
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        RefusedStep.objects.create(
            case=case, action="withdraw", sentence="", done_at=NOW, refused_at=NOW
        )
    assert "cases_refused_step_says_why" in str(broken.value)
