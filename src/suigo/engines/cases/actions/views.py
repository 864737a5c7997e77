"""A clerk's own views of the inbox, and exports."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy
from suigo.engines.cases.models import SavedView
from suigo.engines.cases.rules.filtering import InboxFilters
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Forbidden, Invalid, NotFound

MOST_VIEWS = 30
LONGEST_NAME = 60


@transaction.atomic
def save_view(*, name: str, filters: InboxFilters, actor: Actor, now: datetime) -> None:
    """Keep these filters under a name; the same name again replaces them. Raises ``Invalid``.

    A clerk's own convenience, so no ledger entry.
    """
    if not actor.is_staff or actor.account_id is None:
        raise Forbidden(_("この操作を行う権限がありません。"))
    name = name.replace("\x00", "").strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(field_errors={"name": _("名前を1文字以上60文字以内で入力してください。")})
    mine = SavedView.objects.filter(owner_id=actor.account_id)
    if mine.exclude(name=name).count() >= MOST_VIEWS:
        raise Invalid(field_errors={"name": _("保存できるのは30件までです。")})
    SavedView.objects.update_or_create(
        owner_id=actor.account_id,
        name=name,
        defaults={"query": filters.query},
        create_defaults={"query": filters.query, "created_at": now},
    )


@transaction.atomic
def delete_view(view_id: int, *, actor: Actor) -> None:
    """Forget a saved view. Raises ``NotFound``, also for somebody else's."""
    if not SavedView.objects.filter(pk=view_id, owner_id=actor.account_id or 0).delete()[0]:
        raise NotFound


@transaction.atomic
def note_export(
    *, count: int, encoding: str, filters: InboxFilters, actor: Actor, now: datetime
) -> None:
    """Have the ledger say that a list was taken out. Raises ``Forbidden``.

    That somebody was searched for is noted; for whom is personal and is not.
    """
    actor.require(policy.EXPORT)
    record(
        "cases.exported",
        actor=actor,
        subject_kind="cases",
        subject_id="export",
        facts={
            "count": count,
            "encoding": encoding,
            "query": filters.but(q="").query,
            "searched": bool(filters.q),
        },
        now=now,
    )
