"""A file that was sent by itself, before its page: it belongs to the draft from then on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from suigo.engines.cases.actions.drafts import owned_draft
from suigo.engines.forms.rules import replace_at, value_at
from suigo.kernel.access import Actor


@transaction.atomic
def attach_file(
    public_id: UUID,
    *,
    path: str,
    file_id: UUID,
    actor: Actor,
    now: datetime,
    owner_token: str = "",
) -> None:
    """Note an upload in the draft at once. A telephone may close the page while its camera is
    open; the file is there when the person comes back. Raises ``NotFound`` and ``Gone``."""
    draft = owned_draft(public_id, actor=actor, now=now, owner_token=owner_token)
    kept = value_at(draft.answers, path)
    ids = [*(kept if isinstance(kept, list) else []), str(file_id)]
    try:
        draft.answers = replace_at(draft.answers, path, list(dict.fromkeys(ids)))
    except IndexError:
        return  # a row that was added on the page and is not kept yet: it comes with the page
    draft.version += 1
    draft.updated_at = now
    draft.save(update_fields=["answers", "version", "updated_at"])
