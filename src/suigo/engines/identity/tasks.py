"""Jobs of identity."""

from suigo.engines.identity.actions import finish_recoveries, forget_expired, forget_names
from suigo.kernel import clock
from suigo.kernel.jobs import job
from suigo.kernel.limits.actions import forget_old


@job("identity.tidy", cron="17 * * * *")
def tidy(timestamp: int = 0) -> None:
    """Every hour: remove ended sessions, old codes and old counters."""
    forget_expired(now=clock.now())
    forget_old(now=clock.now())


@job("identity.forget-names", cron="41 2 * * *")
def forget_old_names(timestamp: int = 0) -> None:
    """Every night: residents' names go from what the ledger says about old sign-ins."""
    forget_names(now=clock.now())


@job("identity.finish-recoveries", cron="*/10 * * * *")
def give_new_ways_in(timestamp: int = 0) -> None:
    """Every ten minutes: recoveries whose time to object is over count."""
    finish_recoveries(now=clock.now())
