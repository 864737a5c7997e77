"""Jobs of mydata."""

from uuid import UUID

from suigo.kernel.clock import now
from suigo.kernel.jobs import job
from suigo.services.mydata import actions


@job(actions.MAKE)
def make(export: str) -> None:
    """Put everything held about one person together."""
    actions.make(UUID(export), now=now())


@job("mydata.forget", cron="28 3 * * *")
def forget(timestamp: int = 0) -> None:
    """Every night: remove what tells of archives that ended long ago."""
    actions.forget_old(now=now())
