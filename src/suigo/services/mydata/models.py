"""The one table: who asked for everything held about them, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from suigo.kernel.ids import new_id

UNDER_WAY = Q(made_at=None, failed_at=None)


class Export(models.Model):
    """An archive of everything, from the asking to the end of its link.

    ``assurance`` is what the person had proved when they asked: it decides what is inside, and
    whoever proved less is not given it.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    assurance = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    file_id = models.UUIDField(null=True)

    class Meta:
        db_table = "mydata_export"
        indexes = [models.Index(fields=["account", "-asked_at"], name="mydata_export_own")]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], name="mydata_export_one_under_way", condition=UNDER_WAY
            ),
            models.CheckConstraint(
                name="mydata_export_made",
                condition=Q(made_at=None, file_id=None, expires_at=None)
                | Q(made_at__isnull=False, file_id__isnull=False, expires_at__gt=F("made_at")),
            ),
            models.CheckConstraint(
                name="mydata_export_failed", condition=Q(made_at=None) | Q(failed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.public_id}"
