"""A mail server that delivers nothing: the demonstration's outgoing mail ends as files.

Every accepted message becomes one `.eml` file below the given directory, named by arrival time,
with the envelope's addresses in `X-Envelope-From` and `X-Envelope-To`. Only this computer can
connect.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from suigo.project import lifeline

LARGEST_MESSAGE = 30_000_000  # bytes


class Mailbox:
    """Writes each message to a file of its own, completely or not at all."""

    def __init__(self, directory: Path) -> None:
        """Keep messages below `directory`, which is made readable by its owner only."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._directory = directory
        self._count = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store one message; the sender gets a success only when the file is on disk."""
        content = envelope.original_content or b""
        self._count += 1
        arrived = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        name = f"{arrived}-{os.getpid()}-{self._count}"
        unfinished = self._directory / f".{name}.unfinished"
        head = (
            f"X-Envelope-From: {envelope.mail_from}\r\n"
            f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        )
        with unfinished.open("xb") as file:
            file.write(head.encode() + content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._directory / f"{name}.eml")
        return "250 Stored"


def serve(*, directory: Path, port: int) -> None:
    """Accept mail on 127.0.0.1 until the process is told to end."""
    controller = Controller(
        Mailbox(directory), hostname="127.0.0.1", port=port, data_size_limit=LARGEST_MESSAGE
    )
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    lifeline.follow()
    controller.start()
    try:
        ended.wait()
    finally:
        controller.stop()


def main() -> None:
    """Run as a process of its own (`python -m suigo.project.mailcatcher --help`)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    arguments = parser.parse_args()
    serve(directory=arguments.directory, port=arguments.port)


if __name__ == "__main__":
    main()
