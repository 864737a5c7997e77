"""One case of a department, read by another on a legal basis that is written down."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from suigo.engines.cases.models.case import Case
from suigo.kernel.ids import new_id


class CaseDisclosure(models.Model):
    """Another department may read the case from a day until, not including, another."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="disclosures")
    department = models.CharField(max_length=60)
    article = models.CharField(max_length=200)
    reason = models.TextField()
    from_date = models.DateField()
    until_date = models.DateField()
    given_at = models.DateTimeField()
    given_by_name = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "cases_disclosure"
        indexes: ClassVar = [
            models.Index(
                fields=["department", "until_date"],
                name="cases_disclosure_living",
                condition=Q(withdrawn_at__isnull=True),
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="cases_disclosure_period", condition=Q(until_date__gt=F("from_date"))
            ),
            models.CheckConstraint(
                name="cases_disclosure_basis", condition=~Q(article="") & ~Q(reason="")
            ),
            models.CheckConstraint(
                name="cases_disclosure_withdrawn_by",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by_name="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by_name="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.department} until {self.until_date}"
