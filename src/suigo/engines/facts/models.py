"""What a resident let the city keep for the next time."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from suigo.engines.facts.rules import SOURCES
from suigo.engines.facts.spec import kept_kinds
from suigo.kernel.ids import new_id

KEYS = tuple(kept_kinds())


class Fact(models.Model):
    """One fact about one resident, sealed for that person and that word.

    ``doubt`` is a newer answer that differs, sealed too: the resident decides which stays. A row
    without a value has been withdrawn, or has run out; it only says that there was one.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    value = models.TextField(blank=True, default="")
    doubt = models.TextField(blank=True, default="")
    source = models.CharField(max_length=10, choices=[(s, s) for s in SOURCES])
    assurance = models.PositiveSmallIntegerField()
    case_id = models.UUIDField(null=True)
    case_number = models.CharField(max_length=40, blank=True, default="")
    case_title = models.CharField(max_length=200, blank=True, default="")
    consented_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "facts_fact"
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="facts_fact_expiry",
                condition=Q(withdrawn_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "key"],
                name="facts_fact_one_living",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="facts_fact_known_words",
                condition=Q(key__in=KEYS, source__in=SOURCES),
            ),
            models.CheckConstraint(
                name="facts_fact_withdrawn_is_empty",
                condition=(Q(withdrawn_at__isnull=True) & ~Q(value=""))
                | Q(
                    withdrawn_at__isnull=False,
                    value="",
                    doubt="",
                    case_id__isnull=True,
                    case_number="",
                    case_title="",
                ),
            ),
            models.CheckConstraint(
                name="facts_fact_expires_later",
                condition=Q(expires_at__gt=models.F("confirmed_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_id} {self.key}"
