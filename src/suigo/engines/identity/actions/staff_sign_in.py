"""How staff sign in: a password, then a second factor that is never accepted twice.

Between the two steps the browser has an anonymous session that only knows whose second step is
awaited, and with which password that was proven: once the password is another one (an
administrator gave new credentials, say), the half signed-in session is worth nothing. Setting the
first password and enrolling the second factor happen in that state too.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy, queries, rules
from suigo.engines.identity.actions.residents import limit_key
from suigo.engines.identity.models import Account, RecoveryCode, Session
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import clock, crypto
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Forbidden, Gone, Invalid, Refused
from suigo.kernel.limits import actions as limits

logger = logging.getLogger(__name__)

PENDING = "identity.staff-step"
SECRET = "identity.totp-secret"  # noqa: S105 - the name of a session key
TOTP_PURPOSE = "identity.totp"

Step = Literal["password", "enrol", "code", "done"]


@lru_cache(maxsize=1)
def _nobodys_password() -> str:
    return make_password(rules.new_password())


def begin_staff_sign_in(
    session: SessionStore, *, email: str, password: str, network: str, device: str, now: datetime
) -> Step:
    """Check the password and say what comes next (``done``: signed in already).

    An unknown address takes as long and answers the same as a wrong password. Raises
    ``Invalid``, ``TooMany`` (ten tries from one network lock the address for it for 15 minutes,
    fifty from anywhere in an hour lock it for everybody for an hour), ``Gone`` when a temporary
    password has expired.
    """
    email = rules.normalised_address(email)
    everywhere, here = limit_key("password", email), limit_key("password", f"{email} {network}")
    for key, limit, per in (
        (limit_key("password-network", network), rules.PASSWORD_TRIES_PER_NETWORK, rules.LOCK),
        (here, rules.PASSWORD_TRIES, rules.LOCK),
        (everywhere, rules.PASSWORD_TRIES_PER_ACCOUNT, timedelta(hours=1)),
    ):
        limits.hit(key, limit=limit, per=per, now=now)
    account = Account.objects.filter(kind="staff", email=email, is_active=True).first()
    stored = account.password if account and account.password else _nobodys_password()
    if not check_password(password, stored) or account is None:
        logger.warning("a staff sign-in was refused")
        raise Invalid(
            _("メールアドレスかパスワードが違います。"),
            field_errors={"password": _("メールアドレスとパスワードを確かめてください。")},
        )
    until = account.temporary_password_until_at
    if until is not None and until <= now:
        raise Gone(_("仮のパスワードの期限が切れました。管理者に再発行を頼んでください。"))
    limits.clear(here)
    limits.clear(everywhere)
    return after_first_step(session, account, by="password", device=device, now=now)


def after_first_step(
    session: SessionStore, account: Account, *, by: str, device: str, now: datetime
) -> Step:
    """Whoever proved who they are once: what comes next (``done``: signed in already)."""
    step = _step_of(account)
    if step == "done":
        begin_session(session, account, by=by, device=device, now=now)
        return step
    session.begin(None, assurance=Assurance.NONE, device=device, keep_data=False, now=now)
    until_at = (now + rules.STEP_LIFETIME).timestamp()
    session[PENDING] = {"account": account.pk, "proof": _proof(account), "until": until_at}
    return step


def _proof(account: Account) -> str:
    """What a half signed-in session remembers of the password it was begun with."""
    return rules.keyed_digest(
        account.password, key=settings.SECRET_KEY, purpose="identity.staff-proof"
    )


def _step_of(account: Account) -> Step:
    if account.temporary_password_until_at is not None:
        return "password"
    if account.totp_secret or account.passkeys.exists():
        return "code"
    # only people of a demonstration may do without, and never in production
    excused = account.is_demo and not account.must_enrol_totp and not settings.PRODUCTION
    return "done" if excused else "enrol"


def _pending(session: SessionStore, now: datetime) -> Account | None:
    waiting = session.get(PENDING)
    if not waiting:
        return None
    staff = Account.objects.filter(pk=waiting["account"], kind="staff", is_active=True)
    account = staff.first() if now.timestamp() < waiting["until"] else None
    if account is None or not rules.same(_proof(account), waiting["proof"]):
        del session[PENDING]
        session.pop(SECRET, None)
        return None
    return account


def _hold(account: Account) -> None:
    """Keep the account as it was when the password or the code was checked until the end of the
    transaction. Raises ``Gone`` when it was suspended or got other credentials meanwhile."""
    same = Account.objects.select_for_update().filter(
        pk=account.pk,
        is_active=True,
        password=account.password,
        temporary_password_until_at=account.temporary_password_until_at,
    )
    if not same.exists():
        raise _begin_again()


def _begin_again() -> Gone:
    return Gone(_("時間がたったため、はじめからやり直してください。"))


def staff_step(session: SessionStore, *, now: datetime) -> Step | None:
    """What the half signed-in person must do next; None when the password must come first."""
    account = _pending(session, now)
    return _step_of(account) if account else None


def expect_step(session: SessionStore, step: Step, now: datetime) -> Account:
    """The half signed-in account, which must be at ``step``. Raises ``Gone``."""
    account = _pending(session, now)
    if account is None or _step_of(account) != step:
        raise _begin_again()
    return account


def set_first_password(session: SessionStore, *, password: str, now: datetime) -> None:
    """Replace a temporary password; this session alone goes on. Raises ``Invalid``, ``Gone``."""
    account = expect_step(session, "password", now)
    if check_password(password, account.password):
        raise Invalid(
            field_errors={"new_password": _("仮のものとは別のパスワードにしてください。")}
        )
    _check_strength(password, account)
    with transaction.atomic():
        _hold(account)
        account.password = make_password(password)
        account.temporary_password_until_at = None
        account.save(update_fields=["password", "temporary_password_until_at"])
        session.pop(SECRET, None)
        session[PENDING] = {**session[PENDING], "proof": _proof(account)}
        _record("identity.password-changed", account, {}, now)


def _check_strength(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as weak:
        raise Invalid(field_errors={"new_password": " ".join(weak.messages)}) from weak


def sign_in_staff(session: SessionStore, *, code: str, device: str, now: datetime) -> Actor:
    """The second step: six digits of the authenticator app, or a recovery code.

    Raises ``Invalid``, ``TooMany`` (ten tries in 15 minutes), ``Gone``.
    """
    account = expect_step(session, "code", now)
    key = limit_key("totp", str(account.pk))
    limits.hit(key, limit=rules.PASSWORD_TRIES, per=rules.LOCK, now=now)
    by = second_factor(account, code, now)
    actor = begin_session(session, account, by=by, device=device, now=now)
    limits.clear(key)
    return actor


def second_factor(account: Account, code: str, now: datetime) -> str:
    """Use up the code; says which kind it was. Raises ``Invalid``."""
    if rules.is_totp_code(code) and account.totp_secret:
        digits = rules.typed_digits(code)
        secret = crypto.open_sealed(account.totp_secret, purpose=TOTP_PURPOSE)
        step = rules.totp_step(secret, digits, at=now)
        fresh = Account.objects.filter(pk=account.pk, totp_last_step__lt=step or 0)
        if step is not None and fresh.update(totp_last_step=step):
            return "totp"
    else:
        unused = account.recovery_codes.filter(code_hash=_recovery_hash(account, code))
        if unused.filter(used_at=None).update(used_at=now):
            return "recovery-code"
    raise Invalid(
        field_errors={
            "code": _(
                "コードが違うか、もう使われています。新しく表示されたコードを入力してください。"
            )
        }
    )


def _recovery_hash(account: Account, code: str) -> str:
    value = f"{account.public_id}:{rules.typed_recovery_code(code)}"
    return rules.keyed_digest(value, key=settings.SECRET_KEY, purpose="identity.recovery")


def begin_session(
    session: SessionStore, account: Account, *, by: str, device: str, now: datetime
) -> Actor:
    """The sign-in is complete. Raises ``Gone`` when the account got other credentials meanwhile."""
    with transaction.atomic():
        _hold(account)
        session.begin(account, assurance=Assurance.NONE, device=device, keep_data=False, now=now)
        left = account.recovery_codes.filter(used_at=None).count()
        facts = {"by": by, "device": device, "recovery_codes_left": left}
        return _record("identity.signed-in", account, facts, now)


def _record(action: str, account: Account, facts: dict[str, object], now: datetime) -> Actor:
    actor = queries.actor_of_account(
        account, today=clock.local_date(now), assurance=Assurance.NONE, channel="web"
    )
    record(
        action,
        actor=actor,
        subject_kind="account",
        subject_id=str(account.public_id),
        facts=facts,
        now=now,
    )
    return actor


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret to put into an authenticator app: to type, and to scan."""

    secret: str
    uri: str


def start_totp_enrolment(session: SessionStore, *, issuer: str, now: datetime) -> Enrolment:
    """A fresh secret (the same until it is confirmed) for the person at this session.

    Works for staff signed in and for those whose second step is to enrol. Raises ``Gone``.
    """
    row = session.row
    account = row.account if row else None
    if account is None:
        account = expect_step(session, "enrol", now)
    if SECRET not in session:
        session[SECRET] = crypto.seal(rules.new_totp_secret(), purpose=TOTP_PURPOSE)
    secret = crypto.open_sealed(session[SECRET], purpose=TOTP_PURPOSE)
    uri = rules.totp_uri(secret, account=account.email, issuer=issuer)
    return Enrolment(secret=secret, uri=uri)


def enrol_totp(session: SessionStore, *, code: str, device: str, now: datetime) -> tuple[str, ...]:
    """Confirm the first second factor, which completes the sign-in; returns recovery codes.

    Raises ``Invalid``, ``Gone``, ``TooMany``.
    """
    account = expect_step(session, "enrol", now)
    step = _confirm_secret(session, account, code, now)
    with transaction.atomic():
        codes = _store_secret(session, account, step, now)
        begin_session(session, account, by="totp", device=device, now=now)
        _record("identity.totp-enrolled", account, {}, now)
    return codes


def replace_totp(
    actor: Actor, session: SessionStore, *, password: str, code: str, now: datetime
) -> tuple[str, ...]:
    """Move the second factor to another device; returns new recovery codes.

    Other sessions end. Raises ``Invalid``, ``Gone``, ``TooMany``, ``Forbidden``.
    """
    account = _confirmed(actor, password, "password", now)
    step = _confirm_secret(session, account, code, now)
    with transaction.atomic():
        _hold(account)
        codes = _store_secret(session, account, step, now)
        session.pop(SECRET)
        _end_others(session, account)
        _record("identity.totp-enrolled", account, {}, now)
    return codes


def _confirm_secret(session: SessionStore, account: Account, code: str, now: datetime) -> int:
    """The step of a code that the app made from the new secret. Outside a transaction, so that
    a wrong try stays counted."""
    if SECRET not in session:
        raise _begin_again()
    key = limit_key("totp-enrol", str(account.pk))
    limits.hit(key, limit=rules.PASSWORD_TRIES, per=rules.LOCK, now=now)
    secret = crypto.open_sealed(session[SECRET], purpose=TOTP_PURPOSE)
    step = rules.totp_step(secret, rules.typed_digits(code), at=now)
    if step is None:
        message = _("コードが違います。アプリに今表示されている6桁の数字を入力してください。")
        raise Invalid(field_errors={"code": message})
    return step


def _store_secret(
    session: SessionStore, account: Account, step: int, now: datetime
) -> tuple[str, ...]:
    account.totp_secret = session[SECRET]
    account.totp_last_step = step
    account.totp_enrolled_at = now
    account.save(update_fields=["totp_secret", "totp_last_step", "totp_enrolled_at"])
    return give_recovery_codes(account)


def give_recovery_codes(account: Account) -> tuple[str, ...]:
    """Ten new codes in place of those before."""
    account.recovery_codes.all().delete()
    codes = rules.new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, code_hash=_recovery_hash(account, c)) for c in codes
    )
    return codes


def change_password(
    actor: Actor, session: SessionStore, *, current: str, new: str, now: datetime
) -> None:
    """Change one's own password; every other session of the account ends.

    Raises ``Invalid``, ``TooMany``, ``Forbidden``, ``Gone`` (new credentials were given meanwhile).
    """
    account = _confirmed(actor, current, "current_password", now)
    if current == new:
        raise Invalid(field_errors={"new_password": _("今とは別のパスワードにしてください。")})
    _check_strength(new, account)
    with transaction.atomic():
        _hold(account)
        account.password = make_password(new)
        account.save(update_fields=["password"])
        _end_others(session, account)
        _record("identity.password-changed", account, {}, now)


def _confirmed(actor: Actor, password: str, field: str, now: datetime) -> Account:
    """The actor's account, after the password was given once more."""
    if not actor.is_staff:
        raise Forbidden(_("職員だけができる操作です。"))
    account = Account.objects.get(pk=policy.account_id_of(actor))
    key = limit_key("password-again", str(account.pk))
    limits.hit(key, limit=rules.PASSWORD_TRIES, per=rules.LOCK, now=now)
    if not check_password(password, account.password):
        raise Invalid(field_errors={field: _("今のパスワードが違います。")})
    limits.clear(key)
    return account


def _end_others(session: SessionStore, account: Account) -> None:
    if session.row is None or session.row.account_id != account.pk:
        raise Refused(_("ログインし直してください。"))
    Session.objects.filter(account=account).exclude(pk=session.row.pk).delete()
