"""Putting an approved draft in force from a day on, closing a procedure, taking either back."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.queries.procedures import as_procedure, procedure
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.content.definitions import freeze
from suigo.kernel.errors import Conflict, Invalid, NotFound, Refused
from suigo.services.builder import policy
from suigo.services.builder.actions.designing import files_of, locked_design
from suigo.services.builder.models import Design, Publication, Review
from suigo.services.builder.published import PUBLISHED
from suigo.services.builder.queries.checking import faults_of, read_spec

LONGEST_SENTENCE = 500


@transaction.atomic
def publish_design(
    design_id: UUID, *, valid_from: date, actor: Actor, now: datetime
) -> Publication:
    """Put an approved draft in force from ``valid_from``, today at the earliest: by whoever makes
    or approves procedures, because two people have seen it.

    Cases under way keep the definition they were made with. Raises ``NotFound``, ``Forbidden``,
    ``Conflict`` without an approval, ``Refused`` when the city has changed so that it no longer
    fits, ``Invalid``.
    """
    policy.require_builder(actor)
    _require_day(valid_from, now)
    design = locked_design(design_id)
    if design.state != Design.State.APPROVED:
        raise Conflict(_("公開できるのは、承認された下書きだけです。"))
    review = (
        Review.objects.filter(
            design=design, version=design.version, outcome=Review.Outcome.APPROVED
        )
        .order_by("-answered_at", "-id")
        .first()
    )
    if review is None:
        raise Conflict(_("公開できるのは、承認された下書きだけです。"))
    files = files_of(design)
    if faults_of(design.procedure_id, files):
        raise Refused(_("承認のあとで市の設定が変わり、直すところができました。"))
    made = as_procedure(read_spec(design.procedure_id, files))
    freeze(
        kind="procedure",
        name=design.procedure_id,
        document=made.document,
        now=now,
        digest=made.hash,
    )
    row = _added(
        Publication(
            procedure_id=design.procedure_id,
            kind=Publication.Kind.PUBLISH,
            valid_from_date=valid_from,
            title=design.title,
            files=files,
            definition=made.hash,
            design=design,
            made_by_id=review.requested_by_id,
            made_by_name=review.requested_by_name,
            approved_by_id=review.answered_by_id,
            approved_by_name=review.answered_by_name,
            made_at=now,
        )
    )
    design.state = Design.State.PUBLISHED
    design.save(update_fields=["state"])
    _record("builder.published", row, actor, now)
    return row


@transaction.atomic
def close_procedure(
    procedure_id: str, *, sentence: str, closes_on: date, actor: Actor, now: datetime
) -> Publication:
    """End a procedure for new applications from ``closes_on``, with a sentence for residents.

    Raises ``Forbidden``, ``NotFound``, ``Invalid``.
    """
    actor.require(policy.APPROVE)
    _require_day(closes_on, now, name="closes_on")
    sentence = sentence.strip().replace("\x00", "")
    if not sentence or len(sentence) > LONGEST_SENTENCE:
        message = _("住民の方に伝えることを、%(max)d文字以内で書いてください。") % {
            "max": LONGEST_SENTENCE
        }
        raise Invalid(field_errors={"sentence": message})
    found = procedure(procedure_id)
    row = _added(
        Publication(
            procedure_id=procedure_id,
            kind=Publication.Kind.CLOSE,
            valid_from_date=closes_on,
            title=found.spec.service.title.ja[:300],
            sentence=sentence,
            made_by_id=policy.account_of(actor),
            made_by_name=actor.name,
            made_at=now,
        )
    )
    _record("builder.closed", row, actor, now)
    return row


@transaction.atomic
def withdraw_publication(
    procedure_id: str, number: int, *, actor: Actor, now: datetime
) -> Publication:
    """Take back what has not begun yet. Raises ``Forbidden``, ``NotFound``, ``Refused`` once it
    holds, ``Conflict`` when somebody did it already."""
    actor.require(policy.APPROVE)
    try:
        planned = Publication.objects.exclude(kind=Publication.Kind.WITHDRAW).get(
            procedure_id=procedure_id, number=number
        )
    except Publication.DoesNotExist as missing:
        raise NotFound from missing
    if planned.valid_from_date <= local_date(now):
        raise Refused(_("もう始まっているため、取り消せません。新しい版を公開してください。"))
    row = _added(
        Publication(
            procedure_id=procedure_id,
            kind=Publication.Kind.WITHDRAW,
            valid_from_date=local_date(now),
            title=planned.title,
            withdraws=planned,
            made_by_id=policy.account_of(actor),
            made_by_name=actor.name,
            made_at=now,
        )
    )
    _record("builder.withdrawn", row, actor, now)
    return row


def _added(row: Publication) -> Publication:
    newest = (
        Publication.objects.filter(procedure_id=row.procedure_id)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    row.number = (newest or 0) + 1
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict(_("同じときに、ほかの人がこの手続を変えました。")) from taken
    # this process shows it at once, the others within seconds
    transaction.on_commit(PUBLISHED.look)
    return row


def _record(action: str, row: Publication, actor: Actor, now: datetime) -> None:
    record(
        action,
        actor=actor,
        subject_kind="procedure",
        subject_id=row.procedure_id,
        facts={
            "procedure": row.procedure_id,
            "title": row.title,
            "number": row.number,
            "day": row.valid_from_date.isoformat(),
            "made_by": row.made_by_name,
            "approved_by": row.approved_by_name,
            "sentence": row.sentence,
        },
        now=now,
    )


def _require_day(day: date, now: datetime, *, name: str = "valid_from") -> None:
    if day < local_date(now):
        raise Invalid(field_errors={name: _("今日か、それより後の日を選んでください。")})
