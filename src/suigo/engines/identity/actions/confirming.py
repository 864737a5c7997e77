"""Proving once more who one is, in the middle of a session.

Every proof begins the session anew under another key (ASVS 5.0, 7.2.4), with what it held.
"""

from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import queries, rules
from suigo.engines.identity.actions.accounts import own_account
from suigo.engines.identity.actions.passkeys import prove
from suigo.engines.identity.actions.residents import limit_key
from suigo.engines.identity.actions.staff_sign_in import second_factor
from suigo.engines.identity.models import Account
from suigo.engines.identity.providers import NotProven, Proof
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Forbidden, Gone, Invalid
from suigo.kernel.limits import actions as limits


def confirm_with_passkey(
    actor: Actor, session: SessionStore, *, answer: str, network: str, now: datetime
) -> None:
    """One of the actor's own passkeys answered. Raises ``Refused``, ``Gone``, ``TooMany``."""
    account = own_account(actor)
    prove(session, answer=answer, network=network, now=now, kind=account.kind, account=account.pk)
    _proved(actor, session, account, by="passkey", now=now)


def confirm_with_code(actor: Actor, session: SessionStore, *, code: str, now: datetime) -> None:
    """Six digits of the authenticator app, or a recovery code, of a member of staff.

    Raises ``Invalid`` (``code``), ``TooMany``, ``Forbidden``.
    """
    account = own_account(actor)
    if not account.totp_secret:
        raise Forbidden(_("この方法では確かめられません。"))
    key = limit_key("totp", str(account.pk))
    limits.hit(key, limit=rules.PASSWORD_TRIES, per=rules.LOCK, now=now)
    by = second_factor(account, code, now)
    limits.clear(key)
    _proved(actor, session, account, by=by, now=now)


def confirm_with_password(
    actor: Actor, session: SessionStore, *, password: str, now: datetime
) -> None:
    """The password of those who have nothing better: people of a demonstration.

    Raises ``Invalid`` (``password``), ``TooMany``, ``Forbidden``.
    """
    account = own_account(actor)
    if not queries.proofs_of(actor).password:
        raise Forbidden(_("この方法では確かめられません。"))
    key = limit_key("password-again", str(account.pk))
    limits.hit(key, limit=rules.PASSWORD_TRIES, per=rules.LOCK, now=now)
    if not check_password(password, account.password):
        raise Invalid(field_errors={"password": _("今のパスワードが違います。")})
    limits.clear(key)
    _proved(actor, session, account, by="password", now=now)


def confirm_with_service(
    actor: Actor, session: SessionStore, *, proof: Proof, now: datetime
) -> None:
    """Staff who have no password here proved themselves at their own sign-in service: just now,
    with a second factor, and as the one who is signed in. Raises ``NotProven``, ``Forbidden``."""
    account = own_account(actor)
    if not queries.proofs_of(actor).workplace:
        raise Forbidden(_("この方法では確かめられません。"))
    own = account.identities.filter(issuer=proof.issuer, subject=proof.subject).exists()
    if not own:
        raise NotProven(_("ログインしている方とは別の方として確かめられました。"))
    at = proof.proved_at
    fresh = at is not None and abs(now - at) <= rules.SERVICE_PROOF
    if not fresh or not proof.second_factor:
        raise NotProven(_("認証サービスが、いま本人を確かめていません。もう一度ためしてください。"))
    _proved(actor, session, account, by="service", now=now)


def _proved(
    actor: Actor, session: SessionStore, account: Account, *, by: str, now: datetime
) -> None:
    row = session.row
    if row is None or row.account_id != account.pk:
        raise Gone(_("時間がたったため、はじめからやり直してください。"))
    with transaction.atomic():
        session.begin(
            account,
            assurance=session.assurance(now),
            device=row.device,
            keep_data=True,
            now=now,
            assured_until=row.assurance_until_at,
        )
        record(
            "identity.proved-again",
            actor=actor,
            subject_kind="account",
            subject_id=str(account.public_id),
            facts={"by": by},
            now=now,
        )
