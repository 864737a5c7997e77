"""Jobs of intake."""

from uuid import UUID

from suigo.kernel.clock import now
from suigo.kernel.jobs import job
from suigo.services.intake import actions
from suigo.services.intake.actions.deliveries import IMPORT_JOB


@job(IMPORT_JOB)
def import_delivery(delivery_id: str) -> None:
    """Turn what arrived into cases; goes on where a killed worker stopped."""
    actions.import_delivery(UUID(delivery_id), now=now())


@job("intake.watch", cron="*/5 * * * *")
def watch_folder(timestamp: int = 0) -> None:
    """Every five minutes: take in what other programs put into the watched folder."""
    actions.take_from_folder(now=now())


@job("intake.forget", cron="23 3 * * *")
def forget_old(timestamp: int = 0) -> None:
    """Every night: remove files that nobody needs any more, and free sheets whose typing ended."""
    actions.forget_old(now=now())
    actions.free_abandoned(now=now())
