"""The worker process: runs the durable jobs, and rescues those of workers that died.

A job whose worker process was killed stays marked as running. Every worker looks for such jobs,
known by the missing heartbeat of their worker, and puts them back in the queue. A worker that was
only slow may then run a job at the same time as its rescuer: jobs are idempotent.
`SUIGO_WORKER_THREADS` (2) jobs run at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from typing import Any

import procrastinate
from django.db import close_old_connections
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.django_connector import DjangoConnector

from suigo.kernel import clock
from suigo.project import lifeline

HEARTBEAT_SECONDS = 3.0
DEAD_AFTER_SECONDS = 15.0
GRACE_SECONDS = 10.0

log = logging.getLogger(__name__)


def run_worker() -> None:
    """Work until told to end by SIGTERM or SIGINT; running jobs get some seconds to finish."""
    lifeline.follow()
    asyncio.run(_work())


async def _work() -> None:
    dead_after = float(os.environ.get("SUIGO_WORKER_DEAD_AFTER", str(DEAD_AFTER_SECONDS)))
    connector = django_app.connector
    assert isinstance(connector, DjangoConnector)
    # A second app for the worker's own queries: the tasks stay with the first one, so that a job
    # that enqueues jobs does it on Django's connection, in its own transaction.
    app = django_app.with_connector(connector.get_worker_connector())
    async with app.open_async():
        rescue = asyncio.create_task(_rescue_forever(app, dead_after))
        try:
            await app.run_worker_async(
                name=f"{os.uname().nodename}-{os.getpid()}",
                concurrency=int(os.environ.get("SUIGO_WORKER_THREADS", "2")),
                listen_notify=True,
                fetch_job_polling_interval=5.0,
                update_heartbeat_interval=min(HEARTBEAT_SECONDS, dead_after / 4),
                stalled_worker_timeout=dead_after,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="successful",
                task_middleware=[_with_fresh_connection],
            )
        finally:
            rescue.cancel()


def _with_fresh_connection(
    run: Callable[[], Any], _context: procrastinate.JobContext, _worker: Any = None
) -> Any:
    """Give each job a database connection that works, also after the database was restarted."""
    close_old_connections()
    try:
        return run()
    finally:
        close_old_connections()


async def _rescue_forever(app: procrastinate.App, dead_after: float) -> None:
    while True:
        with contextlib.suppress(procrastinate.exceptions.ConnectorException):
            await rescue_jobs(app, dead_after)
        await asyncio.sleep(dead_after / 2)


async def rescue_jobs(app: procrastinate.App, dead_after: float) -> int:
    """Queue again what died together with its worker; returns how many jobs that were."""
    await app.job_manager.prune_stalled_workers(dead_after)
    rescued = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead_after):
        log.warning("job %s (%s) of a dead worker is queued again", job.id, job.task_name)
        await app.job_manager.retry_job(job, retry_at=clock.now())
        rescued += 1
    return rescued
