"""Tables: encrypted contents, the files that people know, and the reports of what was removed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from suigo.kernel.ids import new_id


class Blob(models.Model):
    """An encrypted content on disk. Files with the same content share one.

    ``address`` is a keyed digest of the content, so a path doesn't tell what somebody who has the
    same document could compare it with. ``wrapped_key`` is the content's own key, sealed with the
    installation's key ``key_id``.
    """

    address = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    key_id = models.CharField(max_length=60)
    wrapped_key = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "documents_blob"
        constraints = [
            models.CheckConstraint(
                condition=Q(address__regex=r"^[0-9a-f]{64}$"), name="documents_blob_address"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="documents_blob_size"),
        ]


class PurgeReport(models.Model):
    """One run of the purge. The removed files keep pointing to it."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    through_date = models.DateField()
    removed_files = models.IntegerField(default=0)
    removed_bytes = models.BigIntegerField(default=0)
    held_back = models.IntegerField(default=0)
    orphans = models.IntegerField(default=0)

    class Meta:
        db_table = "documents_purge_report"


class StoredFile(models.Model):
    """A file as somebody gave it or the city issued it. Its content never changes (trigger).

    When it is purged, its content and its name go; the row stays as the proof of what was removed.
    """

    class Kind(models.TextChoices):
        PDF = "pdf"
        IMAGE = "image"
        OFFICE = "office"
        TEXT = "text"
        SIGNATURE = "signature"  # of another file (.p7s)
        ARCHIVE = "archive"  # only made here, never taken

    class Purpose(models.TextChoices):
        ATTACHMENT = "attachment"
        LETTER = "letter"
        RECEIPT = "receipt"
        EXPORT = "export"

    class Scan(models.TextChoices):
        CLEAN = "clean"
        INFECTED = "infected"
        UNSCANNED = "unscanned"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    blob = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    content_type = models.CharField(max_length=100)
    name = models.CharField(max_length=255)
    pages = models.IntegerField(null=True)
    flags = ArrayField(models.CharField(max_length=20), default=list)
    owner_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner_token_digest = models.CharField(max_length=64, default="", blank=True)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    scan_state = models.CharField(max_length=10, choices=Scan.choices)
    scanned_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    retention_date = models.DateField()
    held = models.BooleanField(default=False)
    purged_at = models.DateTimeField(null=True)
    purge_report = models.ForeignKey(
        PurgeReport, null=True, on_delete=models.PROTECT, related_name="files"
    )

    class Meta:
        db_table = "documents_file"
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="documents_file_sha256"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="documents_file_size"),
            models.CheckConstraint(
                condition=Q(kind__in=("pdf", "image", "office", "text", "signature"))
                | Q(kind="archive", purpose="export"),
                name="documents_file_kind",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=("attachment", "letter", "receipt", "export")),
                name="documents_file_purpose",
            ),
            models.CheckConstraint(
                condition=Q(scan_state__in=("clean", "infected", "unscanned")),
                name="documents_file_scan_state",
            ),
            # a file has its content until it is purged, and has neither content nor name after
            models.CheckConstraint(
                condition=Q(blob__isnull=False, purged_at__isnull=True)
                | Q(blob__isnull=True, purged_at__isnull=False, name=""),
                name="documents_file_purged",
            ),
        ]
        indexes = [
            models.Index(
                F("retention_date"),
                F("id"),
                condition=Q(purged_at__isnull=True, held=False),
                name="documents_file_due",
            ),
            models.Index(
                fields=["scan_state", "id"],
                condition=Q(scan_state="unscanned", purged_at__isnull=True),
                name="documents_file_unscanned",
            ),
        ]
