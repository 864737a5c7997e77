"""The clock. Only edges (web, rest, tasks, cli) read it; actions receive ``now``."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

TOKYO = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()


def local_date(moment: datetime) -> date:
    """The calendar day on which ``moment`` falls in Japan."""
    return moment.astimezone(TOKYO).date()
