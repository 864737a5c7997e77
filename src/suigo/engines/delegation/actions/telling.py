"""Mails to both sides. They say that something happened and where to look, never what is in an
application."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from suigo.engines.delegation.models import Grant
from suigo.engines.identity.queries import account_brief
from suigo.engines.notices.actions import send
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Message
from suigo.kernel.japanese.plain import date_in_words

CHANGES: dict[str, Message] = {
    "accepted": _("%(holder)s さんが、%(person)s さんの代理を引き受けました。"),
    "declined": _("%(holder)s さんが、%(person)s さんの代理をことわりました。"),
    "withdrawn": _("%(person)s さんが、%(holder)s さんの代理をやめました。"),
    "given_up": _("%(holder)s さんが、%(person)s さんの代理をやめました。"),
    "replaced": _(
        "%(holder)s さんが新しい内容で引き受けたので、%(person)s さんの前の代理は終わりました。"
    ),
    "confirmed": _("市が、%(holder)s さんによる %(person)s さんの代理を確認しました。"),
    "refused": _("市は、%(holder)s さんによる %(person)s さんの代理を認めませんでした。"),
    "sent": _("%(holder)s さんが、%(person)s さんの代理で申請しました（%(number)s）。"),
    "answered": _("%(holder)s さんが、%(person)s さんの申請に答えました（%(number)s）。"),
    "handed": _(
        "%(holder)s さんが、%(person)s さんの申請を入力しました。"
        "マイページから確かめて送ってください。"
    ),
}
BOTH = frozenset({"accepted", "withdrawn", "given_up", "replaced", "confirmed", "refused", "sent"})


def link_of(name: str, *args: Any) -> str:
    """A page for residents, as a mail holds it."""
    return str(settings.SUIGO_RESIDENTS_URL) + reverse(name, args=args)


def tell_invited(grant: Grant, code: str, *, actor: Actor, now: datetime) -> None:
    """Send the invitation; its link holds the code, which is stored nowhere else."""
    send(
        "proxy-invited",
        to_address=grant.address,
        to_account_id=None,
        language=actor.language,
        values={
            "person": grant.person_name,
            "until": date_in_words(grant.state.invited_until, language=actor.language),
            "link": link_of("proxy-invitation", grant.public_id, code),
        },
        dedupe_key=f"proxy-invited:{grant.public_id}",
        now=now,
        awake=True,
    )


def tell(grant: Grant, change: str, *, now: datetime, number: str = "", once: str = "") -> None:
    """Tell the person, and the holder too where it concerns both."""
    people = {grant.person_id}
    if change in BOTH:
        people.add(grant.holder_id)
    if change == "sent" and grant.reach == "follow":
        people.discard(grant.holder_id)  # they get the mails about the case itself
    briefs = account_brief(pk for pk in people if pk is not None)
    for brief in briefs.values():
        if not brief.email:
            continue
        values = {"holder": grant.holder_name, "person": grant.person_name, "number": number}
        with translation.override(brief.language):
            said = str(CHANGES[change]) % values
        send(
            "proxy-changed",
            to_address=brief.email,
            to_account_id=brief.id,
            language=brief.language,
            values={"change": said, "link": link_of("proxy", grant.public_id)},
            dedupe_key=f"proxy:{grant.public_id}:{change}:{once}:{brief.id}"[:200],
            now=now,
            awake=True,
        )


def note_in_ledger(
    what: str, grant: Grant, *, actor: Actor, now: datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """One entry, last in the transaction. Names are personal, so that they can be erased."""
    record(
        f"delegation.{what}",
        actor=actor,
        subject_kind="delegation",
        subject_id=str(grant.public_id),
        facts={
            "kind": grant.kind,
            "reach": grant.reach,
            "until": grant.until_date.isoformat(),
            **(facts or {}),
        },
        personal={"person": grant.person_name, "holder": grant.holder_name},
        now=now,
    )
