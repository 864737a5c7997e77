"""Which passkeys somebody has, and by what they can sign in or prove again who they are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable

from suigo.engines.identity import policy, providers
from suigo.engines.identity.models import Account, Passkey
from suigo.engines.identity.rules import passkeys
from suigo.kernel.access import Actor
from suigo.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class PasskeyLine:
    """A passkey as its owner sees it."""

    public_id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    backed_up: bool
    paused: bool


@dataclass(frozen=True, slots=True)
class Proofs:
    """By what somebody who is signed in can prove again who they are."""

    passkey: bool
    code: bool  # authenticator app or recovery code
    password: bool  # only of those who have nothing better
    mail: bool
    services: tuple[str, ...] = ()  # where they can go: card, business
    workplace: bool = False  # staff who have nothing but their own sign-in service


def passkey_site() -> passkeys.RelyingParty | None:
    """The site that passkeys are made for, or None where there are none."""
    return passkeys.relying_party(settings.SUIGO_BASE_URL)


def passkeys_of(actor: Actor) -> list[PasskeyLine]:
    """The actor's own passkeys, the oldest first."""
    rows = Passkey.objects.filter(account_id=policy.account_id_of(actor)).order_by("pk")
    return [_line(row) for row in rows]


def passkey_of(actor: Actor, public_id: UUID) -> PasskeyLine:
    """One of the actor's own passkeys. Raises ``NotFound``."""
    rows = Passkey.objects.filter(account_id=policy.account_id_of(actor), public_id=public_id)
    row = rows.first()
    if row is None:
        raise NotFound
    return _line(row)


def _line(row: Passkey) -> PasskeyLine:
    return PasskeyLine(
        public_id=row.public_id,
        name=row.name,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        backed_up=row.backed_up,
        paused=row.paused_at is not None,
    )


def proofs_of(actor: Actor) -> Proofs:
    """What to ask the actor for when they must prove again who they are. Raises ``NotFound``."""
    account = Account.objects.filter(pk=policy.account_id_of(actor)).first()
    if account is None:
        raise NotFound
    passkey = account.passkeys.filter(paused_at=None).exists()
    code = bool(account.totp_secret)
    bare = account.kind == "staff" and not passkey and not code
    workplace = bare and settings.SUIGO_STAFF_SECOND_FACTOR == "provider" and _linked(account)
    return Proofs(
        passkey=passkey,
        code=code,
        password=bare and not workplace and is_password_usable(account.password),
        mail=account.kind == "resident" and bool(account.email),
        services=_services(account) if account.kind == "resident" else (),
        workplace=workplace,
    )


def _linked(account: Account) -> bool:
    """Whether a member of staff can prove themselves at their own sign-in service."""
    there = providers.provider("staff") is not None
    return there and account.identities.filter(provider="staff").exists()


def _services(account: Account) -> tuple[str, ...]:
    """The providers through which a resident can prove who they are, where we still have them."""
    known = account.identities.order_by("provider").values_list("provider", flat=True).distinct()
    return tuple(name for name in known if providers.provider(name) is not None)


def other_ways_in(account: Account, *, without: Passkey) -> bool:
    """Whether the account can still sign in when one of its passkeys is gone.

    A resident with an address gets a code by mail, or comes by a card. Staff need a second factor.
    """
    if account.kind == "resident" and (account.email or _services(account)):
        return True
    if account.totp_secret:
        return True
    if account.is_demo and not account.must_enrol_totp and not settings.PRODUCTION:
        return True
    return account.passkeys.filter(paused_at=None).exclude(pk=without.pk).exists()
