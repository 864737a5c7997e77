"""Jobs of the bridge."""

from pathlib import Path

from django.conf import settings

from suigo.kernel.clock import now
from suigo.kernel.jobs import job
from suigo.services.bridge import actions, configuration


@job("bridge.exchange", cron="*/2 * * * *")
def exchange(timestamp: int = 0) -> None:
    """Every two minutes: read the folder in which packets arrive, and write ours."""
    if configuration.zone() is None:
        return
    if settings.SUIGO_BRIDGE_IN:
        actions.receive(Path(settings.SUIGO_BRIDGE_IN), now=now())
    if settings.SUIGO_BRIDGE_OUT:
        actions.send(Path(settings.SUIGO_BRIDGE_OUT), now=now())
