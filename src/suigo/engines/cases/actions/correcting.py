"""The applicant corrects in place: the same form, with only the flagged answers open."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.actions.locking import locked_case
from suigo.engines.cases.actions.transitions import CaseMoved, Given, take_action
from suigo.engines.cases.models import CorrectionRequest
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.cases.rules.corrections import open_paths
from suigo.engines.forms.rules import check, evaluate
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.reading import all_errors, read_page
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class CorrectionRead:
    """What the applicant posted. ``moved`` is None while something still has to be mended.

    ``paths`` are the answers that are open: the flagged ones and the questions they lead to.
    """

    answers: Answers
    errors: dict[str, str]
    paths: frozenset[str]
    moved: CaseMoved | None


@transaction.atomic
def answer_correction(
    case_id: UUID,
    *,
    posted: Mapping[str, Sequence[str]],
    actor: Actor,
    version: int,
    now: datetime,
    owner_token: str = "",
    own_files: Collection[str] = frozenset(),
) -> CorrectionRead:
    """Take the corrected answers and, when all is well, give the case back to the city.

    Only what was flagged is read, whatever else is posted. Raises ``NotFound``, ``Conflict`` when
    the correction was cancelled or answered meanwhile.
    """
    case = locked_case(
        case_id, actor=actor, version=version, owner_token=owner_token, on=local_date(now)
    )
    request = CorrectionRequest.objects.filter(
        case=case, answered_at__isnull=True, cancelled_at__isnull=True
    ).first()
    if request is None:
        raise Conflict(_("直すようお願いしている項目は、いまはありません。"))
    chosen = defined(case.definition_id)
    form, received = chosen.form, local_date(case.received_at)
    flagged = frozenset(request.items.values_list("path", flat=True))
    answers, errors, paths = dict(case.answers), dict[str, str](), flagged
    restructured = False
    # twice: what a corrected answer brings up is on the same page and may be filled in already
    for _round in range(2):
        answers, errors, restructured = dict(case.answers), {}, False
        for page in form.pages:
            reading = read_page(
                form, page.id, posted, answers, seal=seal_number, own_files=own_files, only=paths
            )
            answers = reading.answers
            errors |= reading.errors
            restructured = restructured or reading.restructured
        paths = open_paths(
            form, before=case.answers, after=answers, flagged=flagged, today=received
        )
    if restructured:  # a row more, or an address looked up: not sent yet
        return CorrectionRead(answers, {}, paths, None)
    evaluation = evaluate(form, answers, today=received)
    found = check(form, answers, today=local_date(now), evaluation=evaluation, since=received)
    errors = all_errors(errors, found.errors)
    if errors:
        return CorrectionRead(answers, errors, paths, None)
    action = next(
        a
        for a in chosen.spec.workflow.actions
        if a.kind == "answer_correction" and case.state in a.from_
    )
    moved = take_action(
        case_id,
        action.id,
        actor=actor,
        version=version,
        now=now,
        given=Given(answers=answers),
        owner_token=owner_token,
    )
    return CorrectionRead(answers, {}, paths, moved)
