"""The mail catcher over a real SMTP connection."""

import smtplib
import subprocess
import sys
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from suigo.project.supervisor import recorded_port


def test_a_message_becomes_a_file_for_its_owner_only(tmp_path: Path) -> None:
    port = recorded_port(tmp_path / "port")
    catcher = subprocess.Popen(
        [
            *(sys.executable, "-m", "suigo.project.mailcatcher"),
            *("--port", str(port), "--directory", str(tmp_path / "mail")),
        ]
    )
    message = EmailMessage()
    message["Subject"] = "お知らせ"
    message["From"] = "city@example.jp"
    message["To"] = "resident@example.jp"
    message.set_content("受付番号が決まりました。\n")
    try:
        for _ in range(400):
            try:
                with smtplib.SMTP("127.0.0.1", port, timeout=5) as connection:
                    connection.send_message(message)
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        files = list((tmp_path / "mail").iterdir())
        assert [file.suffix for file in files] == [".eml"]
        assert (tmp_path / "mail").stat().st_mode & 0o077 == 0
        stored = message_from_bytes(files[0].read_bytes(), policy=default)
        assert stored["X-Envelope-To"] == "resident@example.jp"
        assert stored["Subject"] == "お知らせ"
        assert stored.get_content().splitlines() == ["受付番号が決まりました。"]
    finally:
        catcher.terminate()
        assert catcher.wait(timeout=20) == 0
