"""Jobs of the ledger."""

from suigo.kernel.clock import now
from suigo.kernel.jobs import job
from suigo.services.ledger import actions


@job("ledger.prove", cron="0 2 * * *")
def prove(timestamp: int = 0) -> None:
    """At two at night, when every upload of it has ended too: the proof of the day before."""
    actions.prove_yesterday(now=now())
    actions.export_proofs(now=now())


@job("ledger.stamp", cron="20 * * * *")
def stamp(timestamp: int = 0) -> None:
    """Every hour, apart from the proof itself, which waits for nobody: what has no time stamp."""
    actions.stamp_proofs(now=now())
    actions.export_stamps(now=now())


@job("ledger.verify_nightly", cron="10 4 * * *")
def verify_nightly(timestamp: int = 0) -> None:
    """Every night: look at everything."""
    actions.verify_nightly(now=now())


@job(actions.VERIFY_JOB)
def verify(verification_id: int) -> None:
    """A verification that somebody asked for."""
    actions.verify(verification_id, clock=now)
