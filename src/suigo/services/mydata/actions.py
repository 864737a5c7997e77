"""Asking for everything, making it, and giving it to whom it is about."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from suigo.engines.documents import actions as documents
from suigo.engines.documents.queries import briefs
from suigo.engines.documents.spec import FileBrief
from suigo.engines.identity.queries import account_brief
from suigo.kernel import personal
from suigo.kernel.access import SYSTEM, Actor, Assurance, NeedsProof
from suigo.kernel.audit.actions import erase_personal_before, record
from suigo.kernel.clock import local_date
from suigo.kernel.content import city
from suigo.kernel.errors import Gone, NotFound
from suigo.kernel.jobs import enqueue
from suigo.kernel.limits.actions import hit
from suigo.services.mydata import policy, rendering
from suigo.services.mydata.models import UNDER_WAY, Export

MAKE = "mydata.make"
GOOD_FOR = timedelta(hours=24)
A_DAY = 5  # archives that one person may ask for
STUCK = timedelta(hours=1)
NAMES_KEPT = timedelta(days=365)
ROWS_KEPT = timedelta(days=30)


def ask(actor: Actor, *, language: str, now: datetime) -> UUID:
    """Have everything held about the actor put together; the one under way, if there is one.

    Raises ``NotFound`` for whoever is no resident, ``TooMany``.
    """
    account = policy.account_of(actor)
    under_way = Export.objects.filter(UNDER_WAY, account_id=account).first()
    if under_way is not None and under_way.asked_at > now - STUCK:
        return under_way.public_id
    hit(f"mydata.ask:{account}", limit=A_DAY, per=timedelta(days=1), now=now)
    try:
        with transaction.atomic():
            Export.objects.filter(UNDER_WAY, account_id=account).update(failed_at=now)
            export = Export.objects.create(
                account_id=account, assurance=actor.assurance, language=language, asked_at=now
            )
            enqueue(MAKE, export=str(export.public_id))
            _note("mydata.asked", export, actor=actor, now=now)
    except IntegrityError:  # asked twice at the same moment
        return Export.objects.get(UNDER_WAY, account_id=account).public_id
    return export.public_id


def make(export_id: UUID, *, now: datetime) -> None:
    """Collect from every package and keep the archive, encrypted. Running it again changes
    nothing; one that was killed begins again, and what it left is purged."""
    export = Export.objects.filter(UNDER_WAY, public_id=export_id).first()
    if export is None:
        return
    actor = _resident(export)
    with translation.override(export.language):
        parts = [
            rendering.Part(source.id, str(source.title), tuple(source.collect(actor, now)))
            for source in personal.sources()
        ]
        file = documents.store_export(
            name=f"my-data-{local_date(now)}.zip",
            content=rendering.archive(parts, city=city().spec.name.ja, made_at=now),
            retention_date=local_date(now + GOOD_FOR),
            now=now,
        )
    with transaction.atomic():
        made = Export.objects.filter(UNDER_WAY, pk=export.pk)
        if made.update(made_at=now, file_id=file.public_id, expires_at=now + GOOD_FOR):
            _note("mydata.made", export, actor=SYSTEM, now=now, size=file.size)


def _resident(export: Export) -> Actor:
    account = account_brief([export.account_id])[export.account_id]
    return Actor(
        kind="resident",
        account_id=account.id,
        name=account.name,
        email=account.email,
        assurance=Assurance(export.assurance),
        channel="system",
        language=export.language,
    )


@transaction.atomic
def give(actor: Actor, export_id: UUID, *, now: datetime) -> FileBrief:
    """The archive, for nobody but whom it is about, as long as its link is good.

    Raises ``NotFound`` (somebody else's looks like none), ``Gone``, and ``NeedsProof`` for whoever
    proved less than when it was asked for.
    """
    export = Export.objects.filter(public_id=export_id, made_at__isnull=False).first()
    if export is None or export.account_id != policy.account_of(actor):
        raise NotFound
    assert export.expires_at is not None
    assert export.file_id is not None
    if export.expires_at <= now:
        raise Gone(_("このファイルを受け取れる期限が過ぎました。もう一度作ってください。"))
    if actor.assurance < export.assurance:
        raise NeedsProof(
            _("このファイルを受け取るには、本人確認が必要です。"),
            assurance=Assurance(export.assurance),
        )
    file = briefs([export.file_id])[export.file_id]
    if file.purged_at is not None:
        raise Gone(_("このファイルを受け取れる期限が過ぎました。もう一度作ってください。"))
    _note("mydata.given", export, actor=actor, now=now)
    return file


@transaction.atomic
def forget_old(*, now: datetime) -> int:
    """Remove what tells of archives that ended long ago; their files went the day after."""
    erase_personal_before(now - NAMES_KEPT, subject_kinds=("export",), now=now)
    count, _kinds = Export.objects.filter(asked_at__lt=now - ROWS_KEPT).delete()
    if count:
        record(
            "mydata.forgotten",
            actor=SYSTEM,
            subject_kind="exports",
            subject_id=local_date(now).isoformat(),
            facts={"count": count},
            now=now,
        )
    return count


def _note(action: str, export: Export, *, actor: Actor, now: datetime, **facts: int) -> None:
    record(
        action,
        actor=actor,
        subject_kind="export",
        subject_id=str(export.public_id),
        facts=facts,
        now=now,
    )
