"""Removing what has had its time."""

from datetime import datetime, timedelta

from suigo.engines.identity.models import Session, SignInCode

KEPT_AFTER_EXPIRY = timedelta(days=1)


def forget_expired(*, now: datetime) -> int:
    """Remove sessions and sign-in codes that ended; returns how many rows that were."""
    sessions, _kinds = Session.objects.filter(expire_date__lte=now).delete()
    codes, _kinds = SignInCode.objects.filter(expires_at__lte=now - KEPT_AFTER_EXPIRY).delete()
    return sessions + codes
