"""What arrived, kept sealed."""

from suigo.kernel.crypto import open_bytes, seal_bytes
from suigo.kernel.errors import Gone
from suigo.kernel.language import _
from suigo.services.intake.models import Delivery

PURPOSE = "intake.delivery"


def sealed(content: bytes) -> tuple[str, bytes]:
    """The key's id and the sealed content."""
    return seal_bytes(content, purpose=PURPOSE)


def content_of(delivery: Delivery) -> bytes:
    """What arrived, bit for bit. Raises ``Gone`` once it was removed."""
    if delivery.content is None:
        raise Gone(_("保存期間が過ぎたため、届いたファイルは残っていません。"))
    return open_bytes(bytes(delivery.content), purpose=PURPOSE, key_id=delivery.key_id)
