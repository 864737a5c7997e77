"""What others proved about people: cards, GビズID, the staff's own sign-in service."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from suigo.engines.identity.models.people import Account
from suigo.kernel.ids import new_id


class ExternalIdentity(models.Model):
    """Somebody as a provider knows them. A subject belongs to one account, for good."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=20)
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()
    linked_by = models.CharField(max_length=20)  # first, owner, items, clerk, address
    last_used_at = models.DateTimeField()

    class Meta:
        db_table = "identity_external_identity"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="identity_external_identity_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    provider__in=("card", "business", "staff"),
                    linked_by__in=("first", "owner", "items", "clerk", "address"),
                )
                & ~Q(subject="")
                & ~Q(issuer=""),
                name="identity_external_identity_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.pk}"


class ConfirmedItems(models.Model):
    """The four items (氏名・住所・生年月日・性別) a card confirmed, sealed for this account.

    The two keys find who might be the same person without opening anything: keyed digests of birth
    date with gender, and of name with address, both as ``rules.matching`` folds them.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="confirmed_items"
    )
    sealed = models.TextField()
    birth_key = models.CharField(max_length=64)
    place_key = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField()

    class Meta:
        db_table = "identity_confirmed_items"
        indexes: ClassVar = [
            models.Index(fields=["birth_key"], name="identity_items_birth"),
            models.Index(fields=["place_key"], name="identity_items_place"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(sealed=""), name="identity_items_sealed")
        ]

    def __str__(self) -> str:
        return f"items of {self.pk}"


class MatchQuestion(models.Model):
    """Is the person who came with a card the one we know? A clerk says so, with a reason.

    What the card said is erased with the decision: the ledger keeps that and why it was taken.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    sealed = models.TextField(blank=True)
    candidate = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="questions")
    differs_in = ArrayField(models.CharField(max_length=12))
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=10, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_match_question"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer", "subject", "candidate"], name="identity_match_question_once"
            ),
            models.CheckConstraint(
                condition=(
                    Q(decision="", reason="", decided_at=None, decided_by=None) & ~Q(sealed="")
                )
                | (
                    Q(decision__in=("same", "other"), decided_at__isnull=False, sealed="")
                    & Q(decided_by__isnull=False)
                    & ~Q(reason="")
                ),
                name="identity_match_question_decided",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["asked_at", "id"], name="identity_match_open", condition=Q(decision="")
            )
        ]

    def __str__(self) -> str:
        return f"question {self.public_id}"


class Business(models.Model):
    """The business an account acts for, as GビズID told at its last sign-in. ``account_type``: 1
    エントリー, 2 プライム, 3 メンバー."""

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="business"
    )
    account_type = models.PositiveSmallIntegerField()
    corporate_number = models.CharField(max_length=13, blank=True, default="")
    name = models.CharField(max_length=300)
    sealed = models.TextField()  # who represents it and acts for it, and where
    told_at = models.DateTimeField()

    class Meta:
        db_table = "identity_business"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(account_type__in=(1, 2, 3)), name="identity_business_type"
            ),
            models.CheckConstraint(
                condition=Q(corporate_number="") | Q(corporate_number__regex=r"^[1-9][0-9]{12}$"),
                name="identity_business_number",
            ),
        ]

    def __str__(self) -> str:
        return f"business of {self.pk}"
