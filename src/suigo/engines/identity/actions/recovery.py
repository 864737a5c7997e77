"""Recovery: new ways in for somebody who lost every one. Two people of the city, never one.

A resident who lost a passkey signs in by mail; who lost the address too comes to the counter. One
clerk looks at the person and asks, another one looks at what was written and approves. Without an
identity document in the clerk's hands the person has 24 hours to object, by the link that was
mailed to the address they had. Staff: two administrators; the second is shown the temporary
password. There are no secret questions, and nobody's word on the telephone is enough.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy, rules
from suigo.engines.identity.actions.residents import limit_key, no_address
from suigo.engines.identity.events import RecoveryMoved, WaysInChanged
from suigo.engines.identity.models import Account, ApiToken, Recovery, Session, SignInCode
from suigo.engines.identity.queries.recoveries import ADDRESS_PURPOSE, DOCUMENTS, objection_token
from suigo.engines.identity.rules import recovery as waiting
from suigo.kernel import crypto, events
from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor
from suigo.kernel.addresses import is_email_address
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Conflict, Forbidden, Invalid, Message, NotFound, Refused
from suigo.kernel.limits import actions as limits

OPEN = (Recovery.State.ASKED, Recovery.State.APPROVED)


def ask_for_recovery(
    actor: Actor,
    *,
    old_address: str,
    new_address: str,
    document: str,
    note: str,
    now: datetime,
) -> UUID:
    """A clerk asks for a resident who lost the address they sign in with.

    ``document`` is one of ``DOCUMENTS`` that the clerk has seen, or empty. Otherwise the
    old address is told at once. Raises ``Invalid`` (``old_address``, ``new_address``,
    ``document``, ``note``), ``Conflict`` (one waits already), ``TooMany``, ``Forbidden``.
    """
    actor.require(policy.RECOVER)
    _counted(actor, now)
    account, new_address = _checked(old_address, new_address, document, note)
    wait = timedelta(0) if document else waiting.WAIT
    with transaction.atomic():
        recovery = _opened(
            actor,
            account,
            new_address=new_address,
            document=document,
            note=note,
            wait=wait,
            now=now,
        )
        if not document:
            _publish(recovery, "asked")
        _record("identity.recovery-asked", actor, recovery, now)
    return recovery.public_id


def _counted(actor: Actor, now: datetime) -> None:
    if actor.channel == "api":
        raise Forbidden(_("この操作は、職員が画面から行ってください。"))
    policy.require_fresh_proof(actor, now=now)
    key = limit_key("recovery", str(actor.account_id))
    limits.hit(key, limit=waiting.ASKED_PER_CLERK, per=timedelta(days=1), now=now)


def _checked(old_address: str, new_address: str, document: str, note: str) -> tuple[Account, str]:
    errors: dict[str, Message] = {}
    old_address = rules.normalised_address(old_address)
    new_address = rules.normalised_address(new_address)
    residents = Account.objects.filter(kind="resident")
    account = residents.filter(email=old_address, is_active=True).first() if old_address else None
    if account is None:
        errors["old_address"] = _("このメールアドレスの利用者は登録されていません。")
    if not is_email_address(new_address):
        errors["new_address"] = no_address().field_errors["email"]
    elif residents.filter(email=new_address).exists():
        errors["new_address"] = _(
            "このメールアドレスは、もう使われています。本人に、それでログインできるか確かめてください。"
        )
    if document and document not in DOCUMENTS:
        errors["document"] = _("一覧から選んでください。")
    if not note.strip() or len(note) > waiting.LONGEST_NOTE:
        errors["note"] = _("どう確かめたかを、500文字までで入力してください。")
    if errors or account is None:
        raise Invalid(field_errors=errors)
    return account, new_address


def ask_for_staff_recovery(actor: Actor, account: UUID, *, note: str, now: datetime) -> UUID:
    """An administrator asks for a colleague who lost password, app and passkeys.

    Raises ``Invalid`` (``note``), ``NotFound``, ``Conflict``, ``Refused`` for oneself,
    ``TooMany``, ``Forbidden``.
    """
    actor.require(policy.MANAGE)
    _counted(actor, now)
    row = Account.objects.filter(kind="staff", public_id=account).first()
    if row is None:
        raise NotFound
    if row.pk == actor.account_id:
        raise Refused(_("自分のアカウントには行えません。ほかの管理者に頼んでください。"))
    if not note.strip() or len(note) > waiting.LONGEST_NOTE:
        message = _("どう確かめたかを、500文字までで入力してください。")
        raise Invalid(field_errors={"note": message})
    with transaction.atomic():
        recovery = _opened(
            actor, row, new_address="", document="", note=note, wait=timedelta(0), now=now
        )
        _record("identity.recovery-asked", actor, recovery, now)
    return recovery.public_id


def _opened(
    actor: Actor,
    account: Account,
    *,
    new_address: str,
    document: str,
    note: str,
    wait: timedelta,
    now: datetime,
) -> Recovery:
    recovery = Recovery(
        account=account,
        new_address=new_address,
        in_person=bool(document),
        document=document,
        note=note.strip(),
        asked_by_id=policy.account_id_of(actor),
        asked_at=now,
        waits_until_at=now + wait,
    )
    try:
        with transaction.atomic():
            recovery.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict(_("この人については、もう申し出を受け付けています。")) from taken
    return recovery


def approve_recovery(actor: Actor, recovery: UUID, *, now: datetime) -> str:
    """The second person agrees. Returns the temporary password for staff, else an empty text.

    Without an identity document a resident's new address counts once the time to object is over
    (``finish_recoveries``). Raises ``Refused`` (asked for by the same person, for oneself, or
    somebody whose account is younger than a day),
    ``NotFound``, ``Conflict`` when it is not open any more, ``Forbidden``.
    """
    policy.require_fresh_proof(actor, now=now)
    with transaction.atomic():
        row = _locked(actor, recovery)
        if row.state != Recovery.State.ASKED:
            raise Conflict(_("この申し出は、もう終わっています。"))
        own = policy.account_id_of(actor)
        if own == row.asked_by_id:
            raise Refused(_("申し出た人は承認できません。ほかの人が確かめて承認してください。"))
        if own == row.account_id:
            raise Refused(_("自分のアカウントには行えません。ほかの管理者に頼んでください。"))
        if _is_new(own, now):
            raise Refused(_("登録されて24時間たっていない職員は、承認できません。"))
        row.state = Recovery.State.APPROVED
        row.approved_by_id, row.approved_at = own, now
        row.save(update_fields=["state", "approved_by", "approved_at"])
        temporary = ""
        if row.account.kind == "staff":
            temporary = _give_temporary_password(row, now)
        elif row.waits_until_at <= now:
            _give_new_address(row, now)
        _record("identity.recovery-approved", actor, row, now)
    return temporary


def _is_new(account: int, now: datetime) -> bool:
    """Whether an account was made so lately that whoever asks may have made it, to be the second
    person too. Those of a demonstration are all as old as it is."""
    row = Account.objects.get(pk=account)
    excused = row.is_demo and not settings.PRODUCTION
    return not excused and row.created_at > now - waiting.WAIT


def refuse_recovery(actor: Actor, recovery: UUID, *, now: datetime) -> None:
    """Somebody who may approve says no, or who asked thinks better of it.

    Raises ``NotFound``, ``Conflict``, ``Forbidden``."""
    with transaction.atomic():
        row = _locked(actor, recovery)
        _end(row, Recovery.State.REFUSED, now)
        _record("identity.recovery-refused", actor, row, now)


def object_to_recovery(recovery: UUID, *, token: str, now: datetime) -> None:
    """The person themselves, by the link in the mail, says that they asked for nothing.

    Raises ``NotFound`` for a wrong link, ``Conflict`` when it is too late or over."""
    with transaction.atomic():
        rows = Recovery.objects.select_for_update(of=("self",)).select_related("account")
        row = rows.filter(public_id=recovery, account__kind="resident").first()
        if row is None or not rules.same(objection_token(row.public_id), token):
            raise NotFound
        _end(row, Recovery.State.OBJECTED, now)
        _record("identity.recovery-objected", ANONYMOUS, row, now)


def finish_recoveries(*, now: datetime) -> int:
    """Give new addresses whose time to object is over, and end what nobody approved; how many."""
    due = Recovery.objects.filter(state=Recovery.State.APPROVED, waits_until_at__lte=now)
    late = Recovery.objects.filter(state=Recovery.State.ASKED, asked_at__lte=now - waiting.OPEN_FOR)
    ended = 0
    for pk in [*due.values_list("pk", flat=True), *late.values_list("pk", flat=True)]:
        with transaction.atomic():
            rows = Recovery.objects.select_for_update(of=("self",)).select_related("account")
            row = rows.filter(pk=pk, state__in=OPEN).first()
            if row is None:
                continue
            if row.state == Recovery.State.APPROVED:
                _give_new_address(row, now)
            else:
                _end(row, Recovery.State.EXPIRED, now)
                _record("identity.recovery-expired", SYSTEM, row, now)
            ended += 1
    return ended


def _locked(actor: Actor, recovery: UUID) -> Recovery:
    """The recovery, which the actor may see. Raises ``NotFound``, ``Forbidden``."""
    rows = Recovery.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(public_id=recovery).first()
    if row is None:
        actor.require(policy.RECOVER)
        raise NotFound
    actor.require(policy.MANAGE if row.account.kind == "staff" else policy.RECOVER)
    if actor.channel == "api":
        raise Forbidden(_("この操作は、職員が画面から行ってください。"))
    return row


def _end(row: Recovery, state: Recovery.State, now: datetime) -> None:
    if row.state not in OPEN:
        raise Conflict(_("この申し出は、もう終わっています。"))
    row.state, row.ended_at = state, now
    row.save(update_fields=["state", "ended_at"])


def _ways_in_end(account: Account, now: datetime) -> None:
    """Everything that opened the account so far opens it no more."""
    account.passkeys.all().delete()
    account.recovery_codes.all().delete()
    Session.objects.filter(account=account).delete()
    ApiToken.objects.filter(account=account, revoked_at=None).update(revoked_at=now)


def _give_new_address(row: Recovery, now: datetime) -> None:
    account = Account.objects.select_for_update().get(pk=row.account_id)
    old_address, account.email = account.email, row.new_address
    try:
        with transaction.atomic():
            account.save(update_fields=["email"])
    except IntegrityError:  # somebody began to use the new address meanwhile
        _end(row, Recovery.State.EXPIRED, now)
        _record("identity.recovery-expired", SYSTEM, row, now)
        return
    _ways_in_end(account, now)
    SignInCode.objects.filter(address=old_address, used_at=None).update(expires_at=now)
    _end(row, Recovery.State.DONE, now)
    _publish(row, "done", old_address=old_address)
    _record("identity.recovery-done", SYSTEM, row, now)


def _give_temporary_password(row: Recovery, now: datetime) -> str:
    account, temporary = row.account, rules.new_password()
    account.password = make_password(temporary)
    account.temporary_password_until_at = now + rules.TEMPORARY_PASSWORD_LIFETIME
    account.totp_secret, account.totp_enrolled_at = "", None
    fields = ["password", "temporary_password_until_at", "totp_secret", "totp_enrolled_at"]
    account.save(update_fields=fields)
    _ways_in_end(account, now)
    _end(row, Recovery.State.DONE, now)
    events.publish(
        WaysInChanged(
            account_id=account.pk, change="credentials-reset", reference=str(row.public_id)
        )
    )
    return temporary


def _publish(row: Recovery, step: str, *, old_address: str | None = None) -> None:
    address = row.account.email if old_address is None else old_address
    events.publish(
        RecoveryMoved(
            account_id=row.account_id,
            recovery=str(row.public_id),
            step=step,
            sealed_address=crypto.seal(address, purpose=ADDRESS_PURPOSE),
        )
    )


def _record(action: str, actor: Actor, row: Recovery, now: datetime) -> None:
    staff = row.account.kind == "staff"
    record(
        action,
        actor=actor,
        subject_kind="account",
        subject_id=str(row.account.public_id),
        facts={
            "recovery": str(row.public_id),
            "in_person": row.in_person,
            "document": row.document,
            **({"person": row.account.name} if staff else {}),
        },
        personal=None if staff else {"person": row.account.name or row.account.email},
        now=now,
    )


__all__ = [
    "approve_recovery",
    "ask_for_recovery",
    "ask_for_staff_recovery",
    "finish_recoveries",
    "object_to_recovery",
    "refuse_recovery",
]
