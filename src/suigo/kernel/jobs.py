"""Work that happens after the answer: durable jobs in the same database (procrastinate).

A job row is written by the transaction that needs it, so it exists exactly when the change
does. Jobs take ids, must be idempotent, and are retried with growing pauses.
"""

from collections.abc import Callable
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

JobFunction = Callable[..., None]

AHEAD_OF_UTC = 9  # hours
RETRIES = RetryStrategy(max_attempts=8, exponential_wait=4)


def job(name: str, *, cron: str | None = None) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job ``name``; with ``cron`` it also runs on that schedule, which
    is in Japan's time."""

    def register(function: JobFunction) -> JobFunction:
        task = app.task(name=name, retry=RETRIES, pass_context=False)(function)
        if cron is not None:
            app.periodic(cron=in_utc(cron), periodic_id=name)(task)
        return function

    return register


def in_utc(cron: str) -> str:
    """A schedule in Japan's time as procrastinate reads it, which is UTC. Exact all year: Japan
    has no summer time. Raises ``ValueError`` for what would fall on another day."""
    minute, hour, *days = cron.split()
    if hour == "*":
        return cron
    if days != ["*", "*", "*"]:
        raise ValueError(f"only daily schedules can name an hour: {cron!r}")
    return f"{minute} {(int(hour) - AHEAD_OF_UTC) % 24} * * *"


def enqueue(name: str, *, delay_seconds: int = 0, **ids: Any) -> None:
    """Have the job ``name`` run with ``ids`` once the current transaction commits."""
    schedule_in = {"seconds": delay_seconds} if delay_seconds else None
    app.configure_task(name, schedule_in=schedule_in).defer(**ids)
