"""What other packages see of a file, and the words of this engine."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

FileKind = Literal["pdf", "image", "office", "text", "signature", "archive"]
Purpose = Literal["attachment", "letter", "receipt", "export"]
ScanState = Literal["clean", "infected", "unscanned"]

#: What a clerk is told about a file before opening it. Sentences are in ``wording.py``.
Flag = Literal[
    "encrypted",  # a PDF that asks for a password, so nobody could look inside
    "restricted",  # a PDF that opens, but forbids printing or copying
    "scripts",  # a PDF with JavaScript
    "launches",  # a PDF that starts programs, opens addresses by itself or sends forms
    "attachments",  # a file within the file
    "external",  # an office document that loads something from elsewhere
    "animated",  # an image of which only the first picture is shown
]


@dataclass(frozen=True, slots=True)
class FileBrief:
    """A stored file as it is shown. ``size`` in bytes; ``pages`` only where they are known.

    ``purged_at`` says that only this line is left of it.
    """

    public_id: UUID
    name: str
    download_name: str
    kind: FileKind
    content_type: str
    size: int
    sha256: str
    pages: int | None
    flags: tuple[Flag, ...]
    scan_state: ScanState
    purpose: Purpose
    created_at: datetime
    retention_date: date
    held: bool
    purged_at: datetime | None

    @property
    def previewable(self) -> bool:
        """Whether its pages can be drawn (a PDF with a password can't)."""
        return self.kind in ("pdf", "image") and "encrypted" not in self.flags


@dataclass(frozen=True, slots=True)
class PurgeBrief:
    """What one purge removed."""

    public_id: UUID
    started_at: datetime
    finished_at: datetime | None
    through_date: date
    removed_files: int
    removed_bytes: int
    held_back: int
    orphans: int


@dataclass(frozen=True, slots=True)
class PurgedFile:
    """What is left of a removed file: enough to prove which one it was."""

    public_id: UUID
    sha256: str
    size: int
    purpose: Purpose
    retention_date: date
    purged_at: datetime
