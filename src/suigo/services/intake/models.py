"""Tables: what arrived, each application in it, and scanned sheets that wait to be typed in."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from suigo.kernel.ids import new_id


class Delivery(models.Model):
    """A file as it arrived: a package, or a spreadsheet. ``content`` is sealed, and removed once
    it is no longer needed."""

    class Kind(models.TextChoices):
        CSV = "csv"
        PITTARI = "pittari"

    class State(models.TextChoices):
        CHECKED = "checked"  # a clerk has seen what would happen, and may say go
        RUNNING = "running"
        DONE = "done"
        PARTLY = "partly"
        QUARANTINED = "quarantined"
        DISMISSED = "dismissed"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    mapping = models.CharField(max_length=60, blank=True, default="")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    content = models.BinaryField(null=True)
    key_id = models.CharField(max_length=60, blank=True, default="")
    state = models.CharField(max_length=12, choices=State.choices)
    reason = models.TextField(blank=True, default="")
    rows = models.PositiveIntegerField(default=0)
    signed = models.BooleanField(default=False)
    arrived_at = models.DateTimeField()
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    brought_by_name = models.CharField(max_length=200, blank=True, default="")
    finished_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_delivery"
        indexes = [
            models.Index(fields=["state", "arrived_at", "public_id"], name="intake_delivery_state"),
            models.Index(fields=["sha256"], name="intake_delivery_sha256"),
        ]
        constraints = [
            models.CheckConstraint(
                name="intake_delivery_known_words",
                condition=Q(kind__in=("csv", "pittari"))
                & Q(state__in=("checked", "running", "done", "partly", "quarantined", "dismissed")),
            ),
            models.CheckConstraint(
                name="intake_delivery_says_why", condition=~Q(state="quarantined", reason="")
            ),
            models.CheckConstraint(
                name="intake_delivery_forgotten",
                condition=Q(content__isnull=False, forgotten_at__isnull=True)
                | Q(content__isnull=True, forgotten_at__isnull=False, name=""),
            ),
            models.CheckConstraint(
                name="intake_delivery_finished",
                condition=Q(finished_at__isnull=True, state__in=("checked", "running"))
                | Q(
                    finished_at__isnull=False,
                    state__in=("done", "partly", "quarantined", "dismissed"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Entry(models.Model):
    """One application of a delivery, and what became of it. Each row of a file has at most one."""

    class Outcome(models.TextChoices):
        CREATED = "created"
        KNOWN = "known"  # was brought in before
        CHANGED = "changed"  # the same number came before, with other content
        BAD = "bad"
        ATTACHED = "attached"  # 再申請・取下げ: written into the earlier case

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    case_id = models.UUIDField(null=True)
    case_number = models.CharField(max_length=40, blank=True, default="")
    faults = models.JSONField(default=list)
    done_at = models.DateTimeField()

    class Meta:
        db_table = "intake_entry"
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="intake_entry_once"),
            models.CheckConstraint(
                name="intake_entry_known_words",
                condition=Q(outcome__in=("created", "known", "changed", "bad", "attached")),
            ),
            models.CheckConstraint(
                name="intake_entry_has_a_case",
                condition=Q(outcome="bad", case_id__isnull=True)
                | (~Q(outcome="bad") & Q(case_id__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}.{self.number} {self.outcome}"


class PaperEntry(models.Model):
    """紙の入力: scanned sheets of one application. Typed into a draft, or put into a case."""

    class State(models.TextChoices):
        UNKNOWN = "unknown"  # no code could be read: somebody says which procedure it is
        WAITING = "waiting"
        TYPING = "typing"
        DONE = "done"
        DISMISSED = "dismissed"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices)
    procedure_id = models.CharField(max_length=80, blank=True, default="")
    definition_hash = models.CharField(max_length=64, blank=True, default="")
    draft_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    case_number = models.CharField(max_length=40, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    arrived_at = models.DateTimeField()
    brought_by_name = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_paper_entry"
        indexes = [
            models.Index(fields=["state", "arrived_at", "public_id"], name="intake_paper_state"),
        ]
        constraints = [
            models.CheckConstraint(
                name="intake_paper_known_words",
                condition=Q(state__in=("unknown", "waiting", "typing", "done", "dismissed")),
            ),
            models.CheckConstraint(
                name="intake_paper_knows_its_form",
                condition=~Q(procedure_id="", state__in=("waiting", "typing")),
            ),
            models.CheckConstraint(
                name="intake_paper_typing",
                condition=~Q(state="typing") | Q(draft_id__isnull=False),
            ),
            models.CheckConstraint(
                name="intake_paper_done",
                condition=Q(done_at__isnull=True, state__in=("unknown", "waiting", "typing"))
                | Q(done_at__isnull=False, state__in=("done", "dismissed")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.public_id}"


class PaperFile(models.Model):
    """A file of a paper entry, with what was read on each of its pages: the number of the
    printed page (null when none was read), and a digest of the picture to notice twins."""

    entry = models.ForeignKey(PaperEntry, on_delete=models.CASCADE, related_name="files")
    file_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    pages = models.JSONField(default=list)

    class Meta:
        db_table = "intake_paper_file"
        indexes = [
            models.Index(fields=["file_id"], name="intake_paper_file_id"),
            models.Index(fields=["sha256"], name="intake_paper_file_sha256"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "file_id"], name="intake_paper_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.file_id}"
