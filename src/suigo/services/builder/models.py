"""Drafts of procedures, every version of them, who looked at them, and what was published."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from suigo.kernel.ids import new_id


class Design(models.Model):
    """A procedure in the making. Residents never see it; there is one open design per procedure.

    ``version`` counts the saves: whoever saves names the version they saw.
    """

    class State(models.TextChoices):
        EDITING = "editing"
        WAITING = "waiting"
        APPROVED = "approved"
        PUBLISHED = "published"
        DISCARDED = "discarded"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    procedure_id = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.EDITING)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by_name = models.CharField(max_length=200)

    class Meta:
        db_table = "builder_design"
        indexes: ClassVar = [
            models.Index(fields=["-changed_at", "-id"], name="builder_design_newest")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["procedure_id"],
                condition=Q(state__in=["editing", "waiting", "approved"]),
                name="builder_one_open_design",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["editing", "waiting", "approved", "published", "discarded"]),
                name="builder_design_state",
            ),
            models.CheckConstraint(
                condition=Q(procedure_id__regex=r"^[a-z0-9][a-z0-9-]*$"),
                name="builder_design_procedure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.version}"


class DesignVersion(models.Model):
    """The files of a design after one save. Never changed; a trigger sees to it."""

    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    files = models.JSONField()
    hash = models.CharField(max_length=64)
    note = models.CharField(max_length=300)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    saved_by_name = models.CharField(max_length=200)

    class Meta:
        db_table = "builder_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["design", "version"], name="builder_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.design_id} {self.version}"


class Review(models.Model):
    """One request for a second person's approval, and what came of it."""

    class Outcome(models.TextChoices):
        APPROVED = "approved"
        RETURNED = "returned"
        TAKEN_BACK = "taken_back"

    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="reviews")
    version = models.PositiveIntegerField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_by_name = models.CharField(max_length=200)
    requested_at = models.DateTimeField()
    message = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_by_name = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        db_table = "builder_review"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["design"], condition=Q(outcome=""), name="builder_review_one_open"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", answered_by=None, answered_at=None)
                | (~Q(outcome="") & Q(answered_by__isnull=False) & Q(answered_at__isnull=False)),
                name="builder_review_answered",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approved") | ~Q(answered_by=F("requested_by")),
                name="builder_review_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="returned") | ~Q(comment=""),
                name="builder_review_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.design_id} {self.outcome}"


class Publication(models.Model):
    """What holds for a procedure from a day on. Rows are only ever added; a trigger sees to it.

    ``publish`` puts a frozen definition in place, ``close`` ends it for new applications with a
    sentence, ``withdraw`` takes back a row that has not begun yet.
    """

    class Kind(models.TextChoices):
        PUBLISH = "publish"
        CLOSE = "close"
        WITHDRAW = "withdraw"

    procedure_id = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    valid_from_date = models.DateField()
    title = models.CharField(max_length=300)
    files = models.JSONField(default=dict)
    definition = models.CharField(max_length=64, blank=True)
    sentence = models.TextField(blank=True)
    withdraws = models.OneToOneField("self", null=True, on_delete=models.PROTECT)
    design = models.ForeignKey(Design, null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_by_name = models.CharField(max_length=200)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by_name = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "builder_publication"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["procedure_id", "number"], name="builder_publication_number"
            ),
            models.CheckConstraint(
                condition=~Q(kind="publish")
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("made_by")) & ~Q(definition="")),
                name="builder_published_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(kind="close") | ~Q(sentence=""), name="builder_closed_says_why"
            ),
            models.CheckConstraint(
                condition=Q(kind="withdraw", withdraws__isnull=False)
                | (~Q(kind="withdraw") & Q(withdraws__isnull=True)),
                name="builder_withdraws_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.number} {self.kind}"
