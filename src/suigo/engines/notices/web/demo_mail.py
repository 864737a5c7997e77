"""``/demo/mail/``: the mail of a demonstration. Nothing leaves the machine; it is read here."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suigo.kernel.errors import NotFound

NAME = re.compile(r"^[0-9A-Za-z][0-9A-Za-z.\-]{0,120}$")
SHOWN = 50
LARGEST = 2_000_000  # bytes; ours are a few kilobytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One caught mail."""

    name: str
    to_address: str
    subject: str
    language: str
    arrived_at: datetime
    body: str


def folder() -> Path:
    """Where the mail catcher of ``./suigo run`` puts one ``.eml`` file per mail."""
    return Path(settings.SUIGO_DATA) / "mail"


def read(file: Path) -> Mail | None:
    """What a caught mail says; None when it vanished meanwhile or is none of ours."""
    try:
        if file.stat().st_size > LARGEST:
            return None
        raw, arrived = file.read_bytes(), file.stat().st_mtime
    except OSError:
        return None
    parsed = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
    text = parsed.get_body(preferencelist=("plain",))
    return Mail(
        name=file.stem,
        to_address=str(parsed.get("To", "")),
        subject=str(parsed.get("Subject", "")).strip(),
        language=str(parsed.get("Content-Language", "ja")),
        arrived_at=datetime.fromtimestamp(arrived).astimezone(),
        body=text.get_content() if text else "",
    )


@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails; ``?to=`` shows only those for one address."""
    wanted = request.GET.get("to", "").strip().lower()
    files = sorted(folder().glob("*.eml"), key=lambda file: file.name, reverse=True)
    found: list[Mail] = []
    for file in files:
        mail = read(file)
        if mail is not None and (not wanted or wanted in mail.to_address.lower()):
            found.append(mail)
        if len(found) == SHOWN:
            break
    return render(request, "notices/demo_mails.html", {"mails": found, "to": wanted})


@never_cache
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as its reader would see it."""
    found = read(folder() / f"{name}.eml") if NAME.match(name) else None
    if found is None:
        raise NotFound
    return render(request, "notices/demo_mail.html", {"mail": found})
