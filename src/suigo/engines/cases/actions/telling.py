"""Telling the applicant. A message holds what is needed to know that something happened, and
where to look; never the answers themselves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case
from suigo.engines.cases.spec import Action, ProcedureSpec
from suigo.engines.delegation.queries import follower
from suigo.engines.identity.queries import account_brief
from suigo.engines.identity.queries.authority import represented
from suigo.engines.notices.actions import send
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.japanese.plain import date_in_words

# What happened, as the ledger calls it.
AUDIT = {
    "move": "case.moved",
    "request_correction": "case.correction_requested",
    "answer_correction": "case.correction_answered",
    "cancel_correction": "case.correction_cancelled",
    "decide": "case.decided",
    "withdraw": "case.withdrawn",
    "reopen": "case.reopened",
}

# a decision taken in somebody's place (代決) is told with whose
IN_PLACE = "case.decided_in_place"

# By kind of action. The result of a decision is told when its letter can be opened.
_MESSAGES = {
    "request_correction": "correction-requested",
    "cancel_correction": "correction-cancelled",
    "withdraw": "case-withdrawn",
    "reopen": "case-reopened",
}


def entry_of(action: Action, facts: Mapping[str, Any]) -> str:
    """What the ledger calls this step."""
    return IN_PLACE if "in_place_of" in facts else AUDIT[action.kind]


def in_place_of(actor: Actor, case: Case, action: Action, on: date) -> dict[str, str]:
    """代決: the post for which a substitute decides, and its holder; nothing for whoever decides
    by a post of their own. One query."""
    capability = action.capability or policy.DECIDE
    found = represented(actor, capability, department=case.department, on=on)
    return {"in_place_of": found.post, "represented": found.name} if found else {}


def message_of(action: Action) -> str | None:
    """The message that the action itself sends to the applicant, if any."""
    if action.kind == "decide" and action.letter is None:
        return "case-decided"
    template = _MESSAGES.get(action.kind)
    return None if action.who == "applicant" and template != "case-withdrawn" else template


def letter_message(kind: str, letter_id: str, *, spec: ProcedureSpec) -> str | None:
    """The message for a letter that can be opened now; None when the action that wrote the letter
    has told the applicant already: one event, one message."""
    if kind == "decision":
        return "case-decided"
    writers = [a for a in spec.workflow.actions if a.letter == letter_id]
    return None if writers and all(message_of(a) for a in writers) else "letter-issued"


def _link(name: str, public_id: UUID) -> str:
    """A page of the case itself; whoever is not signed in gets there by way of signing in."""
    site = settings.SUIGO_RESIDENTS_URL if name == "my-application" else settings.SUIGO_BASE_URL
    return str(site) + reverse(name, args=[public_id])


def tell_applicant(
    template: str,
    *,
    case: Case,
    spec: ProcedureSpec,
    now: datetime,
    values: Mapping[str, str] | None = None,
    awake: bool = False,
    once: str = "",
) -> None:
    """Queue one message to the applicant, and to an agent who may follow, once per version of the
    case, or once for the thing it is about (``once``, such as a letter's id); nothing without an
    address (an application on paper). ``awake``: they did this moment what it answers."""
    readers = []
    if case.contact_email:
        readers.append((case.applicant_id, case.contact_email, case.language, ""))
    if case.grant_id is not None:
        agent = follower(case.grant_id, case.procedure_id, on=local_date(now))
        if agent is not None and agent[1] != case.contact_email:
            readers.append((*agent, ":agent"))
    for account_id, address, language, which in readers:
        send(
            template,
            to_address=address,
            to_account_id=account_id,
            language=language,
            values={
                "number": case.number,
                "title": spec.service.title.in_language(language),
                "link": _link("my-application", case.public_id),
                "due_date": date_in_words(case.due_date, language=language),
                **(values or {}),
            },
            dedupe_key=f"{template}:{case.public_id}:{once or case.version}{which}",
            now=now,
            awake=awake,
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
            "link": _link("case", case.public_id),
        },
        dedupe_key=f"{template}:{case.public_id}:{case.version}",
        now=now,
    )
