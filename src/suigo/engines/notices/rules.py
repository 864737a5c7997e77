"""Filling texts, quiet hours and pauses between tries: plain functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from suigo.engines.notices.spec import GIVEN, PLACEHOLDER, FooterSpec, NoticeSpec

TOKYO = ZoneInfo("Asia/Tokyo")
QUIET_FROM = time(21, 0)
QUIET_UNTIL = time(7, 0)

# A message is tried nine times over about two days, an urgent one while it is of use.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1440))
URGENT_PAUSES = tuple(timedelta(seconds=s) for s in (5, 10, 20, 30, 60, 60, 120))

# Longer than a whole conversation with a mail server can take (each step waits 15 s at most):
# a message that has been "being sent" for longer belonged to a worker that died.
LEASE = timedelta(minutes=3)


class MissingValue(KeyError):
    """The caller gave no value for a placeholder: a mistake in the program."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go."""

    subject: str
    body: str


def fill(
    spec: NoticeSpec, footer: FooterSpec, values: Mapping[str, str], *, language: str
) -> Letter:
    """The message in ``language``. Values are put in once, so a value that looks like a
    placeholder stays text; what the message doesn't ask for is left out of it.

    Raises ``MissingValue``.
    """
    missing = (set(spec.variables) | GIVEN) - set(values)
    if missing:
        raise MissingValue(f"no value for {sorted(missing)}")

    def filled(text: str) -> str:
        return PLACEHOLDER.sub(lambda found: values[found[1]], text)

    subject = " ".join(filled(spec.subject.in_language(language)).split())
    body = filled(spec.body.in_language(language)).rstrip()
    below = filled(footer.body.in_language(language)).rstrip()
    return Letter(subject=subject, body=f"{body}\n\n-- \n{below}\n")


def is_quiet(moment: datetime) -> bool:
    """Whether people should not be disturbed: from 21:00 until before 7:00 in Japan."""
    at = moment.astimezone(TOKYO).time()
    return at >= QUIET_FROM or at < QUIET_UNTIL


def earliest(moment: datetime, *, urgent: bool) -> datetime:
    """When a message may go: at once if urgent or by day, else at the next seven in the morning."""
    if urgent or not is_quiet(moment):
        return moment
    local = moment.astimezone(TOKYO)
    morning = local.replace(hour=QUIET_UNTIL.hour, minute=0, second=0, microsecond=0)
    if local.time() >= QUIET_FROM:
        morning += timedelta(days=1)
    return morning.astimezone(moment.tzinfo)


def next_try(attempts: int, *, now: datetime, urgent: bool) -> datetime | None:
    """When to try again after ``attempts`` failed tries; None: give up."""
    pauses = URGENT_PAUSES if urgent else PAUSES
    if not 1 <= attempts <= len(pauses):
        return None
    return earliest(now + pauses[attempts - 1], urgent=urgent)


def without_address(text: str, address: str, *, longest: int = 300) -> str:
    """A mail server's words for the record: one line, without the address they often repeat."""
    plain = " ".join(text.split())
    for part in (address, address.partition("@")[0]):
        if len(part) > 2:
            plain = plain.replace(part, "***")
    return plain[:longest]
