"""What is wrong with a piece of content, and exactly where."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ContentError:
    """One fault. ``line`` counts from 1; ``where`` is the path of keys inside the file."""

    file: Path
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        place = f" {self.where}:" if self.where else ""
        return f"{self.file}:{self.line}:{place} {self.message}"


class ContentErrors(Exception):
    """Everything that is wrong, at once, so that a clerk can mend it in one go."""

    def __init__(self, errors: Sequence[ContentError]) -> None:
        super().__init__("\n".join(str(e) for e in errors))
        self.errors = tuple(errors)
