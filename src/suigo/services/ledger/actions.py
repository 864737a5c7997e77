"""Making the daily proof, exporting it, and verifying everything."""

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta
from hashlib import sha256
from time import monotonic
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.documents.queries import stored_between
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.audit.queries import full_sentence, head
from suigo.kernel.clock import local_date
from suigo.kernel.content import city
from suigo.kernel.errors import Invalid, NotFound
from suigo.kernel.jobs import enqueue
from suigo.services.ledger import folder, policy, rules, stamping
from suigo.services.ledger.models import DailyProof, Verification
from suigo.services.ledger.queries import Finding, Step, authorities, examine

logger = logging.getLogger(__name__)

TOKYO = ZoneInfo("Asia/Tokyo")
BEGINNING = datetime(2000, 1, 1, tzinfo=TOKYO)  # of the first proof: before any file
VERIFY_JOB = "ledger.verify"
ABANDONED_AFTER = timedelta(hours=12)
LONGEST_REASON = 500
STAMPED_WITHIN = timedelta(days=7)  # an older proof is covered by those that follow it
TOLD_EVERY = 2.0  # seconds between two notes of how far a verification is


def prove_yesterday(*, now: datetime) -> bool:
    """The proof of the day that has ended, once; returns whether there is a new one.

    Days on which nothing ran are covered by the next one: its span begins where the last ended.
    """
    until = datetime.combine(local_date(now), time(), tzinfo=TOKYO)
    day = local_date(until - timedelta(seconds=1))
    with transaction.atomic():
        last = DailyProof.objects.select_for_update().order_by("-date").first()
        if last is not None and last.date >= day:
            return False
        since, previous = BEGINNING, ""
        if last is not None:
            # a span ends with its day, whatever was made of the statement that says so
            since = datetime.combine(last.date + timedelta(days=1), time(), tzinfo=TOKYO)
            previous = last.digest
            _name_altered(last, now=now)
        files = stored_between(since, until)
        listed = rules.file_list(files)
        entries, newest = head()
        statement = rules.Statement(
            city=city().id,
            date=day,
            since=since,
            until=until,
            entries=entries,
            head=newest,
            files=len(files),
            files_sha256=sha256(listed).hexdigest(),
            previous=previous,
        )
        made, created = DailyProof.objects.get_or_create(
            date=day,
            defaults={
                "statement": statement.as_bytes(),
                "file_list": listed,
                "digest": statement.digest,
                "made_at": now,
            },
        )
        if created:
            record(
                "ledger.proven",
                actor=SYSTEM,
                subject_kind="daily_proof",
                subject_id=day.isoformat(),
                facts={"date": day.isoformat(), "digest": made.digest},
                now=now,
            )
    return created


def _name_altered(proof: DailyProof, *, now: datetime) -> None:
    """An altered proof does not keep the next one from being made; the ledger says that it is."""
    if sha256(bytes(proof.statement)).hexdigest() == proof.digest:
        return
    record(
        "ledger.proof_altered",
        actor=SYSTEM,
        subject_kind="daily_proof",
        subject_id=proof.date.isoformat(),
        facts={"date": proof.date.isoformat(), "digest": proof.digest},
        now=now,
    )


def stamp_proofs(*, now: datetime) -> int:
    """Have the proofs of the last days stamped by the authority that the settings name; returns how
    many were. An authority that is slow, down or wrong costs nothing but its time stamp: the next
    run asks again.
    """
    if not settings.SUIGO_TIMESTAMP_URL:
        return 0
    since = local_date(now) - STAMPED_WITHIN
    waiting = DailyProof.objects.filter(stamp=None, date__gte=since).order_by("date")
    stamped = 0
    for proof in waiting:
        statement = bytes(proof.statement)
        if sha256(statement).hexdigest() != proof.digest:
            continue  # a verification names it
        try:
            token, moment = stamping.stamp(
                statement,
                send=stamping.sender(settings.SUIGO_TIMESTAMP_URL),
                authorities=authorities(),
                now=now,
            )
        except stamping.NotStamped as why:
            logger.warning("no time stamp for %s: %s", proof.date, why)
            break  # whoever is down now is down for the others, too
        stamped += _keep_stamp(proof, token, moment, now=now)
    return stamped


@transaction.atomic
def _keep_stamp(proof: DailyProof, token: bytes, moment: datetime, *, now: datetime) -> int:
    mine = DailyProof.objects.filter(pk=proof.pk, stamp=None)
    if not mine.update(stamp=token, stamped_at=moment):
        return 0  # another run was faster
    record(
        "ledger.stamped",
        actor=SYSTEM,
        subject_kind="daily_proof",
        subject_id=proof.date.isoformat(),
        facts={"date": proof.date.isoformat(), "stamp": sha256(token).hexdigest()},
        now=now,
    )
    return 1


def export_stamps(*, now: datetime) -> int:
    """Write the time stamps that are not exported yet; returns how many. Raises ``OSError``."""
    unwritten = DailyProof.objects.filter(stamp__isnull=False, stamp_exported_at=None)
    waiting = list(unwritten.order_by("date"))
    for proof in waiting:
        folder.write(folder.path_of(proof.date, folder.STAMP), bytes(proof.stamp or b""))
        DailyProof.objects.filter(pk=proof.pk).update(stamp_exported_at=now)
    return len(waiting)


def export_proofs(*, now: datetime) -> int:
    """Write what has not been exported yet; returns how many days. Raises ``OSError``."""
    waiting = list(DailyProof.objects.filter(exported_at=None).order_by("date"))
    for proof in waiting:
        folder.write(folder.path_of(proof.date, folder.FILES), bytes(proof.file_list))
        folder.write(folder.path_of(proof.date, folder.STATEMENT), bytes(proof.statement))
        DailyProof.objects.filter(pk=proof.pk).update(exported_at=now)
    return len(waiting)


def ask_for_verification(actor: Actor, *, now: datetime) -> None:
    """Have everything verified; one at a time. Raises ``Forbidden``."""
    actor.require(policy.VIEW)
    _begin(actor, now=now)


def verify_nightly(*, now: datetime) -> None:
    """What is asked for every night, without anybody asking."""
    _begin(SYSTEM, now=now)


def _begin(actor: Actor, *, now: datetime) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ledger.verification'))")
        running = Verification.objects.filter(
            finished_at=None, started_at__gt=now - ABANDONED_AFTER
        )
        if running.exists():
            return
        asked = Verification.objects.create(asked_by=actor.name, started_at=now)
        enqueue(VERIFY_JOB, verification_id=asked.pk)


def verify(verification_id: int, *, clock: Callable[[], datetime]) -> list[Finding]:
    """Carry out a verification that was asked for; again from the start if it was killed.

    It may take hours, so ``clock`` is asked when it ends. The ledger says how it ended.
    """
    asked = Verification.objects.filter(pk=verification_id, finished_at=None).first()
    if asked is None:
        return []
    told = monotonic()
    counts: dict[Step, int] = {}

    def watch(step: Step, count: int) -> None:
        nonlocal told
        counts[step] = count
        if monotonic() - told > TOLD_EVERY:
            told = monotonic()
            Verification.objects.filter(pk=asked.pk).update(**counts)

    found = examine(watch=watch)
    with transaction.atomic():
        findings = [finding.as_json() for finding in found]
        Verification.objects.filter(pk=asked.pk).update(
            finished_at=clock(), findings=findings, **counts
        )
        record(
            "ledger.verified" if not found else "ledger.found_altered",
            actor=SYSTEM,
            subject_kind="verification",
            subject_id=str(asked.public_id),
            facts={"entries": counts.get("entries", 0), "findings": len(found)},
            now=clock(),
        )
    return found


def read_personal(actor: Actor, entry_id: int, *, reason: str, now: datetime) -> str:
    """The whole sentence of an entry, personal part included; the look and its reason are
    recorded. Raises ``Forbidden``, ``Invalid`` without a reason, ``NotFound``."""
    actor.require(policy.VIEW)
    reason = reason.strip()
    if not reason:
        raise Invalid(field_errors={"reason": _("見る理由を入力してください。")})
    if len(reason) > LONGEST_REASON:
        raise Invalid(field_errors={"reason": _("理由は500文字以内で入力してください。")})
    sentence = full_sentence(entry_id)
    if sentence is None:
        raise NotFound
    with transaction.atomic():
        record(
            "ledger.personal_read",
            actor=actor,
            subject_kind="audit_entry",
            subject_id=str(entry_id),
            facts={"entry": entry_id, "reason": reason},
            now=now,
        )
    return sentence
