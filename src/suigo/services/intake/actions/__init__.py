"""What people and the program do with what arrives: one function per verb."""

from suigo.services.intake.actions.deliveries import (
    Preview,
    bring_in,
    dismiss,
    examined,
    note_download,
    retry,
    rows_to_mend,
    start_import,
)
from suigo.services.intake.actions.importing import import_delivery
from suigo.services.intake.actions.rows import RowPlan
from suigo.services.intake.actions.scans import (
    Scanned,
    Upload,
    bring_scans,
    dismiss_scan,
    free_abandoned,
    name_procedure,
    note_discarded,
    note_received,
    start_typing,
)
from suigo.services.intake.actions.upkeep import forget_old
from suigo.services.intake.actions.watching import take_from_folder

__all__ = [
    "Preview",
    "RowPlan",
    "Scanned",
    "Upload",
    "bring_in",
    "bring_scans",
    "dismiss",
    "dismiss_scan",
    "examined",
    "forget_old",
    "free_abandoned",
    "import_delivery",
    "name_procedure",
    "note_discarded",
    "note_download",
    "note_received",
    "retry",
    "rows_to_mend",
    "start_import",
    "start_typing",
    "take_from_folder",
]
