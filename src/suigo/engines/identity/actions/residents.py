"""How residents sign in: a code of six digits proves that they can read mail at an address."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from suigo.engines.identity import queries, rules
from suigo.engines.identity.events import SignInCodeIssued
from suigo.engines.identity.models import Account, SignInCode
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import clock, crypto, events
from suigo.kernel.access import ANONYMOUS, Actor, Assurance
from suigo.kernel.addresses import is_email_address
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Gone, Invalid, TooMany
from suigo.kernel.limits import actions as limits

SIGN_IN = "sign-in"


def limit_key(what: str, value: str) -> str:
    """A counter's name that doesn't say whose it is."""
    return f"identity.{what}:{_digest(value, 'identity.limit')}"


def _digest(value: str, purpose: str) -> str:
    return rules.keyed_digest(value, key=settings.SECRET_KEY, purpose=purpose)


def request_sign_in_code(address: str, *, network: str, language: str, now: datetime) -> UUID:
    """Send a code to ``address`` and return the id under which it can be used.

    The answer is the same whether the address is known, unknown or suspended. ``network`` is
    ``rules.network_of`` the visitor. Raises ``Invalid`` for what is no address, ``TooMany``.
    """
    address = rules.normalised_address(address)
    if not is_email_address(address):
        raise no_address()
    suspended = Account.objects.filter(kind="resident", email=address, is_active=False)
    return issue_code(
        address,
        purpose=SIGN_IN,
        send=not suspended.exists(),
        network=network,
        language=language,
        now=now,
    )


def issue_code(
    address: str, *, purpose: str, send: bool, network: str, language: str, now: datetime
) -> UUID:
    """A code for an address, for one purpose only; ``send`` whether it really goes out."""
    if not is_email_address(address):
        raise no_address()
    hour = timedelta(hours=1)
    for key, limit in (
        (limit_key("code-network", network), rules.CODES_PER_NETWORK),
        (limit_key("code-address", address), rules.CODES_PER_ADDRESS),
    ):
        limits.hit(key, limit=limit, per=hour, now=now)
    digits = rules.new_code()
    with transaction.atomic():
        code = SignInCode(
            purpose=purpose,
            address=address,
            language=language,
            sealed_code=crypto.seal(digits, purpose=queries.CODE_PURPOSE),
            created_at=now,
            expires_at=now + rules.CODE_LIFETIME,
        )
        code.code_hash = _digest(f"{code.public_id}:{digits}", "identity.code")
        code.save(force_insert=True)
        if send:
            events.publish(SignInCodeIssued(code_id=code.pk))
        record(
            "identity.code-requested",
            actor=ANONYMOUS,
            subject_kind="sign-in-code",
            subject_id=str(code.public_id),
            facts={},
            personal={"address": address},
            now=now,
        )
    return code.public_id


def no_address() -> Invalid:
    """What is told beside the field ``email``."""
    message = _("メールアドレスを、例のように入力してください。例: namae@example.jp")
    return Invalid(field_errors={"email": message})


def sign_in_with_code(
    session: SessionStore,
    *,
    code: UUID,
    digits: str,
    network: str,
    device: str,
    now: datetime,
) -> Actor:
    """Sign in the resident whose address got ``code``; the account is made at first use.

    ``network`` is ``rules.network_of`` the visitor. What an anonymous visitor had begun stays in
    the session, under a new key. Raises
    ``Invalid`` (wrong digits), ``Gone`` (expired, used, or tried too often), ``TooMany``.
    """
    row, tries_key = checked_code(code, digits, purpose=SIGN_IN, network=network, now=now)
    with transaction.atomic():
        use_up(row, now=now)
        account, is_new = Account.objects.get_or_create(
            kind=Account.Kind.RESIDENT,
            email=row.address,
            defaults={"language": row.language, "created_at": now},
        )
        if not account.is_active:
            raise _gone()
        row_before = session.row
        owner = row_before.account_id if row_before else None
        session.begin(
            account,
            assurance=Assurance.CONTACT,  # a mailbox proves no more, whatever a card did before
            device=device,
            keep_data=owner in (None, account.pk),
            now=now,
        )
        actor = queries.actor_of_account(
            account,
            today=clock.local_date(now),
            assurance=Assurance.CONTACT,
            channel="web",
            proved_at=now,
        )
        record(
            "identity.signed-in",
            actor=actor,
            subject_kind="account",
            subject_id=str(account.public_id),
            facts={"by": "code", "new": is_new, "device": device},
            now=now,
        )
    limits.clear(tries_key)
    return actor


def checked_code(
    code: UUID, digits: str, *, purpose: str, network: str, now: datetime
) -> tuple[SignInCode, str]:
    """The code whose digits were given, and the counter to clear once it was of use.

    Raises ``Invalid`` (wrong digits), ``Gone`` (expired, used, or tried too often), ``TooMany``.
    """
    row = SignInCode.objects.filter(public_id=code, purpose=purpose).first()
    if row is None:
        raise _gone()
    # counted per network, so that nobody elsewhere can keep the owner of the address out; how
    # often can be guessed altogether is bounded by the tries of a code and the codes of an hour
    tries_key = limit_key("code-tries", f"{row.address} {network}")
    limits.hit(tries_key, limit=rules.WRONG_CODES, per=timedelta(days=1), now=now)
    usable = SignInCode.objects.filter(
        pk=row.pk, used_at=None, expires_at__gt=now, tries__lt=rules.CODE_TRIES
    )
    if not usable.update(tries=F("tries") + 1):
        raise _gone()
    given = _digest(f"{row.public_id}:{rules.typed_digits(digits)}", "identity.code")
    if not rules.same(given, row.code_hash):
        raise _wrong(tries_left=rules.CODE_TRIES - row.tries - 1)
    return row, tries_key


def use_up(row: SignInCode, *, now: datetime) -> None:
    """Let a code work this once, inside the transaction of what it is for. Raises ``Gone``."""
    once = SignInCode.objects.filter(pk=row.pk, used_at=None)
    if not once.update(used_at=now, sealed_code=""):
        raise _gone()


def _gone() -> Gone:
    return Gone(_("このコードはもう使えません。もう一度コードを送ってください。"))


def _wrong(*, tries_left: int) -> Invalid | TooMany:
    if tries_left <= 0:
        return TooMany(_("コードを5回まちがえました。もう一度コードを送ってください。"))
    message = ngettext_lazy(
        "コードが違います。メールに書かれた6桁の数字を入力してください。あと%(left)d回試せます。",
        "コードが違います。メールに書かれた6桁の数字を入力してください。あと%(left)d回試せます。",
        "left",
    )
    return Invalid(field_errors={"code": message % {"left": tries_left}})
