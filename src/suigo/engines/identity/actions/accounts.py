"""What people do with their own account and sessions."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy
from suigo.engines.identity.models import Account, ConfirmedItems, Session
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Forbidden, Invalid, Message, NotFound
from suigo.kernel.japanese.characters import accepted, length_in_characters
from suigo.kernel.japanese.kana import accepted_katakana
from suigo.kernel.japanese.names import search_key, sort_key
from suigo.kernel.japanese.problems import Problem

LONGEST_NAME = 60  # characters as a reader counts them


def own_account(actor: Actor) -> Account:
    """The account of an actor who is signed in. Raises ``Forbidden``."""
    account = Account.objects.filter(pk=policy.account_id_of(actor), is_active=True).first()
    if account is None:
        raise Forbidden(_("ログインが必要です。"))
    return account


def checked_names(name: str, name_kana: str) -> tuple[str, str]:
    """Name and kana as they may be stored: verbatim, kana in full-width katakana.

    Raises ``Invalid`` with errors for ``name`` and ``name_kana``.
    """
    errors: dict[str, Message] = {}
    try:
        name = accepted(name.strip())
    except Problem as problem:
        errors["name"] = _(problem.msgid) % problem.parameters
    try:
        name_kana = accepted_katakana(name_kana) if name_kana.strip() else ""
    except Problem as problem:
        errors["name_kana"] = _(problem.msgid) % problem.parameters
    for field, value in (("name", name), ("name_kana", name_kana)):
        if field not in errors and length_in_characters(value) > LONGEST_NAME:
            errors[field] = _("%(limit)d文字までで入力してください。") % {"limit": LONGEST_NAME}
    if errors:
        raise Invalid(field_errors=errors)
    return name, name_kana


def set_names(account: Account, name: str, name_kana: str) -> None:
    """Put names on an account together with the keys they are found and ordered by."""
    account.name, account.name_kana = name, name_kana
    account.search_key = f"{search_key(name)} {search_key(name_kana)}".strip()
    account.sort_key = sort_key(name_kana or name)


def update_profile(
    actor: Actor, *, name: str, name_kana: str, language: str, now: datetime
) -> None:
    """Change what one is called and the language the city writes in. A name that a card confirmed
    changes with the card.

    Raises ``Invalid`` (fields ``name``, ``name_kana``, ``language``), ``Forbidden``.
    """
    account = own_account(actor)
    if ConfirmedItems.objects.filter(pk=account.pk).exists():
        name = account.name  # as on the card
    name, name_kana = checked_names(name, name_kana)
    if language not in dict(settings.LANGUAGES):
        raise Invalid(field_errors={"language": _("言語を選んでください。")})
    with transaction.atomic():
        set_names(account, name, name_kana)
        account.language = language
        fields = ["name", "name_kana", "search_key", "sort_key", "language"]
        account.save(update_fields=fields)
        record(
            "identity.profile-updated",
            actor=actor,
            subject_kind="account",
            subject_id=str(account.public_id),
            facts={"language": language},
            now=now,
        )


def sign_out(actor: Actor, session: SessionStore, *, now: datetime) -> None:
    """End the session of this browser. Nothing happens for those who aren't signed in."""
    row = session.row
    with transaction.atomic():
        session.flush()
        if row is not None and row.account is not None:
            record(
                "identity.signed-out",
                actor=actor,
                subject_kind="account",
                subject_id=str(row.account.public_id),
                facts={"device": row.device},
                now=now,
            )


def end_session(actor: Actor, session: UUID, *, now: datetime) -> None:
    """End one of the actor's own sessions, on whatever device. Raises ``NotFound``."""
    account = own_account(actor)
    with transaction.atomic():
        row = Session.objects.filter(account=account, public_id=session).first()
        if row is None or not Session.objects.filter(pk=row.pk).delete()[0]:
            raise NotFound
        _record_ended(actor, account, 1, now)


def end_all_sessions(
    actor: Actor, *, now: datetime, account: UUID | None = None, keep: UUID | None = None
) -> int:
    """End the actor's sessions except ``keep``; with ``account`` those of somebody else, which
    needs ``identity.manage``. Returns how many ended. Raises ``NotFound``, ``Forbidden``."""
    if account is None:
        target = own_account(actor)
    else:
        actor.require(policy.MANAGE)
        found = Account.objects.filter(public_id=account).first()
        if found is None:
            raise NotFound
        target = found
    with transaction.atomic():
        sessions = Session.objects.filter(account=target)
        if keep is not None:
            sessions = sessions.exclude(public_id=keep)
        ended, _kinds = sessions.delete()
        if ended:
            _record_ended(actor, target, ended, now)
    return ended


def _record_ended(actor: Actor, account: Account, count: int, now: datetime) -> None:
    record(
        "identity.sessions-ended",
        actor=actor,
        subject_kind="account",
        subject_id=str(account.public_id),
        facts={"count": count},
        now=now,
    )
