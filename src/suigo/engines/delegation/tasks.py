"""Jobs of delegation."""

from suigo.engines.delegation import actions
from suigo.kernel import clock
from suigo.kernel.jobs import job


@job("delegation.forget", cron="50 3 * * *")
def forget(timestamp: int = 0) -> None:
    """Every night: erase who was who in grants that ended a year ago."""
    actions.forget(now=clock.now())
