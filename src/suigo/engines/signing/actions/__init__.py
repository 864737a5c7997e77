"""What can be done with signatures. Import from here."""

from suigo.engines.signing.actions.arriving import (
    Arrived,
    Unreadable,
    keep_arrived,
    verify_p7s,
    verify_pdf,
)
from suigo.engines.signing.actions.crossing import Crossed, keep_crossed, verify_crossed
from suigo.engines.signing.actions.deciding import decide, note_export, see_person, try_again
from suigo.engines.signing.actions.signing import (
    Begun,
    Completed,
    begin,
    complete,
    take,
)
from suigo.engines.signing.actions.upkeep import (
    erase,
    retry_unknown,
    tidy,
    verify_again,
    verify_all,
)

__all__ = [
    "Arrived",
    "Begun",
    "Completed",
    "Crossed",
    "Unreadable",
    "begin",
    "complete",
    "decide",
    "erase",
    "keep_arrived",
    "keep_crossed",
    "note_export",
    "retry_unknown",
    "see_person",
    "take",
    "tidy",
    "try_again",
    "verify_again",
    "verify_all",
    "verify_crossed",
    "verify_p7s",
    "verify_pdf",
]
