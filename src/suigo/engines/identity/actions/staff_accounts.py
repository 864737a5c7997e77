"""Accounts of staff: made, suspended and given new credentials by administrators."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy, rules
from suigo.engines.identity.actions.accounts import checked_names, set_names
from suigo.engines.identity.actions.residents import no_address
from suigo.engines.identity.models import Account, ApiToken, Session
from suigo.kernel.access import Actor
from suigo.kernel.addresses import is_email_address
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Invalid, NotFound, Refused


@dataclass(frozen=True, slots=True)
class NewStaff:
    """An account just made. ``temporary_password`` is shown once and known to nobody else."""

    id: int
    public_id: UUID
    temporary_password: str | None


def create_staff(
    actor: Actor,
    *,
    email: str,
    name: str,
    name_kana: str,
    now: datetime,
    password: str | None = None,
    must_enrol_totp: bool = True,
    is_demo: bool = False,
) -> NewStaff:
    """Make an account for a member of staff.

    Without ``password`` a temporary one is made, which lasts seven days and must be replaced at
    the first sign-in. ``password`` and ``must_enrol_totp=False`` are for demonstrations and for
    the first administrator. Raises ``Invalid``, ``Forbidden``.
    """
    actor.require(policy.MANAGE)
    email = rules.normalised_address(email)
    if not is_email_address(email):
        raise no_address()
    name, name_kana = checked_names(name, name_kana)
    if not name:
        raise Invalid(field_errors={"name": _("氏名を入力してください。")})
    temporary = rules.new_password() if password is None else None
    account = Account(
        kind=Account.Kind.STAFF,
        email=email,
        is_demo=is_demo,
        must_enrol_totp=must_enrol_totp,
        password=make_password(password or temporary),
        temporary_password_until_at=now + rules.TEMPORARY_PASSWORD_LIFETIME if temporary else None,
        created_at=now,
    )
    set_names(account, name, name_kana)
    with transaction.atomic():
        try:
            with transaction.atomic():
                account.save(force_insert=True)
        except IntegrityError as taken:
            message = _("このメールアドレスの職員は、もう登録されています。")
            raise Invalid(field_errors={"email": message}) from taken
        _record("identity.staff-created", actor, account, now)
    return NewStaff(id=account.pk, public_id=account.public_id, temporary_password=temporary)


def suspend_account(actor: Actor, account: UUID, *, now: datetime) -> None:
    """Shut somebody out at once: sessions end, tokens are revoked, sign-in is refused.

    Raises ``NotFound``, ``Forbidden``, ``Refused`` for one's own account.
    """
    row = _other_staff(actor, account)
    with transaction.atomic():
        if not Account.objects.filter(pk=row.pk, is_active=True).update(is_active=False):
            raise Refused(_("このアカウントは、もう止められています。"))
        Session.objects.filter(account=row).delete()
        ApiToken.objects.filter(account=row, revoked_at=None).update(revoked_at=now)
        _record("identity.account-suspended", actor, row, now)


def restore_account(actor: Actor, account: UUID, *, now: datetime) -> None:
    """Let somebody in again. Tokens stay revoked. Raises as ``suspend_account``."""
    row = _other_staff(actor, account)
    with transaction.atomic():
        if not Account.objects.filter(pk=row.pk, is_active=False).update(is_active=True):
            raise Refused(_("このアカウントは止められていません。"))
        _record("identity.account-restored", actor, row, now)


def _other_staff(actor: Actor, account: UUID) -> Account:
    actor.require(policy.MANAGE)
    row = Account.objects.filter(kind="staff", public_id=account).first()
    if row is None:
        raise NotFound
    if row.pk == actor.account_id:
        raise Refused(_("自分のアカウントには行えません。ほかの管理者に頼んでください。"))
    return row


def _record(action: str, actor: Actor, account: Account, now: datetime) -> None:
    record(
        action,
        actor=actor,
        subject_kind="account",
        subject_id=str(account.public_id),
        facts={"person": account.name},
        now=now,
    )
