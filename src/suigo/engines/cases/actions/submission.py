"""From a draft to a case. Exactly one, however often it is sent."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy, providers
from suigo.engines.cases.actions.agents import contact_of, give_to_person, signed_off_by
from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.actions.knowing import NOTHING_KEPT, Keeping, keep_told
from suigo.engines.cases.actions.signing import examine_later, own_signature, use_signature
from suigo.engines.cases.actions.telling import tell_applicant
from suigo.engines.cases.events import CaseReceived
from suigo.engines.cases.models import Case, CaseCounter, CaseFile, Draft, answers_read
from suigo.engines.cases.models.case import Channel
from suigo.engines.cases.queries.agents import need_of
from suigo.engines.cases.queries.drafts import expired, opened_known
from suigo.engines.cases.queries.procedures import (
    defined,
    is_open,
    needed_assurance,
    procedure,
)
from suigo.engines.cases.rules.activity import active_between
from suigo.engines.cases.rules.arrival import NO_ARRIVAL, Arrival, arrival_of
from suigo.engines.cases.rules.attachments import files_shown
from suigo.engines.cases.rules.deadlines import due_date
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.numbering import ONLINE_FROM, case_number
from suigo.engines.cases.rules.searching import applicant_of
from suigo.engines.delegation.actions import use_grant
from suigo.engines.delegation.queries import Acting
from suigo.engines.documents.actions import hold_files
from suigo.engines.forms.rules import (
    KnownFacts,
    check,
    evaluate,
    final_answers,
    unknown_paths,
    value_at,
)
from suigo.engines.forms.rules.answers import Answers, is_empty
from suigo.engines.forms.rules.compiling import template_path
from suigo.engines.forms.rules.evaluation import Evaluation
from suigo.engines.forms.rules.prefilling import enforced, facts_in, origins
from suigo.engines.forms.spec import MyNumberField
from suigo.kernel.access import Actor, NeedsProof
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.content.calendar import working_days
from suigo.kernel.errors import (
    Conflict,
    Invalid,
    NotFound,
    Refused,
)
from suigo.kernel.events import publish
from suigo.kernel.japanese.fiscal import fiscal_year
from suigo.kernel.japanese.numbers import accepted_personal_number
from suigo.kernel.japanese.problems import Problem
from suigo.kernel.language import said

# The row lock of the DELETE makes a second sending wait; what it deleted is what it validated.
TAKE_DRAFT = """
DELETE FROM cases_draft WHERE public_id = %s
RETURNING definition_id, owner_id, owner_token, channel, answers, expires_at, known,
    active_seconds, updated_at, arrival, grant_id
"""
# Taken late in the transaction: whoever waits here waits for one INSERT and the commit.
NEXT_NUMBER = """
INSERT INTO cases_counter AS c (procedure_id, fiscal_year, last) VALUES (%s, %s, %s)
ON CONFLICT (procedure_id, fiscal_year) DO UPDATE SET last = c.last + 1
RETURNING last
"""


SKIPPED = 1_000  # numbers left out after a restore


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant keeps. ``created`` is false when the case was there already."""

    case_id: UUID
    number: str
    definition: str
    state: str
    received_at: datetime
    due_date: date
    created: bool
    follows: bool = True  # whether the sender may see what becomes of it


@dataclass(frozen=True, slots=True)
class Application:
    """Everything a case is made of, checked."""

    procedure: Procedure
    answers: Answers
    evaluation: Evaluation
    channel: str
    applicant_id: int | None
    owner_token: str
    submit_key: str
    submit_digest: str
    known: KnownFacts
    keeping: Keeping
    active_seconds: int | None
    arrival: Arrival = NO_ARRIVAL
    acting: Acting | None = None


@transaction.atomic
def submit_application(
    public_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    language: str,
    owner_token: str = "",
    keeping: Keeping = NOTHING_KEPT,
) -> Receipt:
    """Send a draft. Sending the same draft again gives the same receipt.
    ``keeping`` is what the applicant lets the city keep for the next application.

    Everything is validated again, with the definition the draft was written against. Raises
    ``Invalid`` with messages by path, ``NotFound``, ``Gone``, ``Refused`` when the procedure has
    closed meanwhile, ``NeedsProof`` when it needs a surer proof of who is acting than the draft's
    writer has shown this time, ``NotSigned`` when it needs a signature of exactly these answers,
    ``GrantOver`` when who writes it for somebody else may not (any more).
    """
    taken = take_draft(public_id, actor=actor, now=now, owner_token=owner_token, keeping=keeping)
    if isinstance(taken, Receipt):
        return taken
    signed = own_signature(public_id, taken, actor=actor)
    case = store_case(taken, actor=actor, language=language, now=now)
    announce_case(case, taken, actor=actor, now=now)
    if signed is not None:
        title = taken.procedure.spec.service.title.ja
        use_signature(signed, case, title=title, now=now)
    receipt = receipt_of(case, created=True)
    if taken.acting is None or taken.acting.follows:
        return receipt
    return replace(receipt, follows=False)


def take_draft(
    public_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    owner_token: str = "",
    keeping: Keeping = NOTHING_KEPT,
) -> Application | Receipt:
    """A draft, deleted and checked, inside the caller's transaction; or the receipt of the case
    that it became before. Raises what ``submit_application`` raises.
    """
    key = f"draft:{public_id}"
    with connection.cursor() as cursor:
        cursor.execute(TAKE_DRAFT, [public_id])
        row = cursor.fetchone()
    if row is None:
        return _already_sent(key, actor=actor, on=local_date(now), owner_token=owner_token)
    definition, owner_id, token, channel, answers, expires_at, known, active, saved_at = row[:9]
    arrival, grant = arrival_of(json.loads(row[9])), row[10]
    draft = Draft(owner_id=owner_id, owner_token=token)
    if not policy.owns_draft(actor, draft, owner_token=owner_token):
        raise NotFound(_("この下書きは見つかりませんでした。"))
    if expires_at <= now:
        raise expired()
    chosen = defined(definition)
    needed = needed_assurance(chosen.spec.service)
    if not actor.is_staff and actor.assurance < needed:
        raise NeedsProof(
            _(
                "この手続を送信するには、より確かな本人確認でのログインが必要です。入力は残っています。"
            ),
            assurance=needed,
        )
    acting = None
    if grant is not None:  # locked until the commit: nobody withdraws it meanwhile
        acting = use_grant(actor, grant, need_of(chosen), "submit", now=now)
        owner_id = acting.person_id
    return checked_application(
        chosen,
        answers_read(answers),
        today=local_date(now),
        channel=channel,
        applicant_id=None if actor.is_staff else owner_id,
        owner_token=token,
        submit_key=key,
        submit_digest="",
        known=opened_known(known),
        keeping=keeping,
        # a form of which no page was saved was filled in elsewhere
        active_seconds=active + active_between(saved_at, now) if active else None,
        arrival=signed_off_by(arrival, acting),
        acting=acting,
    )


def same_request(key: str, digest: str) -> Receipt | None:
    case = Case.objects.filter(submit_key=key).first()
    if case is None:
        return None
    if case.submit_digest != digest:
        raise Conflict(
            _("同じIdempotency-Keyが、別の内容で使われています。新しいキーで送ってください。")
        )
    return receipt_of(case, created=False)


def _already_sent(key: str, *, actor: Actor, on: date, owner_token: str) -> Receipt:
    """The receipt of a draft that is a case already. Raises ``NotFound`` for anybody else."""
    case = Case.objects.filter(submit_key=key).first()
    mine = case is not None and (
        policy.is_applicant(actor, case, owner_token=owner_token)
        or policy.is_agent(actor, case, "submit", on=on)
        # whoever enters for another department gets the number again, though not the case
        or (actor.is_staff and (policy.can_view_case(actor, case) or actor.can(policy.ENTER)))
    )
    if case is None or not mine:
        raise NotFound(_("この下書きは見つかりませんでした。送信済みか、削除されています。"))
    return receipt_of(case, created=False)


def receipt_of(case: Case, *, created: bool) -> Receipt:
    """What the applicant of a case keeps."""
    return Receipt(
        case_id=case.public_id,
        number=case.number,
        definition=case.definition_id,
        state=case.state,
        received_at=case.received_at,
        due_date=case.due_date,
        created=created,
    )


def checked_application(
    chosen: Procedure,
    answers: Answers,
    *,
    today: date,
    channel: str,
    applicant_id: int | None,
    owner_token: str,
    submit_key: str,
    submit_digest: str,
    known: KnownFacts,
    keeping: Keeping = NOTHING_KEPT,
    active_seconds: int | None = None,
    arrival: Arrival = NO_ARRIVAL,
    waived: Collection[str] = (),
    acting: Acting | None = None,
) -> Application:
    """The last word on what is sent. Raises ``Invalid`` and ``Refused``.

    ``waived`` questions may stay unanswered: another service took the application without them.
    """
    _require_open(chosen.spec.id, today=today)
    unknown = unknown_paths(chosen.form, answers)
    if unknown:
        raise Invalid(field_errors={path: _("この項目はありません。") for path in unknown[:50]})
    evaluation = evaluate(chosen.form, answers, today=today)
    if known:
        answers = enforced(chosen.form, answers, known, evaluation, today=today)
        evaluation = evaluate(chosen.form, answers, today=today)
    found = check(chosen.form, answers, today=today, evaluation=evaluation)
    errors = {
        path: message
        for path, message in found.errors.items()
        if template_path(path) not in waived or not is_empty(value_at(answers, path))
    }
    if errors:
        raise Invalid(field_errors=dict(errors))
    return Application(
        procedure=chosen,
        answers=final_answers(chosen.form, answers, today=today, evaluation=evaluation),
        evaluation=evaluation,
        channel=channel,
        applicant_id=applicant_id,
        owner_token=owner_token,
        submit_key=submit_key,
        submit_digest=submit_digest,
        known=known,
        keeping=keeping,
        active_seconds=active_seconds if channel == "web" else None,
        arrival=arrival,
        acting=acting,
    )


def receive_application(
    application: Application,
    *,
    actor: Actor,
    language: str,
    now: datetime,
    arrived_at: datetime | None = None,
) -> Receipt:
    """Number and store the case, and tell everybody; the ledger's lock comes last.

    ``arrived_at`` is when it reached the city where that was before ``now`` (到達): the deadline
    runs from then. The number is one of today.
    """
    case = store_case(application, actor=actor, language=language, now=now, arrived_at=arrived_at)
    announce_case(case, application, actor=actor, now=now)
    return receipt_of(case, created=True)


def store_case(
    application: Application,
    *,
    actor: Actor,
    language: str,
    now: datetime,
    arrived_at: datetime | None = None,
) -> Case:
    """Number and store the case: the row of its number stays locked until the commit."""
    spec = application.procedure.spec
    received_at = arrived_at or now
    year = fiscal_year(local_date(now))
    who = applicant_of(value_at(application.answers, spec.service.applicant_name))
    state = spec.workflow.state(spec.workflow.start)
    sequence = next_sequence(spec.id, fiscal_year=year)
    case = Case(
        number=case_number(prefix=spec.service.number_prefix, fiscal_year=year, sequence=sequence),
        procedure_id=spec.id,
        fiscal_year=year,
        sequence=sequence,
        definition_id=application.procedure.hash,
        state=state.id,
        phase=state.phase,
        department=spec.service.department,
        applicant_id=application.applicant_id,
        owner_token=application.owner_token,
        grant_id=application.acting.pk if application.acting is not None else None,
        applicant_name=who.name,
        applicant_kana=who.kana,
        search_text=who.search_text,
        contact_email=contact_of(
            application.acting, application.evaluation, application.answers, actor=actor
        ),
        language=language,
        answers=application.answers,
        origins=_origins(application),
        active_seconds=application.active_seconds,
        channel=application.channel,
        received_at=received_at,
        due_date=due_date(
            spec.service.standard_period,
            received=local_date(received_at),
            calendar=working_days(),
        ),
        arrival=application.arrival.as_json(),
        submit_key=application.submit_key,
        submit_digest=application.submit_digest,
    )
    insert_case(case)
    files = [
        CaseFile(case=case, file_id=UUID(file_id), path=path)
        for path, file_id in files_shown(application.evaluation, application.answers)
    ]
    files += [CaseFile(case=case, file_id=UUID(scan)) for scan in application.arrival.scans]
    if files:
        CaseFile.objects.bulk_create(files, ignore_conflicts=True)
        hold_files([file.file_id for file in files])
        examine_later(case.public_id, [file.file_id for file in files])
    return case


def announce_case(case: Case, application: Application, *, actor: Actor, now: datetime) -> None:
    """Tell everybody of a stored case, the ledger last: its lock is held until the commit."""
    spec = application.procedure.spec
    publish(CaseReceived(case_id=str(case.public_id), procedure_id=spec.id, channel=case.channel))
    awake = case.channel in (Channel.WEB, Channel.COUNTER)
    tell_applicant("case-received", case=case, spec=spec, now=now, awake=awake)
    if application.keeping is not NOTHING_KEPT:
        told = facts_in(application.procedure.form, application.answers, application.evaluation)
        title = spec.service.title.ja
        keep_told(case, title, told, application.keeping, actor=actor, now=now)
    for relay in providers.relays():
        relay.received(case.public_id, now=now)
    acting, by = application.acting, {}
    if acting is not None:
        give_to_person(case, acting, title=spec.service.title.ja, actor=actor, now=now)
        by = {"agent": acting.kind, "grant": str(acting.grant_id)}
    record(
        "case.received",
        actor=actor,
        subject_kind="case",
        subject_id=str(case.public_id),
        facts={
            "number": case.number,
            "procedure": spec.id,
            "title": spec.service.title.ja,
            "channel": case.channel,
            "definition": application.procedure.hash,
            **by,
        },
        now=now,
    )


def _origins(application: Application) -> dict[str, dict[str, str]]:
    """Where prefilled answers came from. Never from which other application: the clerk of this
    procedure has no business with that one."""
    found = origins(
        application.procedure.form,
        application.answers,
        application.known,
        application.evaluation,
    )
    return {path: {"source": fact.source, "date": fact.date} for path, fact in found.items()}


@cache
def _inserting() -> tuple[str, tuple[Any, ...]]:
    """The statement that stores a case, and the fields it stores: worked out once per process,
    because everybody who sends the same procedure waits meanwhile."""
    fields = tuple(field for field in Case._meta.concrete_fields if not field.primary_key)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO cases_case ({columns}) VALUES ({values}) RETURNING id", fields  # noqa: S608


def insert_case(case: Case) -> None:
    """Write the row of a new case, by the statement that was worked out."""
    statement, fields = _inserting()
    values = [field.get_db_prep_save(getattr(case, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    assert row is not None
    case.pk, case._state.adding, case._state.db = row[0], False, connection.alias


def next_sequence(procedure_id: str, *, fiscal_year: int) -> int:
    """The next number of a procedure in a fiscal year, without gaps: the row stays locked until
    the caller's transaction ends, and a rollback gives the number back."""
    online = settings.SUIGO_ZONE == "outer"
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [procedure_id, fiscal_year, ONLINE_FROM if online else 1])
        row = cursor.fetchone()
    assert row is not None
    if settings.SUIGO_ZONE == "inner" and row[0] >= ONLINE_FROM:
        raise Refused(_("この年度の番号を使い切りました。情報システムの担当に連絡してください。"))
    return int(row[0])


def leave_room() -> None:
    """Skip numbers in every count: after a restore nobody knows which were given since the backup
    was made, and people hold receipts with them."""
    CaseCounter.objects.update(last=F("last") + SKIPPED)


def _require_open(procedure_id: str, *, today: date) -> None:
    """Today's procedure decides, whatever a draft was written against. Raises ``Refused``."""
    try:
        live = procedure(procedure_id).spec.service
    except NotFound:
        live = None  # the city has withdrawn it
    if live is None or not is_open(live, today=today):
        raise Refused(_("この手続の受付は終わりました。送信されていません。"))


def sealed_numbers(chosen: Procedure, answers: Answers) -> Answers:
    """Answers from a program, in which a 個人番号 is twelve digits: seal each at once."""
    errors: dict[str, str] = {}

    def walk(value: Any, path: str) -> Any:
        node = chosen.form.node_at(path) if path else None
        if node is not None and isinstance(node.field, MyNumberField):
            try:
                return {"sealed": seal_number(accepted_personal_number(str(value)))}
            except Problem as problem:
                errors[path] = said(problem)
                return None
        if isinstance(value, dict):
            return {k: walk(v, f"{path}.{k}" if path else str(k)) for k, v in value.items()}
        if isinstance(value, list):
            return [walk(v, f"{path}.{i}") for i, v in enumerate(value)]
        return value

    sealed: Answers = walk(answers, "")
    if errors:
        raise Invalid(field_errors=dict(errors))
    return sealed
