"""Writing and delivering messages with a real database and a real mail server."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from engines.notices.conftest import NOON, MailServer
from suigo.engines.identity import actions as identity
from suigo.engines.identity.models import SignInCode
from suigo.engines.notices import actions, queries, rules, subscribers
from suigo.engines.notices.models import DeliveryAttempt, Message
from suigo.kernel.access import Actor
from suigo.kernel.audit.queries import history_of
from suigo.kernel.errors import Forbidden, NotFound, Refused

Queue = Callable[..., Message]
KEEPER = Actor(
    kind="staff", account_id=None, name="見本 花子", capabilities=frozenset({"notices.view"})
)
CLERK = Actor(kind="staff", account_id=None, name="見本 次郎")
NIGHT = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # 22:00 in Japan

pytestmark = pytest.mark.django_db


def jobs() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name="notices.deliver").order_by("id"))


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def outcomes(message: Message) -> list[str]:
    tries = DeliveryAttempt.objects.filter(message=message).order_by("number")
    return list(tries.values_list("outcome", flat=True))


def test_a_message_and_its_job_are_written_together(queue: Queue) -> None:
    message = queue()
    assert (message.state, message.about, message.not_before_at) == (
        "queued",
        "R8-S01-0001",
        NOON,
    )
    assert [job.args for job in jobs()] == [{"message_id": message.pk}]
    assert "図書カード" not in message.sealed_body


def test_writing_costs_two_statements(
    queue: Queue, django_assert_num_queries: Callable[[int], Any]
) -> None:
    values = {"number": "1", "title": "t", "due_date": "d", "link": "l"}
    with django_assert_num_queries(2):
        actions.send(
            "case-received",
            to_address="a@a.jp",
            to_account_id=None,
            language="ja",
            values=values,
            dedupe_key="k",
            now=NOON,
        )


def test_the_same_key_gives_one_message(queue: Queue) -> None:
    first, second = queue("k"), queue("k")
    assert first.pk == second.pk
    assert (Message.objects.count(), len(jobs())) == (1, 1)


def test_a_change_rolled_back_sends_nothing(queue: Queue) -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert (Message.objects.count(), len(jobs())) == (0, 0)


def test_mistakes_of_the_program_are_loud(now: datetime) -> None:
    for template, values, error in (
        ("no-such-message", {}, KeyError),
        ("case-received", {"number": "1"}, rules.MissingValue),
    ):
        with pytest.raises(error):
            actions.send(
                template,
                to_address="a@a.jp",
                to_account_id=None,
                language="ja",
                values=values,
                dedupe_key="k",
                now=now,
            )


def test_delivery(queue: Queue, mail_server: MailServer, now: datetime) -> None:
    message = queue()
    actions.deliver(message.pk, now=now)
    actions.deliver(message.pk, now=now)
    assert (state_of(message), message.sent_at, outcomes(message)) == ("sent", now, ["sent"])
    (mail,) = mail_server.accepted
    assert mail["To"] == "taro@example.jp"
    assert mail["From"] == "見本市 <no-reply@mihon.example>"
    assert mail["Subject"].strip() == "【見本市】申請を受け付けました（R8-S01-0001）"
    assert mail["Message-ID"] == f"<{message.public_id}@mihon.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "ja"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content().replace("\r\n", "\n")
    assert "「図書カード」の申請を受け付けました。" in text
    assert text.endswith("心当たりのないときは、このメールを捨ててください。\n")


def test_other_languages(queue: Queue, mail_server: MailServer, now: datetime) -> None:
    for language in ("ja-easy", "en"):
        actions.deliver(queue(language, language=language).pk, now=now)
    easy, english = mail_server.accepted
    assert easy["Subject"].strip() == (
        "【見本市（みほんし）】申請（しんせい）を うけつけました（R8-S01-0001）"
    )
    assert (easy["Content-Language"], english["Content-Language"]) == ("ja", "en")
    assert english["Subject"].strip() == (
        "[Mihon City (sample)] We have received your application (R8-S01-0001)"
    )


def test_the_night_is_waited_out(queue: Queue, mail_server: MailServer) -> None:
    message = queue(at=NIGHT)
    morning = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    assert message.not_before_at == morning
    (job,) = jobs()
    assert job.scheduled_at is not None
    actions.deliver(message.pk, now=NIGHT)
    assert (state_of(message), mail_server.accepted) == ("queued", [])
    actions.deliver(message.pk, now=morning)
    assert state_of(message) == "sent"


def test_whoever_is_awake_is_answered_at_night(queue: Queue, mail_server: MailServer) -> None:
    message = queue(at=NIGHT, awake=True)
    actions.deliver(message.pk, now=NIGHT)
    assert state_of(message) == "sent"


def test_a_receipt_that_the_server_did_not_take_at_night_waits_for_the_morning(
    queue: Queue, mail_server: MailServer
) -> None:
    message = queue(at=NIGHT, awake=True)
    mail_server.answers = ["451 4.3.0 try later"]
    actions.deliver(message.pk, now=NIGHT)
    message.refresh_from_db()
    assert message.not_before_at == datetime(2026, 11, 24, 22, 0, tzinfo=UTC)


def test_a_city_may_do_without_quiet_hours(
    queue: Queue, mail_server: MailServer, settings: Any
) -> None:
    settings.SUIGO_QUIET_HOURS = ""
    actions.deliver(queue(at=NIGHT).pk, now=NIGHT)
    assert len(mail_server.accepted) == 1


def test_urgent_messages_go_at_night(queue: Queue, mail_server: MailServer) -> None:
    message = queue(at=NIGHT, urgent=True)
    actions.deliver(message.pk, now=NIGHT)
    assert state_of(message) == "sent"


def test_a_busy_server_is_tried_again(queue: Queue, mail_server: MailServer, now: datetime) -> None:
    message = queue()
    mail_server.answers = ["451 4.3.0 taro@example.jp: try later"]
    mail_server.data_answers = ["452 4.3.1 full"]
    at = now
    for expected in ("failed", "failed", "sent"):
        actions.deliver(message.pk, now=at)
        assert state_of(message) == expected
        at = message.not_before_at
    assert outcomes(message) == ["failed", "failed", "sent"]
    first = DeliveryAttempt.objects.get(number=1)
    assert first.detail == "451 4.3.0 ***: try later"
    assert len(mail_server.accepted) == 1


@pytest.mark.parametrize("address", ["a,b@c.de", "a@b.cd>", "a@c.de\nBcc: b@c.de"])
def test_what_no_mail_can_carry_is_given_up_at_once(
    address: str, queue: Queue, mail_server: MailServer, now: datetime
) -> None:
    message = queue(to_address=address)
    actions.deliver(message.pk, now=now)
    assert (state_of(message), mail_server.accepted) == ("given_up", [])


@pytest.mark.parametrize("part", ["answers", "data_answers"])
def test_an_address_that_does_not_exist_is_given_up_at_once(
    part: str, queue: Queue, mail_server: MailServer, now: datetime
) -> None:
    message = queue()
    setattr(mail_server, part, ["550 5.1.1 no such user"])
    actions.deliver(message.pk, now=now)
    assert (state_of(message), message.last_error) == ("given_up", "550 5.1.1 no such user")
    assert outcomes(message) == ["refused"]
    assert len(jobs()) == 1


@pytest.mark.usefixtures("no_mail_server")
def test_without_a_server_tries_grow_apart_and_end(queue: Queue, now: datetime) -> None:
    message = queue()
    at, waits = now, []
    while state_of(message) != "given_up":
        actions.deliver(message.pk, now=at)
        if state_of(message) == "failed":
            waits.append(message.not_before_at - at)
            at = message.not_before_at
    assert len(waits) == 8
    assert waits[:4] == [timedelta(minutes=m) for m in (1, 5, 15, 60)]
    assert outcomes(message) == ["failed"] * 9
    assert "ConnectionRefusedError" in message.last_error
    assert len(jobs()) == 9
    assert queries.given_up_count(KEEPER) == 1
    assert queries.given_up_count(CLERK) is None


def test_a_worker_that_died_while_sending_costs_one_copy_at_most(
    queue: Queue, mail_server: MailServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queue()

    class PowerCut(BaseException):
        pass

    def die(*args: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_note_success", die)
        with pytest.raises(PowerCut):
            actions.deliver(message.pk, now=now)
    assert (state_of(message), len(mail_server.accepted)) == ("sending", 1)
    soon = now + timedelta(seconds=20)
    actions.deliver(message.pk, now=soon)
    assert (state_of(message), len(mail_server.accepted)) == ("sending", 1)
    later = jobs()[-1]
    assert later.scheduled_at is not None
    actions.deliver(message.pk, now=now + rules.LEASE)
    assert (state_of(message), outcomes(message)) == ("sent", ["unknown", "sent"])
    ids = {mail["Message-ID"] for mail in mail_server.accepted}
    assert (len(mail_server.accepted), len(ids)) == (2, 1)


def test_a_message_past_its_time_is_not_sent(
    queue: Queue, mail_server: MailServer, now: datetime
) -> None:
    message = queue(urgent=True, expires_at=now + timedelta(minutes=10))
    actions.deliver(message.pk, now=now + timedelta(minutes=10))
    assert (state_of(message), mail_server.accepted) == ("given_up", [])


def test_a_sign_in_code_travels_at_night_and_leaves_no_trace(
    mail_server: MailServer, now: datetime, time_machine: Any
) -> None:
    time_machine.move_to(NIGHT, tick=False)
    identity.request_sign_in_code("taro@example.jp", network="", language="en", now=NIGHT)
    code = SignInCode.objects.get()
    announced = ProcrastinateJob.objects.get(task_name=subscribers.SEND_SIGN_IN_CODE)
    assert announced.args == {"code_id": code.pk}
    for _ in range(2):
        subscribers.send_sign_in_code(code.pk)
    message = Message.objects.get()
    actions.deliver(message.pk, now=NIGHT)
    (mail,) = mail_server.accepted
    body = mail.get_body(("plain",))
    assert body is not None
    digits = [line for line in body.get_content().splitlines() if line.isdigit()]
    message.refresh_from_db()
    assert (len(digits), len(digits[0])) == (1, 6)
    assert (message.state, message.sealed_body, message.expires_at) == (
        "sent",
        "",
        code.expires_at,
    )


def test_a_code_that_was_used_meanwhile_is_not_sent(now: datetime) -> None:
    identity.request_sign_in_code("taro@example.jp", network="", language="ja", now=now)
    SignInCode.objects.update(used_at=now)
    subscribers.send_sign_in_code(SignInCode.objects.get().pk)
    assert Message.objects.count() == 0


def test_sending_again(queue: Queue, mail_server: MailServer, now: datetime) -> None:
    message = queue()
    mail_server.answers = ["550 5.1.1 no such user"]
    actions.deliver(message.pk, now=now)
    with pytest.raises(Forbidden):
        actions.send_again(CLERK, message.public_id, now=now)
    with pytest.raises(NotFound):
        actions.send_again(KEEPER, SignInCode().public_id, now=now)
    actions.send_again(KEEPER, message.public_id, now=now)
    with pytest.raises(Refused):
        actions.send_again(KEEPER, message.public_id, now=now)
    actions.deliver(message.pk, now=now)
    assert (state_of(message), outcomes(message)) == ("sent", ["refused", "sent"])
    (line,) = history_of(subject_kind="message", subject_id=str(message.public_id))
    assert line.sentence == ("見本 花子 が R8-S01-0001 のお知らせ（case-received）を送り直しました")


def test_a_given_up_code_cannot_be_sent_again(
    mail_server: MailServer, now: datetime, at_noon: None
) -> None:
    identity.request_sign_in_code("taro@example.jp", network="", language="ja", now=now)
    subscribers.send_sign_in_code(SignInCode.objects.get().pk)
    mail_server.answers = ["550 no"]
    message = Message.objects.get()
    actions.deliver(message.pk, now=now)
    with pytest.raises(Refused):
        actions.send_again(KEEPER, message.public_id, now=now)


def test_messages_whose_job_vanished_get_a_new_one(queue: Queue, now: datetime) -> None:
    queued, sent, fresh = queue("a"), queue("b"), queue("c", at=now + timedelta(minutes=2))
    dead = queue("d")
    Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=now)
    Message.objects.filter(pk=dead.pk).update(state="sending", sending_since_at=now)
    before = len(jobs())
    assert actions.pick_up_lost(now=now + timedelta(minutes=3)) == 1
    assert jobs()[before].args == {"message_id": queued.pk}
    assert actions.pick_up_lost(now=now + timedelta(minutes=6)) == 3
    assert [job.args["message_id"] for job in jobs()[before + 1 :]] == [
        queued.pk,
        fresh.pk,
        dead.pk,
    ]


def test_old_messages_are_forgotten_but_never_waiting_ones(
    queue: Queue, now: datetime, settings: Any
) -> None:
    settings.SUIGO_MESSAGE_DAYS = 90
    old = now - timedelta(days=90, seconds=1)
    for key, at in (("old", old), ("waiting", old), ("new", now - timedelta(days=89))):
        queue(key, at=at)
    Message.objects.exclude(dedupe_key="waiting").update(state="sent", sent_at=now)
    assert actions.forget_old(now=now) == 1
    assert set(Message.objects.values_list("dedupe_key", flat=True)) == {"waiting", "new"}


def test_the_tables_guard_themselves(queue: Queue, now: datetime) -> None:
    message = queue()
    wrong: list[dict[str, Any]] = [
        {"state": "sent"},
        {"sent_at": now},
        {"state": "sending"},
        {"sending_since_at": now},
    ]
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**change)
