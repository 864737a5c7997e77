"""Jobs: what happens without anybody asking."""

from suigo.engines.documents import actions
from suigo.kernel.access import SYSTEM
from suigo.kernel.clock import now
from suigo.kernel.jobs import job


@job("documents.purge", cron="15 3 * * *")
def purge(timestamp: int = 0) -> None:
    """Every night: remove what is past its day."""
    actions.purge_due(SYSTEM, now=now())


@job("documents.scan_waiting", cron="*/10 * * * *")
def scan_waiting(timestamp: int = 0) -> None:
    """Every ten minutes: scan what came while the scanner was down."""
    actions.scan_waiting(now=now())
