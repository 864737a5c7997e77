"""Two workers that got the same job at the same time, with real commits."""

import threading
from datetime import datetime

import pytest
from django.db import connection

from suigo.engines.notices import actions, providers
from suigo.engines.notices.models import Message


class SlowChannel:
    """Holds each message until it is told to let go."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.entered, self.release = threading.Event(), threading.Event()

    def send(self, message: providers.Outgoing) -> None:
        self.sent.append(message.message_id)
        self.entered.set()
        assert self.release.wait(10)


@pytest.mark.usefixtures("really_committed")
def test_two_workers_with_the_same_job_send_one_mail(now: datetime) -> None:
    actions.send(
        "case-withdrawn",
        to_address="a@a.jp",
        to_account_id=None,
        language="ja",
        values={"number": "1", "title": "t", "link": "l"},
        dedupe_key="two-workers",
        now=now,
    )
    message = Message.objects.get(dedupe_key="two-workers")
    slow, usual = SlowChannel(), providers.channel("email")
    providers.register("email", slow)

    def work() -> None:
        try:
            actions.deliver(message.pk, now=now)
        finally:
            connection.close()

    try:
        first = threading.Thread(target=work)
        first.start()
        assert slow.entered.wait(10)
        actions.deliver(message.pk, now=now)  # finds it taken
        slow.release.set()
        first.join(10)
    finally:
        providers.register("email", usual)
    message.refresh_from_db()
    assert (message.state, slow.sent) == ("sent", [message.message_id])
