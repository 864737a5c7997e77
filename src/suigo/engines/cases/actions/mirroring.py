"""Cases that two nodes have: made on the residents' one, decided on the inner one.

Each function takes a document of ``queries.mirroring`` from the other node and runs inside the
caller's transaction, which also notes that the document was taken. Nothing in a document is
believed that this node can work out or check itself.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.actions.evidence import arrived_signature, keep_signature
from suigo.engines.cases.actions.given import Given
from suigo.engines.cases.actions.knowing import confirms
from suigo.engines.cases.actions.signing import examine_later
from suigo.engines.cases.actions.submission import Receipt, insert_case, receipt_of
from suigo.engines.cases.actions.telling import tell_applicant
from suigo.engines.cases.actions.transitions import CaseMoved, take_action
from suigo.engines.cases.events import CaseReceived
from suigo.engines.cases.models import (
    Case,
    CaseFile,
    CaseLetter,
    CorrectionItem,
    CorrectionRequest,
    RefusedStep,
)
from suigo.engines.cases.queries.mirroring import STANDING
from suigo.engines.cases.queries.procedures import defined, is_defined
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.mirroring import ELSEWHERE, ELSEWHERE_DIGEST, restored, sealed
from suigo.engines.cases.rules.numbering import ONLINE_FROM, case_number
from suigo.engines.cases.rules.searching import applicant_of
from suigo.engines.documents.actions import give_letters, hold_files, set_retention
from suigo.engines.forms.rules import check, evaluate, unknown_paths, value_at
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Conflict, Invalid, NotFound, Refused
from suigo.kernel.events import publish
from suigo.kernel.jobs import enqueue

# who acts when a step of an applicant arrives from the other node
APPLICANT = Actor(kind="system", name="申請者（インターネット側）", channel="system")


def receive_submission(case_id: UUID, document: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Make the case that the residents' node received. Its applicant stays there.

    Raises ``Refused`` while its definition is not installed here, for a number that is not one of
    the residents' node, for another case with this id, and for a signature that is not good or
    not of this content; ``Invalid`` for answers that its form does not allow.
    """
    there = Case.objects.filter(public_id=case_id).first()
    if there is not None:
        if there.number != document["number"] or not there.applicant_elsewhere:
            raise Refused(_("同じ番号の申請が、別の内容ですでにあります。"))
        return receipt_of(there, created=False)
    if Case.objects.filter(number=document["number"]).exists():
        raise Refused(_("同じ番号の申請が、別の内容ですでにあります。"))
    chosen = _definition(str(document["definition"]))
    steps = int(document.get("steps", 0))
    signed = arrived_signature(document, steps=steps, now=now)
    case = _case_of(case_id, chosen, document)
    insert_case(case)
    _attach(case, document)
    publish(
        CaseReceived(case_id=str(case_id), procedure_id=case.procedure_id, channel=case.channel)
    )
    record(
        "case.received",
        actor=SYSTEM,
        subject_kind="case",
        subject_id=str(case_id),
        facts={
            "number": case.number,
            "procedure": case.procedure_id,
            "title": chosen.spec.service.title.ja,
            "channel": case.channel,
            "definition": chosen.hash,
            "from": "outer",
        },
        now=now,
    )
    if signed is not None:
        keep_signature(signed, case, chosen, steps=steps, now=now)
    return receipt_of(case, created=True)


def lock_case(case_id: UUID) -> None:
    """Lock a case before anything that belongs to it, as every change of a case does, so that two
    never wait for each other. Raises ``NotFound``."""
    if Case.objects.select_for_update(of=("self",)).filter(public_id=case_id).first() is None:
        raise NotFound


def take_step(
    case_id: UUID, document: Mapping[str, Any], *, at: datetime, now: datetime
) -> CaseMoved:
    """Do what the applicant did on the residents' node ``at`` that moment.

    Raises what ``take_action`` raises when it no longer fits, and ``Conflict`` for an answer to
    another correction than the one that is open.
    """
    case = Case.objects.select_for_update(of=("self",)).filter(public_id=case_id).first()
    if case is None or not case.applicant_elsewhere:
        raise NotFound
    if case.erased_at is not None:
        raise Refused(_("保存期間が終わった申請は、変えられません。"))
    if document["correction"] is not None:
        asked = CorrectionRequest.objects.filter(
            case=case, answered_at=None, cancelled_at=None
        ).first()
        if asked is None or asked.requested_at.isoformat() != document["correction"]:
            raise Conflict(_("直すようお願いしている項目は、いまはありません。"))
    _attach(case, document)
    answers = document["answers"]
    return take_action(
        case_id,
        str(document["action"]),
        actor=APPLICANT,
        version=case.version,
        # what they did counts from when they did it, though never before the case's last change
        now=max(min(at, now), case.received_at),
        given=Given(
            decision=sealed(document["decision"], seal_number),
            reason=str(document["reason"]),
            answers=None if answers is None else sealed(answers, seal_number),
        ),
        owner_token=ELSEWHERE,
    )


def take_standing(
    case_id: UUID, document: Mapping[str, Any], *, whole: bool, now: datetime
) -> None:
    """Show the applicant of a case where the inner node says that it stands.

    Letters are always taken. Not ``whole`` is for an answer that crossed with something that the
    applicant did since: the rest comes with the next one. Raises ``NotFound``.
    """
    case = Case.objects.select_for_update(of=("self",)).filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    if case.erased_at is not None or document["erased"]:
        return  # each node erases by itself, on the same day
    was_decided = case.decided_at
    letters = _take_letters(case, document["letters"])
    if whole:
        _take_corrections(case, document["corrections"])
        _take_fields(case, document)
    case.version += 1
    case.save()
    _keep_files(case, letters, now=now)
    chosen = defined(case.definition_id)
    if case.decided_at != was_decided and confirms(case, chosen.form):
        enqueue("cases.confirm_facts", case_id=str(case_id))
    record(
        "case.mirrored",
        actor=SYSTEM,
        subject_kind="case",
        subject_id=str(case_id),
        facts={
            "number": case.number,
            "state": case.state,
            "state_title": chosen.spec.workflow.state(case.state).title.ja,
            "letters": len(letters),
        },
        now=now,
    )


def note_refused_step(
    case_id: UUID, *, action: str, sentence: str, at: datetime, now: datetime
) -> str:
    """Keep for the applicant that what they did no longer fitted; returns the case's number.

    ``sentence`` says why, fit for them. Raises ``NotFound``.
    """
    case = Case.objects.filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    RefusedStep.objects.create(
        case=case, action=action[:60], sentence=sentence[:500], done_at=at, refused_at=now
    )
    spec = defined(case.definition_id).spec
    titles = {a.id: a.title.in_language(case.language) for a in spec.workflow.actions}
    tell_applicant(
        "step-refused",
        case=case,
        spec=spec,
        now=now,
        values={"step": titles.get(action, action), "reason": sentence},
        once=f"{action}:{at.isoformat()}",
    )
    record(
        "case.step_refused",
        actor=SYSTEM,
        subject_kind="case",
        subject_id=str(case_id),
        facts={"number": case.number, "action": action},
        now=now,
    )
    return case.number


def _definition(digest: str) -> Procedure:
    if not is_defined(digest):
        raise Refused(
            _(
                "この申請の手続の版が、こちらにはありません。手続の内容を更新すると受け付けられます。"
            )
        )
    return defined(digest)


def _case_of(case_id: UUID, chosen: Procedure, document: Mapping[str, Any]) -> Case:
    spec = chosen.spec
    received_at = datetime.fromisoformat(document["received_at"])
    sequence, year = int(document["sequence"]), int(document["fiscal_year"])
    prefix = spec.service.number_prefix
    number = case_number(prefix=prefix, fiscal_year=year, sequence=sequence)
    if spec.id != document["procedure_id"] or number != document["number"]:
        raise Refused(_("番号と手続が合わない申請です。"))
    if sequence < ONLINE_FROM:
        raise Refused(_("番号がインターネット側の範囲にない申請です。"))
    answers = sealed(document["answers"], seal_number)
    today = local_date(received_at)
    errors = {path: _("この項目はありません。") for path in unknown_paths(chosen.form, answers)}
    found = check(chosen.form, answers, today=today, evaluation=_asked(chosen, answers, today))
    if errors or found.errors:
        raise Invalid(field_errors={**errors, **found.errors})
    who = applicant_of(value_at(answers, spec.service.applicant_name))
    state = spec.workflow.state(spec.workflow.start)
    return Case(
        public_id=case_id,
        number=number,
        procedure_id=spec.id,
        fiscal_year=year,
        sequence=sequence,
        definition_id=chosen.hash,
        state=state.id,
        phase=state.phase,
        department=spec.service.department,
        owner_token=ELSEWHERE_DIGEST,
        applicant_name=who.name,
        applicant_kana=who.kana,
        search_text=who.search_text,
        contact_email=str(document["contact_email"]),
        language=str(document["language"]),
        answers=answers,
        origins=document["origins"],
        active_seconds=document["active_seconds"],
        channel=str(document["channel"]),
        arrival=document["arrival"],
        received_at=received_at,
        due_date=date.fromisoformat(document["due_date"]),
        submit_key=str(document["submit_key"]),
        submit_digest=str(document["submit_digest"]),
    )


def _asked(chosen: Procedure, answers: dict[str, Any], today: date) -> Any:
    return evaluate(chosen.form, answers, today=today)


def _attach(case: Case, document: Mapping[str, Any]) -> None:
    files = [
        CaseFile(case=case, file_id=UUID(file["id"]), path=str(file["path"]))
        for file in document["files"]
    ]
    CaseFile.objects.bulk_create(files, ignore_conflicts=True)
    hold_files([file.file_id for file in files])
    examine_later(case.public_id, [file.file_id for file in files])


def _take_fields(case: Case, document: Mapping[str, Any]) -> None:
    for name in STANDING:
        value = document[name]
        if isinstance(value, str) and name.endswith("_at"):
            value = datetime.fromisoformat(value)
        elif isinstance(value, str) and name.endswith("_date"):
            value = date.fromisoformat(value)
        setattr(case, name, value)
    case.answers = restored(document["answers"], Case.objects.get(pk=case.pk).answers)
    case.entries = restored(document["entries"], case.entries)


def _take_letters(case: Case, letters: list[dict[str, Any]]) -> list[UUID]:
    """The files of letters that were not here yet."""
    present = set(case.letters.values_list("public_id", flat=True))
    fresh = [letter for letter in letters if UUID(letter["id"]) not in present]
    CaseLetter.objects.bulk_create(
        CaseLetter(
            public_id=UUID(letter["id"]),
            case=case,
            kind=letter["kind"],
            letter_id=letter["letter_id"],
            title=letter["title"],
            content={},
            created_at=datetime.fromisoformat(letter["created_at"]),
            file_id=UUID(letter["file"]),
            issued_at=datetime.fromisoformat(letter["issued_at"]),
        )
        for letter in fresh
    )
    files = [UUID(letter["file"]) for letter in fresh]
    give_letters(files, owner_account_id=case.applicant_id)
    return files


def _take_corrections(case: Case, corrections: list[dict[str, Any]]) -> None:
    """As many as the inner node has, told apart by when they were asked for."""
    for told in sorted(corrections, key=_is_open):  # one may be open at a time
        ends = {
            name: datetime.fromisoformat(told[name]) if told[name] else None
            for name in ("answered_at", "cancelled_at")
        }
        request, _new = CorrectionRequest.objects.update_or_create(
            case=case,
            requested_at=datetime.fromisoformat(told["requested_at"]),
            defaults={
                "message": told["message"],
                "due_date": date.fromisoformat(told["due_date"]),
                "cancelled_by_name": told["cancelled_by_name"],
                **ends,
            },
        )
        for item in told["items"]:
            mine = CorrectionItem.objects.filter(request=request, path=item["path"]).first()
            CorrectionItem.objects.update_or_create(
                request=request,
                path=item["path"],
                defaults={
                    "message": item["message"],
                    "before": restored(item["before"], mine.before if mine else None),
                    "after": restored(item["after"], mine.after if mine else None),
                },
            )


def _is_open(told: dict[str, Any]) -> bool:
    return told["answered_at"] is None and told["cancelled_at"] is None


def _keep_files(case: Case, letters: list[UUID], *, now: datetime) -> None:
    files = [*CaseFile.objects.filter(case=case).values_list("file_id", flat=True), *letters]
    if case.keep_until_date is None:
        hold_files(files)
        return
    issued = case.letters.filter(file_id__isnull=False).values_list("file_id", flat=True)
    files = list(dict.fromkeys([*files, *(i for i in issued if i is not None)]))
    set_retention(SYSTEM, files, date=case.keep_until_date, now=now)
