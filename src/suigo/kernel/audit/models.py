"""The ledger's one table. Rows are chained and guarded by database triggers (migration 0002)."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class AuditEntry(models.Model):
    """One change, as facts. ``facts`` and ``personal`` are canonical JSON kept as text, so that
    the database and any other program compute the same hash over the same bytes.

    ``personal`` may be erased (set to null) and nothing else may ever change; the chain covers
    only its digest, so erasure leaves the chain valid.
    """

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    facts = models.TextField()
    personal = models.TextField(null=True)
    personal_digest = models.CharField(max_length=64, default="")
    previous_hash = models.CharField(max_length=64, default="")
    hash = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_subject"),
            models.Index(fields=["actor_id", "id"], name="audit_actor"),
            BrinIndex(fields=["at"], name="audit_at", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action} {self.subject_kind}/{self.subject_id}"
