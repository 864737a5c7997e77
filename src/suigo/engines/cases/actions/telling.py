"""Telling the applicant. A message holds what is needed to know that something happened, and
where to look; never the answers themselves."""

from collections.abc import Mapping
from datetime import datetime

from suigo.engines.cases.models import Case
from suigo.engines.cases.spec import ProcedureSpec
from suigo.engines.identity.queries import account_brief
from suigo.engines.notices.actions import send
from suigo.kernel.japanese.plain import date_in_words


def tell_applicant(
    template: str,
    *,
    case: Case,
    spec: ProcedureSpec,
    now: datetime,
    values: Mapping[str, str] | None = None,
    urgent: bool = False,
    once: str = "",
) -> None:
    """Queue one message to the applicant, once per version of the case, or once for the thing it
    is about (``once``, such as a letter's id); nothing without an address (an application on
    paper)."""
    if not case.contact_email:
        return
    language = case.language
    send(
        template,
        to_address=case.contact_email,
        to_account_id=case.applicant_id,
        language=language,
        values={
            "number": case.number,
            "title": spec.service.title.in_language(language),
            "due_date": date_in_words(case.due_date, language=language),
            **(values or {}),
        },
        dedupe_key=f"{template}:{case.public_id}:{once or case.version}",
        now=now,
        urgent=urgent,
    )


def tell_assignee(
    template: str, *, case: Case, spec: ProcedureSpec, account_id: int, now: datetime
) -> None:
    """Queue one message to the member of staff who works on the case."""
    person = account_brief([account_id]).get(account_id)
    if person is None or not person.email:
        return
    send(
        template,
        to_address=person.email,
        to_account_id=person.id,
        language=person.language,
        values={
            "number": case.number,
            "title": spec.service.title.in_language(person.language),
        },
        dedupe_key=f"{template}:{case.public_id}:{case.version}",
        now=now,
    )
