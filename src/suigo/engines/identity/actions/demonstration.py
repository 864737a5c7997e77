"""People for demonstrations. A production start refuses while any of them exists."""

from datetime import datetime

from django.conf import settings

from suigo.engines.identity.actions.accounts import set_names
from suigo.engines.identity.models import Account
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Forbidden
from suigo.kernel.language import _


def create_demonstration_resident(
    actor: Actor, *, email: str, name: str, name_kana: str, now: datetime
) -> int:
    """A resident whose address needs no proof; returns the account's id.

    Raises ``Forbidden`` in production and for anybody but the program itself.
    """
    if settings.SUIGO_ENV == "production" or actor.kind != "system":
        raise Forbidden(_("デモンストレーションの利用者は、ここでは作れません。"))
    account = Account(kind=Account.Kind.RESIDENT, email=email, is_demo=True, created_at=now)
    set_names(account, name, name_kana)
    account.save(force_insert=True)
    record(
        "identity.resident-registered",
        actor=actor,
        subject_kind="account",
        subject_id=str(account.public_id),
        facts={},
        personal={"name": name},
        now=now,
    )
    return account.pk


def demonstration_exists() -> bool:
    """Whether the demonstration's people were made."""
    return Account.objects.filter(is_demo=True, kind=Account.Kind.STAFF).exists()
