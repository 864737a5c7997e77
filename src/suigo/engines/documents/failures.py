"""Why a file is refused or can't be opened."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from suigo.engines.documents import wording
from suigo.engines.documents.rules.sniffing import Refusal
from suigo.kernel.errors import Gone, Invalid, Message, SuigoError


class UnacceptableFile(Invalid):
    """The content can't be taken. ``reason`` is stable, the message is for the resident."""

    code = "unacceptable-file"
    title = _("このファイルは受け付けられません")

    def __init__(self, message: Message, *, reason: Refusal) -> None:
        super().__init__(message)
        self.reason: Refusal = reason


class InfectedFile(Invalid):
    """The scanner found malware."""

    code = "infected-file"
    title = _("このファイルは受け付けられません")

    def __init__(self, message: Message = wording.INFECTED) -> None:
        super().__init__(message)


class PurgedFile(Gone):
    """The file's retention ended."""

    def __init__(self) -> None:
        super().__init__(wording.GONE)


class DamagedFile(SuigoError):
    """What is on the disk is not what was stored, or is missing, or its key is."""

    status: ClassVar[int] = 500
    code = "damaged-file"
    title = _("ファイルを開けません")

    def __init__(self) -> None:
        super().__init__(wording.DAMAGED)


class NoPreview(SuigoError):
    """There is no such page, or it can't be drawn."""

    status: ClassVar[int] = 404
    code = "no-preview"
    title = _("見本を表示できません")

    def __init__(self) -> None:
        super().__init__(wording.NO_PREVIEW)
