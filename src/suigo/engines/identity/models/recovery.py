"""New ways in for somebody who lost theirs: two people of the city stand for it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from suigo.engines.identity.models.people import Account
from suigo.kernel.ids import new_id


class Recovery(models.Model):
    """Somebody lost every way in. One member of staff asks, another one approves.

    ``in_person``: an identity document was looked at. Without it the person has until
    ``waits_until_at`` to object, told at the address they had.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        APPROVED = "approved"  # waits for the objection period to end
        DONE = "done"
        REFUSED = "refused"
        OBJECTED = "objected"
        EXPIRED = "expired"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recoveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    new_address = models.EmailField(max_length=254, blank=True)  # residents
    in_person = models.BooleanField(default=False)
    document = models.CharField(max_length=30, blank=True)  # which kind was looked at
    note = models.CharField(max_length=500)
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    waits_until_at = models.DateTimeField()
    approved_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_recovery"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")),
                name="identity_recovery_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("account")) & ~Q(asked_by=F("account")),
                name="identity_recovery_not_oneself",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=False) | ~Q(state__in=["approved", "done"]),
                name="identity_recovery_approved",
            ),
            models.CheckConstraint(
                condition=Q(in_person=False) | ~Q(document=""),
                name="identity_recovery_document",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["asked", "approved"]),
                name="identity_recovery_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "waits_until_at"], name="identity_recovery_waiting"),
        ]

    def __str__(self) -> str:
        return f"recovery {self.public_id}"
