"""Jobs of the counter."""

from suigo.kernel import clock
from suigo.kernel.jobs import job
from suigo.services.counter.actions.upkeep import erase_visits
from suigo.services.counter.queries.content import keep_days


@job("counter.erase", cron="25 3 * * *")
def erase(timestamp: int) -> None:
    """Every night: erase what visits say about people."""
    erase_visits(keep_days=keep_days(), now=clock.now())
