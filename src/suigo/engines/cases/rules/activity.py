"""How long somebody was at a form."""

from datetime import datetime, timedelta

# Who did nothing for longer was doing something else; the pause counts as this much.
LONGEST_PAUSE = timedelta(minutes=10)


def active_between(before: datetime, after: datetime) -> int:
    """Seconds between two savings of a form that count as filling it in."""
    return int(max(timedelta(), min(after - before, LONGEST_PAUSE)).total_seconds())
