"""Asking once: the common questions, then what is left of each form."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suigo.engines.cases.actions import save_page
from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.queries.drafts import draft_for
from suigo.engines.forms.rules import Known, check, evaluate
from suigo.engines.forms.rules.answers import Answers, is_empty, value_at
from suigo.engines.forms.rules.reading import all_errors, read_page
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.errors import NotFound
from suigo.services.counter.actions.visits import carry_over, enter_phase, locked
from suigo.services.counter.queries.visits import (
    VisitView,
    common_questions,
    entered,
    view_of,
)
from suigo.services.counter.rules import merging, remembering, sharing
from suigo.services.counter.rules.meanings import meanings_at

Posted = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving led to. ``again``: show the page once more without judging it, because the
    clerk asked for another row, or because the answers brought up more questions."""

    answers: Answers
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    again: bool = False


@transaction.atomic
def save_common(public_id: UUID, posted: Posted, *, actor: Actor, now: datetime) -> Saved:
    """Keep the answers to the common questions and put them into every application.

    Readable ones are kept even when others need mending. Raises ``NotFound`` when there are none.
    """
    visit = locked(actor, public_id)
    view = view_of(visit)
    shared = common_questions(view, entered(view, actor, now=now))
    if shared is None:
        raise NotFound
    today = local_date(now)
    before = sharing.common_answers(shared, view.common)
    reading = read_page(shared.form, sharing.COMMON, posted, before, seal=seal_number)
    errors: dict[str, str] = dict(reading.errors)
    if not reading.restructured:
        found = check(shared.form, reading.answers, today=today)
        errors = all_errors(reading.errors, found.errors)
    said = sharing.common_told(shared, reading.answers)
    visit.known = remembering.remembered(visit.known, said, by=sharing.COMMON, elsewhere=())
    visit.common_asked = visit.common_asked or not (errors or reading.restructured)
    visit.save(update_fields=["known", "common_asked"])
    enter_phase(visit, "entry", now=now)
    carry_over(view_of(visit), actor=actor, now=now)
    return Saved(reading.answers, errors, again=reading.restructured)


@transaction.atomic
def save_entry(
    public_id: UUID,
    procedure_id: str,
    posted: Posted,
    *,
    actor: Actor,
    now: datetime,
    own_files: Collection[str] = frozenset(),
) -> Saved:
    """Keep what is left of one application, and tell the others what it says.

    What was settled before can't be changed here, whatever is posted. Raises ``NotFound`` for an
    application that is not of this visit, ``Gone``.
    """
    visit = locked(actor, public_id)
    view = view_of(visit)
    draft_id = _draft_of(view, procedure_id)
    draft = draft_for(actor, draft_id, now=now)
    form, today = draft.procedure.form, local_date(now)
    evaluation = evaluate(form, draft.answers, today=today)
    facts = view.facts_for(procedure_id)
    fixed = merging.settled(form, draft.answers, facts, evaluation, today=today)
    lists = {
        word: Known(rows, "declared", today.isoformat())
        for word, rows in remembering.lists_in(facts).items()
    }
    seen = set(evaluation.shown)
    errors: dict[str, str] = {}
    warnings: dict[str, str] = {}
    again = False
    for page in evaluation.pages:
        saved = save_page(
            draft_id,
            page=page,
            posted=posted,
            actor=actor,
            now=now,
            own_files=own_files,
            fixed=fixed,
            known=lists,
        )
        errors |= saved.errors
        warnings |= saved.warnings
        again = again or saved.restructured
    answers = draft_for(actor, draft_id, now=now).answers
    evaluation = evaluate(form, answers, today=today)
    news = merging.told(form, answers, evaluation, today=today)
    visit.known = remembering.remembered(
        visit.known,
        news,
        by=procedure_id,
        elsewhere={*(meanings_at(form, fixed) & facts.keys()), *view.person_facts},
    )
    visit.save(update_fields=["known"])
    enter_phase(visit, "entry", now=now)
    carry_over(view_of(visit), actor=actor, now=now)
    answers = draft_for(actor, draft_id, now=now).answers
    evaluation = evaluate(form, answers, today=today)
    if not again:
        fresh = {p for p in evaluation.shown if p not in seen and is_empty(value_at(answers, p))}
        known = {p: m for p, m in errors.items() if p not in fresh}
        again = bool(not known and fresh)
        found = check(form, answers, today=today, evaluation=evaluation)
        errors = all_errors(known, {p: m for p, m in found.errors.items() if p not in fresh})
    return Saved(answers, {} if again else errors, warnings, again)


def _draft_of(view: VisitView, procedure_id: str) -> UUID:
    for item in view.entered:
        if item.procedure_id == procedure_id and item.draft_id is not None:
            return item.draft_id
    raise NotFound
