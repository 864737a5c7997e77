"""What was signed, by what certificate, and what was found and decided about it."""

from django.db import models
from django.db.models import Q

from suigo.kernel.ids import new_id

SIGNED = Q(signed_at__isnull=False)


class Origin(models.TextChoices):
    WEB = "web"  # with a card, after "check your answers"
    IMPORT = "import"  # came with an application of another service
    FILE = "file"  # inside or beside a file


class Verdict(models.TextChoices):
    NONE = ""
    ACCEPTED = "accepted"
    WAITING = "waiting"  # for a member of staff
    REJECTED = "rejected"


RESULTS = (
    *("OK", "CERT_UNSUPPORTED", "UNTRUSTED", "EXPIRED"),
    *("SIGNATURE_MISMATCH", "REVOKED", "UNKNOWN"),
)
REVOCATIONS = ("good", "revoked", "unknown")
AGREEMENTS = ("exact", "near", "different", "missing")


class Signature(models.Model):
    """One signature of one content. It belongs to a draft until the draft becomes a case.

    ``document`` is the exact content that was signed, ``proof`` the signature, the certificates
    and the revocation answer, both sealed. Whoever reads the certificate's person leaves an entry.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    subject = models.UUIDField()  # the draft, the case or the file that it was begun for
    digest = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField(default=0)  # of several in one file
    title = models.CharField(max_length=200, blank=True, default="")
    case_id = models.UUIDField(null=True)
    number = models.CharField(max_length=40, blank=True, default="")
    department = models.CharField(max_length=60, blank=True, default="")
    key_id = models.CharField(max_length=60)
    document = models.BinaryField(null=True)
    proof = models.BinaryField(null=True)
    begun_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)  # when it had reached the city
    result = models.CharField(max_length=20, blank=True, default="")
    revocation = models.CharField(max_length=10, blank=True, default="")
    revocation_checked_at = models.DateTimeField(null=True)
    agreement = models.CharField(max_length=10, blank=True, default="")
    agreements = models.JSONField(default=dict)
    certificate_until = models.DateTimeField(null=True)
    verdict = models.CharField(
        max_length=10, choices=Verdict.choices, blank=True, default=Verdict.NONE
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signing_signature"
        indexes = [
            models.Index(
                fields=["case_id"], name="signing_case", condition=Q(case_id__isnull=False)
            ),
            models.Index(
                fields=["department", "signed_at"],
                name="signing_waiting",
                condition=Q(verdict="waiting"),
            ),
            models.Index(
                fields=["begun_at"], name="signing_unused", condition=Q(case_id__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "digest", "position"], name="signing_signature_once"
            ),
            models.UniqueConstraint(
                fields=["case_id"],
                name="signing_signature_one_for_a_web_case",
                condition=Q(origin="web", case_id__isnull=False),
            ),
            models.CheckConstraint(
                name="signing_signature_known_words",
                condition=Q(origin__in=Origin.values)
                & Q(verdict__in=Verdict.values)
                & Q(result__in=["", *RESULTS])
                & Q(revocation__in=["", *REVOCATIONS])
                & Q(agreement__in=["", *AGREEMENTS]),
            ),
            models.CheckConstraint(
                name="signing_signature_signed",
                condition=Q(signed_at__isnull=True, result="", verdict="")
                | (SIGNED & ~Q(result="") & ~Q(verdict="")),
            ),
            # what nobody could confirm is accepted by a person or not at all
            models.CheckConstraint(
                name="signing_signature_accepted_for_a_reason",
                condition=~Q(verdict="accepted")
                | Q(result="OK", agreement__in=["exact", "near"])
                | Q(result="OK", origin="file")
                | ~Q(decided_by=""),
            ),
            models.CheckConstraint(
                name="signing_signature_decided",
                condition=Q(decided_at__isnull=True, decided_by="", reason="")
                | (Q(decided_at__isnull=False) & ~Q(decided_by="")),
            ),
            models.CheckConstraint(
                name="signing_signature_used_when_signed",
                condition=Q(case_id__isnull=True) | SIGNED,
            ),
            models.CheckConstraint(
                name="signing_signature_erased",
                condition=Q(erased_at__isnull=True)
                | Q(
                    erased_at__isnull=False,
                    document__isnull=True,
                    proof__isnull=True,
                    reason="",
                    agreements={},
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.public_id}"


class VerificationReport(models.Model):
    """What one verification found (``spec.Report.as_json``); the first, and each one after it."""

    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="reports")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200, blank=True, default="")
    body = models.JSONField()

    class Meta:
        db_table = "signing_report"
        indexes = [models.Index(fields=["signature", "made_at"], name="signing_report_order")]

    def __str__(self) -> str:
        return f"{self.signature_id} {self.made_at}"
