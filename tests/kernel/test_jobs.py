"""Schedules are written in Japan's time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django import app

from suigo.kernel.jobs import in_utc

# 2026-11-24 12:00 in Japan
NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("cron", "utc"),
    [
        ("15 3 * * *", "15 18 * * *"),
        ("0 9 * * *", "0 0 * * *"),
        ("0 23 * * *", "0 14 * * *"),
        ("*/5 * * * *", "*/5 * * * *"),
        ("17 * * * *", "17 * * * *"),
    ],
)
def test_a_schedule_in_japans_time(cron: str, utc: str) -> None:
    assert in_utc(cron) == utc


@pytest.mark.parametrize("cron", ["15 3 1 * *", "15 3 * * 1", "15 1-3 * * *", "15 3"])
def test_what_would_fall_on_another_day_is_refused(cron: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        in_utc(cron)


def test_what_happens_every_night_happens_at_night() -> None:
    """Every daily job of the product, as the library that runs it reckons."""
    nightly = {
        key[0]: task
        for key, task in app.periodic_registry.periodic_tasks.items()
        if task.cron.split()[1] != "*"
    }
    assert "documents.purge" in nightly
    for name, task in nightly.items():
        at = task.croniter.get_next(float, start_time=NOON.timestamp())
        hour = datetime.fromtimestamp(at, NOON.tzinfo).hour
        assert 0 <= hour < 6, (name, hour)
