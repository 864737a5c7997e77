"""Keys for programs. Only a digest is kept; the key is shown once."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy, queries, rules
from suigo.engines.identity.models import Account, ApiToken
from suigo.kernel import clock
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Forbidden, Invalid, NotFound, NotSignedIn

MARK = "suigo"
LONGEST_LIFE = timedelta(days=366)
USED_EVERY = timedelta(minutes=10)  # how exactly "last used" is known


def _digest(raw: str) -> str:
    return rules.keyed_digest(raw, key=settings.SECRET_KEY, purpose="identity.api-token")


def create_api_token(
    actor: Actor, *, title: str, scopes: Iterable[str], expires_at: datetime, now: datetime
) -> str:
    """Make a token that may do at most ``scopes`` (capabilities of the actor) and return it.

    It can't be shown again. Raises ``Invalid`` (``title``, ``scopes``, ``expires_at``),
    ``Forbidden`` without ``api.tokens`` and for tokens that want to make tokens.
    """
    actor.require(policy.TOKENS)
    if not actor.is_staff or actor.channel == "api":
        raise Forbidden(_("この操作は、職員が画面から行ってください。"))
    wanted = sorted(set(scopes))
    title = title.strip()
    if not title or len(title) > 100:
        raise Invalid(field_errors={"title": _("何に使うかを、100文字までで入力してください。")})
    if not wanted or not policy.grantable_scopes(actor).issuperset(wanted):
        raise Invalid(field_errors={"scopes": _("自分の権限の中から、1つ以上選んでください。")})
    if not now < expires_at <= now + LONGEST_LIFE:
        raise Invalid(field_errors={"expires_at": _("期限は1年以内の日にしてください。")})
    prefix = secrets.token_hex(5)
    raw = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        token = ApiToken.objects.create(
            account_id=policy.account_id_of(actor),
            title=title,
            prefix=prefix,
            token_hash=_digest(raw),
            scopes=wanted,
            created_at=now,
            expires_at=expires_at,
        )
        _record("identity.token-created", actor, token, now)
    return raw


def revoke_api_token(actor: Actor, token: UUID, *, now: datetime) -> None:
    """Make one of the actor's own tokens worthless, for good. Raises ``NotFound``."""
    actor.require(policy.TOKENS)
    with transaction.atomic():
        own = ApiToken.objects.filter(account_id=policy.account_id_of(actor), public_id=token)
        if not own.filter(revoked_at=None).update(revoked_at=now):
            raise NotFound
        _record("identity.token-revoked", actor, own.get(), now)


def _record(action: str, actor: Actor, token: ApiToken, now: datetime) -> None:
    record(
        action,
        actor=actor,
        subject_kind="token",
        subject_id=str(token.public_id),
        facts={"title": token.title, "prefix": token.prefix, "scopes": token.scopes},
        now=now,
    )


def actor_for_token(raw: str, *, now: datetime) -> Actor:
    """The actor a token stands for: its owner today, narrowed to the token's scopes.

    Two queries, and one more every ten minutes to note the use. Raises ``NotSignedIn``, the
    same for unknown, altered, expired and revoked tokens.
    """
    parts = raw.split("_", 2)
    prefix = parts[1] if len(parts) == 3 and parts[0] == MARK else ""
    token = ApiToken.objects.select_related("account").filter(prefix=prefix).first()
    digest = _digest(raw)
    if (
        token is None
        or not rules.same(digest, token.token_hash)
        or token.revoked_at is not None
        or token.expires_at <= now
        or not token.account.is_active
        or token.account.kind != Account.Kind.STAFF
    ):
        raise NotSignedIn(_("このトークンは使えません。"))
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    owner = queries.actor_of_account(
        token.account, today=clock.local_date(now), assurance=Assurance.NONE, channel="api"
    )
    return replace(owner, capabilities=policy.grantable_scopes(owner) & set(token.scopes))
