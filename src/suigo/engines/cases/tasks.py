"""Jobs of cases."""

from uuid import UUID

from suigo.engines.cases import actions
from suigo.kernel import clock
from suigo.kernel.jobs import job


@job("cases.issue_letter")
def issue_letter(letter_id: str) -> None:
    """Print one letter and tell its applicant."""
    actions.issue_letter(UUID(letter_id), now=clock.now())


@job("cases.confirm_facts")
def confirm_facts(case_id: str) -> None:
    """After a decision: what the clerk checked is confirmed in the applicant's kept facts."""
    actions.confirm_decided(UUID(case_id), now=clock.now())


@job("cases.examine_files")
def examine_files(case_id: str, file_ids: list[str]) -> None:
    """Verify the electronic signatures in files that came into a case."""
    actions.examine_files(UUID(case_id), [UUID(i) for i in file_ids], now=clock.now())


@job("cases.expire_drafts", cron="10 3 * * *")
def expire_drafts(timestamp: int) -> None:
    """Every night: remind of drafts that run out, remove those that have."""
    actions.expire_drafts(now=clock.now())


@job("cases.apply_retention", cron="40 3 * * *")
def apply_retention(timestamp: int) -> None:
    """Every night: erase what has been kept long enough."""
    actions.apply_retention(now=clock.now())
