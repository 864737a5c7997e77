"""E-mail over SMTP, as configured by ``SUIGO_SMTP_URL``."""

import smtplib
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage

from suigo.engines.notices.providers import Outgoing, PermanentFailure, TemporaryFailure
from suigo.kernel.content import city

REFUSED_FOR_EVER = 500


class SmtpChannel:
    """Sends through the configured server, one connection for each message."""

    def send(self, message: Outgoing) -> None:
        """Raises ``TemporaryFailure``, ``PermanentFailure``."""
        sender = formataddr((city().name.ja, settings.DEFAULT_FROM_EMAIL))
        mail = EmailMessage(
            subject=message.subject,
            body=message.body,
            from_email=sender,
            to=[message.to_address],
            headers={
                "Message-ID": message.message_id,
                "Content-Language": "ja" if message.language == "ja-easy" else message.language,
                "Auto-Submitted": "auto-generated",  # RFC 3834: no automatic answers, please
            },
        )
        try:
            mail.send(fail_silently=False)
        except ValueError as unsendable:  # an address or subject that no mail can carry
            raise PermanentFailure(f"{type(unsendable).__name__}: {unsendable}") from unsendable
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            raise _failure(code, words) from refused
        except smtplib.SMTPDataError as refused:
            raise _failure(refused.smtp_code, refused.smtp_error) from refused
        except (smtplib.SMTPException, OSError) as problem:
            raise TemporaryFailure(f"{type(problem).__name__}: {problem}") from problem


def _failure(code: int, words: bytes | str) -> TemporaryFailure | PermanentFailure:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    kind = PermanentFailure if code >= REFUSED_FOR_EVER else TemporaryFailure
    return kind(f"{code} {text}")
