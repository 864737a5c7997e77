"""The row that says how far both streams are, and everything that moves it."""

from datetime import datetime
from uuid import uuid4

from suigo.services.bridge.models import OutItem, OutPacket, Standing


def locked() -> Standing:
    """The standing, locked until the transaction ends; made at first use."""
    found = Standing.objects.select_for_update().filter(pk=1).first()
    if found is None:
        Standing.objects.bulk_create([Standing(out_stream=uuid4())], ignore_conflicts=True)
        found = Standing.objects.select_for_update().get(pk=1)
    return found


def acknowledge(standing: Standing, *, stream: str, number: int, now: datetime) -> None:
    """Note that the other node has everything of our stream up to ``number``.

    An older word than what is known changes nothing, nor does one about another stream, or about
    packets that were never made.
    """
    if stream != str(standing.out_stream):
        return
    if not standing.out_acknowledged < number <= standing.out_made:
        return
    standing.out_acknowledged = number
    OutPacket.objects.filter(number__lte=number, acknowledged_at=None).update(
        acknowledged_at=now, content=None
    )
    OutItem.objects.filter(number__lte=number).exclude(sealed="").update(sealed="")
