"""A draft beside what is live."""

from collections.abc import Mapping
from dataclasses import dataclass

from suigo.kernel.errors import NotFound
from suigo.services.builder.queries.beginnings import copied_files
from suigo.services.builder.rules.diffing import differences


@dataclass(frozen=True, slots=True)
class SinceLive:
    """What a draft changes. ``new`` when there is nothing live to compare with."""

    new: bool
    sentences: tuple[str, ...]


def since_live(procedure_id: str, files: Mapping[str, str]) -> SinceLive:
    """What would change for the residents if the draft were published."""
    try:
        before = copied_files(procedure_id)
    except NotFound:
        return SinceLive(new=True, sentences=())
    return SinceLive(new=False, sentences=tuple(differences(before, files)))
