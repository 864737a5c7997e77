"""Which files belong to cases: what documents asks before it shows or removes one."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case, CaseFile, CaseLetter
from suigo.engines.cases.queries.looking import case_with_file, require_reason
from suigo.engines.cases.queries.procedures import check_may_look, defined
from suigo.kernel.access import Actor, Assurance


def may_open(actor: Actor, file_id: UUID) -> bool:
    """Whether a case that this actor may see has the file, as an attachment or a letter.

    Raises ``ReasonNeeded`` for a file of a sensitive case, until the actor has said why.
    """
    if not actor.is_staff:
        return False
    case = case_with_file(actor, file_id, policy.visible_cases(actor))
    if case is not None:
        require_reason(actor, case)
    return case is not None


def agent_opens(actor: Actor, file_id: UUID, *, on: date) -> bool:
    """Whether the actor may follow, for somebody else, a case that has the file."""
    if not actor.is_resident:
        return False
    sent_by_agents = Case.objects.filter(grant__holder_id=actor.account_id)
    found = sent_by_agents.filter(
        Q(files__file_id=file_id) | Q(letters__file_id=file_id, letters__issued_at__isnull=False)
    ).distinct()
    return any(policy.is_agent(actor, case, "follow", on=on) for case in found)


def check_letter(actor: Actor, file_id: UUID) -> None:
    """A letter is opened on line by whoever proved what its procedure asks for; one query, none
    for those who proved who they are. Raises ``NeedsProof``."""
    if not actor.is_resident or actor.assurance >= Assurance.IDENTITY:
        return
    letters = CaseLetter.objects.filter(
        Q(case__applicant_id=actor.account_id) | Q(case__grant__holder_id=actor.account_id),
        file_id=file_id,
    )
    for definition in letters.values_list("case__definition_id", flat=True):
        check_may_look(actor, defined(definition).spec.service)


def needed(file_ids: Sequence[UUID]) -> Iterable[UUID]:
    """The files among these that an open case still needs, whatever their own date says."""
    attached = CaseFile.objects.filter(file_id__in=file_ids, case__closed_at__isnull=True)
    letters = CaseLetter.objects.filter(file_id__in=file_ids, case__closed_at__isnull=True)
    return {
        *attached.values_list("file_id", flat=True),
        *(i for i in letters.values_list("file_id", flat=True) if i is not None),
    }
