"""Jobs of signing."""

from suigo.engines.signing import actions
from suigo.kernel import clock
from suigo.kernel.jobs import job


@job("signing.ask-again", cron="*/30 * * * *")
def ask_again(timestamp: int = 0) -> None:
    """Every half hour: ask again about certificates that nobody could speak of."""
    actions.retry_unknown(now=clock.now())


@job("signing.tidy", cron="35 3 * * *")
def tidy(timestamp: int = 0) -> None:
    """Every night: remove documents that were never sent."""
    actions.tidy(now=clock.now())
