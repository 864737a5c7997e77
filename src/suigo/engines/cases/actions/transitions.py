"""Moving a case from state to state: one way in, whatever the workflow calls the action."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy, providers
from suigo.engines.cases.actions.agents import note_answered
from suigo.engines.cases.actions.entering import entered_with, files_entered
from suigo.engines.cases.actions.given import NOTHING, Given, decision_of, short
from suigo.engines.cases.actions.knowing import confirms
from suigo.engines.cases.actions.locking import locked_case
from suigo.engines.cases.actions.relaying import relay_move
from suigo.engines.cases.actions.signing import examine_later, require_decidable
from suigo.engines.cases.actions.telling import (
    entry_of,
    in_place_of,
    message_of,
    tell_applicant,
    tell_assignee,
)
from suigo.engines.cases.events import CaseClosed, CaseDecided, CorrectionRequested
from suigo.engines.cases.models import (
    Case,
    CaseFile,
    CaseLetter,
    ChecklistMark,
    CorrectionItem,
    CorrectionRequest,
)
from suigo.engines.cases.queries.letters import filled_letter
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.cases.rules.attachments import files_of
from suigo.engines.cases.rules.contact import contact_address
from suigo.engines.cases.rules.corrections import changed_elsewhere, flaggable, open_paths
from suigo.engines.cases.rules.deadlines import due_date, keep_until, resumed_due_date
from suigo.engines.cases.rules.letters import FilledLetter
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.searching import applicant_of
from suigo.engines.cases.rules.workflow import unticked
from suigo.engines.cases.spec import Action
from suigo.engines.documents.actions import hold_files, set_retention
from suigo.engines.forms.rules import (
    check,
    evaluate,
    final_answers,
    unknown_paths,
    value_at,
    whole_label,
)
from suigo.engines.forms.rules.answers import Answers
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.content.calendar import working_days
from suigo.kernel.errors import Conflict, Forbidden, Invalid, Message, NotFound
from suigo.kernel.events import publish
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.jobs import enqueue

__all__ = ["CaseMoved", "Given", "preview_letter", "take_action"]

CORRECTION_DAYS = 14  # offered to the clerk, who may choose another day


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """Where the case is now."""

    case_id: UUID
    number: str
    state: str
    phase: str
    version: int


@transaction.atomic
def take_action(
    case_id: UUID,
    action_id: str,
    *,
    actor: Actor,
    version: int,
    now: datetime,
    given: Given = NOTHING,
    owner_token: str = "",
) -> CaseMoved:
    """Take an action of the case's workflow.

    ``version`` is the one the actor saw. Raises ``NotFound`` for a case the actor can't see,
    ``Forbidden``, ``Conflict`` when somebody was faster or the state has no such action, and
    ``Invalid`` with messages by path.
    """
    today = local_date(now)
    case = locked_case(case_id, actor=actor, version=version, owner_token=owner_token, on=today)
    chosen, action = _possible(case, action_id, actor=actor, on=today, owner_token=owner_token)
    return _Step(case, chosen, action, given, actor, now, owner_token).run()


def preview_letter(
    case_id: UUID, action_id: str, *, actor: Actor, now: datetime, given: Given
) -> FilledLetter:
    """The letter that an action would send. Changes nothing.

    Raises what ``take_action`` raises, except for a version, and ``NotFound`` for an action that
    sends no letter.
    """
    case = Case.objects.filter(public_id=case_id).first()
    if case is None or not policy.can_handle_case(actor, case):
        raise NotFound
    chosen, action = _possible(case, action_id, actor=actor, on=local_date(now), owner_token="")
    if action.letter is None:
        raise NotFound
    return _Step(case, chosen, action, given, actor, now).preview()


def _possible(
    case: Case, action_id: str, *, actor: Actor, on: date, owner_token: str
) -> tuple[Procedure, Action]:
    """The action, if this actor may take it now. Raises as ``take_action`` says."""
    chosen = defined(case.definition_id)
    try:
        action = chosen.spec.workflow.action(action_id)
    except KeyError as unknown:
        raise NotFound(_("この操作はこの手続にはありません。")) from unknown
    if not policy.can_act(actor, case, action, on=on, owner_token=owner_token):
        raise Forbidden(_("この操作を行う権限がありません。"))
    if case.state not in action.from_:
        raise Conflict(_("この申請は、いまこの操作ができる状態ではありません。"))
    return chosen, action


class _Step:
    """One action being taken, inside its transaction."""

    def __init__(
        self,
        case: Case,
        chosen: Procedure,
        action: Action,
        given: Given,
        actor: Actor,
        now: datetime,
        owner_token: str = "",
    ) -> None:
        self.case = case
        self.procedure = chosen
        self.action = action
        self.given = given
        self.actor = actor
        self.now = now
        self.owner_token = owner_token
        self.today = local_date(now)
        self.entered: Answers | None = None
        self.facts: dict[str, Any] = {
            "number": case.number,
            "action": action.id,
            "action_title": action.title.ja,
            "from": case.state,
            "to": action.to,
            "state_title": chosen.spec.workflow.state(action.to).title.ja,
        }
        self.personal: dict[str, Any] = {}
        self.values: dict[str, str] = {}
        self.corrections: list[dict[str, str]] = []
        self.correction_due: date | None = None
        self.answered: datetime | None = None

    def run(self) -> CaseMoved:
        self._require()
        match self.action.kind:
            case "request_correction":
                self._request_correction()
            case "answer_correction":
                self._answer_correction()
            case "cancel_correction":
                self._cancel_correction()
            case "decide":
                self._decide()
            case _:
                self._take_entries()
        self._enter()
        self._save()
        self._letter()
        self._tell()
        self._keep_files()
        relay_move(self.case, self.action, self.given, answered=self.answered, now=self.now)
        note_answered(self.case, self.procedure, actor=self.actor, now=self.now)
        record(
            entry_of(self.action, self.facts),
            actor=self.actor,
            subject_kind="case",
            subject_id=str(self.case.public_id),
            facts=self.facts,
            personal=self.personal or None,
            now=self.now,
        )
        case = self.case
        return CaseMoved(case.public_id, case.number, case.state, case.phase, case.version)

    def _require(self) -> None:
        """Reason and checklist, where the action asks for them."""
        reason = self.given.reason.strip()
        if self.action.reason:
            if not reason:
                raise Invalid(field_errors={"reason": _("理由を入力してください。")})
            short(reason, "reason")
            self.personal["reason"] = reason
        if self.action.checklist:
            ticked = frozenset(
                ChecklistMark.objects.filter(case=self.case).values_list("item_id", flat=True)
            )
            missing = unticked(self.procedure.spec.checklist, ticked)
            if missing:
                errors: dict[str, Message] = {
                    f"checklist.{item}": _("確認してチェックを入れてください。") for item in missing
                }
                raise Invalid(_("確認していない項目があります。"), field_errors=errors)

    def _check_correction(self) -> dict[str, str]:
        """What is asked for, path by path, once it is right; also sets the day it is due."""
        asked = flaggable(self.procedure.form, self.case.answers, today=self._received())
        errors: dict[str, Message] = {}
        items = {path: text.strip() for path, text in self.given.items.items()}
        for path, text in items.items():
            if path not in asked:
                errors[f"items.{path}"] = _("この項目は申請にありません。")
            elif not text:
                errors[f"items.{path}"] = _("どう直せばよいかを入力してください。")
            else:
                short(text, f"items.{path}")
        if not items:
            errors["items"] = _("直してもらう項目を1つ以上選んでください。")
        due = self.given.correction_due_date or self.today + timedelta(days=CORRECTION_DAYS)
        if due <= self.today:
            errors["correction_due_date"] = _("明日より後の日付を入力してください。")
        if errors:
            raise Invalid(field_errors=errors)
        short(self.given.message, "message")
        self.correction_due = due
        self.corrections = [
            {"label": self._label(path), "message": text} for path, text in items.items()
        ]
        return items

    def _request_correction(self) -> None:
        items = self._check_correction()
        due = self.correction_due
        assert due is not None
        request = CorrectionRequest.objects.create(
            case=self.case,
            message=self.given.message.strip(),
            due_date=due,
            requested_at=self.now,
            requested_by_id=self.actor.account_id,
        )
        CorrectionItem.objects.bulk_create(
            CorrectionItem(
                request=request,
                path=path,
                message=text,
                before=value_at(self.case.answers, path),
            )
            for path, text in items.items()
        )
        self.facts |= {"count": len(items), "due": due.isoformat()}
        self.values["correction_due_date"] = date_in_words(due, language=self.case.language)
        publish(
            CorrectionRequested(
                case_id=str(self.case.public_id), procedure_id=self.case.procedure_id
            )
        )

    def _answer_correction(self) -> None:
        request = self._open_correction()
        items = list(request.items.order_by("id"))
        after = self.given.answers
        if after is None:
            raise Invalid(field_errors={"answers": _("直した内容を入力してください。")})
        form, before, received = self.procedure.form, self.case.answers, self._received()
        unknown = unknown_paths(form, after)
        if unknown:
            raise Invalid(field_errors={path: _("この項目はありません。") for path in unknown[:50]})
        allowed = open_paths(
            form, before=before, after=after, flagged={i.path for i in items}, today=received
        )
        touched = changed_elsewhere(
            form, before=before, after=after, allowed=allowed, today=received
        )
        if touched:
            raise Invalid(
                _("直すようお願いした項目のほかは、変えることができません。"),
                field_errors={path: _("この項目は変えられません。") for path in touched},
            )
        # what is asked is decided as on the day of receipt; dates may be as late as today
        evaluation = evaluate(form, after, today=received)
        found = check(form, after, today=self.today, evaluation=evaluation, since=received)
        if found.errors:
            raise Invalid(field_errors=dict(found.errors))
        self.case.answers = final_answers(form, after, today=received)
        for item in items:
            item.after = value_at(self.case.answers, item.path)
            self.case.origins.pop(item.path, None)  # their own word now
        CorrectionItem.objects.bulk_update(items, ["after"])
        self.answered = request.requested_at
        request.answered_at = self.now
        request.save(update_fields=["answered_at"])
        who = applicant_of(value_at(self.case.answers, self.procedure.spec.service.applicant_name))
        self.case.applicant_name, self.case.applicant_kana = who.name, who.kana
        self.case.search_text = who.search_text
        address = contact_address(evaluation, self.case.answers)
        self.case.contact_email = address or (self.actor.email if self.actor.is_resident else "")
        self.facts["count"] = len(items)

    def _cancel_correction(self) -> None:
        request = self._open_correction()
        request.cancelled_at = self.now
        request.cancelled_by_name = self.actor.name or "-"
        request.save(update_fields=["cancelled_at", "cancelled_by_name"])

    def _decide(self) -> None:
        action, outcome, case_id = self.action, self.action.outcome, str(self.case.public_id)
        assert outcome is not None
        require_decidable(self.case.public_id, outcome)
        self.case.decision = decision_of(self.procedure, self.action, self.given, today=self.today)
        self.case.outcome, self.case.decided_at = outcome, self.now
        self.facts |= {"outcome": outcome} | in_place_of(self.actor, self.case, action, self.today)
        publish(CaseDecided(case_id=case_id, procedure_id=self.case.procedure_id, outcome=outcome))
        if confirms(self.case, self.procedure.form):
            enqueue("cases.confirm_facts", case_id=case_id)

    def _take_entries(self) -> None:
        self.entered = entered_with(
            self.procedure,
            self.action,
            self.given,
            actor=self.actor,
            owner_token=self.owner_token,
            today=self.today,
        )
        if self.entered is not None:
            self.case.entries = {**self.case.entries, self.action.id: self.entered}

    def _enter(self) -> None:
        """The days that change with the phase."""
        case, service = self.case, self.procedure.spec.service
        before, phase = case.phase, self.procedure.spec.workflow.state(self.action.to).phase
        case.state, case.phase = self.action.to, phase
        if before == "with_applicant" and phase != "with_applicant":
            assert case.paused_date is not None
            case.due_date = resumed_due_date(
                case.due_date,
                paused=case.paused_date,
                resumed=self.today,
                period=service.standard_period,
                calendar=working_days(),
            )
            case.paused_date = None
        if phase == "with_applicant" and before != "with_applicant":
            case.paused_date = self.today
        if phase == "done" and before != "done":
            self._end_correction()
            case.closed_at = self.now
            case.keep_until_date = keep_until(service.retention.years, closed=self.today)
            publish(CaseClosed(case_id=str(case.public_id), procedure_id=case.procedure_id))
        if before == "done" and phase != "done":
            case.closed_at = case.keep_until_date = case.decided_at = None
            case.outcome, case.decision = "", {}
            case.due_date = due_date(
                service.standard_period, received=self.today, calendar=working_days()
            )

    def _end_correction(self) -> None:
        """A case that ends while its applicant was correcting (a withdrawal)."""
        CorrectionRequest.objects.filter(
            case=self.case, answered_at__isnull=True, cancelled_at__isnull=True
        ).update(cancelled_at=self.now, cancelled_by_name=self.actor.name or "-")

    def _save(self) -> None:
        case = self.case
        starts = self.action.kind in ("move", "request_correction")
        if starts and self.actor.is_staff and case.assignee_id is None:
            case.assignee_id = self.actor.account_id
        case.version += 1
        case.save()

    def preview(self) -> FilledLetter:
        """The letter as ``run`` would send it, after the same checks; nothing is written."""
        self._require()
        if self.action.kind == "request_correction":
            self._check_correction()
        elif self.action.kind == "decide":
            self.case.decision = decision_of(
                self.procedure, self.action, self.given, today=self.today
            )
        else:
            self._take_entries()
        return self._filled()

    def _filled(self) -> FilledLetter:
        return filled_letter(
            self.case,
            self.procedure,
            self.action,
            decision=self.case.decision if self.entered is None else self.entered,
            reason=self.given.reason.strip(),
            message=self.given.message.strip(),
            corrections=self.corrections,
            correction_due=self.correction_due,
            issued=self.today,
        )

    def _letter(self) -> None:
        if self.action.letter is None or providers.decided_elsewhere():
            return
        letter = self._filled()
        kept = CaseLetter.objects.create(
            case=self.case,
            kind=letter.kind,
            letter_id=letter.id,
            title=letter.title,
            content=letter.content(),
            created_at=self.now,
        )
        self.facts["letter"] = letter.title
        # the applicant hears of it when the letter can be opened
        enqueue("cases.issue_letter", letter_id=str(kept.public_id))

    def _keep_files(self) -> None:
        """Files live with the case: held while it is open, and until its day once it is closed."""
        case = self.case
        before = self.procedure.spec.workflow.state(str(self.facts["from"])).phase
        added = {
            UUID(str(file_id)): path
            for path, file_id in files_of(self.procedure.form, case.answers, self._received())
        }
        if self.action.kind != "answer_correction":
            added = files_entered(self.procedure, self.action, self.entered, today=self.today)
        if added:
            CaseFile.objects.bulk_create(
                (CaseFile(case=case, file_id=i, path=p) for i, p in added.items()),
                ignore_conflicts=True,
            )
            hold_files(list(added))
            examine_later(case.public_id, added)
        if (before == "done") == (case.phase == "done"):
            return
        files = list(CaseFile.objects.filter(case=case).values_list("file_id", flat=True))
        letters = CaseLetter.objects.filter(case=case, file_id__isnull=False)
        files += [i for i in letters.values_list("file_id", flat=True) if i is not None]
        if not files:
            return
        if case.keep_until_date is not None:
            set_retention(self.actor, files, date=case.keep_until_date, now=self.now)
        else:
            hold_files(files)

    def _tell(self) -> None:
        if self.action.kind == "answer_correction" and self.case.assignee_id is not None:
            tell_assignee(
                "correction-answered",
                case=self.case,
                spec=self.procedure.spec,
                account_id=self.case.assignee_id,
                now=self.now,
            )
        template = message_of(self.action)
        if self.action.who == "applicant" and self.case.applicant_elsewhere:
            template = None  # told where they did it
        if template is not None:
            tell_applicant(
                template,
                case=self.case,
                spec=self.procedure.spec,
                now=self.now,
                values=self.values,
                awake=self.action.who == "applicant",
            )

    def _open_correction(self) -> CorrectionRequest:
        request = CorrectionRequest.objects.filter(
            case=self.case, answered_at__isnull=True, cancelled_at__isnull=True
        ).first()
        if request is None:
            raise Conflict(_("直すようお願いしている項目は、いまはありません。"))
        return request

    def _received(self) -> date:
        return local_date(self.case.received_at)

    def _label(self, path: str) -> str:
        """An item of the letter, in the letter's language."""
        language = self.case.language
        if self.action.letter is not None:
            language = self.procedure.spec.letter(self.action.letter).language
        return whole_label(self.procedure.form, path, language=language)
