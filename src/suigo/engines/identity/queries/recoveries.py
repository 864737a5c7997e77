"""Recoveries as staff see them, and what the person concerned is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy, rules
from suigo.engines.identity.models import Recovery
from suigo.engines.identity.rules.recovery import hinted
from suigo.kernel import clock, crypto
from suigo.kernel.access import Actor
from suigo.kernel.errors import Forbidden, Message, NotFound

ADDRESS_PURPOSE = "identity.recovery-address"
SHOWN = 100

# What counts as an identity document with a picture that a city issued or a state did.
DOCUMENTS: Mapping[str, Message] = {
    "my-number-card": _("マイナンバーカード"),
    "driving-licence": _("運転免許証"),
    "passport": _("パスポート"),
    "residence-card": _("在留カード・特別永住者証明書"),
    "disability-handbook": _("障害者手帳（写真つき）"),
}


@dataclass(frozen=True, slots=True)
class RecoveryLine:
    """A recovery, for those who may approve it."""

    public_id: UUID
    state: str
    kind: str
    person: str
    person_id: UUID
    old_address: str
    new_address: str
    document: Message
    in_person: bool
    note: str
    asked_by: str
    asked_at: datetime
    waits_until_at: datetime
    approved_by: str
    approved_at: datetime | None
    own: bool  # asked for by whoever is looking


@dataclass(frozen=True, slots=True)
class ToTell:
    """What the person is told, and where. ``hinted`` shows little of the new address."""

    old_address: str
    new_address: str
    hinted: str
    language: str
    until: str
    objection_path: str


def objection_token(recovery: UUID) -> str:
    """What the link in the mail proves: that it was mailed."""
    return rules.keyed_digest(
        str(recovery), key=settings.SECRET_KEY, purpose="identity.recovery-objection"
    )


def _visible(actor: Actor) -> Q:
    kinds = [
        kind
        for kind, capability in (("resident", policy.RECOVER), ("staff", policy.MANAGE))
        if actor.can(capability)
    ]
    if not kinds:
        raise Forbidden(_("この画面を見る権限がありません。"))
    return Q(account__kind__in=kinds)


def recoveries(actor: Actor) -> list[RecoveryLine]:
    """What waits first, then what ended lately. Raises ``Forbidden``."""
    rows = Recovery.objects.filter(_visible(actor)).select_related(
        "account", "asked_by", "approved_by"
    )
    waits = list(rows.filter(state__in=["asked", "approved"]).order_by("asked_at", "pk"))
    ended = rows.exclude(state__in=["asked", "approved"]).order_by("-ended_at", "-pk")[:SHOWN]
    return [_line(row, actor) for row in [*waits, *ended]]


def recovery(actor: Actor, public_id: UUID) -> RecoveryLine:
    """One of them. Raises ``NotFound``, ``Forbidden``."""
    rows = Recovery.objects.filter(_visible(actor), public_id=public_id)
    row = rows.select_related("account", "asked_by", "approved_by").first()
    if row is None:
        raise NotFound
    return _line(row, actor)


def _line(row: Recovery, actor: Actor) -> RecoveryLine:
    return RecoveryLine(
        public_id=row.public_id,
        state=row.state,
        kind=row.account.kind,
        person=row.account.name or row.account.email,
        person_id=row.account.public_id,
        old_address=row.account.email,
        new_address=row.new_address,
        document=DOCUMENTS.get(row.document, ""),
        in_person=row.in_person,
        note=row.note,
        asked_by=row.asked_by.name,
        asked_at=row.asked_at,
        waits_until_at=row.waits_until_at,
        approved_by=row.approved_by.name if row.approved_by else "",
        approved_at=row.approved_at,
        own=row.asked_by_id == policy.account_id_of(actor),
    )


def objectionable(public_id: UUID, *, token: str) -> bool:
    """Whether the link in the mail can still stop this recovery. Raises ``NotFound``."""
    row = Recovery.objects.filter(public_id=public_id, account__kind="resident").first()
    if row is None or not rules.same(objection_token(row.public_id), token):
        raise NotFound
    return row.state in ("asked", "approved")


def recovery_to_tell(public_id: str, *, sealed_address: str) -> ToTell | None:
    """What to tell about a recovery; None when it vanished."""
    row = Recovery.objects.filter(public_id=public_id).select_related("account").first()
    if row is None:
        return None
    until = row.waits_until_at.astimezone(clock.TOKYO)
    path = reverse("object-to-recovery", args=[row.public_id, objection_token(row.public_id)])
    return ToTell(
        old_address=crypto.open_sealed(sealed_address, purpose=ADDRESS_PURPOSE),
        new_address=row.new_address,
        hinted=hinted(row.new_address),
        language=row.account.language,
        until=f"{until:%Y-%m-%d %H:%M}",
        objection_path=path,
    )
