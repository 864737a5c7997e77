"""Removing what has had its time."""

from datetime import datetime, timedelta

from suigo.engines.identity import rules
from suigo.engines.identity.models import Session, SignInCode
from suigo.kernel.audit.actions import erase_personal_before

KEPT_AFTER_EXPIRY = timedelta(days=1)


def forget_expired(*, now: datetime) -> int:
    """Remove sessions and sign-in codes that ended; returns how many rows that were."""
    sessions, _kinds = Session.objects.filter(expire_date__lte=now).delete()
    codes, _kinds = SignInCode.objects.filter(expires_at__lte=now - KEPT_AFTER_EXPIRY).delete()
    return sessions + codes


def forget_names(*, now: datetime) -> int:
    """Erase residents' names and addresses from entries of the ledger about sign-ins and accounts
    that are a year old; returns from how many. What staff did stays, as a record of office."""
    return erase_personal_before(
        now - rules.RECORD_LIFETIME, subject_kinds=("account", "sign-in-code", "match")
    )
