"""Everything a clerk needs to know about one case, in a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import get_language

from suigo.engines.cases import policy
from suigo.engines.cases.models import (
    Case,
    CaseFile,
    CaseLetter,
    CaseNote,
    ChecklistMark,
    CorrectionItem,
    CorrectionRequest,
)
from suigo.engines.cases.queries.letters import department_name
from suigo.engines.cases.queries.looking import require_reason
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.cases.rules.arrival import Arrival, arrival_of
from suigo.engines.cases.rules.deadlines import LegalDeadline, legal_deadline
from suigo.engines.cases.rules.filtering import days_left_class
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.workflow import next_actions
from suigo.engines.cases.spec import Action, ChecklistItem, State
from suigo.engines.documents.queries import briefs
from suigo.engines.documents.spec import FileBrief
from suigo.engines.forms.rules import ReviewPage, display, review, value_at, whole_label
from suigo.engines.identity.queries import AccountBrief, staff_of_department
from suigo.engines.signing.queries import SignatureBrief, signatures_of
from suigo.kernel.access import Actor
from suigo.kernel.audit.queries import HistoryLine, history_of
from suigo.kernel.clock import local_date
from suigo.kernel.content.calendar import working_days
from suigo.kernel.errors import NotFound
from suigo.kernel.language import _

DUPLICATE_DAYS = 365
DUPLICATES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One answer of a correction request, before and after, as text."""

    path: str
    label: str
    message: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction request. Open while it is neither answered nor cancelled."""

    message: str
    due_date: date
    requested_at: datetime
    answered_at: datetime | None
    cancelled_at: datetime | None
    items: tuple[CorrectionLine, ...]

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.cancelled_at is None


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter of the case. ``file_id`` is None until it is printed."""

    public_id: UUID
    title: str
    kind: str
    created_at: datetime
    issued_at: datetime | None
    file_id: UUID | None
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NoteView:
    author: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the list, and who made it."""

    item: ChecklistItem
    marked_by: str
    marked_at: datetime | None


@dataclass(frozen=True, slots=True)
class DuplicateView:
    """Another case of the same procedure within a year that agrees in what should be unique."""

    public_id: UUID
    number: str
    received_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered with an action that decided nothing."""

    action: Action
    title: str
    review: tuple[ReviewPage, ...]


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case as its clerk sees it."""

    public_id: UUID
    sensitive: bool  # this look is to be recorded
    handled: bool  # false: read only, on the basis of a disclosure
    may_disclose: bool
    number: str
    procedure: Procedure
    title: str
    applicant_name: str
    applicant_kana: str
    has_account: bool
    contact_email: str
    channel: str
    arrival: Arrival
    state: State
    outcome: str
    department: str
    department_name: str
    assignee_id: int | None
    assignee: str
    received_at: datetime
    due_date: date
    urgency: str
    decided_at: datetime | None
    closed_at: datetime | None
    keep_until_date: date | None
    erased_at: datetime | None
    version: int
    answers: Mapping[str, Any]
    origins: Mapping[str, Mapping[str, str]]
    decision: tuple[tuple[str, str], ...]
    review: tuple[ReviewPage, ...]
    entered: tuple[Entered, ...]
    legal_deadline: LegalDeadline | None
    actions: tuple[Action, ...]
    checklist: tuple[Check, ...]
    corrections: tuple[CorrectionView, ...]
    letters: tuple[LetterView, ...]
    notes: tuple[NoteView, ...]
    files: Mapping[UUID, FileBrief]
    enclosed: tuple[UUID, ...]
    history: tuple[HistoryLine, ...]
    duplicates: tuple[DuplicateView, ...]
    staff: tuple[AccountBrief, ...]
    signatures: tuple[SignatureBrief, ...]

    @property
    def open_correction(self) -> CorrectionView | None:
        """The request the applicant has not answered yet."""
        return next((c for c in self.corrections if c.is_open), None)


def case_detail(actor: Actor, case_id: UUID, *, today: date) -> CaseDetail:
    """One case for staff. Twelve queries, whatever it holds; a reason to look at a sensitive one
    is one more. Raises ``NotFound``, ``ReasonNeeded``.

    Whoever reads it for another department reads what was asked and answered, without notes and
    history.
    """
    case = Case.objects.select_related("assignee").filter(public_id=case_id).first()
    if case is None or not policy.can_view_case(actor, case):
        raise NotFound
    sensitive = require_reason(actor, case)
    handled = policy.can_handle_case(actor, case)
    chosen = defined(case.definition_id)
    spec, language = chosen.spec, get_language() or actor.language
    received = local_date(case.received_at)
    attached = list(
        CaseFile.objects.filter(case=case).order_by("id").values_list("file_id", "path")
    )
    file_ids = [file_id for file_id, _path in attached]
    letters = letters_of(case)
    file_ids += [letter.file_id for letter in letters if letter.file_id is not None]
    marks = {m.item_id: m for m in ChecklistMark.objects.filter(case=case)}
    return CaseDetail(
        public_id=case.public_id,
        sensitive=sensitive,
        handled=handled,
        may_disclose=policy.can_disclose(actor, case),
        number=case.number,
        procedure=chosen,
        title=spec.service.title.in_language(language),
        applicant_name=case.applicant_name,
        applicant_kana=case.applicant_kana,
        has_account=case.applicant_id is not None,
        contact_email=case.contact_email,
        channel=case.channel,
        arrival=arrival_of(case.arrival),
        state=spec.workflow.state(case.state),
        outcome=case.outcome,
        department=case.department,
        department_name=department_name(case.department, language=language),
        assignee_id=case.assignee_id,
        assignee=case.assignee.name if case.assignee is not None else "",
        received_at=case.received_at,
        due_date=case.due_date,
        urgency=days_left_class(case.due_date, today=today, phase=case.phase),
        decided_at=case.decided_at,
        closed_at=case.closed_at,
        keep_until_date=case.keep_until_date,
        erased_at=case.erased_at,
        version=case.version,
        answers=case.answers,
        origins=case.origins,
        decision=_decision(case, chosen, language),
        review=review(chosen.form, case.answers, language=language, today=received)
        if case.erased_at is None
        else (),
        entered=entered_in(case, chosen, language=language, today=today),
        legal_deadline=legal_deadline(
            spec.service, case.answers, received=received, calendar=working_days()
        ),
        actions=_actions(actor, case, chosen),
        checklist=tuple(
            Check(
                item,
                marks[item.id].marked_by_name if item.id in marks else "",
                marks[item.id].marked_at if item.id in marks else None,
            )
            for item in spec.checklist
        ),
        corrections=corrections_of(case, chosen, language=language),
        letters=letters,
        notes=tuple(
            NoteView(note.author_name, note.text, note.created_at)
            for note in CaseNote.objects.filter(case=case).order_by("-id")
        )
        if handled
        else (),
        files=briefs(file_ids) if file_ids else {},
        enclosed=tuple(file_id for file_id, path in attached if not path),
        history=tuple(history_of(subject_kind="case", subject_id=str(case.public_id)))
        if handled
        else (),
        duplicates=_duplicates(actor, case, chosen),
        staff=tuple(staff_of_department(case.department, today=today)),
        signatures=signatures_of(case.public_id),
    )


def _actions(actor: Actor, case: Case, chosen: Procedure) -> tuple[Action, ...]:
    possible = next_actions(
        chosen.spec.workflow,
        state=case.state,
        side=policy.side_of(actor),
        can=policy.can_there(actor, case),
    )
    workable = case.erased_at is None and policy.can_handle_case(actor, case)
    return possible if workable else ()


def _decision(case: Case, chosen: Procedure, language: str) -> tuple[tuple[str, str], ...]:
    """What was decided, as labels and text."""
    if not case.decision:
        return ()
    labels: dict[str, tuple[str, str]] = {}
    for action in chosen.spec.workflow.actions:
        if action.kind != "decide" or action.outcome != case.outcome:
            continue
        for field in action.inputs:
            if field.id in case.decision:
                shown = display(field, case.decision[field.id], language)
                labels[field.id] = (field.label.in_language(language), shown)
    if "reason" in case.decision and "reason" not in labels:
        labels["reason"] = (_("理由"), str(case.decision["reason"]))
    return tuple(labels.values())


def entered_in(case: Case, chosen: Procedure, *, language: str, today: date) -> tuple[Entered, ...]:
    """What was entered with actions, in the order of the workflow; no query."""
    found = []
    for action in chosen.spec.workflow.actions:
        inputs, entered = chosen.inputs(action), case.entries.get(action.id)
        if inputs is not None and entered:
            pages = review(inputs, entered, language=language, today=today)
            found.append(Entered(action, action.title.in_language(language), pages))
    return tuple(found)


def corrections_of(case: Case, chosen: Procedure, *, language: str) -> tuple[CorrectionView, ...]:
    """Every correction request of a case, the newest first; two queries."""
    items = Prefetch("items", CorrectionItem.objects.order_by("id"))
    requests = CorrectionRequest.objects.filter(case=case).prefetch_related(items)
    return tuple(
        CorrectionView(
            message=request.message,
            due_date=request.due_date,
            requested_at=request.requested_at,
            answered_at=request.answered_at,
            cancelled_at=request.cancelled_at,
            items=tuple(_line(item, chosen, language) for item in request.items.all()),
        )
        for request in requests.order_by("-id")
    )


def _line(item: CorrectionItem, chosen: Procedure, language: str) -> CorrectionLine:
    node = chosen.form.node_at(item.path)
    return CorrectionLine(
        path=item.path,
        label=whole_label(chosen.form, item.path, language=language),
        message=item.message,
        before=display(node.field, item.before, language) if node else "",
        after=display(node.field, item.after, language) if node else "",
    )


def letters_of(case: Case) -> tuple[LetterView, ...]:
    """The letters of a case, the newest first; one query."""
    return tuple(
        LetterView(
            public_id=letter.public_id,
            title=letter.title,
            kind=letter.kind,
            created_at=letter.created_at,
            issued_at=letter.issued_at,
            file_id=letter.file_id,
            content=letter.content,
        )
        for letter in CaseLetter.objects.filter(case=case).order_by("-id")
    )


def _duplicates(actor: Actor, case: Case, chosen: Procedure) -> tuple[DuplicateView, ...]:
    """Cases that look like the same application sent twice; one query, or none without a rule."""
    paths = chosen.spec.service.duplicate_by
    wanted = {path: value_at(case.answers, path) for path in paths}
    if not paths or case.erased_at is not None or any(v is None for v in wanted.values()):
        return ()
    since = case.received_at - timedelta(days=DUPLICATE_DAYS)
    until = case.received_at + timedelta(days=DUPLICATE_DAYS)
    same = (
        policy.handled_cases(actor)
        .filter(
            procedure_id=case.procedure_id,
            received_at__gte=since,
            received_at__lte=until,
            # the index over search texts finds the few people of this name first
            search_text=case.search_text,
            **{f"answers__{path.replace('.', '__')}": value for path, value in wanted.items()},
        )
        .exclude(pk=case.pk)
        .order_by("-received_at", "-public_id")[:DUPLICATES_SHOWN]
    )
    return tuple(
        DuplicateView(
            public_id=other.public_id,
            number=other.number,
            received_at=other.received_at,
            state=defined(other.definition_id).spec.workflow.state(other.state).title.ja,
        )
        for other in same
    )
