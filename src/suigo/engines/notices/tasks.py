"""Jobs of notices."""

from suigo.engines.notices import actions
from suigo.kernel import clock
from suigo.kernel.jobs import job


@job("notices.deliver")
def deliver(message_id: int) -> None:
    """One try to deliver a message."""
    actions.deliver(message_id, now=clock.now())


@job("notices.pick-up-lost", cron="*/5 * * * *")
def pick_up_lost(timestamp: int = 0) -> None:
    """Every five minutes: overdue messages get a new job."""
    actions.pick_up_lost(now=clock.now())


@job("notices.forget-old", cron="43 3 * * *")
def forget_old(timestamp: int = 0) -> None:
    """Every night: messages that ended long ago are removed."""
    actions.forget_old(now=clock.now())
