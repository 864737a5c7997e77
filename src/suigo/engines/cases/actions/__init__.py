"""What people do with applications: one function per verb, each one transaction."""

from suigo.engines.cases.actions.agents import hand_over_draft
from suigo.engines.cases.actions.attaching import attach_file
from suigo.engines.cases.actions.correcting import CorrectionRead, answer_correction
from suigo.engines.cases.actions.desk import (
    keep_answers,
    keep_arrival,
    submit_together,
    take_over_drafts,
)
from suigo.engines.cases.actions.disclosing import disclose_case, withdraw_disclosure
from suigo.engines.cases.actions.drafts import (
    PageSaved,
    adopt_drafts,
    discard_draft,
    freeze_for_paper,
    freeze_offered,
    save_page,
    start_draft,
)
from suigo.engines.cases.actions.importing import (
    Imported,
    enclose_files,
    receive_import,
    try_import,
)
from suigo.engines.cases.actions.knowing import NOTHING_KEPT, Keeping, confirm_decided
from suigo.engines.cases.actions.looking import (
    give_reason,
    note_file_look,
    note_found,
    note_look,
    note_signature_look,
)
from suigo.engines.cases.actions.mirroring import (
    lock_case,
    note_refused_step,
    receive_submission,
    take_standing,
    take_step,
)
from suigo.engines.cases.actions.preparing import Prepared, complete_signature, prepare_signature
from suigo.engines.cases.actions.programs import submit_answers
from suigo.engines.cases.actions.signing import (
    NotSigned,
    Unreadable,
    attach_signatures,
    examine_file,
    examine_files,
)
from suigo.engines.cases.actions.submission import Receipt, leave_room, submit_application
from suigo.engines.cases.actions.tallying import count_view, flush_tallies
from suigo.engines.cases.actions.transitions import (
    CaseMoved,
    Given,
    preview_letter,
    take_action,
)
from suigo.engines.cases.actions.upkeep import (
    DraftsExpired,
    apply_retention,
    expire_drafts,
    issue_letter,
)
from suigo.engines.cases.actions.views import delete_view, note_export, save_view
from suigo.engines.cases.actions.work import (
    Assigned,
    add_note,
    assign,
    bulk_assign,
    mark_checklist,
    reveal_my_number,
)

__all__ = [
    "NOTHING_KEPT",
    "Assigned",
    "CaseMoved",
    "CorrectionRead",
    "DraftsExpired",
    "Given",
    "Imported",
    "Keeping",
    "NotSigned",
    "PageSaved",
    "Prepared",
    "Receipt",
    "Unreadable",
    "add_note",
    "adopt_drafts",
    "answer_correction",
    "apply_retention",
    "assign",
    "attach_file",
    "attach_signatures",
    "bulk_assign",
    "complete_signature",
    "confirm_decided",
    "count_view",
    "delete_view",
    "discard_draft",
    "disclose_case",
    "enclose_files",
    "examine_file",
    "examine_files",
    "expire_drafts",
    "flush_tallies",
    "freeze_for_paper",
    "freeze_offered",
    "give_reason",
    "hand_over_draft",
    "issue_letter",
    "keep_answers",
    "keep_arrival",
    "leave_room",
    "lock_case",
    "mark_checklist",
    "note_export",
    "note_file_look",
    "note_found",
    "note_look",
    "note_refused_step",
    "note_signature_look",
    "prepare_signature",
    "preview_letter",
    "receive_import",
    "receive_submission",
    "reveal_my_number",
    "save_page",
    "save_view",
    "start_draft",
    "submit_answers",
    "submit_application",
    "submit_together",
    "take_action",
    "take_over_drafts",
    "take_standing",
    "take_step",
    "try_import",
    "withdraw_disclosure",
]
