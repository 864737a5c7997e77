"""Counting tries."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from suigo.kernel.errors import TooMany
from suigo.kernel.limits.models import LimitCounter

HIT = """
INSERT INTO limits_counter AS c (key, window_start_at, hits) VALUES (%(key)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
    hits = CASE WHEN c.window_start_at <= %(expired)s THEN 1 ELSE c.hits + 1 END,
    window_start_at = CASE WHEN c.window_start_at <= %(expired)s THEN %(now)s
                           ELSE c.window_start_at END
RETURNING hits
"""


def hit(key: str, *, limit: int, per: timedelta, now: datetime) -> None:
    """Count one try of ``key``; raises ``TooMany`` beyond ``limit`` tries in ``per``.

    Call it outside a transaction: a refusal later on must not take the count back.
    """
    with connection.cursor() as cursor:
        cursor.execute(HIT, {"key": key, "now": now, "expired": now - per})
        row = cursor.fetchone()
    if row is not None and row[0] > limit:
        minutes = max(1, round(per.total_seconds() / 60))
        raise TooMany(
            _("回数が多すぎます。%(minutes)d分ほど待ってから、もう一度お試しください。")
            % {"minutes": minutes}
        )


def clear(key: str) -> None:
    """Forget the tries of ``key``, as after a success."""
    LimitCounter.objects.filter(key=key).delete()


def forget_old(*, now: datetime) -> int:
    """Remove counters no window can still need; returns how many."""
    return LimitCounter.objects.filter(window_start_at__lt=now - timedelta(days=2)).delete()[0]
