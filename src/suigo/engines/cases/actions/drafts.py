"""Writing an application, page by page. A draft is the applicant's own; the ledger begins when
it is sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy
from suigo.engines.cases.actions.knowing import seal_known
from suigo.engines.cases.actions.tallying import count_start, count_step
from suigo.engines.cases.events import DraftDiscarded
from suigo.engines.cases.models import Case, CaseLetter, Draft, answers_stored
from suigo.engines.cases.queries.agents import acting_in, known_about, need_of
from suigo.engines.cases.queries.drafts import DraftView, draft_view, expired
from suigo.engines.cases.queries.procedures import (
    defined,
    is_open,
    needed_assurance,
    procedure,
    procedures,
)
from suigo.engines.cases.rules.activity import active_between
from suigo.engines.cases.rules.arrival import NO_ARRIVAL, Arrival, desk_faults
from suigo.engines.cases.rules.attachments import files_shown
from suigo.engines.cases.rules.mirroring import MY_NUMBER_PURPOSE
from suigo.engines.delegation.actions import note, use_grant
from suigo.engines.delegation.queries import grant_pk
from suigo.engines.documents.actions import claim_files, keep_until
from suigo.engines.forms.rules import CompiledForm, KnownFacts, check, evaluate, prefilled
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.members import followed_choice
from suigo.engines.forms.rules.prefilling import enforced, followed, held, lists_in
from suigo.engines.forms.rules.reading import all_errors, read_page, without_groups
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.content.definitions import freeze, frozen_hashes
from suigo.kernel.crypto import seal
from suigo.kernel.errors import Forbidden, Invalid, NotFound, NotSignedIn, Refused
from suigo.kernel.events import publish

# Written out, like the statements of a submission: people save pages more than anything else.
KEEP_PAGE = """
UPDATE cases_draft
SET answers = %s, page = %s, version = version + 1, updated_at = %s, expires_at = %s,
    reminded_at = NULL, furthest = GREATEST(furthest, %s), active_seconds = active_seconds + %s
WHERE id = %s
"""
LAST_STEP = "check"


def seal_number(number: str) -> str:
    """Encrypt a 個人番号 the moment it is read."""
    return seal(number, purpose=MY_NUMBER_PURPOSE)


@dataclass(frozen=True, slots=True)
class PageSaved:
    """What saving a page led to.

    ``errors`` are messages by path and ``next_page`` is None while there are any, while the page
    was only ``restructured`` (a row more or less), and after the last page.
    """

    draft: DraftView
    errors: dict[str, str]
    warnings: dict[str, str]
    restructured: bool
    next_page: str | None


@transaction.atomic
def start_draft(
    procedure_id: str,
    *,
    actor: Actor,
    now: datetime,
    owner_token: str = "",
    channel: str = "web",
    answers: Answers | None = None,
    known: KnownFacts | None = None,
    arrival: Arrival = NO_ARRIVAL,
    definition: str | None = None,
    grant: UUID | None = None,
) -> UUID:
    """Begin an application and freeze the definition it is written against.

    ``known`` is what the applicant let the city keep: the form starts from it, and knows as long
    as the draft lives what came from there. ``answers`` are put in as they are. Staff enter for
    somebody at the counter, on the telephone or on paper, and say in ``channel`` which and in
    ``arrival`` how it came; what was written on a printed form is typed into the ``definition``
    that was printed. ``grant`` is by which right a resident begins it for somebody else: then
    ``known`` is what that person allows. Raises ``NotFound``, ``Refused`` when the procedure is
    closed, ``NotSignedIn`` when it needs a surer proof of who is acting, ``Forbidden`` for staff
    who may not enter applications, ``Invalid`` when they have not said enough about who they act
    for, ``GrantOver``.
    """
    if actor.is_staff:
        _require_desk(actor, channel)
        faults = desk_faults(channel, arrival)
        if faults:
            raise Invalid(field_errors=dict(faults))
    live = procedure(procedure_id)
    chosen = defined(definition) if actor.is_staff and definition else live
    service = chosen.spec.service
    today = local_date(now)
    if not is_open(live.spec.service, today=today):
        raise Refused(_("この手続は、いまは受け付けていません。"))
    if not actor.is_staff and actor.assurance < needed_assurance(service):
        raise NotSignedIn(_("この手続には、ログインが必要です。"))
    anonymous = actor.account_id is None
    if anonymous and not owner_token:
        raise NotSignedIn(_("この手続を始めるには、もう一度手続のページから入ってください。"))
    frozen = freeze(
        kind="procedure",
        name=procedure_id,
        document=chosen.document,
        now=now,
        digest=chosen.hash,
    )
    acting = None
    if grant is not None:
        acting = use_grant(actor, grant_pk(actor, grant), need_of(live), "fill", now=now)
        note(acting.pk, "began", title=service.title.ja, now=now)
        known = known_about(acting, now=now)
    elif anonymous or actor.is_staff:
        known = None  # nobody else's facts, and not the clerk's own
    draft = Draft.objects.create(
        procedure_id=procedure_id,
        definition_id=frozen,
        owner_id=actor.account_id,
        owner_token=policy.token_digest(owner_token) if anonymous else "",
        grant_id=acting.pk if acting is not None else None,
        channel=channel,
        answers=prefilled(chosen.form, known or {}, today=today, answers=answers),
        known=seal_known(known or {}, chosen.form),
        arrival=arrival.as_json() if actor.is_staff else {},
        created_at=now,
        updated_at=now,
        expires_at=now + timedelta(days=settings.SUIGO_DRAFT_DAYS),
    )
    count_start(procedure_id, channel=channel, today=today)
    return draft.public_id


@transaction.atomic
def freeze_for_paper(procedure_id: str, *, now: datetime) -> str:
    """Keep the definition that is about to be printed; returns its hash. Raises ``NotFound``."""
    chosen = procedure(procedure_id)
    return freeze(
        kind="procedure",
        name=procedure_id,
        document=chosen.document,
        now=now,
        digest=chosen.hash,
    )


@transaction.atomic
def freeze_offered(*, now: datetime) -> int:
    """Keep every definition that is offered today; returns how many were not kept yet. A node that
    gets cases of another one knows the forms that were open there before an update."""
    known = frozen_hashes()
    fresh = [chosen for chosen in procedures() if chosen.hash not in known]
    for chosen in fresh:
        freeze(
            kind="procedure",
            name=chosen.id,
            document=chosen.document,
            now=now,
            digest=chosen.hash,
        )
    return len(fresh)


@transaction.atomic
def save_page(
    public_id: UUID,
    *,
    page: str,
    posted: Mapping[str, Sequence[str]],
    actor: Actor,
    now: datetime,
    owner_token: str = "",
    own_files: Collection[str] = frozenset(),
    fixed: Collection[str] = frozenset(),
    known: KnownFacts | None = None,
) -> PageSaved:
    """Keep what one page says and find the next one.

    Readable answers are kept even when others need mending, so nothing typed is lost. Facts that
    the form locks can't be changed, whatever is posted, nor can the paths of ``fixed``;
    ``own_files`` are the ids this person uploaded; ``known`` is what a group may start from where
    the draft itself keeps nothing. Whoever chose another member of a known list sees the page
    again first. Raises ``NotFound`` (also for an unknown page) and ``Gone``.
    """
    draft = owned_draft(public_id, actor=actor, now=now, owner_token=owner_token)
    chosen = defined(draft.definition_id)
    view = draft_view(draft, acting=acting_in(actor, draft, chosen, now=now))
    form, today, known = view.procedure.form, local_date(now), view.known or known or {}
    before = evaluate(form, draft.answers, today=today) if known else None
    try:
        reading = read_page(
            form,
            page,
            posted,
            draft.answers,
            seal=seal_number,
            own_files=own_files,
            fixed={*fixed, *held(form, known, before, today=today)}
            if before is not None
            else fixed,
        )
    except KeyError as unknown:
        raise NotFound from unknown
    answers, restarted = reading.answers, frozenset[str]()
    evaluation = evaluate(form, answers, today=today)
    if before is not None:
        answers, restarted = followed_choice(
            form, page, posted, answers, lists_in(known), evaluation, fixed=fixed
        )
        evaluation = evaluate(form, answers, today=today) if restarted else evaluation
        answers = followed(form, answers, known, before=before, after=evaluation)
        answers = enforced(form, answers, known, evaluation, today=today)
        if answers != reading.answers:
            evaluation = evaluate(form, answers, today=today)
    restructured = reading.restructured or bool(restarted)
    errors, warnings = without_groups(reading.errors, restarted), {}
    if not restructured:
        found = check(form, answers, today=today, pages={page}, evaluation=evaluation)
        errors, warnings = all_errors(reading.errors, found.errors), found.warnings
    draft.answers = answers
    next_page, reached = None, 0
    if not errors and not restructured and page in evaluation.pages:
        later = evaluation.pages[evaluation.pages.index(page) + 1 :]
        next_page = later[0] if later else None
        reached = _reached(draft, form, next_page, today=today)
    draft.page = next_page or page
    draft.version += 1
    active = active_between(draft.updated_at, now)
    draft.updated_at = now
    draft.expires_at = now + timedelta(days=settings.SUIGO_DRAFT_DAYS)
    draft.reminded_at = None
    with connection.cursor() as cursor:
        kept = answers_stored(draft.answers)
        cursor.execute(
            KEEP_PAGE, [kept, draft.page, now, draft.expires_at, reached, active, draft.pk]
        )
    files = [UUID(file_id) for _path, file_id in files_shown(evaluation, answers)]
    files += [UUID(scan) for scan in view.arrival.scans]
    if files:
        keep_until(files, date=local_date(draft.expires_at))
    return PageSaved(
        draft=draft_view(draft, acting=view.acting),
        errors=errors,
        warnings=warnings,
        restructured=restructured,
        next_page=next_page,
    )


def _reached(draft: Draft, form: CompiledForm, next_page: str | None, *, today: date) -> int:
    """The place of the page that is asked next, in the order of the whole form; counted when this
    application gets there for the first time."""
    order = [page.id for page in form.pages]
    place = len(order) if next_page is None else order.index(next_page)
    if place > draft.furthest:
        step = next_page or LAST_STEP
        count_step(draft.procedure_id, step=step, channel=draft.channel, today=today)
    return place


@transaction.atomic
def discard_draft(public_id: UUID, *, actor: Actor, now: datetime, owner_token: str = "") -> None:
    """Throw a draft away because its writer wants to. Raises ``NotFound``, ``Gone``.

    The ledger says that it happened, not which resident it was: nothing was ever sent.
    """
    draft = owned_draft(public_id, actor=actor, now=now, owner_token=owner_token, even_over=True)
    procedure_id, channel = draft.procedure_id, draft.channel
    draft.delete()
    publish(DraftDiscarded(draft_id=str(public_id), procedure_id=procedure_id, channel=channel))
    record(
        "draft.discarded",
        actor=actor if actor.is_staff else Actor(kind=actor.kind, account_id=None, name=""),
        subject_kind="draft",
        subject_id=str(public_id),
        facts={"procedure": procedure_id},
        now=now,
    )


@transaction.atomic
def adopt_drafts(*, actor: Actor, owner_token: str, now: datetime) -> int:
    """Hand all that came from this browser to the resident who has just signed in.

    The drafts, the files, and the applications that were sent already with their letters; returns
    how many drafts. Raises ``NotSignedIn``.
    """
    if actor.account_id is None or not actor.is_resident:
        raise NotSignedIn(_("下書きを引き継ぐには、ログインが必要です。"))
    if not owner_token:
        return 0
    digest = policy.token_digest(owner_token)
    # the drafts first: one that is being sent meanwhile is waited for, and found among the cases
    drafts = Draft.objects.filter(owner=None, owner_token=digest, expires_at__gt=now).update(
        owner_id=actor.account_id, owner_token="", version=F("version") + 1
    )
    cases = list(
        Case.objects.select_for_update(of=("self",))
        .filter(applicant=None, owner_token=digest)
        .order_by("id")
    )
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(
        applicant_id=actor.account_id, owner_token="", version=F("version") + 1
    )
    letters = CaseLetter.objects.filter(case__in=cases, file_id__isnull=False)
    printed = [i for i in letters.values_list("file_id", flat=True) if i is not None]
    claim_files(actor, owner_token=owner_token, letters=printed, now=now)
    for case in cases:
        record(
            "case.taken_over",
            actor=actor,
            subject_kind="case",
            subject_id=str(case.public_id),
            facts={"number": case.number},
            now=now,
        )
    return drafts


def _require_desk(actor: Actor, channel: str) -> None:
    if not actor.can(policy.ENTER):
        raise Forbidden(
            _(
                "職員として申請を始めるには、「申請を代わりに登録する」権限が必要です。"
                "ご自身の申請は、職員のログインを終了してから行ってください。"
            )
        )
    if channel not in policy.DESK_CHANNELS:
        raise Refused(_("窓口・電話・紙のどれで受け付けたかを選んでください。"))


def owned_draft(
    public_id: UUID, *, actor: Actor, now: datetime, owner_token: str, even_over: bool = False
) -> Draft:
    """The actor's own draft, locked until the transaction ends. Raises ``NotFound``, ``Gone``, and
    ``GrantOver`` when they may no longer act for whom it is, unless ``even_over``."""
    draft = Draft.objects.select_for_update().filter(public_id=public_id).first()
    if draft is None or not policy.owns_draft(actor, draft, owner_token=owner_token):
        raise NotFound(_("この下書きは見つかりませんでした。送信済みか、削除されています。"))
    if draft.expires_at <= now:
        raise expired()
    if not even_over:
        acting_in(actor, draft, defined(draft.definition_id), now=now)
    return draft
