"""Grants: one row for each time that somebody lets somebody else act for them."""

from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from suigo.engines.delegation.rules import (
    ENDINGS,
    KINDS,
    REACHES,
    Ending,
    Kind,
    Reach,
    State,
    Terms,
)
from suigo.kernel.clock import local_date
from suigo.kernel.ids import new_id

# what is noted of a holder's doings; the person reads it
DEEDS = ("began", "handed", "sent", "looked", "answered")


class Grant(models.Model):
    """``person`` lets ``holder`` act for them. A guardian's ward may have no account.

    ``person_name`` is the person as they called themselves; ``holder_name`` is what the person
    called the holder, and the holder's own name once they accepted. ``assurance`` is how surely the
    person was known when they granted it. ``evidence`` is what a clerk looked at, or will.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    person_name = models.CharField(max_length=200)
    sealed_person = models.TextField(blank=True, default="")
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    holder_name = models.CharField(max_length=200)
    address = models.CharField(max_length=254)  # the invitation went there
    code_digest = models.CharField(max_length=64, blank=True, default="")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in KINDS])
    reach = models.CharField(max_length=6, choices=[(r, r) for r in REACHES])
    procedures = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    shares_facts = models.BooleanField(default=False)
    assurance = models.PositiveSmallIntegerField()
    from_date = models.DateField()
    until_date = models.DateField()
    evidence = models.CharField(max_length=200, blank=True, default="")
    evidence_date = models.DateField(null=True)
    created_at = models.DateTimeField()
    invited_until_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(
        max_length=10, blank=True, default="", choices=[(e, e) for e in ENDINGS]
    )

    class Meta:
        db_table = "delegation_grant"
        indexes = [
            models.Index(fields=["person", "created_at"], name="delegation_grant_person"),
            models.Index(
                fields=["kind", "accepted_at"],
                name="delegation_grant_to_confirm",
                condition=Q(ended_at=None, confirmed_at=None, accepted_at__isnull=False),
            ),
        ]
        constraints = [
            # a trigger of the first migration makes an ending final
            models.UniqueConstraint(
                fields=["holder", "person"],
                name="delegation_grant_one_living",
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="delegation_grant_words",
                condition=Q(kind__in=KINDS, reach__in=REACHES, ending__in=ENDINGS),
            ),
            models.CheckConstraint(
                name="delegation_grant_days", condition=Q(until_date__gte=F("from_date"))
            ),
            models.CheckConstraint(
                name="delegation_grant_ended",
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
            ),
            models.CheckConstraint(
                name="delegation_grant_held",
                condition=Q(holder=None, accepted_at=None)
                | Q(holder__isnull=False, accepted_at__isnull=False, code_digest=""),
            ),
            models.CheckConstraint(
                name="delegation_grant_code_is_dead",
                condition=Q(ended_at=None) | Q(code_digest=""),
            ),
            models.CheckConstraint(
                name="delegation_grant_of_somebody",
                condition=Q(person__isnull=False) | Q(kind="guardian"),
            ),
            models.CheckConstraint(
                name="delegation_grant_of_another", condition=~Q(person=F("holder"))
            ),
            models.CheckConstraint(
                name="delegation_grant_confirmed",
                condition=Q(confirmed_at=None) | (Q(accepted_at__isnull=False) & ~Q(evidence="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_name} > {self.holder_name}"

    @property
    def terms(self) -> Terms:
        """What was granted."""
        return Terms(
            kind=cast("Kind", self.kind),
            reach=cast("Reach", self.reach),
            procedures=tuple(self.procedures),
            from_date=self.from_date,
            until_date=self.until_date,
        )

    @property
    def state(self) -> State:
        """How far it has come."""
        return State(
            accepted=self.accepted_at is not None,
            confirmed=self.confirmed_at is not None,
            ended=cast("Ending", self.ending),
            invited_until=local_date(self.invited_until_at - timedelta(microseconds=1)),
        )


class Deed(models.Model):
    """Something that a holder did for the person. Looking at an application is noted once a day."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="deeds")
    what = models.CharField(max_length=8, choices=[(d, d) for d in DEEDS])
    at = models.DateTimeField()
    day = models.DateField()
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=40, blank=True, default="")
    case_id = models.UUIDField(null=True)

    class Meta:
        db_table = "delegation_deed"
        indexes = [models.Index(fields=["grant", "at"], name="delegation_deed_grant")]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "case_id", "day"],
                name="delegation_deed_looked_once_a_day",
                condition=Q(what="looked"),
            ),
            models.CheckConstraint(name="delegation_deed_words", condition=Q(what__in=DEEDS)),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.number}"
