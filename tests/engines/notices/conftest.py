"""A mail server that behaves and misbehaves, and messages to send through it."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from suigo.engines.notices.actions import send
from suigo.engines.notices.manifest import MANIFEST
from suigo.engines.notices.models import Message
from suigo.kernel.ui import navigation

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # in Japan


class MailServer:
    """Keeps what it accepts. ``answers`` holds what it says to the next recipients; an empty
    list accepts all. ``hang_up`` ends conversations instead of answering."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.answers: list[str] = []
        self.data_answers: list[str] = []

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = self.data_answers.pop(0) if self.data_answers else "250 OK"
        if answer.startswith("250"):
            content = envelope.original_content or b""
            mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
            self.accepted.append(mail)
        return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A server on a port of its own, configured as the city's."""
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.DEFAULT_FROM_EMAIL = "no-reply@mihon.example"
    yield server
    controller.stop()


@pytest.fixture
def no_mail_server(settings: Any) -> None:
    """Nothing listens where the mail server should be."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def queue(db: None) -> Callable[..., Message]:
    """Writes a message and gives the row."""

    def write(key: str = "k", *, at: datetime = NOON, **options: Any) -> Message:
        send(
            "case-received",
            to_address=options.pop("to_address", "taro@example.jp"),
            to_account_id=None,
            language=options.pop("language", "ja"),
            values={
                "number": "R8-S01-0001",
                "title": "図書カード",
                "due_date": "令和8年12月1日",
                "link": "https://suigo.example.jp/my/applications/1/",
            },
            dedupe_key=key,
            now=at,
            **options,
        )
        return Message.objects.get(dedupe_key=key)

    return write


@pytest.fixture
def own_tabs_only() -> Iterator[None]:
    """Without the tabs of other packages, whose counts would be counted here."""
    items, places = navigation.installed()
    navigation.install(MANIFEST.navigation, places)
    yield
    navigation.install(items, places)
