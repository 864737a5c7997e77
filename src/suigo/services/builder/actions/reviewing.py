"""A second person looks at a draft: asked for, answered, taken back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.kernel.access import Actor
from suigo.kernel.errors import Conflict, Forbidden, Invalid, Refused
from suigo.services.builder import policy
from suigo.services.builder.actions.designing import (
    ChangedMeanwhile,
    files_of,
    locked_design,
    record_of,
)
from suigo.services.builder.models import Design, Review
from suigo.services.builder.queries.checking import faults_of
from suigo.services.builder.queries.designs import makers_of

LONGEST = 2000


@transaction.atomic
def request_approval(
    design_id: UUID, *, message: str, version: int, actor: Actor, now: datetime
) -> None:
    """Ask a second person to look. From then on nobody changes the draft.

    Raises ``NotFound``, ``Forbidden``, ``ChangedMeanwhile``, ``Refused`` while the loader finds a
    fault in it.
    """
    actor.require(policy.EDIT)
    design = locked_design(design_id)
    if design.state != Design.State.EDITING:
        raise Conflict(_("この下書きは、もう承認を待っています。"))
    if design.version != version:
        raise ChangedMeanwhile(design.version, design.changed_by_name)
    if faults_of(design.procedure_id, files_of(design)):
        raise Refused(_("まだ直すところがあります。点検の欄を見てください。"))
    Review.objects.create(
        design=design,
        version=design.version,
        requested_by_id=policy.account_of(actor),
        requested_by_name=actor.name,
        requested_at=now,
        message=_short(message, "message"),
    )
    design.state = Design.State.WAITING
    design.save(update_fields=["state"])
    record_of("builder.approval_requested", design, actor, now)


@transaction.atomic
def approve_design(
    design_id: UUID, *, comment: str, version: int, actor: Actor, now: datetime
) -> None:
    """Approve the version somebody else made. Raises ``NotFound``, ``Forbidden``, ``Conflict``."""
    design = _answered(design_id, Review.Outcome.APPROVED, comment, version, actor, now)
    design.state = Design.State.APPROVED
    design.save(update_fields=["state"])
    record_of("builder.approved", design, actor, now, note=comment)


@transaction.atomic
def return_design(
    design_id: UUID, *, comment: str, version: int, actor: Actor, now: datetime
) -> None:
    """Give a draft back with what has to change. Raises like ``approve_design``, and ``Invalid``
    without a comment."""
    if not comment.strip():
        raise Invalid(field_errors={"comment": _("直してほしいことを書いてください。")})
    design = _answered(design_id, Review.Outcome.RETURNED, comment, version, actor, now)
    design.state = Design.State.EDITING
    design.save(update_fields=["state"])
    record_of("builder.returned", design, actor, now, note=comment)


@transaction.atomic
def take_back(design_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Go on editing a draft that waits for approval, or has it. Raises ``Conflict``."""
    actor.require(policy.EDIT)
    design = locked_design(design_id)
    if design.state not in {Design.State.WAITING, Design.State.APPROVED}:
        raise Conflict(_("この下書きは、承認を待っていません。"))
    Review.objects.filter(design=design, outcome="").update(
        outcome=Review.Outcome.TAKEN_BACK,
        answered_by_id=actor.account_id,
        answered_by_name=actor.name,
        answered_at=now,
    )
    design.state = Design.State.EDITING
    design.save(update_fields=["state"])
    record_of("builder.taken_back", design, actor, now)


def _answered(
    design_id: UUID,
    outcome: Review.Outcome,
    comment: str,
    version: int,
    actor: Actor,
    now: datetime,
) -> Design:
    actor.require(policy.APPROVE)
    design = locked_design(design_id)
    if design.state != Design.State.WAITING:
        raise Conflict(_("この下書きは、承認を待っていません。"))
    if design.version != version:
        raise ChangedMeanwhile(design.version, design.changed_by_name)
    makers = makers_of(design)
    if not policy.can_answer(actor, design, makers=makers):
        raise Forbidden(_("自分が作った手続は、自分では承認できません。ほかの人に頼んでください。"))
    Review.objects.filter(design=design, outcome="").update(
        outcome=outcome,
        answered_by_id=actor.account_id,
        answered_by_name=actor.name,
        answered_at=now,
        comment=_short(comment, "comment"),
    )
    return design


def _short(text: str, name: str) -> str:
    text = text.strip().replace("\x00", "")
    if len(text) > LONGEST:
        message = _("%(max)d文字以内で入力してください。") % {"max": LONGEST}
        raise Invalid(field_errors={name: message})
    return text
