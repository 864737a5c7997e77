"""Passkeys: registering, using, renaming and removing them.

A challenge is random, is answered once, within five minutes, and by the session that asked for it.
Which account a passkey belongs to is found by the key itself, never by an address, so nothing that
is sent before the sign-in says whether somebody has one.
"""

import logging
import secrets
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy, queries
from suigo.engines.identity.actions.accounts import own_account
from suigo.engines.identity.actions.residents import limit_key
from suigo.engines.identity.events import WaysInChanged
from suigo.engines.identity.models import Account, Passkey, PasskeyChallenge
from suigo.engines.identity.rules import LOCK, passkeys, webauthn
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import clock, events
from suigo.kernel.access import SYSTEM, Actor, Assurance
from suigo.kernel.audit.actions import record
from suigo.kernel.content import city
from suigo.kernel.errors import Conflict, Gone, Invalid, NotFound, Refused, TooMany
from suigo.kernel.japanese.characters import accepted, length_in_characters
from suigo.kernel.japanese.problems import Problem
from suigo.kernel.limits import actions as limits

logger = logging.getLogger(__name__)

Purpose = Literal["create", "get"]
CHALLENGE_BYTES = 32

TAKE = """
DELETE FROM identity_passkey_challenge WHERE session = %s AND purpose = %s
RETURNING challenge, expires_at
"""


def the_site() -> passkeys.RelyingParty:
    """The site that passkeys are made for (``SUIGO_BASE_URL``). Raises ``Refused``."""
    site = passkeys.relying_party(settings.SUIGO_BASE_URL)
    if site is None:
        raise Refused(_("この市のサイトでは、パスキーはまだ使えません。"))
    return site


def _ask(session: SessionStore, purpose: Purpose, now: datetime) -> bytes:
    """A fresh challenge for this session, which is begun when there is none yet."""
    if session.row is None:
        session.create()
    row = session.row
    if row is None:  # cannot be: it was just stored
        raise Gone(_("時間がたったため、はじめからやり直してください。"))
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    PasskeyChallenge.objects.update_or_create(
        session=row.public_id,
        purpose=purpose,
        defaults={"challenge": challenge, "expires_at": now + passkeys.CHALLENGE_LIFETIME},
    )
    return challenge


def _take(session: SessionStore, purpose: Purpose, now: datetime) -> bytes:
    """The challenge this session is to answer, which nobody can answer again. Raises ``Gone``."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [session.row.public_id if session.row else None, purpose])
        row = cursor.fetchone()
    if row is None or row[1] <= now:
        raise Gone(
            _("時間がたったため、パスキーを確かめられませんでした。もう一度お試しください。")
        )
    return bytes(row[0])


def _no_proof() -> Refused:
    return Refused(
        _("パスキーを確かめられませんでした。もう一度お試しになるか、ほかの方法を使ってください。")
    )


# -- registering --------------------------------------------------------------------------------


def ask_for_new_passkey(actor: Actor, session: SessionStore, *, now: datetime) -> str:
    """What the browser needs to make a passkey for the actor, as JSON.

    Raises ``Refused`` (ten are enough), ``Forbidden`` without a fresh proof.
    """
    policy.require_fresh_proof(actor, now=now)
    return options_for(own_account(actor), session, now=now)


def options_for(account: Account, session: SessionStore, *, now: datetime) -> str:
    """As ``ask_for_new_passkey``, for an account that was proven already."""
    site = the_site()
    known = [bytes(key) for key in account.passkeys.values_list("credential_id", flat=True)]
    if len(known) >= passkeys.PER_ACCOUNT:
        raise Refused(_("登録できるパスキーは10個までです。使わないものを消してください。"))
    return webauthn.options_to_create(
        site,
        site_name=str(city().name),
        handle=account.public_id.bytes,
        account=account.email or account.name,
        display_name=account.name,
        challenge=_ask(session, "create", now),
        known=known,
    )


def register_passkey(
    actor: Actor, session: SessionStore, *, answer: str, name: str, now: datetime
) -> UUID:
    """Keep the passkey that the browser made; the owner is told by mail.

    Raises ``Invalid`` (``name``), ``Refused``, ``Gone``, ``Conflict`` when the key is known
    already, ``Forbidden`` without a fresh proof.
    """
    policy.require_fresh_proof(actor, now=now)
    account = own_account(actor)
    name = checked_name(name)
    made = made_passkey(session, answer=answer, now=now)
    with transaction.atomic():
        passkey = add_passkey(account, made, name=name, now=now)
        _record("identity.passkey-added", actor, passkey, now)
    return passkey.public_id


def made_passkey(session: SessionStore, *, answer: str, now: datetime) -> webauthn.NewKey:
    """The key that a browser made for this session's challenge. Runs outside of a transaction, so
    that the challenge is used up whatever happens. Raises ``Refused``, ``Gone``."""
    challenge = _take(session, "create", now)
    try:
        return webauthn.verify_new_key(answer, site=the_site(), challenge=challenge)
    except webauthn.NotProven as reason:
        logger.warning("a new passkey was refused: %s", reason)
        raise _no_proof() from reason


def add_passkey(account: Account, made: webauthn.NewKey, *, name: str, now: datetime) -> Passkey:
    """Store a passkey of an account that was proven already, inside the caller's transaction; the
    caller records it. Raises ``Refused``, ``Conflict``."""
    Account.objects.select_for_update().get(pk=account.pk)
    if account.passkeys.count() >= passkeys.PER_ACCOUNT:
        raise Refused(_("登録できるパスキーは10個までです。使わないものを消してください。"))
    passkey = Passkey(
        account=account,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        backed_up=made.backed_up,
        name=name,
        created_at=now,
    )
    try:
        with transaction.atomic():
            passkey.save(force_insert=True)
    except IntegrityError as known:
        raise Conflict(_("このパスキーは、もう登録されています。")) from known
    events.publish(
        WaysInChanged(
            account_id=account.pk, change="passkey-added", reference=str(passkey.public_id)
        )
    )
    return passkey


def checked_name(name: str) -> str:
    """What somebody calls a passkey, as it may be stored. Raises ``Invalid`` (``name``)."""
    try:
        name = accepted(name.strip())
    except Problem as problem:
        raise Invalid(field_errors={"name": _(problem.msgid) % problem.parameters}) from problem
    if not name:
        raise Invalid(field_errors={"name": _("名前を入力してください。例: 自分のスマートフォン")})
    if length_in_characters(name) > passkeys.LONGEST_NAME or len(name) > passkeys.LONGEST_NAME:
        message = _("%(limit)d文字までで入力してください。") % {"limit": passkeys.LONGEST_NAME}
        raise Invalid(field_errors={"name": message})
    return name


# -- using --------------------------------------------------------------------------------------


def expect_passkey(session: SessionStore, *, network: str, now: datetime) -> None:
    """Begin the session of a visitor whose page is going to ask for a challenge by itself.

    If its request and the visitor's own began one each, the browser would keep either of them, and
    what the other one held, a code that was just mailed, would be lost. Of a network that looks at
    too many pages nothing is begun: the page works without.
    """
    if session.row is not None:
        return
    key = limit_key("passkey-page", network)
    try:
        limits.hit(key, limit=passkeys.CHALLENGES_PER_NETWORK, per=timedelta(hours=1), now=now)
    except TooMany:
        return
    session.create()


def ask_for_passkey(session: SessionStore, *, network: str, now: datetime) -> str:
    """What a browser needs to use a passkey, as JSON. The same for everybody.

    Raises ``TooMany``, ``Refused`` where there are no passkeys.
    """
    site = the_site()
    key = limit_key("passkey-network", network)
    limits.hit(key, limit=passkeys.CHALLENGES_PER_NETWORK, per=timedelta(hours=1), now=now)
    return webauthn.options_to_get(site, challenge=_ask(session, "get", now))


def sign_in_with_passkey(
    session: SessionStore, *, kind: str, answer: str, network: str, device: str, now: datetime
) -> Actor:
    """Sign in the resident or member of staff (``kind``) whose passkey answered.

    What an anonymous visitor had begun stays in the session, under a new key. Raises ``Refused``
    (one sentence, whatever was wrong), ``Gone``, ``TooMany``.
    """
    passkey = prove(session, answer=answer, network=network, now=now, kind=kind)
    account = passkey.account
    owner = session.row.account_id if session.row else None
    assurance = Assurance.CONTACT if account.kind == "resident" else Assurance.NONE
    keep = owner in (None, account.pk) and account.kind == "resident"
    with transaction.atomic():
        _used(passkey, now)
        session.begin(account, assurance=assurance, device=device, keep_data=keep, now=now)
        actor = queries.actor_of_account(
            account,
            today=clock.local_date(now),
            assurance=assurance,
            channel="web",
            proved_at=now,
        )
        record(
            "identity.signed-in",
            actor=actor,
            subject_kind="account",
            subject_id=str(account.public_id),
            facts={"by": "passkey", "device": device},
            now=now,
        )
    return actor


def prove(
    session: SessionStore,
    *,
    answer: str,
    network: str,
    now: datetime,
    kind: str,
    account: int | None = None,
) -> Passkey:
    """The passkey that answered this session's challenge, with its account; of ``account`` alone
    when one is given. Runs outside of a transaction: the challenge is used up, tries stay counted,
    and a passkey that may be a copy stays paused, whatever happens afterwards.

    Raises ``Refused``, ``Gone``, ``TooMany``.
    """
    tries = limit_key("passkey-tries", network)
    limits.hit(tries, limit=passkeys.WRONG_PER_NETWORK, per=LOCK, now=now)
    challenge = _take(session, "get", now)
    try:
        claim = webauthn.read_answer(answer)
        passkey = _of(claim, kind=kind, account=account)
        use = webauthn.verify_use(
            answer, site=the_site(), challenge=challenge, public_key=bytes(passkey.public_key)
        )
    except webauthn.NotProven as reason:
        logger.warning("a passkey was refused: %s", reason)
        raise _no_proof() from reason
    _count(passkey, use, now)
    limits.clear(tries)
    return passkey


def _of(claim: webauthn.Answer, *, kind: str, account: int | None) -> Passkey:
    """The stored passkey that an answer claims to come from. Raises ``NotProven``."""
    found = Passkey.objects.select_related("account").filter(
        credential_id=claim.credential_id,
        account__kind=kind,
        account__is_active=True,
        account__temporary_password_until_at=None,
    )
    passkey = found.first()
    if passkey is None or (account is not None and passkey.account_id != account):
        raise webauthn.NotProven("no such passkey here")
    if claim.user_handle != passkey.account.public_id.bytes:
        raise webauthn.NotProven("the passkey names somebody else")
    return passkey


def _count(passkey: Passkey, use: webauthn.Use, now: datetime) -> None:
    """Take over the key's counter. One that runs backwards pauses the passkey: it, or a copy of
    it, was used elsewhere. Raises ``Refused``."""
    with transaction.atomic():
        row = Passkey.objects.select_for_update().filter(pk=passkey.pk).first()
        if row is None:
            raise _no_proof()
        backwards = passkeys.runs_backwards(stored=row.sign_count, given=use.sign_count)
        if row.paused_at is None and not backwards:
            row.sign_count, row.backed_up = use.sign_count, use.backed_up
            row.save(update_fields=["sign_count", "backed_up"])
            return
        if row.paused_at is None:
            row.paused_at = now
            row.save(update_fields=["paused_at"])
            events.publish(
                WaysInChanged(
                    account_id=row.account_id,
                    change="passkey-paused",
                    reference=str(row.public_id),
                )
            )
            _record("identity.passkey-paused", SYSTEM, row, now)
    raise Refused(
        _(
            "このパスキーは、安全のため止めています。複製された疑いがあります。"
            "ほかの方法でログインし、アカウントの画面で消してから、登録し直してください。"
        )
    )


def _used(passkey: Passkey, now: datetime) -> None:
    """Note the use, unless the passkey was removed or its owner shut out meanwhile."""
    still = Passkey.objects.filter(pk=passkey.pk, paused_at=None)
    active = Account.objects.select_for_update().filter(pk=passkey.account_id, is_active=True)
    if not active.exists() or not still.update(last_used_at=now):
        raise _no_proof()


# -- looking after them ---------------------------------------------------------------------------


def rename_passkey(actor: Actor, passkey: UUID, *, name: str, now: datetime) -> None:
    """Call one's passkey something else. Raises ``Invalid`` (``name``), ``NotFound``."""
    name = checked_name(name)
    with transaction.atomic():
        row = _own(actor, passkey)
        row.name = name
        row.save(update_fields=["name"])
        _record("identity.passkey-renamed", actor, row, now)


def remove_passkey(actor: Actor, passkey: UUID, *, now: datetime) -> None:
    """Make one's passkey worthless, for good; the owner is told by mail.

    Raises ``NotFound``, ``Refused`` for the last way in, ``Forbidden`` without a fresh proof.
    """
    policy.require_fresh_proof(actor, now=now)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=own_account(actor).pk)
        row = _own(actor, passkey)
        if not queries.other_ways_in(account, without=row):
            raise Refused(
                _(
                    "これを消すと、ログインする方法がなくなります。"
                    "先に、ほかのパスキーか認証アプリを登録してください。"
                )
            )
        row.delete()
        events.publish(
            WaysInChanged(account_id=account.pk, change="passkey-removed", reference=str(passkey))
        )
        _record("identity.passkey-removed", actor, row, now)


def _own(actor: Actor, passkey: UUID) -> Passkey:
    rows = Passkey.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(public_id=passkey, account_id=policy.account_id_of(actor)).first()
    if row is None:
        raise NotFound
    return row


def _record(action: str, actor: Actor, passkey: Passkey, now: datetime) -> None:
    record(
        action,
        actor=actor,
        subject_kind="account",
        subject_id=str(passkey.account.public_id),
        facts={"passkey": str(passkey.public_id)},
        personal={"name": passkey.name},
        now=now,
    )
