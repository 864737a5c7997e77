"""What happens by itself: letters are printed, drafts run out, records reach their end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from suigo.engines.cases import providers
from suigo.engines.cases.actions.printing import print_letter
from suigo.engines.cases.actions.telling import letter_message, tell_applicant
from suigo.engines.cases.models import (
    Case,
    CaseDisclosure,
    CaseFile,
    CaseLetter,
    CaseNote,
    CorrectionRequest,
    Draft,
    RefusedStep,
)
from suigo.engines.cases.queries.looking import LOOKS
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.identity.queries import account_brief
from suigo.engines.notices.actions import send
from suigo.engines.signing.actions import erase as erase_signatures
from suigo.kernel.access import SYSTEM
from suigo.kernel.audit.actions import erase_personal, record
from suigo.kernel.clock import local_date
from suigo.kernel.japanese.plain import date_in_words

REMIND_DAYS_BEFORE = 5
BATCH = 200


@transaction.atomic
def issue_letter(letter_id: UUID, *, now: datetime) -> None:
    """Print a letter, keep it, and tell the applicant who was not told yet.

    Running it again changes nothing.
    """
    # the case first, as every action does: whether it is closed decides how long the letter is
    # kept, and a case that is closing at this moment would not see the letter's file
    case = Case.objects.select_for_update(of=("self",)).filter(letters__public_id=letter_id).first()
    letter = CaseLetter.objects.select_for_update().filter(public_id=letter_id).first()
    if case is None or letter is None or letter.issued_at is not None:
        return
    chosen = defined(case.definition_id)
    letter.file_id = print_letter(letter, case=case, now=now)
    letter.issued_at = now
    letter.save(update_fields=["file_id", "issued_at"])
    message = letter_message(letter.kind, letter.letter_id, spec=chosen.spec)
    if message is not None:
        tell_applicant(
            message,
            case=case,
            spec=chosen.spec,
            now=now,
            values={"letter": letter.title},
            once=str(letter.public_id),  # a case may be sent several letters in one version
        )
    for relay in providers.relays():
        relay.moved(case.public_id, None, now=now)
    record(
        "case.letter_issued",
        actor=SYSTEM,
        subject_kind="case",
        subject_id=str(case.public_id),
        facts={"number": case.number, "letter": letter.title, "file": str(letter.file_id)},
        now=now,
    )


@dataclass(frozen=True, slots=True)
class DraftsExpired:
    """How many writers were reminded and how many drafts removed."""

    reminded: int
    removed: int


def expire_drafts(*, now: datetime) -> DraftsExpired:
    """Remind of drafts that will soon be removed, and remove those whose time is over."""
    reminded = 0
    soon = now + timedelta(days=REMIND_DAYS_BEFORE)
    waiting = Draft.objects.filter(
        owner__isnull=False, reminded_at__isnull=True, expires_at__gt=now, expires_at__lte=soon
    )
    while ids := list(waiting.order_by("id").values_list("pk", flat=True)[:BATCH]):
        reminded += sum(_remind(draft_id, now=now) for draft_id in ids)
    removed = _remove_expired(now=now)
    return DraftsExpired(reminded, removed)


@transaction.atomic
def _remind(draft_id: int, *, now: datetime) -> int:
    draft = Draft.objects.select_for_update().filter(pk=draft_id, reminded_at=None).first()
    if draft is None or draft.owner_id is None:
        return 0
    draft.reminded_at = now
    draft.save(update_fields=["reminded_at"])
    account = account_brief([draft.owner_id]).get(draft.owner_id)
    if account is None or not account.email:
        return 0
    title = defined(draft.definition_id).spec.service.title
    send(
        "draft-expiring",
        to_address=account.email,
        to_account_id=account.id,
        language=account.language,
        values={
            "title": title.in_language(account.language),
            "link": settings.SUIGO_BASE_URL + reverse("apply", args=[draft.public_id]),
            "expires": date_in_words(local_date(draft.expires_at), language=account.language),
        },
        dedupe_key=f"draft-expiring:{draft.public_id}:{draft.version}",
        now=now,
    )
    return 1


@transaction.atomic
def _remove_expired(*, now: datetime) -> int:
    removed = Draft.objects.filter(expires_at__lte=now).delete()[0]
    if removed:
        record(
            "drafts.expired",
            actor=SYSTEM,
            subject_kind="drafts",
            subject_id=local_date(now).isoformat(),
            facts={"count": removed},
            now=now,
        )
    return removed


def apply_retention(*, now: datetime) -> int:
    """Erase what a case holds about people once its 保存期間 is over; returns how many.

    The number, the procedure and the outcome stay for the statistics. Files and letters are
    removed by documents on their own dates.
    """
    today = local_date(now)
    due = Case.objects.filter(erased_at__isnull=True, keep_until_date__lt=today)
    erased = 0
    while ids := list(due.order_by("id").values_list("pk", flat=True)[:BATCH]):
        erased += sum(_erase(pk, now=now) for pk in ids)
    return erased


@transaction.atomic
def _erase(pk: int, *, now: datetime) -> int:
    case = Case.objects.select_for_update(of=("self",)).filter(pk=pk, erased_at=None).first()
    if case is None or case.phase != "done":
        return 0
    CaseDisclosure.objects.filter(case=case).delete()
    CaseFile.objects.filter(case=case).delete()
    CaseNote.objects.filter(case=case).delete()
    CaseLetter.objects.filter(case=case).delete()
    CorrectionRequest.objects.filter(case=case).delete()
    RefusedStep.objects.filter(case=case).delete()
    case.answers, case.decision, case.entries = {}, {}, {}
    case.origins, case.arrival = {}, {}
    case.applicant_id, case.owner_token, case.grant_id = None, "", None
    case.applicant_name = case.applicant_kana = case.search_text = case.contact_email = ""
    case.submit_key = f"erased:{case.public_id}"
    case.submit_digest = ""
    case.erased_at = now
    case.version += 1
    case.save()
    subject = str(case.public_id)
    erase_personal(subject_kind="case", subject_id=subject)
    erase_signatures(case.public_id, now=now)
    erase_personal(subject_kind=LOOKS, subject_id=subject)
    record(
        "case.erased",
        actor=SYSTEM,
        subject_kind="case",
        subject_id=subject,
        facts={"number": case.number, "kept_until": str(case.keep_until_date)},
        now=now,
    )
    return 1
