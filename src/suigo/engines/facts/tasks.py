"""Jobs of facts."""

from suigo.engines.facts import actions
from suigo.kernel import clock
from suigo.kernel.jobs import job


@job("facts.expire", cron="20 3 * * *")
def expire(timestamp: int = 0) -> None:
    """Every night: erase facts that nobody has confirmed for too long, and old names."""
    actions.expire_facts(now=clock.now())
    actions.forget_names(now=clock.now())
