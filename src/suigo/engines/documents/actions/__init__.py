"""What can be done with files. Import from here."""

from suigo.engines.documents.actions.blobs import rewrap
from suigo.engines.documents.actions.carrying import Carried, give_letters, store_carried
from suigo.engines.documents.actions.inspection import note_look, note_pages, scan_waiting
from suigo.engines.documents.actions.issuing import store_export, store_letter
from suigo.engines.documents.actions.retention import (
    hold_files,
    keep_until,
    purge_due,
    remove_orphans,
    set_retention,
)
from suigo.engines.documents.actions.uploads import (
    claim_files,
    hand_over_files,
    remove_file,
    store_file,
)

__all__ = [
    "Carried",
    "claim_files",
    "give_letters",
    "hand_over_files",
    "hold_files",
    "keep_until",
    "note_look",
    "note_pages",
    "purge_due",
    "remove_file",
    "remove_orphans",
    "rewrap",
    "scan_waiting",
    "set_retention",
    "store_carried",
    "store_export",
    "store_file",
    "store_letter",
]
