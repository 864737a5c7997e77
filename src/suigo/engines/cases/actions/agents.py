"""Applications that somebody fills in or sends for another."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.actions.drafts import owned_draft
from suigo.engines.cases.models import Case, CaseFile
from suigo.engines.cases.queries.agents import need_of
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.cases.queries.residents import MyCaseDetail
from suigo.engines.cases.rules.arrival import NO_ARRIVAL, Arrival
from suigo.engines.cases.rules.attachments import files_shown
from suigo.engines.cases.rules.contact import contact_address
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.delegation.actions import note, use_grant
from suigo.engines.delegation.queries import Acting
from suigo.engines.documents.actions import hand_over_files
from suigo.engines.forms.rules import Evaluation, evaluate
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.identity.queries import account_brief
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Refused


def signed_off_by(arrival: Arrival, acting: Acting | None, *, part: str = "sent") -> Arrival:
    """The way in, with who acted by which right: it stays when the grant has long ended."""
    if acting is None:
        return arrival
    return replace(
        arrival,
        agent=acting.holder_name,
        agent_kind=acting.kind,
        agent_part=part,
        agent_evidence=acting.evidence,
        agent_assurance=Assurance(acting.assurance).name.lower(),
        agent_grant=str(acting.grant_id),
    )


def contact_of(
    acting: Acting | None, evaluation: Evaluation, answers: Answers, *, actor: Actor
) -> str:
    """Where mails about an application go. Of one by an agent the person always hears, at their
    own address, whatever the agent filled in."""
    if acting is not None and acting.person_id is not None:
        brief = account_brief([acting.person_id]).get(acting.person_id)
        if brief is not None and brief.email:
            return brief.email
    return contact_address(evaluation, answers) or (actor.email if actor.is_resident else "")


def give_to_person(case: Case, acting: Acting, *, title: str, actor: Actor, now: datetime) -> None:
    """What an agent sent is the person's own: its files, and the knowledge of it."""
    if acting.person_id is not None:
        files = CaseFile.objects.filter(case=case).values_list("file_id", flat=True)
        hand_over_files(actor, list(files), to_account_id=acting.person_id, now=now)
    note(acting.pk, "sent", title=title, number=case.number, case_id=case.public_id, now=now)


def note_answered(case: Case, chosen: Procedure, *, actor: Actor, now: datetime) -> None:
    """An agent did the applicant's part of a case: the person hears of it."""
    agent = case.grant_id is not None and actor.is_resident
    if case.grant_id is None or not agent or actor.account_id == case.applicant_id:
        return
    note(
        case.grant_id,
        "answered",
        title=chosen.spec.service.title.ja,
        number=case.number,
        case_id=case.public_id,
        now=now,
    )
    if case.applicant_id is not None:
        files = CaseFile.objects.filter(case=case).values_list("file_id", flat=True)
        hand_over_files(actor, list(files), to_account_id=case.applicant_id, now=now)


@transaction.atomic
def hand_over_draft(public_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Give a draft that was filled in for somebody to that person, who sends it; returns the grant.

    From then on it is theirs alone, and says who filled it in. Raises ``NotFound``, ``Gone``,
    ``GrantOver``, ``Refused`` when the person has no account to find it in.
    """
    draft = owned_draft(public_id, actor=actor, now=now, owner_token="")
    chosen = defined(draft.definition_id)
    if draft.grant_id is None:
        raise Refused(_("この申請は、あなた自身の申請です。"))
    acting = use_grant(actor, draft.grant_id, need_of(chosen), "fill", now=now)
    if acting.person_id is None:
        raise Refused(_("本人のアカウントがないため、渡せません。"))
    evaluation = evaluate(chosen.form, draft.answers, today=local_date(now))
    files = [UUID(file_id) for _path, file_id in files_shown(evaluation, draft.answers)]
    hand_over_files(actor, files, to_account_id=acting.person_id, now=now)
    draft.owner_id, draft.grant_id = acting.person_id, None
    draft.arrival = signed_off_by(NO_ARRIVAL, acting, part="filled").as_json()
    draft.version += 1
    draft.save(update_fields=["owner", "grant", "arrival", "version"])
    note(acting.pk, "handed", title=chosen.spec.service.title.ja, now=now)
    return acting.grant_id


def note_look_of_agent(case: MyCaseDetail, *, now: datetime) -> None:
    """An agent reads a case: the person can see that they did, once a day. Nothing otherwise."""
    if case.grant_pk is not None:
        note(
            case.grant_pk,
            "looked",
            title=case.procedure.spec.service.title.ja,
            number=case.brief.number,
            case_id=case.brief.public_id,
            now=now,
        )
