"""Removing what has had its time."""

from datetime import datetime, timedelta

from suigo.engines.identity import rules
from suigo.engines.identity.models import PasskeyChallenge, Session, SignInCode
from suigo.kernel.audit.actions import erase_personal_before

KEPT_AFTER_EXPIRY = timedelta(days=1)


def forget_expired(*, now: datetime) -> int:
    """Remove sessions, sign-in codes and challenges that ended; returns how many rows that were."""
    sessions, _kinds = Session.objects.filter(expire_date__lte=now).delete()
    codes, _kinds = SignInCode.objects.filter(expires_at__lte=now - KEPT_AFTER_EXPIRY).delete()
    challenges, _kinds = PasskeyChallenge.objects.filter(expires_at__lte=now).delete()
    return sessions + codes + challenges


def forget_names(*, now: datetime) -> int:
    """Erase residents' names and addresses from entries of the ledger about sign-ins and accounts
    that are a year old; returns from how many. What staff did stays, as a record of office."""
    return erase_personal_before(
        now - rules.RECORD_LIFETIME,
        subject_kinds=("account", "sign-in-code", "match"),
        now=now,
    )
