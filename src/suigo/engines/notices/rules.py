"""Filling texts, quiet hours and pauses between tries: plain functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from suigo.engines.notices.spec import GIVEN, PLACEHOLDER, FooterSpec, NoticeSpec

TOKYO = ZoneInfo("Asia/Tokyo")

# A message is tried nine times over about two days, an urgent one while it is of use.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1440))
URGENT_PAUSES = tuple(timedelta(seconds=s) for s in (5, 10, 20, 30, 60, 60, 120))

# Longer than a whole conversation with a mail server can take (each step waits 15 s at most):
# a message that has been "being sent" for longer belonged to a worker that died.
LEASE = timedelta(minutes=3)


class MissingValue(KeyError):
    """The caller gave no value for a placeholder: a mistake in the program."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When people should not be disturbed, in Japan's time: from ``start`` until before ``end``."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "QuietHours | None":
        """``21:00-07:00``; nothing at all means that no hour is quiet. Raises ``ValueError``."""
        if not text:
            return None
        start, _, end = text.partition("-")
        hours = cls(time.fromisoformat(start), time.fromisoformat(end))
        if hours.start == hours.end or hours.start.tzinfo or hours.end.tzinfo:
            raise ValueError(f"not quiet hours: {text!r}")
        return hours

    def include(self, moment: datetime) -> bool:
        """Whether ``moment`` is quiet."""
        at = moment.astimezone(TOKYO).time()
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def end_after(self, moment: datetime) -> datetime:
        """When the quiet hours that include ``moment`` are over."""
        local = moment.astimezone(TOKYO)
        end = local.replace(
            hour=self.end.hour, minute=self.end.minute, second=self.end.second, microsecond=0
        )
        return (end if end > local else end + timedelta(days=1)).astimezone(moment.tzinfo)


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


def earliest(moment: datetime, *, quiet: QuietHours | None) -> datetime:
    """When a message may go: now, or when the quiet hours are over."""
    return quiet.end_after(moment) if quiet is not None and quiet.include(moment) else moment


def next_try(
    attempts: int, *, now: datetime, urgent: bool, quiet: QuietHours | None
) -> datetime | None:
    """When to try again after ``attempts`` failed tries; None: give up. What is urgent is of use
    only now, so it doesn't wait out the night."""
    pauses = URGENT_PAUSES if urgent else PAUSES
    if not 1 <= attempts <= len(pauses):
        return None
    return earliest(now + pauses[attempts - 1], quiet=None if urgent else quiet)


def without_address(text: str, address: str, *, longest: int = 300) -> str:
    """A mail server's words for the record: one line, without the address they often repeat."""
    plain = " ".join(text.split())
    for part in (address, address.partition("@")[0]):
        if len(part) > 2:
            plain = plain.replace(part, "***")
    return plain[:longest]
