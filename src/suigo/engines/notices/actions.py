"""Writing messages, and delivering them so that none is lost and hardly one comes twice."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suigo.engines.notices import policy, providers, rules
from suigo.engines.notices.library import library
from suigo.engines.notices.models import BODY_PURPOSE, DeliveryAttempt, Message
from suigo.kernel import crypto
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.content import city
from suigo.kernel.errors import NotFound, Refused
from suigo.kernel.ids import new_id
from suigo.kernel.jobs import enqueue

RELAYED = "bridge"  # the channel, and the template, of what another node wrote
LOST_AFTER = timedelta(minutes=2)  # a job should have taken the message by then

INSERT = """
INSERT INTO notices_message (
    public_id, dedupe_key, template, channel, language, account_id, address, about, subject,
    sealed_body, urgent, confidential, state, attempts, created_at, not_before_at, expires_at,
    last_error
) VALUES (
    %(public_id)s, %(dedupe_key)s, %(template)s, %(channel)s, %(language)s, %(account_id)s,
    %(address)s, %(about)s, %(subject)s, %(sealed_body)s, %(urgent)s, %(confidential)s, 'queued',
    0, %(created_at)s, %(not_before_at)s, %(expires_at)s, ''
) ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
"""


def send(
    template_id: str,
    *,
    to_address: str,
    to_account_id: int | None,
    language: str,
    values: Mapping[str, str],
    dedupe_key: str,
    now: datetime,
    urgent: bool = False,
    awake: bool = False,
    expires_at: datetime | None = None,
) -> bool:
    """Write a message inside the caller's transaction; it goes out after the commit.

    The same ``dedupe_key`` never gives a second message; returns whether there is a new one.
    It waits out the quiet hours, unless it is ``urgent`` (of use only now) or its reader is
    ``awake``: it answers what they did this moment. ``values`` may hold more than the template
    asks for; ``values["number"]`` is also what staff find the message by. Two statements.
    Raises ``rules.MissingValue`` and ``KeyError`` for mistakes in the program.
    """
    found = library()
    spec = found.notices[template_id]
    given = {"city": city().name.in_language(language), "site": settings.SUIGO_RESIDENTS_URL}
    letter = rules.fill(spec, found.footer, {**values, **given}, language=language)
    not_before_at = rules.earliest(now, quiet=None if urgent or awake else _quiet_hours())
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "public_id": new_id(),
                "dedupe_key": dedupe_key,
                "template": template_id,
                # the inner node has no mail server for residents: the other node sends it
                "channel": RELAYED
                if settings.SUIGO_ZONE == "inner" and to_account_id is None
                else spec.channel,
                "language": language,
                "account_id": to_account_id,
                "address": to_address,
                "about": values.get("number", "")[:80],
                "subject": letter.subject[:300],
                "sealed_body": crypto.seal(letter.body, purpose=BODY_PURPOSE),
                "urgent": urgent,
                "confidential": spec.confidential,
                "created_at": now,
                "not_before_at": not_before_at,
                "expires_at": expires_at,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return False
    _enqueue(row[0], at=not_before_at, now=now)
    return True


def take_relayed(message: providers.Outgoing, *, now: datetime) -> bool:
    """Queue a message that another node wrote, inside the caller's transaction; the same one never
    gives a second. Returns whether it is new. Its quiet hours are over: the other node waited."""
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "public_id": new_id(),
                "dedupe_key": f"{RELAYED}:{message.message_id}"[:200],
                "template": RELAYED,
                "channel": "email",
                "language": message.language[:10],
                "account_id": None,
                "address": message.to_address[:254],
                "about": "",
                "subject": message.subject[:300],
                "sealed_body": crypto.seal(message.body, purpose=BODY_PURPOSE),
                "urgent": False,
                "confidential": False,
                "created_at": now,
                "not_before_at": now,
                "expires_at": None,
            },
        )
        row = cursor.fetchone()
    if row is not None:
        _enqueue(row[0], at=now, now=now)
    return row is not None


def _quiet_hours() -> rules.QuietHours | None:
    return rules.QuietHours.parse(settings.SUIGO_QUIET_HOURS)


def _enqueue(message: int, *, at: datetime, now: datetime) -> None:
    seconds = max(0, ceil((at - now).total_seconds()))
    enqueue("notices.deliver", delay_seconds=seconds, message_id=message)


def deliver(message_id: int, *, now: datetime) -> None:
    """One try to deliver a message that is due; idempotent.

    That a try begins is committed before anything leaves, and its end afterwards: a worker that
    dies in between leaves a message in state ``sending``, which is tried again after the lease,
    with the same Message-ID. So at most the copy of that one try arrives twice.
    """
    message = _claim(message_id, now)
    if message is None:
        return
    body = crypto.open_sealed(message.sealed_body, purpose=BODY_PURPOSE)
    outgoing = providers.Outgoing(
        message_id=message.message_id,
        to_address=message.address,
        subject=message.subject,
        body=body,
        language=message.language,
    )
    try:
        providers.channel(message.channel).send(outgoing)
    except providers.PermanentFailure as refused:
        _note_failure(message, str(refused), now, for_ever=True)
    except providers.TemporaryFailure as problem:
        _note_failure(message, str(problem), now, for_ever=False)
    else:
        _note_success(message, now)


def _claim(message_id: int, now: datetime) -> Message | None:
    """Take a message for one try; None when there is nothing to do now."""
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id).first()
        if message is None or message.state in (Message.State.SENT, Message.State.GIVEN_UP):
            return None
        since = message.sending_since_at
        if since is not None:
            if now < since + rules.LEASE:
                _enqueue(message.pk, at=since + rules.LEASE, now=now)
                return None
            message.tries.filter(outcome="started").update(outcome="unknown")
        elif message.not_before_at > now:
            _enqueue(message.pk, at=message.not_before_at, now=now)
            return None
        if message.expires_at is not None and message.expires_at <= now:
            _give_up(message, str(_("届ける意味がなくなる時刻を過ぎました。")))
            return None
        message.state = Message.State.SENDING
        message.sending_since_at = now
        message.attempts += 1
        message.save(update_fields=["state", "sending_since_at", "attempts"])
        DeliveryAttempt.objects.create(message=message, number=message.attempts, started_at=now)
        return message


def _note_success(message: Message, now: datetime) -> None:
    with transaction.atomic():
        message.state = Message.State.SENT
        message.sent_at = now
        message.sending_since_at = None
        message.last_error = ""
        if message.confidential:
            message.sealed_body = ""
        message.save(
            update_fields=["state", "sent_at", "sending_since_at", "last_error", "sealed_body"]
        )
        _end_try(message, "sent", "")


def _note_failure(message: Message, words: str, now: datetime, *, for_ever: bool) -> None:
    detail = rules.without_address(words, message.address)
    again = rules.next_try(message.attempts, now=now, urgent=message.urgent, quiet=_quiet_hours())
    with transaction.atomic():
        if for_ever or again is None:
            _give_up(message, detail)
        else:
            message.state = Message.State.FAILED
            message.sending_since_at = None
            message.not_before_at = again
            message.last_error = detail
            message.save(update_fields=["state", "sending_since_at", "not_before_at", "last_error"])
            _enqueue(message.pk, at=again, now=now)
        _end_try(message, "refused" if for_ever else "failed", detail)


def _give_up(message: Message, reason: str) -> None:
    message.state = Message.State.GIVEN_UP
    message.sending_since_at = None
    message.last_error = reason
    if message.confidential:
        message.sealed_body = ""
    message.save(update_fields=["state", "sending_since_at", "last_error", "sealed_body"])


def _end_try(message: Message, outcome: str, detail: str) -> None:
    message.tries.filter(number=message.attempts).update(outcome=outcome, detail=detail)


def send_again(actor: Actor, message: UUID, *, now: datetime) -> None:
    """Try a message once more that had been given up or waits for its next try.

    Raises ``NotFound``, ``Refused``, ``Forbidden``.
    """
    actor.require(policy.VIEW)
    with transaction.atomic():
        row = Message.objects.select_for_update().filter(public_id=message).first()
        if row is None:
            raise NotFound
        if row.state not in (Message.State.FAILED, Message.State.GIVEN_UP):
            raise Refused(_("このお知らせは、今は送り直せません。"))
        if not row.sealed_body or (row.expires_at is not None and row.expires_at <= now):
            raise Refused(_("このお知らせは期限が過ぎたため、送り直せません。"))
        row.state = Message.State.QUEUED
        row.not_before_at = now
        row.save(update_fields=["state", "not_before_at"])
        _enqueue(row.pk, at=now, now=now)
        record(
            "notices.sent-again",
            actor=actor,
            subject_kind="message",
            subject_id=str(row.public_id),
            facts={"template": row.template, "number": row.about},
            now=now,
        )


def pick_up_lost(*, now: datetime) -> int:
    """Give messages that are overdue a new job, should theirs have vanished; returns how many."""
    due = now - LOST_AFTER
    waiting = Q(state__in=["queued", "failed"], not_before_at__lt=due)
    dead = Q(state="sending", sending_since_at__lt=now - rules.LEASE - LOST_AFTER)
    lost = Message.objects.filter(waiting | dead).order_by("pk").values_list("pk", flat=True)
    found = list(lost[:500])
    with transaction.atomic():
        for message in found:
            _enqueue(message, at=now, now=now)
    return len(found)


@transaction.atomic
def forget_old(*, now: datetime) -> int:
    """Remove messages that ended ``SUIGO_MESSAGE_DAYS`` ago; returns how many."""
    before = now - timedelta(days=settings.SUIGO_MESSAGE_DAYS)
    ended = Message.objects.filter(state__in=["sent", "given_up"], created_at__lt=before)
    count = ended.delete()[1].get("notices.Message", 0)
    if count:
        record(
            "notices.forgotten",
            actor=SYSTEM,
            subject_kind="messages",
            subject_id=local_date(now).isoformat(),
            facts={"count": count},
            now=now,
        )
    return count
