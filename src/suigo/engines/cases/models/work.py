"""What happens to a case: corrections, notes, checks, files, letters; and a clerk's own views."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from suigo.engines.cases.models.case import Case, answers_field
from suigo.kernel.ids import new_id


class CorrectionRequest(models.Model):
    """補正: some answers went back to the applicant. A case has at most one that is open."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="corrections")
    message = models.TextField(blank=True, default="")
    due_date = models.DateField()
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by_name = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "cases_correction"
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                name="cases_correction_one_open",
                condition=Q(answered_at__isnull=True, cancelled_at__isnull=True),
            ),
            models.CheckConstraint(
                name="cases_correction_one_end",
                condition=Q(answered_at__isnull=True) | Q(cancelled_at__isnull=True),
            ),
            models.CheckConstraint(
                name="cases_correction_cancelled_by",
                condition=Q(cancelled_at__isnull=True, cancelled_by_name="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_by_name="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.requested_at:%Y-%m-%d}"


class CorrectionItem(models.Model):
    """One answer to correct: what the clerk wrote, what it was, what it became."""

    request = models.ForeignKey(CorrectionRequest, on_delete=models.CASCADE, related_name="items")
    path = models.CharField(max_length=300)
    message = models.TextField()
    before = answers_field(null=True)
    after = answers_field(null=True)

    class Meta:
        db_table = "cases_correction_item"
        constraints = [
            models.UniqueConstraint(fields=["request", "path"], name="cases_correction_path_once"),
            models.CheckConstraint(
                name="cases_correction_says_why", condition=~Q(message="") & ~Q(path="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.path}"


class CaseNote(models.Model):
    """An internal note. The applicant never sees it; a request for disclosure may."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "cases_note"
        constraints = [models.CheckConstraint(name="cases_note_not_empty", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.case_id} {self.created_at:%Y-%m-%d}"


class ChecklistMark(models.Model):
    """A check that somebody made."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="marks")
    item_id = models.CharField(max_length=60)
    marked_at = models.DateTimeField()
    marked_by_name = models.CharField(max_length=200)

    class Meta:
        db_table = "cases_checklist_mark"
        constraints = [
            models.UniqueConstraint(fields=["case", "item_id"], name="cases_mark_once"),
            models.CheckConstraint(
                name="cases_mark_by_somebody", condition=~Q(marked_by_name="") & ~Q(item_id="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.item_id}"


class CaseFile(models.Model):
    """A file that an answer names. The file itself is kept by documents."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="files")
    file_id = models.UUIDField()
    path = models.CharField(max_length=300)

    class Meta:
        db_table = "cases_file"
        indexes = [models.Index(fields=["file_id"], name="cases_file_id")]
        constraints = [
            models.UniqueConstraint(fields=["case", "file_id"], name="cases_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.file_id}"


class CaseLetter(models.Model):
    """A letter of a case. ``content`` is exactly what is printed, frozen when it was decided."""

    class Kind(models.TextChoices):
        DECISION = "decision"
        RECEIPT = "receipt"
        CORRECTION = "correction"
        NOTICE = "notice"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    letter_id = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    content = models.JSONField()
    created_at = models.DateTimeField()
    file_id = models.UUIDField(null=True)
    issued_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_letter"
        constraints = [
            models.CheckConstraint(
                name="cases_letter_issued",
                condition=Q(file_id__isnull=True, issued_at__isnull=True)
                | Q(file_id__isnull=False, issued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="cases_letter_kind",
                condition=Q(kind__in=["decision", "receipt", "correction", "notice"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.letter_id}"


class RefusedStep(models.Model):
    """What an applicant did on the residents' node and the inner node could not take any more. The
    case shows it to them; nothing of what they did is lost silently."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="refused_steps")
    action = models.CharField(max_length=60)
    sentence = models.CharField(max_length=500)
    done_at = models.DateTimeField()
    refused_at = models.DateTimeField()

    class Meta:
        db_table = "cases_refused_step"
        constraints = [
            models.CheckConstraint(
                name="cases_refused_step_says_why", condition=~Q(sentence="") & ~Q(action="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.action}"


class SavedView(models.Model):
    """Filters of the inbox that a clerk gave a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "cases_saved_view"
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="cases_view_name_once"),
            models.CheckConstraint(name="cases_view_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
