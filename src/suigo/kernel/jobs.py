"""Work that happens after the answer: durable jobs in the same database (procrastinate).

A job row is written by the transaction that needs it, so it exists exactly when the change
does. Jobs take ids, must be idempotent, and are retried with growing pauses.
"""

from collections.abc import Callable
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

JobFunction = Callable[..., None]

RETRIES = RetryStrategy(max_attempts=8, exponential_wait=4)


def job(name: str, *, cron: str | None = None) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job ``name``; with ``cron`` it also runs on that schedule."""

    def register(function: JobFunction) -> JobFunction:
        task = app.task(name=name, retry=RETRIES, pass_context=False)(function)
        if cron is not None:
            app.periodic(cron=cron, periodic_id=name)(task)
        return function

    return register


def enqueue(name: str, *, delay_seconds: int = 0, **ids: Any) -> None:
    """Have the job ``name`` run with ``ids`` once the current transaction commits."""
    schedule_in = {"seconds": delay_seconds} if delay_seconds else None
    app.configure_task(name, schedule_in=schedule_in).defer(**ids)
