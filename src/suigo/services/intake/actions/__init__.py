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
from suigo.services.intake.actions.upkeep import forget_old
from suigo.services.intake.actions.watching import take_from_folder

__all__ = [
    "Preview",
    "RowPlan",
    "bring_in",
    "dismiss",
    "examined",
    "forget_old",
    "import_delivery",
    "note_download",
    "retry",
    "rows_to_mend",
    "start_import",
    "take_from_folder",
]
