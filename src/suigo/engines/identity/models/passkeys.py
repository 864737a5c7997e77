"""Passkeys (WebAuthn), and the challenges that wait to be answered."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from suigo.engines.identity.models.people import Account
from suigo.kernel.ids import new_id


class Passkey(models.Model):
    """A key of a telephone, a computer or a security key. We hold its public half only."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()  # COSE
    sign_count = models.BigIntegerField(default=0)
    backed_up = models.BooleanField(default=False)  # it is in the owner's other devices too
    name = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)  # its counter ran backwards: perhaps a copy

    class Meta:
        db_table = "identity_passkey"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="identity_passkey_name"),
            models.CheckConstraint(condition=Q(sign_count__gte=0), name="identity_passkey_count"),
        ]

    def __str__(self) -> str:
        return f"passkey {self.public_id}"


class PasskeyChallenge(models.Model):
    """Random bytes that one session may have signed once. A session has one of each purpose;
    asking again makes the one before worthless."""

    session = models.UUIDField()  # Session.public_id; another key is another session
    purpose = models.CharField(max_length=10, choices=[("create", "create"), ("get", "get")])
    challenge = models.BinaryField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "identity_passkey_challenge"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "purpose"], name="identity_passkey_challenge_one"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], name="identity_challenge_expiry"),
        ]

    def __str__(self) -> str:
        return f"challenge to {self.purpose}"
