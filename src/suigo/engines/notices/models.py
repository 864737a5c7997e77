"""Messages to people, and every try to deliver them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from suigo.kernel.ids import new_id

BODY_PURPOSE = "notices.body"  # what a message's text is sealed for


class Message(models.Model):
    """One message to one address. The text is sealed; ``about`` is a case number in plain."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"  # and will be tried again
        GIVEN_UP = "given_up"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    dedupe_key = models.CharField(max_length=200, unique=True)
    template = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    address = models.CharField(max_length=254)
    about = models.CharField(max_length=80, blank=True)
    subject = models.CharField(max_length=300)
    sealed_body = models.TextField(blank=True)
    urgent = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    not_before_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    sending_since_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "notices_message"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at=None)),
                name="notices_message_sent",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", sending_since_at__isnull=False)
                | (~Q(state="sending") & Q(sending_since_at=None)),
                name="notices_message_sending",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-id"], name="notices_message_newest"),
            models.Index(fields=["about"], name="notices_message_about", condition=~Q(about="")),
            models.Index(
                fields=["not_before_at"],
                name="notices_message_waiting",
                condition=Q(state__in=["queued", "failed", "sending"]),
            ),
            models.Index(
                fields=["-id"], name="notices_message_lost", condition=Q(state="given_up")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.public_id} {self.state}"

    @property
    def message_id(self) -> str:
        """The Message-ID header, the same for every try."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2] or "localhost"
        return f"<{self.public_id}@{domain}>"


class DeliveryAttempt(models.Model):
    """One try. ``unknown``: the worker died, so that nobody knows whether it went out."""

    class Outcome(models.TextChoices):
        STARTED = "started"
        SENT = "sent"
        FAILED = "failed"
        REFUSED = "refused"
        UNKNOWN = "unknown"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.STARTED)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "notices_attempt"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "number"], name="notices_attempt_number")
        ]

    def __str__(self) -> str:
        return f"try {self.number} of message {self.message_id}"
