"""Counting tries."""

from datetime import datetime, timedelta
from math import ceil

from django.db import connection
from django.utils.translation import gettext_lazy as _

from suigo.kernel.errors import TooMany
from suigo.kernel.limits.models import LimitCounter

LONGEST_IN_MINUTES = 90  # longer pauses are told in hours

# The try that goes beyond the limit restarts the window, so that the pause always has its full
# length; the refused tries after it don't, so that nobody can be locked out for ever.
# A count that a crash takes back costs nothing, so nobody waits for the disk to have it: everybody
# behind one address of a library or a company counts in the same row.
HIT = """
WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO limits_counter AS c (key, window_start_at, hits)
SELECT %(key)s, %(now)s, 1 FROM unhurried
ON CONFLICT (key) DO UPDATE SET
    hits = CASE WHEN c.window_start_at <= %(expired)s THEN 1 ELSE c.hits + 1 END,
    window_start_at = CASE
        WHEN c.window_start_at <= %(expired)s OR c.hits = %(limit)s THEN %(now)s
        ELSE c.window_start_at END
RETURNING hits, window_start_at
"""


def hit(key: str, *, limit: int, per: timedelta, now: datetime) -> None:
    """Count one try of ``key``; raises ``TooMany`` beyond ``limit`` tries in ``per``.

    The refusal lasts ``per`` from the first try that was too many. Call it outside a
    transaction: a refusal later on must not take the count back.
    """
    with connection.cursor() as cursor:
        cursor.execute(HIT, {"key": key, "now": now, "expired": now - per, "limit": limit})
        hits, window_start_at = cursor.fetchone()
    if hits > limit:
        left = window_start_at + per - now
        minutes = max(1, ceil(left.total_seconds() / 60))
        if minutes > LONGEST_IN_MINUTES:
            raise TooMany(
                _("回数が多すぎます。%(hours)d時間ほど待ってから、もう一度お試しください。")
                % {"hours": ceil(minutes / 60)}
            )
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
