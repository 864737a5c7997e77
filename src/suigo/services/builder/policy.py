"""Who may make procedures, and who may also approve what others made."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from suigo.kernel.access import Actor
from suigo.kernel.errors import Forbidden
from suigo.services.builder.models import Design

EDIT = "builder.edit"
APPROVE = "builder.approve"


def account_of(actor: Actor) -> int:
    """Whose name stands under it. Raises ``Forbidden`` for the program itself."""
    if actor.account_id is None:
        raise Forbidden(_("この操作は、職員がログインして行います。"))
    return actor.account_id


def can_view(actor: Actor) -> bool:
    """Whether this person makes or approves procedures. Everybody who does sees all drafts."""
    return actor.is_staff and (actor.can(EDIT) or actor.can(APPROVE))


def require_builder(actor: Actor) -> None:
    """Raises ``Forbidden`` for whoever neither makes nor approves procedures."""
    if not can_view(actor):
        raise Forbidden(_("この画面を見る権限がありません。"))


def can_edit(actor: Actor, design: Design) -> bool:
    """Whether this person may change this draft now."""
    return actor.can(EDIT) and design.state == Design.State.EDITING


def can_answer(actor: Actor, design: Design, *, makers: Collection[int]) -> bool:
    """Whether this person may approve or return this draft: somebody who made none of it."""
    return (
        actor.can(APPROVE)
        and design.state == Design.State.WAITING
        and actor.account_id not in makers
    )
