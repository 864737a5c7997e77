"""How often something happened, without who: one row per day, procedure, step and channel."""

from django.db import models
from django.db.models import Q

from suigo.engines.cases.models.case import Channel


class Tally(models.Model):
    """``kind`` is view (the procedure's page), start, or step (a page of the form was reached for
    the first time by one application; ``step`` names it, ``check`` is the last). ``sample`` rows
    belong to a demonstration."""

    class Kind(models.TextChoices):
        VIEW = "view"
        START = "start"
        STEP = "step"

    day = models.DateField()
    procedure_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    step = models.CharField(max_length=60, blank=True, default="")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    sample = models.BooleanField(default=False)
    count = models.PositiveIntegerField()

    class Meta:
        db_table = "cases_tally"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure_id", "day", "kind", "step", "channel", "sample"],
                name="cases_tally_once",
            ),
            models.CheckConstraint(
                name="cases_tally_known_words",
                condition=Q(kind__in=["view", "start", "step"])
                & Q(channel__in=Channel.values)
                & (Q(kind="step") & ~Q(step="") | ~Q(kind="step") & Q(step="")),
            ),
            models.CheckConstraint(name="cases_tally_positive", condition=Q(count__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.day} {self.kind} {self.step}"
