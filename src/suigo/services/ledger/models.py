"""Tables: the daily proofs as they were made, and the verifications."""

from django.db import models
from django.db.models import Q

from suigo.kernel.ids import new_id


class DailyProof(models.Model):
    """The statement of one day and the list it covers, byte for byte as they are exported.

    What counts is the exported copy; this one tells which exports there must be.
    """

    date = models.DateField(unique=True)
    statement = models.BinaryField()
    file_list = models.BinaryField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    exported_at = models.DateTimeField(null=True)
    stamp = models.BinaryField(null=True)  # a time stamp token (RFC 3161), where one was asked for
    stamped_at = models.DateTimeField(null=True)  # as the authority says
    stamp_exported_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_daily_proof"
        constraints = [
            models.CheckConstraint(
                condition=Q(stamp__isnull=True, stamped_at__isnull=True)
                | Q(stamp__isnull=False, stamped_at__isnull=False),
                name="ledger_daily_proof_stamped",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="ledger_daily_proof_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.digest}"


class Verification(models.Model):
    """One look at everything: the chain, the proofs, and every file's content."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    asked_by = models.CharField(max_length=200, blank=True, default="")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    entries = models.BigIntegerField(default=0)
    proofs = models.IntegerField(default=0)
    files = models.BigIntegerField(default=0)
    findings = models.JSONField(default=list)

    class Meta:
        db_table = "ledger_verification"
        indexes = [models.Index(fields=["-started_at"], name="ledger_verification_newest")]

    def __str__(self) -> str:
        return f"{self.started_at} {self.findings}"
